// Puts files together: the files of one layer side by side, later layers over earlier ones, defaults under
// resources. Maps merge, lists and other values replace whole.

import type { Report } from "./report.ts";
import { placeText, quote } from "./source.ts";
import type { Entry, MapNode, Node } from "./tree.ts";

/** Lays `over` over `base`; entries that are `{ $remove: true }` take away what `base` has. */
export function overlay(base: MapNode, over: MapNode, report: Report): MapNode {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    if (isRemoval(entry.value)) {
      if (below === undefined) {
        report.add("NOTHING_TO_REMOVE", {
          message: `${quote(key)} is to be removed, but no earlier layer declares it`,
          at: entry.key,
        });
      }
      entries.delete(key);
    } else entries.set(key, overlayEntry(below, entry, report));
  }
  const emptied = entries.size === 0 && (base.entries.size > 0 || base.emptied === true);
  return { ...over, entries, ...(emptied ? { emptied } : {}) };
}

function overlayEntry(below: Entry | undefined, entry: Entry, report: Report): Entry {
  const { value } = entry;
  if (value.type !== "map") return entry;
  const maps = mergeable(below?.value, value);
  // What an earlier layer declares keeps its place: that is where a reader looks for it.
  return {
    key: below?.key ?? entry.key,
    value: overlay(maps?.a ?? { ...value, entries: new Map() }, value, report),
  };
}

/** Joins two files of one layer; a value that both set is an error. */
export function join(a: MapNode, b: MapNode, report: Report): MapNode {
  const entries = new Map(a.entries);
  for (const [key, entry] of b.entries) {
    const other = entries.get(key);
    const maps = mergeable(other?.value, entry.value);
    if (other === undefined) entries.set(key, entry);
    else if (maps !== undefined) {
      entries.set(key, { key: other.key, value: join(maps.a, maps.b, report) });
    } else {
      report.add("DUPLICATE_VALUE", {
        message: `${quote(key)} is set here and at ${placeText(other.key)}, in files of one layer`,
        hint: "keep one of them, or name the files with two -f so that the later one wins",
        at: entry.key,
      });
    }
  }
  return { ...a, entries };
}

/** Fills what `body` leaves out from `defaults`. */
export function underlay(defaults: MapNode, body: MapNode): MapNode {
  const entries = new Map(defaults.entries);
  for (const [key, entry] of body.entries) {
    const maps = mergeable(entries.get(key)?.value, entry.value);
    entries.set(key, maps === undefined ? entry : { key: entry.key, value: underlay(maps.a, maps.b) });
  }
  return { ...body, entries };
}

// A secret source or a reference is one value although it is written as a map: laid over each other, `{ env: A }`
// and `{ file: b }` must not become a map with both. The same holds for a ledger's `{ file: a }` and `{ http: … }`.
const SOURCES: ReadonlySet<string> = new Set(["env", "file", "command", "ref"]);

function isAtomic(node: MapNode): boolean {
  if (node.entries.size !== 1) return false;
  const [[key, entry]] = [...node.entries] as [[string, Entry]];
  return SOURCES.has(key) && entry.value.type !== "map";
}

/** The two maps, when they are to be merged entry by entry. */
function mergeable(a: Node | undefined, b: Node): { readonly a: MapNode; readonly b: MapNode } | undefined {
  if (a?.type !== "map" || b.type !== "map" || isAtomic(a) || isAtomic(b)) return undefined;
  return { a, b };
}

function isRemoval(node: Node): boolean {
  if (node.type !== "map" || node.entries.size !== 1) return false;
  const flag = node.entries.get("$remove")?.value;
  return flag?.type === "scalar" && flag.value === true;
}
