// The schema of a sink in a saved plan. The types stand in model/sink.ts.

import * as z from "zod";
import { about, text } from "./schema-parts.ts";

const argv = (title: string, description: string, ...example: readonly string[]) =>
  z
    .array(text("Argument", "Program or argument", ...example.slice(0, 1)))
    .min(1)
    .meta(about(title, description, example));

const file = z
  .strictObject({
    path: text("Path", "Path from the working directory", "out/ci.token"),
    format: z.enum(["raw", "dotenv", "json"]).meta(about("Format", "Form of the file", "raw")),
    name: text("Name", "Name of the entry in a dotenv or json file", "AI_GATEWAY_API_KEY").exactOptional(),
  })
  .meta(about("File", "Write the value to a file", { path: "out/ci.token", format: "raw" }));

const command = z
  .strictObject({
    argv: argv("Program and arguments", "It gets the value on its standard input", "vault", "kv", "put"),
    env: z
      .array(text("Name", "Name of a variable", "VAULT_TOKEN"))
      .meta(about("Environment", "Variables that the programs get beside PATH and HOME", ["VAULT_TOKEN"])),
    check: argv("Check", "Run before the value is made", "vault", "token", "lookup").exactOptional(),
    undo: argv("Undo", "Run to take the value away again", "vault", "kv", "delete").exactOptional(),
  })
  .meta(about("Command", "Give the value to a program", { argv: ["vault", "kv", "put"], env: [] }));

const source = z
  .union([
    z.strictObject({ env: text("Variable", "Name of an environment variable", "GITHUB_TOKEN") }),
    z.strictObject({ file: text("File", "Path from the working directory", "secrets/github.token") }),
    z.strictObject({
      command: z
        .array(text("Argument", "Program or argument", "gh"))
        .meta(about("Command", "Program that prints it", ["gh", "auth", "token"])),
    }),
  ])
  .meta({ id: "PlanSource", ...about("Source", "Where a credential comes from", { env: "GITHUB_TOKEN" }) });

const github = z
  .strictObject({
    repository: text("Repository", "Owner and name", "acme/web").exactOptional(),
    environment: text("Environment", "Environment of the repository", "production").exactOptional(),
    organization: text("Organization", "In place of a repository", "acme").exactOptional(),
    visibility: z
      .enum(["all", "private", "selected"])
      .meta(about("Visibility", "Which of the organization's repositories may use it", "private"))
      .exactOptional(),
    selected_repository_ids: z
      .array(z.int().meta(about("Id", "Id of a repository", 1296269)))
      .meta(about("Selected repositories", "With visibility selected: which ones", [1296269]))
      .exactOptional(),
    name: text("Name", "Name of the secret", "AI_GATEWAY_API_KEY"),
    token: source,
  })
  .meta(
    about("GitHub Actions secret", "Put the value into a secret of GitHub Actions", {
      repository: "acme/web",
      name: "AI_GATEWAY_API_KEY",
      token: { env: "GITHUB_TOKEN" },
    }),
  );

const vercel = z
  .strictObject({
    project: text("Project", "Id or name of a project", "web"),
    team: text("Team", "Id or slug of its team", "acme").exactOptional(),
    name: text("Name", "Name of the variable", "AI_GATEWAY_API_KEY"),
    type: z.enum(["encrypted", "sensitive"]).meta(about("Type", "Whether it can be read again", "sensitive")),
    targets: z
      .array(
        z
          .enum(["production", "preview", "development"])
          .meta(about("Target", "Environment that gets it", "production")),
      )
      .min(1)
      .meta(about("Targets", "Environments that get it", ["production"])),
    token: source,
  })
  .meta(
    about("Vercel variable", "Put the value into a variable of a Vercel project", {
      project: "web",
      name: "AI_GATEWAY_API_KEY",
      type: "sensitive",
      targets: ["production"],
      token: { env: "VERCEL_TOKEN" },
    }),
  );

export const sink = z
  .union([
    z.strictObject({ file }).meta(about("File sink", "The value goes to a file")),
    z.strictObject({ command }).meta(about("Command sink", "The value goes to a program")),
    z
      .strictObject({ github_actions_secret: github })
      .meta(about("GitHub Actions sink", "The value goes to a secret of GitHub Actions")),
    z
      .strictObject({ vercel_env: vercel })
      .meta(about("Vercel sink", "The value goes to a variable of a Vercel project")),
    z
      .strictObject({ stdout: z.strictObject({}).meta(about("Stdout", "Show the value once", {})) })
      .meta(about("Stdout sink", "The value is shown on the terminal")),
  ])
  .meta({ id: "PlanSink", ...about("Sink", "Where a value that the vendor shows once is put") });
