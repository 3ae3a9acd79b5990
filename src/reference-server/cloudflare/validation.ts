/**
 * Checks bodies the way AI Gateway's endpoints do: 400 with one error 7001 per mistake, Zod-3-style text, and a
 * `path` from `body` (OAS 2026-10; observed texts). The offending value is never repeated: it may be a secret.
 */
import type { z } from "zod";
import type { Payload } from "../http.ts";
import { type ApiError, refuse } from "./envelopes.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** The checked body; keys the schema does not know are gone, or refused when `unknownKeys` says so. */
export function readBody<T>(schema: z.ZodType<T>, payload: Payload, unknownKeys: "strip" | "refuse"): T {
  if (payload.kind === "broken") {
    throw refuse(400, [{ code: 7001, message: "Body is not valid JSON", path: ["body"] }]);
  }
  const value = payload.kind === "json" ? payload.value : undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw refuse(
      400,
      parsed.error.issues.map((issue) => toApiError(issue, value)),
    );
  if (unknownKeys === "refuse") {
    const errors = droppedKeys(value, parsed.data, []).map(unrecognised);
    if (errors.length > 0) throw refuse(400, errors);
  }
  return parsed.data;
}

/** The keys that were in the body: a schema types its optional keys as perhaps undefined, and none of them is. */
export function given<T extends object>(body: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }; // the same keys, fewer of them
}

/** A 7001 that is not about the body's shape. */
export function invalid(message: string, path?: Path): Error {
  return refuse(400, [{ code: 7001, message, ...(path === undefined ? {} : { path }) }]);
}

/** The error text for the first mistake in a body, without its path. */
export function describeIssue(issue: Issue, root: unknown): string {
  if (issue.code === "invalid_type") {
    const actual = valueAt(root, issue.path);
    return actual === undefined ? "Required" : `Expected ${issue.expected}, received ${typeName(actual)}`;
  }
  if (issue.code === "invalid_value") {
    if (valueAt(root, issue.path) === undefined) return "Required";
    return `Invalid enum value. Expected ${issue.values.map((value) => `'${String(value)}'`).join(" | ")}`;
  }
  if (issue.code === "too_small")
    return bound(issue.origin, "least", "greater", issue.minimum, issue.inclusive);
  if (issue.code === "too_big") return bound(issue.origin, "most", "less", issue.maximum, issue.inclusive);
  if (issue.code === "invalid_format") return issue.format === "url" ? "Invalid url" : "Invalid";
  return "Invalid input";
}

function toApiError(issue: Issue, root: unknown): ApiError {
  const path = issue.path.map((segment) => (typeof segment === "number" ? segment : String(segment)));
  return { code: 7001, message: describeIssue(issue, root), path: ["body", ...path] };
}

function bound(
  origin: string,
  extreme: string,
  comparison: string,
  limit: number | bigint,
  inclusive: boolean | undefined,
): string {
  if (origin === "string") return `String must contain at ${extreme} ${limit} character(s)`;
  if (origin === "array") return `Array must contain at ${extreme} ${limit} element(s)`;
  return `Number must be ${comparison} than ${inclusive === false ? "" : "or equal to "}${limit}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const segment of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[segment]; // any property may be asked for; absent is undefined
  }
  return value;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && !Number.isInteger(value)) return "float";
  return typeof value;
}

interface DroppedKey {
  readonly key: string;
  readonly path: Path;
}

function unrecognised({ key, path }: DroppedKey): ApiError {
  return { code: 7001, message: `Unrecognized key(s) in object: '${key}'`, path: ["body", ...path] };
}

function droppedKeys(input: unknown, output: unknown, path: Path): DroppedKey[] {
  if (typeof input !== "object" || typeof output !== "object" || input === null || output === null) return [];
  const kept = output as Record<string, unknown>; // a plain object or array out of JSON
  return Object.entries(input).flatMap(([key, value]) => {
    if (!(key in kept)) return [{ key, path }];
    return droppedKeys(value, kept[key], [...path, Array.isArray(input) ? Number(key) : key]);
  });
}
