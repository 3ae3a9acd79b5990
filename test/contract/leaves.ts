// What of a kind can be set, read off its spec: a path per field and per member of nested objects. For tests that
// have to be complete. Knows nothing of how a field compares.

import { z } from "zod";
import { isObject, type JsonObject, type JsonValue } from "../../src/base/json.ts";

/** The JSON Schema of what a user may write. */
export function schemaOf(spec: z.ZodType): JsonObject {
  return z.toJSONSchema(spec, { io: "input", unrepresentable: "any" }) as JsonObject; // a schema is JSON
}

/** Paths of everything that can be set: `spend_limits.rules[].limit`, `otel[].headers.*`. */
export function leavesOf(schema: JsonValue, path = ""): string[] {
  if (!isObject(schema) || schema.type === "null") return [];
  // A secret or a reference is one value, however it is written.
  if (schema.gateform !== undefined) return [path];
  const parts: string[] = [];
  for (const choice of [schema.anyOf, schema.oneOf]) {
    if (Array.isArray(choice)) parts.push(...choice.flatMap((item: JsonValue) => leavesOf(item, path)));
  }
  for (const [name, member] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    parts.push(...leavesOf(member, path === "" ? name : `${path}.${name}`));
  }
  if (isObject(schema.items)) parts.push(...leavesOf(schema.items, `${path}[]`));
  if (isObject(schema.additionalProperties))
    parts.push(...leavesOf(schema.additionalProperties, `${path}.*`));
  const container = ["anyOf", "oneOf", "properties", "items"].some((key) => schema[key] !== undefined);
  if (!container && !isObject(schema.additionalProperties)) parts.push(path);
  return [...new Set(parts)];
}

/** Matches the dotted paths of values, such as `otel.0.headers.x-tenant`, that stand at a leaf or below it. */
export function patternOf(leaf: string): RegExp {
  const source = leaf.split(/(\[\]|\*|\.)/).map((part) => PATTERNS[part] ?? part);
  return new RegExp(`^${source.join("")}(?:\\.|$)`);
}

const PATTERNS: Readonly<Record<string, string>> = { "[]": "\\.\\d+", "*": "[^.]+", ".": "\\." };

/** The dotted path of every plain value in a value, with its text as JSON. */
export function flatten(value: JsonValue, path: string): [string, string][] {
  if (Array.isArray(value) || isObject(value)) {
    return Object.entries(value).flatMap(([key, item]) => flatten(item, `${path}.${key}`));
  }
  return [[path, JSON.stringify(value)]];
}
