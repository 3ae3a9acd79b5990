// Where two values differ, as a file and as a plan say it: for seeing that a plan shows what was changed in a file
// and nothing beside.

import { isRefMark, isSecretMark } from "../../src/base/expression.ts";
import { isObject, type JsonObject, type JsonValue } from "../../src/base/json.ts";
import { compareValues } from "../../src/engine/compare.ts";

/**
 * Dotted paths with `[]` for indices, and what stands there in the second one. Lists of plain values are one value,
 * of which the order is left out; so is a secret, of which nothing is said but that it is another one.
 */
export type Differences = Readonly<Record<string, JsonValue>>;

export function differencesOf(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path = "",
): Differences {
  if (isGroup(before) && isGroup(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return merged(
      names.map((name) => differencesOf(before[name], after[name], path === "" ? name : `${path}.${name}`)),
    );
  }
  if (isListOfGroups(before) && isListOfGroups(after) && before.length === after.length) {
    return merged(before.map((item, index) => differencesOf(item, after[index], `${path}[]`)));
  }
  const bare = (value: JsonValue | undefined) => (Array.isArray(value) ? plain(value) : (value ?? null));
  const same = compareValues(bare(before), bare(after)) === "same";
  return same ? {} : { [path]: plain(after) };
}

/** An object that is no secret and no reference, neither as a file writes it nor as a plan does. */
function isGroup(value: JsonValue | undefined): value is JsonObject {
  return isObject(value) && !isSecretMark(value) && !isRefMark(value) && !isSource(value) && !isEdge(value);
}

/** As the API writes the edge of a route. A plan shows the id that it leads to, whichever way it is written. */
function isEdge(value: JsonValue | undefined): value is JsonObject {
  return isObject(value) && Object.keys(value).length === 1 && typeof value.elementId === "string";
}

function isSource(value: JsonValue | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 1 && typeof value.env === "string";
}

function isListOfGroups(value: JsonValue | undefined): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isGroup);
}

function plain(value: JsonValue | undefined): JsonValue {
  if (isEdge(value)) return plain(value.elementId);
  if (isSource(value) || isSecretMark(value) || isRefMark(value)) return "(by reference)";
  if (Array.isArray(value)) return [...value].sort();
  return value ?? null;
}

/** All of them in one. */
export function merged(parts: readonly Differences[]): Differences {
  return Object.assign({}, ...parts);
}
