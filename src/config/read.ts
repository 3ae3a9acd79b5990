// Walks the merged document by the layout: which resources it declares, which sections it opens, and what each body
// says after its schema has checked it. Relations between resources come later.

import { type Address, formatAddress } from "../base/address.ts";
import { withArticle } from "../base/article.ts";
import { isSecretMark, type SecretSource } from "../base/expression.ts";
import type { Lifecycle, Scope } from "../model/desired.ts";
import type { Fields } from "../model/kind-rules.ts";
import type { Group } from "../provider/kind.ts";
import { checkBaseUrl } from "./base-url.ts";
import { checkMap } from "./check.ts";
import { readDefaults, splitSections } from "./defaults.ts";
import { oneOf } from "./expect.ts";
import { explainUnknownKey } from "./explain.ts";
import { bodyHint } from "./hints.ts";
import { keyProblem, ownKey } from "./keys.ts";
import type { KindLayout, Layout, ProviderLayout } from "./layout.ts";
import { checkLogin } from "./login.ts";
import { underlay } from "./merge.ts";
import type { RawDocument, RawProvider, RawResource } from "./raw.ts";
import type { Report } from "./report.ts";
import { rotationIn } from "./rotation.ts";
import { quote } from "./source.ts";
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
  const { own, sections } = splitSections(node, of.sections);
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

/** A section as it is called in its file, a group behind the section that it is in. */
interface Place {
  readonly layout: KindLayout;
  readonly parent: RawResource | undefined;
  readonly name: string;
  readonly group?: string;
  readonly single?: boolean;
}

/** The map of a section that is there, which from now on is looked at. */
function openSection(
  reader: Reader,
  { layout, parent, name, group, single }: Place,
  entry: Entry,
): MapNode | undefined {
  if (isNull(entry.value)) {
    const [key, words] =
      single === true
        ? [group, "there is none (a live one that the stack owns goes), or remove the line to leave it alone"]
        : [
            group ?? name,
            "there are none (live ones that the stack owns go), or remove the line to leave them alone",
          ];
    reader.report.add("NULL_SECTION", {
      message: `the section ${name} has no value: this says neither "none" nor "not looked at"`,
      hint: `write ${key}: {} to say that ${words}`,
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
    const single = of.single === true;
    const place = { layout, parent, name: `${name}.${group}`, group, single };
    const opened = openSection(reader, place, found);
    const inside = opened?.entries ?? new Map();
    // Fields that a layer takes away leave a body without them, which is not to say that there is none.
    const alone: [string, Entry][] = inside.size === 0 && opened?.emptied !== true ? [] : [[group, found]];
    const own = single ? alone : [...inside].map(([key, it]) => [`${group}/${key}`, it] as const);
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
      hint: needsFields(layout)
        ? `${bodyHint(layout.name, ownKey(key), layout.kind.definition.example)}, or remove the line`
        : `write ${ownKey(key)}: {} to declare it without settings, or remove the line`,
      address,
      at: entry.key,
    });
    return;
  }
  const example = bodyHint(layout.name, ownKey(key), layout.kind.definition.example);
  const written = wantMap(reader, entry, noun, address, example);
  if (written === undefined) return;
  const defaults = reader.defaults.get(layout.name);
  const node = defaults === undefined ? written : underlay(defaults, written);
  const { own, sections } = splitSections(node, layout.children);
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

function wantMap(
  reader: Reader,
  entry: Entry,
  noun: string,
  address: Address | undefined,
  example?: string,
): MapNode | undefined {
  if (entry.value.type === "map") return entry.value;
  reader.report.add("WRONG_TYPE", {
    message: `${noun} is ${describe(entry.value)}; expected a map`,
    hint: isNull(entry.value)
      ? "write {} for an empty one, or remove the line"
      : entry.value.type === "list"
        ? "write `name: …` without a dash, one below the other"
        : example,
    address,
    at: entry.key,
  });
  return undefined;
}

/** True when an empty body is not enough. */
function needsFields({ body }: KindLayout): boolean {
  return Object.values(body.shape).some((field) => !field.safeParse(undefined).success);
}

function isNull(node: Node): boolean {
  return node.type === "scalar" && node.value === null;
}
