// Values that fit the published JSON Schema of the file: what an editor would accept, whatever the vendors say to it.

import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import { isObject } from "../../src/base/json.ts";
import { configSchema } from "../../src/config/schema.ts";
import { providers } from "../../src/providers/index.ts";
import { COMMANDS } from "./place.ts";

const schema = configSchema(providers);
const definitions = schema.definitions as JsonObject; // the builder puts an object there

/** Endless choices out of a few numbers: a die that the seed has thrown. */
export type Die = (sides: number) => number;

export function dieOf(numbers: readonly number[]): Die {
  let thrown = 0;
  return (sides) => {
    const number = (numbers[thrown % Math.max(1, numbers.length)] ?? 0) + Math.floor(thrown / 7);
    thrown += 1;
    return number % Math.max(1, sides);
  };
}

/** Texts that fit where the schema says nothing but "text". */
const TEXTS = [
  "plain",
  "ünïcode – ✓",
  "two\nlines",
  "a | b",
  "@octocat",
  "<img src=x onerror=alert(1)>",
  "\u001b[31mred",
  "bidi\u202egnp",
  "%2e%2e",
  "openai/gpt-5.1",
  "https://example.com/x",
];

/** A body of a kind as the schema has it. */
export function bodyOf(kind: string, die: Die): JsonValue {
  return fitting(definitions[kind] ?? {}, die, 0);
}

/** The schema of the value at a path of a document, as far as it is known. */
export function schemaAt(path: readonly (string | number)[]): JsonValue | undefined {
  let at: JsonValue | undefined = schema;
  for (const step of path) {
    const [plain]: readonly JsonObject[] = variantsOf(at).filter(
      (variant) => below(variant, step) !== undefined,
    );
    at = plain === undefined ? undefined : below(plain, step);
    if (at === undefined) return undefined;
  }
  return at;
}

/** Names of the members that an object at a schema may have. */
export function membersOf(at: JsonValue | undefined): readonly string[] {
  return variantsOf(at).flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : []));
}

/** Whether any text may stand at a schema. */
export function takesAnyText(at: JsonValue | undefined): boolean {
  return variantsOf(at).some(
    ({ type, pattern, format, enum: values, const: only }) =>
      type === "string" && [pattern, format, values, only].every((rule) => rule === undefined),
  );
}

export function fitting(at: JsonValue | undefined, die: Die, depth: number): JsonValue {
  const variants = variantsOf(at);
  const chosen = variants[die(variants.length)] ?? {};
  const { type, properties, required, additionalProperties, items, enum: values, minItems } = chosen;
  if (chosen.const !== undefined) return chosen.const;
  if (Array.isArray(values)) return values[die(values.length)] ?? null;
  const kind = Array.isArray(type) ? type[die(type.length)] : type;
  if (kind === "object" || isObject(properties)) {
    const needed = Array.isArray(required) ? required : [];
    const out: Record<string, JsonValue> = {};
    for (const [name, inner] of Object.entries(isObject(properties) ? properties : {})) {
      if (!needed.includes(name) && (depth > 3 || die(3) > 0)) continue;
      out[name] = isProgram(name, inner) ? [...(COMMANDS[die(2)] ?? [])] : fitting(inner, die, depth + 1);
    }
    if (isObject(additionalProperties) && depth < 4) {
      for (let count = die(3); count > 0; count--)
        out[`k${die(5)}`] = fitting(additionalProperties, die, depth + 1);
    }
    return out;
  }
  if (kind === "array") {
    const count = Math.max(Number(minItems ?? 0), depth > 3 ? 0 : die(4));
    return Array.from({ length: Math.min(count, 4) }, () => fitting(items as JsonValue, die, depth + 1));
  }
  if (kind === "integer" || kind === "number") return numberOf(chosen, die);
  if (kind === "boolean") return die(2) === 0;
  if (kind === "null") return null;
  return textOf(chosen, die);
}

/** Only programs that do no harm are ever named. */
function isProgram(name: string, at: JsonValue): boolean {
  const words = ["command", "argv", "check", "undo"].includes(name);
  return words && variantsOf(at).some(({ type }) => type === "array");
}

/** All ways that a schema leaves open, its references followed. Variables are left to other edits. */
function variantsOf(at: JsonValue | undefined): readonly JsonObject[] {
  if (!isObject(at)) return [];
  const { $ref, anyOf, oneOf, allOf, ...rest } = at;
  if (typeof $ref === "string") {
    const name = $ref.replace("#/definitions/", "");
    return name === "env" ? [] : variantsOf(definitions[name]);
  }
  const ways = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  if (ways.length > 0)
    return ways.flatMap((way: JsonValue) => variantsOf(way)).map((way) => ({ ...rest, ...way }));
  const parts = Array.isArray(allOf) ? allOf.filter(isObject) : [];
  return [Object.assign({}, ...parts, rest) as JsonObject];
}

function below(variant: JsonObject, step: string | number): JsonValue | undefined {
  if (typeof step === "number") return variant.items;
  const { properties, additionalProperties } = variant;
  if (isObject(properties) && Object.hasOwn(properties, step)) return properties[step];
  return isObject(additionalProperties) ? additionalProperties : undefined;
}

function numberOf(chosen: JsonObject, die: Die): number {
  const low = Number(chosen.minimum ?? chosen.exclusiveMinimum ?? 0);
  const high = Number(chosen.maximum ?? chosen.exclusiveMaximum ?? low + 1000);
  const step = Number(chosen.multipleOf ?? 1);
  const steps = Math.max(1, Math.floor((Math.min(high, low + 100_000) - low) / step));
  const all = [low, low + step, high, low + step * die(steps)];
  return all[die(all.length)] ?? low;
}

function textOf(chosen: JsonObject, die: Die): string {
  const examples = Array.isArray(chosen.examples)
    ? chosen.examples.filter((example) => typeof example === "string")
    : [];
  const free = chosen.pattern === undefined && chosen.format === undefined;
  const all = free ? [...examples, ...TEXTS] : examples;
  return all[die(all.length)] ?? "text";
}
