// Rewrites of JSON Schemas: variables allowed on every scalar, nothing required. Pure, over plain JSON.

import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { coreScalar } from "./env.ts";

const ENV_REF: JsonObject = { $ref: "#/definitions/env" };
const REMOVE_REF: JsonObject = { $ref: "#/definitions/remove" };
const NOTES = ["title", "description", "default", "examples"];
/** Length of the shortest expression, `${env:A}`. */
const SHORTEST = 8;
const SCALARS = ["string", "number", "integer", "boolean", "null"];
// zod's own marks, and the bounds that it puts on every whole number.
const NOISE = new Set(["gateform", "id"]);
// The formats of draft 7 that zod can mean; it writes others of its own beside a pattern that says the same.
const FORMATS = new Set(["uri", "email", "date-time", "date", "time", "uuid", "ipv4", "ipv6", "hostname"]);

/** A copy in which every scalar may also be text with `${env:…}` in it. */
export function allowEnv(schema: JsonValue): JsonValue {
  return mapSchema(schema, (node) => {
    const clean = tidy(node);
    const branches = clean.anyOf ?? clean.oneOf;
    if (Array.isArray(branches)) return allowInUnion(clean, branches as readonly JsonValue[]);
    if (!isScalar(clean) || takesAnyText(clean)) return clean;
    const notes: Record<string, JsonValue> = {};
    const rest: Record<string, JsonValue> = {};
    for (const [key, value] of Object.entries(clean)) (NOTES.includes(key) ? notes : rest)[key] = value;
    return { ...notes, anyOf: [rest, ENV_REF] };
  });
}

/**
 * A copy in which no property is required, but for items of lists, which replace whole.
 * @param removal whether any property may also be `{ $remove: true }`.
 */
export function relax(schema: JsonValue, removal = true): JsonValue {
  if (Array.isArray(schema)) return schema.map((item: JsonValue) => relax(item, removal));
  if (!isObject(schema)) return schema;
  const out: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(schema)) {
    // `dependencies` and `minProperties` are other ways of saying that a property is required.
    if (key === "required" || key === "dependencies" || key === "minProperties") continue;
    else if (key === "properties" && isObject(value)) {
      out[key] = Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, removable(item, removal)]),
      );
    } else if (key === "additionalProperties" && isObject(value)) out[key] = removable(value, removal);
    else out[key] = key === "items" || DATA.has(key) ? value : relax(value, removal);
  }
  return out;
}

function removable(schema: JsonValue, removal: boolean): JsonValue {
  const inner = relax(schema, removal);
  if (!removal || !isObject(inner)) return inner;
  const notes = Object.fromEntries(
    NOTES.flatMap((key) => (key in inner ? [[key, inner[key] as JsonValue]] : [])),
  );
  return { ...notes, anyOf: [inner, REMOVE_REF] };
}

// Members of a schema that hold data and no schemas.
const DATA = new Set(["default", "examples", "enum", "const", "required", "dependencies"]);

/** Rewrites every schema inside a schema, the innermost first. */
function mapSchema(value: JsonValue, rewrite: (node: JsonObject) => JsonObject): JsonValue {
  const inside = (node: JsonValue): JsonValue => {
    if (!isObject(node)) return node;
    const out: Record<string, JsonValue> = {};
    for (const [key, item] of Object.entries(node)) {
      if (DATA.has(key) || key === "propertyNames") out[key] = item;
      else if (key === "properties" || key === "definitions" || key === "patternProperties") {
        out[key] = isObject(item)
          ? Object.fromEntries(Object.entries(item).map(([name, sub]) => [name, inside(sub)]))
          : item;
      } else if (Array.isArray(item)) out[key] = (item as readonly JsonValue[]).map(inside);
      else out[key] = isObject(item) ? inside(item) : item;
    }
    return rewrite(out);
  };
  return inside(value);
}

function tidy(node: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(node)) {
    const bound =
      (key === "maximum" || key === "minimum") && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
    const foreign = key === "format" && !FORMATS.has(String(value));
    if (!NOISE.has(key) && !bound && !foreign) out[key] = value;
  }
  if (Array.isArray(out.enum)) {
    // `minTLS: 1.0` is read from its source text, so an editor must take the number as well.
    const values = out.enum as readonly JsonValue[];
    const more = values.flatMap((text) => (typeof text === "string" ? [coreScalar(text)] : []));
    const others = more.filter((item) => typeof item !== "string" && !values.includes(item));
    if (others.length > 0) {
      out.enum = [...values, ...others];
      delete out.type;
    }
  }
  return out;
}

/** One `${env:…}` for the whole union; `oneOf` becomes `anyOf`, since a variable may stand for any branch. */
function allowInUnion(node: JsonObject, branches: readonly JsonValue[]): JsonObject {
  const { oneOf: _, ...rest } = node;
  const plain = branches.map(withoutEnv);
  const scalar = plain.some((branch) => isObject(branch) && isScalar(branch));
  const open = plain.some((branch) => isObject(branch) && takesAnyText(branch));
  return { ...rest, anyOf: scalar && !open ? [...plain, ENV_REF] : plain };
}

/** Undoes the wrapping of a scalar branch, whose union gets the variable once. */
function withoutEnv(branch: JsonValue): JsonValue {
  if (!isObject(branch) || !Array.isArray(branch.anyOf)) return branch;
  const [first, second] = branch.anyOf as readonly JsonValue[];
  if (branch.anyOf.length !== 2 || !isObject(second) || second.$ref !== ENV_REF.$ref || !isObject(first)) {
    return branch;
  }
  const { anyOf: _, ...notes } = branch;
  return { ...notes, ...first };
}

function isScalar(node: JsonObject): boolean {
  if (node.enum !== undefined || node.const !== undefined) return true;
  const types = Array.isArray(node.type) ? node.type : [node.type];
  return types.every((type) => typeof type === "string" && SCALARS.includes(type));
}

function takesAnyText(node: JsonObject): boolean {
  if (node.enum !== undefined || node.const !== undefined) return false;
  const types = Array.isArray(node.type) ? node.type : [node.type];
  const limits = ["pattern", "format", "maxLength"].some((key) => node[key] !== undefined);
  return types.includes("string") && !limits && Number(node.minLength ?? 0) <= SHORTEST;
}
