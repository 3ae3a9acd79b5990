// JSON values as text for people. Marks of secrets and references show what they stand for, never a value and
// never a fingerprint. Object keys are sorted, so that equal values look equal.

import {
  describeSource,
  isRefMark,
  isSecretMark,
  type RefMark,
  type SecretMark,
} from "../base/expression.ts";
import { compareText, isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { quoted, safeLine } from "./safe-text.ts";

/** Says what a mark stands for; `path` is the place of the mark in the value. */
export type MarkText = (mark: SecretMark | RefMark, path: string) => string;

/** What stands for an absent value. */
export const NONE = "(none)";

/** The text of a secret that nothing is compared with. */
export function secretText(mark: SecretMark): string {
  const { source, masked } = mark.$secret;
  if (source !== undefined) return `(secret, ${safeLine(describeSource(source))})`;
  return masked === true ? "(sensitive, masked by the vendor)" : "(sensitive)";
}

/** The text of a reference whose target's id is known only once it exists. */
function refText(mark: RefMark): string {
  return `(known after apply: ${safeLine(mark.$ref)})`;
}

export const plainMarks: MarkText = (mark) =>
  isRefMark(mark) ? refText(mark) : secretText(mark as SecretMark);

/** A value on one line. */
export function inlineText(value: JsonValue, marks: MarkText = plainMarks, path = ""): string {
  const leaf = leafText(value, marks, path);
  if (leaf !== null) return leaf;
  const items = partsOf(value).map(
    ([key, item]) => label(value, key) + inlineText(item, marks, `${path}/${key}`),
  );
  if (Array.isArray(value)) return `[${items.join(", ")}]`;
  return items.length === 0 ? "{}" : `{ ${items.join(", ")} }`;
}

/** A value with one member per line, two blanks deep. */
export function blockLines(value: JsonValue, marks: MarkText = plainMarks, path = ""): string[] {
  const parts = partsOf(value);
  const leaf = parts.length === 0 ? inlineText(value, marks, path) : leafText(value, marks, path);
  if (leaf !== null) return [leaf];
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const lines = [open];
  for (const [key, item] of parts) {
    const [first = "", ...more] = blockLines(item, marks, `${path}/${key}`);
    lines.push(`  ${label(value, key)}${first}`, ...more.map((line) => `  ${line}`));
  }
  return [...lines, close];
}

/** The text of a scalar or a mark; `null` for anything with parts. */
function leafText(value: JsonValue, marks: MarkText, path: string): string | null {
  if (isSecretMark(value) || isRefMark(value)) return marks(value, path);
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return numberText(value);
  return value === null || typeof value !== "object" ? String(value) : null;
}

/** A number as a file has it: a price of a ten-millionth is `0.0000001`, not `1e-7`. */
function numberText(value: number): string {
  const text = String(value);
  const [, sign = "", whole = "", rest = "", exponent = ""] =
    /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text) ?? [];
  return exponent === "" ? text : `${sign}0.${"0".repeat(Number(exponent) - 1)}${whole}${rest}`;
}

function partsOf(value: JsonValue): (readonly [string, JsonValue])[] {
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item] as const);
  if (!isObject(value)) return [];
  const object: JsonObject = value;
  return Object.entries(object).sort(([a], [b]) => compareText(a, b));
}

function label(parent: JsonValue, key: string): string {
  if (Array.isArray(parent)) return "";
  return `${/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key) ? key : quoted(key)}: `;
}
