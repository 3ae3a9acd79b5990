// What a JSON Schema says about a value, in words: for the reference pages and for `gateform explain`. Reads only
// what zod's toJSONSchema writes. Names stand between backticks.

import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import type { FieldRow } from "../model/explanation.ts";
import { codeSpan } from "../render/markdown-text.ts";

/** The type and its bounds: `whole number, 0 or more, or null`. */
export function typeWords(schema: JsonObject): string {
  if (schema.gateform === "secret") return "secret reference";
  if (schema.gateform === "ref")
    return `${branchesOf(schema) === undefined ? "" : "id, or "}\`{ ref: ADDRESS }\``;
  if (Array.isArray(schema.enum)) return oneOf(schema.enum);
  if (schema.const !== undefined) return oneOf([schema.const]);
  const branches = branchesOf(schema);
  if (branches !== undefined) return unionWords(branches);
  if (Array.isArray(schema.type)) return schema.type.map((type) => simple(String(type), {})).join(" or ");
  return simple(String(schema.type ?? "any"), schema);
}

function simple(type: string, schema: JsonObject): string {
  const list = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(", ");
  switch (type) {
    case "integer":
      return list("whole number", range(schema));
    case "number":
      return list("number", range(schema));
    case "string":
      return list(stringName(schema), lengths(schema, "character"), patternWords(schema));
    case "boolean":
      return "`true` or `false`";
    case "array":
      return list(
        isObject(schema.items) ? `list of ${typeWords(schema.items)}` : "list",
        lengths(schema, "item"),
      );
    case "object":
      return isObject(schema.additionalProperties)
        ? `map to ${typeWords(schema.additionalProperties)}`
        : "map";
    case "null":
      return "`null`";
    default:
      return type;
  }
}

function unionWords(branches: readonly JsonObject[]): string {
  const values = branches.map((branch) => branch.const);
  if (values.every((value) => value !== undefined)) return oneOf(values as readonly JsonValue[]);
  const words = branches.map(typeWords);
  const maps = words.filter((word) => word === "map").length;
  const shown = new Set(
    maps > 1 ? words.map((word) => (word === "map" ? `map in one of ${maps} forms` : word)) : words,
  );
  return [...shown].join([...shown].some((word) => word.includes(",")) ? ", or " : " or ");
}

/** The alternatives of a union. */
function branchesOf(schema: JsonObject): readonly JsonObject[] | undefined {
  const branches = schema.anyOf ?? schema.oneOf;
  return Array.isArray(branches) ? branches.filter(isObject) : undefined;
}

function oneOf(values: readonly JsonValue[]): string {
  return values
    .map((value) => codeSpan(typeof value === "string" ? value : JSON.stringify(value)))
    .join(", ");
}

function range({ minimum, maximum, exclusiveMinimum }: JsonObject): string {
  const high = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined) return `more than ${exclusiveMinimum}`;
  if (minimum !== undefined && high !== undefined) return `${minimum} to ${high}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return high === undefined ? "" : `${high} or less`;
}

function lengths({ minLength, maxLength, minItems, maxItems }: JsonObject, unit: string): string {
  const low = minLength ?? minItems;
  const high = maxLength ?? maxItems;
  if (low !== undefined && high !== undefined) return `${low} to ${high} ${unit}s`;
  if (low !== undefined) return `at least ${low} ${unit}${low === 1 ? "" : "s"}`;
  return high === undefined ? "" : `at most ${high} ${unit}s`;
}

function stringName({ format }: JsonObject): string {
  return format === "uri" ? "URL" : format === "date-time" ? "RFC 3339 time" : "text";
}

function patternWords({ format, pattern }: JsonObject): string {
  return typeof pattern === "string" && format === undefined ? `matching ${codeSpan(pattern)}` : "";
}

/** A row per property of an object schema, then, below each, the rows of what is nested in it. */
export function fieldRows(schema: JsonObject, prefix = ""): readonly FieldRow[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).flatMap(([name, value]) => {
    if (!isObject(value)) return [];
    const path = `${prefix}${name}`;
    const row = {
      path,
      type: typeWords(value),
      required: required.includes(name),
      title: typeof value.title === "string" ? value.title : name,
      description: typeof value.description === "string" ? value.description : "",
      ...(value.default === undefined ? {} : { default: value.default }),
      examples: Array.isArray(value.examples) ? (value.examples as readonly JsonValue[]) : [],
      ...(isObject(value.additionalProperties) ? { open: true as const } : {}),
    };
    return [row, ...nestedRows(value, path)];
  });
}

/** Rows of the objects inside a value; of several forms, each path once. */
function nestedRows(schema: JsonObject, path: string): readonly FieldRow[] {
  if (schema.gateform !== undefined) return [];
  const branches = branchesOf(schema);
  if (branches !== undefined)
    return merged(branches.map((branch) => nestedRows(branch, path)).filter((rows) => rows.length > 0));
  if (isObject(schema.items)) return nestedRows(schema.items, `${path}[]`);
  if (isObject(schema.properties)) return fieldRows(schema, `${path}.`);
  if (isObject(schema.additionalProperties)) return nestedRows(schema.additionalProperties, `${path}.<name>`);
  return [];
}

/** Rows of alternatives: each path once, and said in which of the forms it stands where that is not all of them. */
function merged(forms: readonly (readonly FieldRow[])[]): readonly FieldRow[] {
  const paths = [...new Set(forms.flatMap((rows) => rows.map((row) => row.path)))];
  return paths.flatMap((path) => {
    const found = forms.flatMap((rows, index) => {
      const row = rows.find((candidate) => candidate.path === path);
      return row === undefined ? [] : [{ row, form: index + 1 }];
    });
    const [first] = found;
    if (first === undefined) return [];
    const together = (texts: readonly string[]): string => [...new Set(texts)].join("; or: ");
    const description = together(found.map(({ row }) => row.description));
    return [
      {
        ...first.row,
        type: together(found.map(({ row }) => row.type)),
        required: found.every(({ row }) => row.required),
        description: found.length === forms.length ? description : `In form ${first.form}: ${description}`,
      },
    ];
  });
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
