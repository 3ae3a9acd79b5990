// `deliver` as a file writes it: the sinks that a one-time value goes to, each a map with one key.

import * as z from "zod";

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
