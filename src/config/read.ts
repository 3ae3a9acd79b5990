// Walks the merged document by the layout: which resources it declares, which sections it opens, and what each body
// says after its schema has checked it. Relations between resources come later.

import { type Address, formatAddress } from "../base/address.ts";
import { withArticle } from "../base/article.ts";
import { isSecretMark, type SecretSource } from "../base/expression.ts";
import type { Lifecycle, Scope } from "../model/desired.ts";
import type { Fields } from "../model/kind-rules.ts";
import type { Group } from "../provider/kind.ts";
import { checkBaseUrl } from "./base-url.ts";
import { checkMap, checkPartial } from "./check.ts";
import { oneOf } from "./expect.ts";
import { explainUnknownKey } from "./explain.ts";
import { keyProblem, ownKey } from "./keys.ts";
import type { KindLayout, Layout, ProviderLayout } from "./layout.ts";
import { checkLogin } from "./login.ts";
import { underlay } from "./merge.ts";
import type { RawDocument, RawProvider, RawResource } from "./raw.ts";
import type { Report } from "./report.ts";
import { rotationIn } from "./rotation.ts";
import { quote, type Span } from "./source.ts";
import { describe, type Entry, type MapNode, type Node } from "./tree.ts";

interface Reader {
  readonly layout: Layout;
  readonly report: Report;
  readonly defaults: ReadonlyMap<string, MapNode>;
  readonly resources: RawResource[];
  readonly scopes: Scope[];
}

/** Reads a merged, expanded document. */
export function readDocument(root: MapNode, layout: Layout, report: Report): RawDocument {
  const head = new Map<string, Entry>();
  const blocks: { readonly of: ProviderLayout; readonly entry: Entry }[] = [];
  for (const [key, entry] of root.entries) {
    const of = layout.providers.get(key);
    if (of !== undefined) blocks.push({ of, entry });
    else if (key !== "defaults") head.set(key, entry);
  }
  const headData = checkMap(report, {
    schema: layout.head,
    node: { ...root, entries: head },
    key: root.at,
    noun: "the file",
    more_keys: ["defaults", ...layout.providers.keys()],
  });
  const reader: Reader = {
    layout,
    report,
    defaults: readDefaults(root.entries.get("defaults"), layout, report),
    resources: [],
    scopes: [],
  };
  const providers: Record<string, RawProvider> = {};
  for (const { of, entry } of blocks) {
    const read = readProvider(reader, of, entry);
    if (read !== undefined) providers[of.provider.name] = read;
  }
  return { head: headData, providers, resources: reader.resources, scopes: reader.scopes };
}

function readProvider(reader: Reader, of: ProviderLayout, entry: Entry): RawProvider | undefined {
  const { provider } = of;
  const node = wantMap(reader, entry, `the block ${provider.name}`, undefined);
  if (node === undefined) return undefined;
  const { own, sections } = split(node, of.sections);
  const noun = `the block ${provider.name}`;
  const data = checkMap(reader.report, {
    schema: of.block,
    node: { ...node, entries: own },
    key: entry.key,
    noun,
    more_keys: [...of.sections.keys()],
    variables: provider.settings_env,
  });
  checkBaseUrl(reader.report, provider, node);
  checkLogin(reader.report, provider, node);
  for (const [section, found] of sections) readSection(reader, section, found, undefined);
  const credentials: Record<string, SecretSource> = {};
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data ?? {})) {
    if (!Object.hasOwn(provider.credentials, name)) settings[name] = value;
  }
  for (const [name, { env }] of Object.entries(provider.credentials)) {
    const declared = data?.[name];
    credentials[name] = (isSecretMark(declared) ? declared.$secret.source : undefined) ?? { env };
  }
  return { settings, credentials, node };
}

function readSection(
  reader: Reader,
  layout: KindLayout,
  entry: Entry,
  parent: RawResource | undefined,
): number {
  const { groups } = layout.kind.definition;
  if (groups !== undefined) return readGroups(reader, { layout, entry, parent, groups });
  const place: Place = { layout, parent, name: layout.section ?? "" };
  const node = openSection(reader, place, entry);
  for (const [key, found] of node?.entries ?? []) readResource(reader, layout, key, found, parent);
  return node?.entries.size ?? 0;
}

/** A section as it is called in its file, of a group its own name. */
interface Place {
  readonly layout: KindLayout;
  readonly parent: RawResource | undefined;
  readonly name: string;
  readonly group?: string;
}

/** The map of a section that is there, which from now on is looked at. */
function openSection(
  reader: Reader,
  { layout, parent, name, group }: Place,
  entry: Entry,
): MapNode | undefined {
  if (isNull(entry.value)) {
    reader.report.add("NULL_SECTION", {
      message: `the section ${name} has no value: this says neither "none" nor "not looked at"`,
      hint: `write ${name}: {} to say that there are none (live ones that the stack owns go), or remove the line to leave them alone`,
      address: parent?.address,
      at: entry.key,
    });
    return undefined;
  }
  const node = wantMap(reader, entry, `the section ${name}`, parent?.address);
  if (node === undefined) return undefined;
  reader.scopes.push({
    kind: layout.name,
    ...(parent === undefined ? {} : { parent: parent.address }),
    ...(group === undefined ? {} : { group }),
  });
  return node;
}

