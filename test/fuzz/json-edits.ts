// Changes to a JSON document, as plain data: the same edits on the same document give the same text, and fewer edits
// make a smaller case. Knows nothing of what the document means.

import fc from "fast-check";
import { isObject, type JsonValue } from "../../src/base/json.ts";
import { NAMES, text, value } from "./hostile.ts";

/** `at` picks a place among all there are, and `other` a second one. */
export type Edit = { readonly at: number } & (
  | { readonly op: "set"; readonly value: JsonValue }
  /** The same value wherever it stands, also as a key: what fits together goes on to. */
  | { readonly op: "everywhere"; readonly value: string | number }
  | { readonly op: "text"; readonly cut: number; readonly insert: string }
  | { readonly op: "remove" }
  | { readonly op: "insert"; readonly key: string; readonly value: JsonValue }
  | { readonly op: "rename"; readonly key: string }
  | { readonly op: "copy"; readonly other: number }
  | { readonly op: "nest"; readonly depth: number }
  | { readonly op: "repeat"; readonly times: number }
);

const at = fc.nat({ max: 100_000 });
const key = fc.oneof(fc.constantFrom(...NAMES), text);

/** Edits that mostly leave a document whole. */
export const gentle: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ at, op: fc.constant("everywhere" as const), value: fc.oneof(text, fc.nat()) }),
  fc.record({
    at,
    op: fc.constant("text" as const),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
    insert: text,
  }),
);

/** Edits that mostly break a document. */
export const rough: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ at, op: fc.constant("set" as const), value }),
  fc.record({ at, op: fc.constant("remove" as const) }),
  fc.record({ at, op: fc.constant("insert" as const), key, value }),
  fc.record({ at, op: fc.constant("rename" as const), key }),
  fc.record({ at, op: fc.constant("copy" as const), other: at }),
  fc.record({ at, op: fc.constant("nest" as const), depth: fc.constantFrom(1, 3, 70, 250, 20_000) }),
  fc.record({ at, op: fc.constant("repeat" as const), times: fc.constantFrom(1, 2, 200) }),
);

type Path = readonly (string | number)[];

/** The document with all edits made, one after the other, as text. */
export function edited(document: JsonValue, edits: readonly Edit[], indent?: number): string {
  // Members called `__proto__` stay members in what JSON.parse makes.
  const root = { root: JSON.parse(JSON.stringify(document)) as JsonValue };
  for (const edit of edits) apply(root, edit);
  return deepened(JSON.stringify(root.root ?? null, null, indent));
}

function apply(root: { root: JsonValue }, edit: Edit): void {
  const places = placesIn(root.root, ["root"]);
  const path = places[edit.at % places.length] ?? ["root"];
  const found = valueAt(root, path);
  switch (edit.op) {
    case "set":
      put(root, path, edit.value);
      break;
    case "everywhere": {
      const leaves = places.filter((place) => sameType(valueAt(root, place), edit.value));
      const one = leaves[edit.at % Math.max(1, leaves.length)];
      if (one === undefined) return;
      const old = valueAt(root, one);
      root.root = replaced(root.root, old, edit.value);
      break;
    }
    case "text": {
      const leaves = places.filter((place) => typeof valueAt(root, place) === "string");
      const one = leaves[edit.at % Math.max(1, leaves.length)];
      if (one === undefined) return;
      const old = String(valueAt(root, one));
      const cut = Math.round(edit.cut * old.length);
      put(root, one, old.slice(0, cut) + edit.insert + old.slice(cut));
      break;
    }
    case "remove":
      remove(root, path);
      break;
    case "insert":
      if (Array.isArray(found)) put(root, path, [...found, edit.value]);
      else if (isObject(found)) put(root, [...path, edit.key], edit.value);
      break;
    case "rename": {
      if (typeof path.at(-1) !== "string" || path.length < 2) return;
      remove(root, path);
      put(root, [...path.slice(0, -1), edit.key], found ?? null);
      break;
    }
    case "copy": {
      const from = valueAt(root, places[edit.other % places.length] ?? ["root"]);
      // A copy of what holds the place itself would grow with each edit, so only smaller things are copied.
      const copy = from === undefined ? "" : JSON.stringify(from);
      if (copy !== "" && copy.length < 5000) put(root, path, JSON.parse(copy) as JsonValue);
      break;
    }
    case "nest":
      put(root, path, `\u0000deep ${edit.depth}`);
      break;
    case "repeat": {
      if (Array.isArray(found)) put(root, path, Array.from({ length: edit.times + 1 }, () => found).flat());
      else if (typeof found === "string") put(root, path, found.repeat(Math.min(edit.times, 50) * 20));
      break;
    }
  }
}

/** Paths to everything in a value, itself included. */
function placesIn(value: JsonValue, path: Path): Path[] {
  const inner = Array.isArray(value)
    ? value.flatMap((item: JsonValue, index) => placesIn(item, [...path, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))
      : [];
  return [path, ...inner];
}

function valueAt(root: { readonly root: JsonValue }, path: Path): JsonValue | undefined {
  let at: unknown = root;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at as JsonValue | undefined;
}

function put(root: { root: JsonValue }, path: Path, value: JsonValue): void {
  const above = path.length === 1 ? root : valueAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof above !== "object" || above === null || last === undefined) return;
  // Plain assignment to `__proto__` would set the prototype.
  Object.defineProperty(above, last, { value, writable: true, enumerable: true, configurable: true });
}

function remove(root: { root: JsonValue }, path: Path): void {
  const above = valueAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (path.length < 2 || last === undefined) return;
  if (Array.isArray(above)) above.splice(Number(last), 1);
  else if (isObject(above)) delete (above as Record<string, JsonValue>)[last];
}

function replaced(value: JsonValue, old: JsonValue | undefined, by: string | number): JsonValue {
  if (value === old) return by;
  if (Array.isArray(value)) return value.map((item: JsonValue) => replaced(item, old, by));
  if (!isObject(value)) return value;
  const out: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) {
    const name = key === old ? String(by) : key;
    Object.defineProperty(out, name, {
      value: replaced(item, old, by),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return out;
}

function sameType(a: JsonValue | undefined, b: JsonValue): boolean {
  return typeof a === typeof b && a !== "";
}

/** Depth is made in the text: building it as a value would exhaust our own stack. */
function deepened(json: string): string {
  return json.replaceAll(/"\\u0000deep (\d+)"/g, (_, depth: string) => {
    const levels = Number(depth);
    return levels % 2 === 0
      ? "[".repeat(levels) + "]".repeat(levels)
      : `${'{"a":'.repeat(levels)}0${"}".repeat(levels)}`;
  });
}
