// Model objects as JSON text: keys sorted, so that equal objects are equal text, and nothing in it that a
// terminal or an editor would act upon.

import { compareText, isObject } from "../base/json.ts";
import { safeJson } from "./safe-text.ts";

/**
 * Indented JSON that ends with a line break.
 * @param value JSON data; members that are `undefined` are left out.
 */
export function jsonText(value: unknown): string {
  return `${safeJson(JSON.stringify(value, sortKeys, 2))}\n`;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  // Defined, not assigned: "__proto__" is a key like any other.
  const sorted = {};
  for (const [key, item] of Object.entries(value).sort(([a], [b]) => compareText(a, b))) {
    Object.defineProperty(sorted, key, { value: item, enumerable: true });
  }
  return sorted;
}
