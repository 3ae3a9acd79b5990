// `deliver` as a file writes it: the sinks that a one-time value goes to, each a map with one key.

import * as z from "zod";
import { secretField } from "../provider/spec.ts";

const fileSink = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .meta({
        title: "Path",
        description: "File to write, relative to this file; it gets mode 0600",
        examples: ["out/ci.key"],
      }),
    format: z
      .enum(["raw", "dotenv", "json"])
      .optional()
      .meta({
        title: "Format",
        description:
          "raw: the value and nothing else; dotenv: a NAME=value line; json: a member of an object",
        default: "raw",
        examples: ["dotenv"],
      }),
    name: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected a variable's name: letters, digits and _")
      .optional()
      .meta({
        title: "Name",
        description:
          "Variable or JSON key; the default is made from the resource's key: web-ci becomes WEB_CI",
        examples: ["AI_GATEWAY_API_KEY"],
      }),
  })
  .meta({
    title: "File",
    description: "Writes the value to a file",
    examples: [{ path: "out/ci.key" }],
  });

const argument = z
  .string()
  .min(1)
  .meta({
    title: "Argument",
    description: "The first one is the program; no shell looks at any of them",
    examples: ["vault"],
  });
const argv = (title: string, description: string, ...example: readonly string[]) =>
  z
    .array(argument)
    .min(1)
    .meta({ title, description, examples: [example] });

const commandSink = z
  .strictObject({
    argv: argv(
      "Program and arguments",
      "Gets the value on its standard input, and has taken it when it ends with exit code 0; run in the working directory",
      "vault",
      "kv",
      "put",
      "secret/ci",
      "key=-",
    ),
    env: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected a variable's name: letters, digits and _")
          .meta({ title: "Name", description: "Name of a variable", examples: ["VAULT_TOKEN"] }),
      )
      .optional()
      .meta({
        title: "Environment",
        description: "Variables that the programs get beside PATH and HOME; each has to be set",
        default: [],
        examples: [["VAULT_ADDR", "VAULT_TOKEN"]],
      }),
    check: argv(
      "Check",
      "Run before the value is made, without one; exit code 0 says that it could be taken",
      "vault",
      "token",
      "lookup",
    ).optional(),
    undo: argv(
      "Undo",
      "Run when another sink has failed, without the value: brings back what was there before it, or takes it away",
      "vault",
      "kv",
      "delete",
      "secret/ci",
    ).optional(),
  })
  .meta({
    title: "Command",
    description: "Gives the value to a program on its standard input; never as an argument or a variable",
    examples: [{ argv: ["vault", "kv", "put", "secret/ci", "key=-"] }],
  });

const ownToken = (env: string, description: string) =>
  secretField()
    .optional()
    .meta({
      title: "Token",
      description: `${description}; the default is { env: ${env} }`,
      default: { env },
      examples: [{ env }],
    });

/**
 * Names as GitHub takes them: https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions
 * ("Naming your secrets"). JSON Schema knows no patterns without case.
 */
const secretName = z
  .string()
  .regex(
    /^(?![Gg][Ii][Tt][Hh][Uu][Bb]_)[A-Za-z_][A-Za-z0-9_]*$/,
    "expected a secret's name: letters, digits and _, no digit first, and not GITHUB_",
  )
  .optional()
  .meta({
    title: "Name",
    description: "Name of the secret; the default is made from the resource's key: web-ci becomes WEB_CI",
    examples: ["AI_GATEWAY_API_KEY"],
  });

const githubToken = ownToken(
  "GITHUB_TOKEN",
  "A token that may write secrets there, which that of a workflow run may not",
);

const organization = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "expected an organization's name, as in its URL")
  .meta({ title: "Organization", description: "Organization whose secret it is", examples: ["acme"] });

