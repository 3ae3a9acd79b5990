// zod's JSON Schema of what may be written, as plain JSON, with the examples and defaults that zod leaves out.

import * as z from "zod";
import type { JsonObject } from "../base/json.ts";

/** The schema of a part of the file, with `$schema` and perhaps `definitions`. */
export function jsonSchemaOf(schema: z.ZodType): JsonObject {
  const made = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
    override: keepNotes,
  });
  // Through text, so that what is left is plain JSON.
  return JSON.parse(JSON.stringify(made)) as JsonObject;
}

/** zod leaves examples and defaults out where a value is transformed; ours are always what a user writes. */
function keepNotes(made: {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}) {
  const notes = z.globalRegistry.get(made.zodSchema);
  if (Array.isArray(notes?.examples)) made.jsonSchema.examples ??= notes.examples;
  if (notes?.default !== undefined) made.jsonSchema.default ??= notes.default;
}