interface GroupedSection {
  readonly layout: KindLayout;
  readonly entry: Entry;
  readonly parent: RawResource | undefined;
  readonly groups: Readonly<Record<string, Group>>;
}

/** A section that consists of sections: what it leaves out is not looked at, so one without any says nothing. */
function readGroups(reader: Reader, { layout, entry, parent, groups }: GroupedSection): number {
  const { report } = reader;
  const name = layout.section ?? "";
  const known = Object.keys(groups);
  const ways = `write ${oneOf(known.map((group) => `${group}: {}`))} in it to say that there are none of these, or remove the line to leave them alone`;
  const empty = entry.value.type === "map" && entry.value.entries.size === 0;
  if (empty || isNull(entry.value)) {
    report.add(empty ? "EMPTY_SECTION" : "NULL_SECTION", {
      message: `the section ${name} ${empty ? "is empty" : "has no value"}: it consists of the sections ${known.join(", ")}, and this says nothing about any of them`,
      hint: ways,
      address: parent?.address,
      at: entry.key,
    });
    return 0;
  }
  const node = wantMap(reader, entry, `the section ${name}`, parent?.address);
  let count = 0;
  for (const [group, found] of node?.entries ?? []) {
    const of = Object.hasOwn(groups, group) ? groups[group] : undefined;
    if (of === undefined) {
      const at = { noun: `the section ${name}`, address: parent?.address, at: found.key };
      explainUnknownKey(report, at, group, known);
      continue;
    }
    const inside = openSection(reader, { layout, parent, name: group, group }, found)?.entries ?? new Map();
    const single: [string, Entry][] = inside.size === 0 ? [] : [[group, found]];
    const own =
      of.single === true ? single : [...inside].map(([key, it]) => [`${group}/${key}`, it] as const);
    for (const [key, it] of own) readResource(reader, layout, key, it, parent);
    count += own.length;
  }
  return count;
}

function readResource(
  reader: Reader,
  layout: KindLayout,
  key: string,
  entry: Entry,
  parent: RawResource | undefined,
): void {
  const { report } = reader;
  const noun = withArticle(layout.noun);
  const wrong = keyProblem(layout.kind, key);
  if (wrong !== undefined) {
    report.add("BAD_KEY", {
      message: `${quote(ownKey(key))} cannot be the key of ${noun}; expected ${wrong}`,
      address: parent?.address,
      at: entry.key,
    });
    return;
  }
  const parentKeys = parent === undefined ? [] : [parent.address.slice(parent.layout.name.length + 1)];
  const address = formatAddress(layout.name, [...parentKeys, key]);
  if (isNull(entry.value)) {
    report.add("NULL_RESOURCE", {
      message: `${noun} without a value: this says neither "there, with no settings" nor "not there"`,
      hint: `write ${ownKey(key)}: {} to declare it without settings, or remove the line`,
      address,
      at: entry.key,
    });
    return;
  }
  const written = wantMap(reader, entry, noun, address);
  if (written === undefined) return;
  const defaults = reader.defaults.get(layout.name);
  const node = defaults === undefined ? written : underlay(defaults, written);
  const { own, sections } = split(node, layout.children);
  const data = checkMap(report, {
    schema: layout.body,
    node: { ...node, entries: own },
    key: entry.key,
    noun,
    address,
    more_keys: [...layout.children.keys()],
  });
  const { lifecycle, deliver, rotate_after, grace, ...fields } = data ?? {};
  const children: Record<string, number> = {};
  const raw: RawResource = {
    layout,
    address,
    parent,
    map_key: key,
    node,
    at: entry.key,
    // The schema gives JSON with marks; that is what `Fields` holds.
    fields: data === undefined ? undefined : (fields as Fields),
    lifecycle: (lifecycle ?? {}) as Lifecycle,
    deliver,
    rotation: rotationIn({ rotate_after, grace }),
    children,
  };
  reader.resources.push(raw);
  for (const [section, found] of sections) {
    children[section.section ?? ""] = readSection(reader, section, found, raw);
  }
}

/** Bodies that go under every resource of a kind; those with mistakes are reported here, once, and not used. */
function readDefaults(
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
    node: { ...value, entries: split(value, kind.children).own },
    key,
    noun: `the default for ${kind.name}`,
    more_keys: [...kind.children.keys()],
  });
}

function split(node: MapNode, sections: ReadonlyMap<string, KindLayout>) {
  const own = new Map<string, Entry>();
  const found: [KindLayout, Entry][] = [];
  for (const [key, entry] of node.entries) {
    const section = sections.get(key);
    if (section === undefined) own.set(key, entry);
    else found.push([section, entry]);
  }
  return { own, sections: found };
}

function wantMap(
  reader: Reader,
  entry: Entry,
  noun: string,
  address: Address | undefined,
): MapNode | undefined {
  if (entry.value.type === "map") return entry.value;
  reader.report.add("WRONG_TYPE", {
    message: `${noun} is ${describe(entry.value)}; expected a map`,
    ...(isNull(entry.value)
      ? { hint: "write {} for an empty one, or remove the line" }
      : entry.value.type === "list"
        ? { hint: "write `name: …` without a dash, one below the other" }
        : {}),
    address,
    at: entry.key,
  });
  return undefined;
}

function isNull(node: Node): boolean {
  return node.type === "scalar" && node.value === null;
}