const githubSink = z
  .union([
    z.strictObject({
      repository: z
        .string()
        .regex(/^[A-Za-z0-9_-]+\/(?!\.{1,2}$)[A-Za-z0-9._-]+$/, "expected owner/name, as in acme/web")
        .meta({ title: "Repository", description: "Owner and name of a repository", examples: ["acme/web"] }),
      environment: z
        .string()
        .regex(/^(?!\.{1,2}$)/, "expected an environment's name")
        .min(1)
        .optional()
        .meta({
          title: "Environment",
          description: "Environment of the repository whose secret it is; left out: the repository's own",
          examples: ["production"],
        }),
      name: secretName,
      token: githubToken,
    }),
    z.discriminatedUnion("visibility", [
      z.strictObject({
        organization,
        visibility: z.enum(["all", "private"]).meta({
          title: "Visibility",
          description: "Which of the organization's repositories may use the secret",
          examples: ["private"],
        }),
        name: secretName,
        token: githubToken,
      }),
      z.strictObject({
        organization,
        visibility: z.literal("selected").meta({
          title: "Visibility",
          description: "The repositories of selected_repository_ids may use the secret",
          examples: ["selected"],
        }),
        selected_repository_ids: z
          .array(
            z
              .int()
              .min(1)
              .meta({ title: "Id", description: "Id of a repository", examples: [1296269] }),
          )
          .meta({
            title: "Selected repositories",
            description: "Ids of the repositories that may use the secret",
            examples: [[1296269]],
          }),
        name: secretName,
        token: githubToken,
      }),
    ]),
  ])
  .meta({
    title: "GitHub Actions secret",
    description: "Puts the value into a secret of GitHub Actions",
    examples: [{ repository: "acme/web", name: "AI_GATEWAY_API_KEY" }],
  });

const vercelVariable = {
  project: z
    .string()
    .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/, "expected a project's id or name")
    .meta({ title: "Project", description: "Id or name of a project", examples: ["web"] }),
  team: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, "expected a team's id or slug")
    .optional()
    .meta({
      title: "Team",
      description: "Id or slug of the project's team; the default is the stack's own",
      examples: ["acme"],
    }),
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected a variable's name: letters, digits and _")
    .optional()
    .meta({
      title: "Name",
      description: "Name of the variable; the default is made from the resource's key: web-ci becomes WEB_CI",
      examples: ["AI_GATEWAY_API_KEY"],
    }),
  token: ownToken("VERCEL_TOKEN", "A token that may write the project's variables"),
};

const vercelTargets = <const T extends readonly [string, ...string[]]>(names: T, expected?: string) =>
  z
    .array(
      z
        .enum(names, expected)
        .meta({ title: "Target", description: "Environment that gets it", examples: ["production"] }),
    )
    .min(1)
    .meta({
      title: "Targets",
      description: "Environments that get the variable; Vercel keeps no sensitive one for development",
      examples: [["production", "preview"]],
    });

/** "Sensitive environment variables" (https://vercel.com/docs/environment-variables/sensitive-environment-variables, 2026). */
const vercelSink = z
  .union([
    z.strictObject({
      ...vercelVariable,
      type: z
        .literal("sensitive", "expected sensitive or encrypted")
        .optional()
        .meta({
          title: "Type",
          description:
            "sensitive: nobody can read it again; encrypted: whoever may read the project's variables can",
          default: "sensitive",
          examples: ["sensitive"],
        }),
      targets: vercelTargets(
        ["production", "preview"],
        "expected production or preview; for development, write type: encrypted",
      ),
    }),
    z.strictObject({
      ...vercelVariable,
      type: z.literal("encrypted").meta({
        title: "Type",
        description: "encrypted: whoever may read the project's variables can read it again",
        examples: ["encrypted"],
      }),
      targets: vercelTargets(["production", "preview", "development"]),
    }),
  ])
  .meta({
    title: "Vercel variable",
    description: "Puts the value into an environment variable of a Vercel project",
    examples: [{ project: "web", name: "AI_GATEWAY_API_KEY", targets: ["production", "preview"] }],
  });

const stdoutSink = z.strictObject({}).meta({
  title: "Standard output",
  description: "Shows the value once, on a terminal, with --reveal ADDRESS",
  examples: [{}],
});

export const deliverSchema = z
  .array(
    z.union([
      z.strictObject({ file: fileSink }),
      z.strictObject({ command: commandSink }),
      z.strictObject({ github_actions_secret: githubSink }),
      z.strictObject({ vercel_env: vercelSink }),
      z.strictObject({ stdout: stdoutSink }),
    ]),
  )
  .min(1)
  .meta({
    title: "Deliver",
    description: "Where the value goes that the vendor shows once; needed to create, not to adopt",
    examples: [[{ file: { path: "out/ci.key" } }]],
  });

/** A sink of `deliver`, checked. */
export type WrittenSink = z.output<typeof deliverSchema>[number];
