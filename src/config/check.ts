// Checks one map of the tree against a zod object, with what files need beyond plain zod: the source text of
// scalars where text is wanted, and values that are not known because a variable is missing.

import type { z } from "zod";
import type { JsonValue } from "../base/json.ts";
import { type Issue, NO_MESSAGE } from "./expect.ts";
import { explain } from "./explain.ts";
import type { Report } from "./report.ts";
import type { Subject } from "./subject.ts";
import { hasHole, type MapNode, type Path, placeAt, toJson } from "./tree.ts";

export interface MapSubject extends Subject {
  readonly node: MapNode;
}

/** What a schema makes of a map; `undefined` when it has mistakes, which are then in the report. */
export function checkMap(report: Report, subject: MapSubject): Record<string, unknown> | undefined {
  const { result, json } = parseLeniently(subject);
  const known = (data: Record<string, unknown>) => withoutHoles(subject.node, data);
  if (result.success) return known(result.data);
  if (explain(report, subject, result.error.issues)) return undefined;
  return known(fieldByField(subject.schema, json));
}

/** Checks a map that need not be complete, such as a default; true when it has no mistake. */
export function checkPartial(report: Report, subject: MapSubject): boolean {
  const { result } = parseLeniently(subject);
  return result.success || !explain(report, { ...subject, partial: true }, result.error.issues);
}

function parseLeniently(subject: MapSubject) {
  // A tree's map always becomes an object.
  const json = toJson(subject.node) as Record<string, JsonValue>;
  const result = parse(subject.schema, json);
  if (result.success || !useSourceText(subject, result.error.issues, json)) return { result, json };
  return { result: parse(subject.schema, json), json };
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  return schema.safeParse(json, { error: () => NO_MESSAGE });
}

/** Leaves out the fields in which a variable has no value: nothing is known about them. */
function withoutHoles(node: MapNode, data: Record<string, unknown>): Record<string, unknown> {
  if (!hasHole(node)) return data;
  const known = Object.entries(data).filter(([name]) => {
    const entry = node.entries.get(name);
    return entry === undefined || !hasHole(entry.value);
  });
  return Object.fromEntries(known);
}

/** Each field on its own, for a map whose schema fails only because a variable has no value. */
function fieldByField(schema: z.ZodObject, json: Record<string, JsonValue>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    const field = schema.shape[name];
    const result = field === undefined ? undefined : parse(field as z.ZodType, value);
    if (result?.success) out[name] = result.data;
  }
  return out;
}

/**
 * Puts the source text of plain scalars where the schema wants text: `minTLS: 1.0` is the number 1 for YAML, and
 * "1.0" for the field. True when anything changed.
 */
function useSourceText(subject: MapSubject, issues: readonly Issue[], json: JsonValue): boolean {
  let changed = false;
  const visit = (issue: Issue, before: Path): void => {
    const path = [...before, ...(issue.path as Path)];
    if (issue.code === "invalid_union") {
      for (const branch of issue.errors) for (const inner of branch) visit(inner, path);
      return;
    }
    const { node } = placeAt(subject.node, path, subject.key);
    if (node?.type !== "scalar" || !node.plain || typeof node.value === "string" || node.hole) return;
    const wanted =
      (issue.code === "invalid_type" && issue.expected === "string" && typeof node.value === "number") ||
      (issue.code === "invalid_value" && issue.values.includes(node.text));
    if (wanted) changed = putAt(json, path, node.text) || changed;
  };
  for (const issue of issues) visit(issue, []);
  return changed;
}

function putAt(json: JsonValue, path: Path, text: string): boolean {
  let target: unknown = json;
  for (const step of path.slice(0, -1))
    target = (target as Record<string | number, unknown> | undefined)?.[step];
  const last = path.at(-1);
  if (typeof target !== "object" || target === null || last === undefined) return false;
  // `json` was made by toJson for this check alone, so writing into it changes nobody's data.
  (target as Record<string | number, unknown>)[last] = text;
  return true;
}
