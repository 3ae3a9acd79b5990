// `defaults`: bodies by kind, checked where they are written and laid under every resource of the kind.

import { checkPartial } from "./check.ts";
import { explainUnknownKey } from "./explain.ts";
import type { KindLayout, Layout } from "./layout.ts";
import type { Report } from "./report.ts";
import type { Span } from "./source.ts";
import { describe, type Entry, type MapNode } from "./tree.ts";

/** Bodies that go under every resource of a kind; those with mistakes are reported here, once, and not used. */
export function readDefaults(
  entry: Entry | undefined,
  layout: Layout,
  report: Report,
): ReadonlyMap<string, MapNode> {
  const found = new Map<string, MapNode>();
  if (entry === undefined) return found;
  if (entry.value.type !== "map") {
    report.add("WRONG_TYPE", {
      message: `defaults is ${describe(entry.value)}; expected a map from kind to body`,
      hint: "write defaults: {} or remove the line",
      at: entry.key,
    });
    return found;
  }
  const known = [...layout.kinds.values()].filter((kind) => kind.section !== null).map((kind) => kind.name);
  for (const [name, { key, value }] of entry.value.entries) {
    const kind = layout.kinds.get(name);
    if (kind === undefined || kind.section === null) {
      explainUnknownKey(report, { noun: "defaults", at: key }, name, known);
    } else if (value.type !== "map") {
      report.add("WRONG_TYPE", {
        message: `the default for ${name} is ${describe(value)}; expected a map`,
        hint: "write {} or remove the line",
        at: key,
      });
    } else if (checkDefaults(report, kind, key, value)) found.set(name, value);
  }
  return found;
}

/** Child sections in a default are checked where they are used, since only there their addresses are known. */
function checkDefaults(report: Report, kind: KindLayout, key: Span, value: MapNode): boolean {
  return checkPartial(report, {
    schema: kind.body,
    node: { ...value, entries: splitSections(value, kind.children).own },
    key,
    noun: `the default for ${kind.name}`,
    more_keys: [...kind.children.keys()],
  });
}

/** A body without its child sections, and these. */
export function splitSections(node: MapNode, sections: ReadonlyMap<string, KindLayout>) {
  const own = new Map<string, Entry>();
  const found: [KindLayout, Entry][] = [];
  for (const [key, entry] of node.entries) {
    const section = sections.get(key);
    if (section === undefined) own.set(key, entry);
    else found.push([section, entry]);
  }
  return { own, sections: found };
}
