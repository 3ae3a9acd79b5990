// The document as a tree that knows where each value stands. Trees are shared, never changed: an alias or a layer
// that is not overlaid points to the same nodes.

import { type JsonScalar, type JsonValue, record } from "../base/json.ts";
import { quote, type Span } from "./source.ts";

export interface ScalarNode {
  readonly type: "scalar";
  readonly value: JsonScalar;
  /** The scalar's text: as written for a plain one (`1.0`), the unquoted value for a quoted one. */
  readonly text: string;
  /** Written without quotes, so that its type was guessed from its text. */
  readonly plain: boolean;
  readonly at: Span;
  /** The expression that it was made from (`${env:NAME}`): messages show this and not the value. */
  readonly expression?: string;
  /** The variable has no value (or may not be read): nothing that depends on the value can be checked. */
  readonly hole?: true;
}

export interface ListNode {
  readonly type: "list";
  readonly items: readonly Node[];
  readonly at: Span;
}

export interface Entry {
  /** Where the key stands. */
  readonly key: Span;
  readonly value: Node;
}

export interface MapNode {
  readonly type: "map";
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Span;
  /** Nothing is left in it only because a layer has taken away what there was. */
  readonly emptied?: true;
}

export type Node = ScalarNode | ListNode | MapNode;
export type Path = readonly (string | number)[];

/** Plain JSON of a tree; the objects are new and have no prototype. */
export function toJson(node: Node): JsonValue {
  if (node.type === "scalar") return node.value;
  if (node.type === "list") return node.items.map(toJson);
  const out = record<JsonValue>();
  for (const [key, entry] of node.entries) out[key] = toJson(entry.value);
  return out;
}

export interface Place {
  /** The node at the path; `undefined` when it is not there. */
  readonly node: Node | undefined;
  /** Where to point: the nearest key on the way, or the item itself. */
  readonly key: Span;
}

/** Follows a path down a tree as far as it goes. */
export function placeAt(root: Node, path: Path, rootKey: Span): Place {
  let node: Node | undefined = root;
  let key = rootKey;
  for (const step of path) {
    const next: Entry | undefined = stepInto(node, step);
    if (next === undefined) return { node: undefined, key };
    key = next.key;
    node = next.value;
  }
  return { node, key };
}

/** The text to mark for a value: scalars themselves; of maps, lists and empty values their key. */
export function markOf(place: Place): Span {
  const { node, key } = place;
  return node?.type === "scalar" && node.at.end > node.at.start ? node.at : key;
}

/** What stands there, in words for a message. Values made from the environment are never shown. */
export function describe(node: Node): string {
  if (node.type === "list") return node.items.length === 0 ? "an empty list" : "a list";
  if (node.type === "map") return "a map";
  if (node.expression !== undefined) return `the value of ${quote(node.expression)}`;
  if (node.value === null) return node.text === "" ? "nothing" : "null";
  return typeof node.value === "string" ? quote(node.value) : node.text;
}

/** True when an unresolved variable stands somewhere inside. */
export function hasHole(node: Node): boolean {
  if (node.type === "scalar") return node.hole === true;
  if (node.type === "list") return node.items.some(hasHole);
  for (const entry of node.entries.values()) if (hasHole(entry.value)) return true;
  return false;
}

/** Every scalar inside. */
export function* scalarsIn(node: Node): Generator<ScalarNode> {
  if (node.type === "scalar") yield node;
  else if (node.type === "list") for (const item of node.items) yield* scalarsIn(item);
  else for (const entry of node.entries.values()) yield* scalarsIn(entry.value);
}

function stepInto(node: Node | undefined, step: string | number): Entry | undefined {
  if (node?.type === "map") return node.entries.get(String(step));
  if (node?.type !== "list") return undefined;
  const item = node.items[Number(step)];
  return item === undefined ? undefined : { key: item.at, value: item };
}
