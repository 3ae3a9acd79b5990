// Building blocks for specs: how a file writes a secret and a reference, and the marks that they become.

import * as z from "zod";
import type { RefMark, SecretMark } from "../base/expression.ts";

const source = {
  env: z.strictObject({
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .meta({
        title: "Environment variable",
        description: "Name of an environment variable",
        examples: ["OPENAI_API_KEY"],
      }),
  }),
  file: z.strictObject({
    file: z
      .string()
      .min(1)
      .meta({
        title: "File",
        description: "Path relative to this file; a trailing newline is cut off",
        examples: ["secrets/openai.key"],
      }),
  }),
  command: z.strictObject({
    command: z
      .array(z.string().min(1))
      .min(1)
      .meta({
        title: "Command",
        description: "Program and arguments; its standard output is the value. Run by apply only",
        examples: [["op", "read", "op://team/openai/key"]],
      }),
  }),
};

/** A secret by reference: `{ env: NAME }`, `{ file: PATH }` or `{ command: [PROGRAM, ARGUMENT, …] }`. */
export function secretField() {
  return z
    .union([source.env, source.file, source.command])
    .transform((value): SecretMark => ({ $secret: { source: value } }))
    .meta({ gateform: "secret" });
}

/** A vendor id as text, or `{ ref: ADDRESS }` of a managed resource of `kind`. */
export function idOrRef(kind: string) {
  return z.union([z.string().min(1), reference(kind)]).meta({ gateform: "ref" });
}

/** `{ ref: ADDRESS }` of a managed resource of `kind`, and nothing else: what it names must be the stack's own. */
export function refOnly(kind: string) {
  return reference(kind).meta({ gateform: "ref" });
}

function reference(kind: string) {
  return z
    .strictObject({
      ref: z
        .string()
        .startsWith(`${kind}.`)
        .meta({ title: "Reference", description: `Address of a ${kind}`, examples: [`${kind}.name`] }),
    })
    .transform((value): RefMark => ({ $ref: value.ref }));
}
