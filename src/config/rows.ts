// Every field that a file can have, as rows with words, and how a path that a person types finds one of them.

import * as z from "zod";
import type { FieldRow } from "../model/explanation.ts";
import { deliverSchema } from "./deliver.ts";
import { DEFAULTS_NOTES, headSchema, lifecycleSchema } from "./document.ts";
import { jsonSchemaOf } from "./json-schema-of.ts";
import type { KindLayout, ProviderLayout } from "./layout.ts";
import { rotationShape } from "./rotation.ts";
import { fieldRows } from "./schema-words.ts";

/** The file's head, with `defaults`; and what every resource has beside its own fields. */
export function headRows(): readonly FieldRow[] {
  const { title, description } = DEFAULTS_NOTES;
  const more = z.object({
    lifecycle: lifecycleSchema.optional(),
    deliver: deliverSchema.optional(),
    ...rotationShape,
  });
  return [
    ...fieldRows(jsonSchemaOf(headSchema)),
    {
      path: "defaults",
      title,
      type: "map from kind to body",
      required: false,
      description,
      examples: [...DEFAULTS_NOTES.examples],
    },
    ...fieldRows(jsonSchemaOf(more)),
  ];
}

/** A provider's own keys in its block. */
export function blockRows({ block }: ProviderLayout): readonly FieldRow[] {
  return fieldRows(jsonSchemaOf(block));
}

/** A body with `lifecycle` and, for values that are shown once, `deliver` and what goes with it. */
export function bodyRows({ body }: KindLayout): readonly FieldRow[] {
  return fieldRows(jsonSchemaOf(body));
}

/** The rows directly or further below one. */
export function rowsBelow(rows: readonly FieldRow[], { path }: FieldRow): readonly FieldRow[] {
  return rows.filter(
    (row) => row.path !== path && /^[.[]/.test(row.path.slice(path.length)) && row.path.startsWith(path),
  );
}

/**
 * The row that a path names. An item of a list is `rules[]`, `rules[0]`, `rules.0` or left out; a key of a map that
 * the user chooses is any text. Names that the schema has win over those.
 */
export function findRow(rows: readonly FieldRow[], path: string): FieldRow | undefined {
  const wanted = stepsOf(path);
  if (wanted.length === 0) return undefined;
  const exact = rows.find((row) => fits(stepsOf(row.path), wanted, false));
  const found = exact ?? rows.find((row) => fits(stepsOf(row.path), wanted, true));
  if (found !== undefined) return found;
  // The entry of a map whose values have no fields of their own is explained with the map.
  return rows.find((row) => row.open === true && fits(stepsOf(row.path), wanted.slice(0, -1), true));
}

const ITEM = "[]";
const ANY = "<name>";

/** `rules[0].limit` → `rules`, `[]`, `limit` */
function stepsOf(path: string): readonly string[] {
  return path
    .replaceAll(/\[(?:\d*)\]/g, ".[]")
    .split(".")
    .map((step) => (/^\d+$/.test(step) ? ITEM : step));
}

function fits(pattern: readonly string[], wanted: readonly string[], wild: boolean): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return wanted.every((step) => step === ITEM);
  if (head === ITEM && wanted[0] !== ITEM) return fits(rest, wanted, wild);
  const same = head === wanted[0] || (head === ANY && wild && wanted[0] !== undefined);
  return same && fits(rest, wanted.slice(1), wild);
}
