// Exported sections as YAML nodes. Vendors' texts are quoted and escaped so that they read back as they were and do
// no harm on a terminal; comments say what a reader has to do.

import { isMap, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { isRefMark, isSecretMark, type SecretSource } from "../../base/expression.ts";
import { isObject, type JsonValue } from "../../base/json.ts";
import type { ExportedResource, ExportedSection, LeftOut } from "../../model/exported.ts";
import type { AnyKind } from "../../provider/provider.ts";
import { cutMiddle, safeJson, safeLine } from "../../render/safe-text.ts";
import { ownKey } from "../keys.ts";
import { writtenForm } from "./fit.ts";

type Node = Scalar | YAMLMap | YAMLSeq;

export interface SectionContext {
  readonly kindOf: (name: string) => AnyKind | undefined;
  /** A source as the file writes it: paths are relative to the file. */
  readonly sourceOf: (source: SecretSource) => SecretSource;
}

/** A section's map under its key. */
export function sectionPair(section: ExportedSection, context: SectionContext): Pair<Scalar, YAMLMap> {
  const { definition } = context.kindOf(section.kind) ?? {};
  const map = new YAMLMap<Scalar, Node>();
  const groups = Object.entries(definition?.groups ?? {});
  for (const [name, { single }] of groups) map.items.push(groupPair(section, name, single === true, context));
  if (groups.length === 0)
    for (const resource of section.resources) map.items.push(resourcePair(resource, context));
  const key = keyNode(definition?.section ?? section.kind);
  const comments = section.left_out.map(leftOutComment);
  if (definition?.one_time_value === true && section.resources.length > 0) {
    const example = section.resources[0]?.key ?? "name";
    comments.push(
      "The values are shown once, on creation, so they cannot be here. To say where a new value is to go, add to an entry:",
      `  deliver: [{ file: { path: out/${example}.key } }]`,
    );
  }
  comment(key, comments);
  return new Pair(key, map);
}

/** A section inside a section. One that is empty says so, as its list was read. */
function groupPair(
  { resources }: ExportedSection,
  name: string,
  single: boolean,
  context: SectionContext,
): Pair<Scalar, Node> {
  const own = resources.filter(({ key }) => key === name || key.startsWith(`${name}/`));
  const [only] = own;
  if (single && only !== undefined) return resourcePair(only, context);
  const map = new YAMLMap<Scalar, Node>();
  for (const resource of own) map.items.push(resourcePair(resource, context));
  return new Pair(keyNode(name), map);
}

function resourcePair(resource: ExportedResource, context: SectionContext): Pair<Scalar, Node> {
  const body = new YAMLMap<Scalar, Node>();
  const fresh = new Set(resource.new_env);
  for (const [name, value] of Object.entries(resource.fields)) {
    body.items.push(new Pair(keyNode(name), valueNode(value, context, fresh)));
  }
  for (const section of resource.sections) body.items.push(sectionPair(section, context));
  const key = keyNode(ownKey(resource.key));
  comment(key, resource.twins.length === 0 ? [] : twinComment(resource));
  return new Pair(key, body);
}

/** A map of plain values, such as a provider's settings. */
export function plainPair(name: string, value: JsonValue): Pair<Scalar, Node> {
  const context = { kindOf: () => undefined, sourceOf: (source: SecretSource) => source };
  return new Pair(keyNode(name), valueNode(value, context, new Set()));
}

function valueNode(value: JsonValue, context: SectionContext, fresh: ReadonlySet<string>): Node {
  if (isSecretMark(value)) {
    const { source } = value.$secret;
    const node = flow(
      writtenForm(
        source === undefined
          ? value
          : { $secret: { source: context.sourceOf(source) as unknown as JsonValue } },
      ),
    );
    if (source !== undefined && "env" in source && fresh.has(source.env)) {
      node.comment = " the value is not exported; set this variable to it";
    }
    return node;
  }
  if (isRefMark(value)) return flow(writtenForm(value));
  if (isList(value)) {
    const list = new YAMLSeq<Node>();
    for (const item of value) list.items.push(valueNode(item, context, fresh));
    return list;
  }
  if (!isObject(value))
    return scalar(typeof value === "string" ? value.replaceAll("${", () => "$${") : value);
  const map = new YAMLMap<Scalar, Node>();
  for (const [name, item] of Object.entries(value)) {
    map.items.push(new Pair(keyNode(name), valueNode(item, context, fresh)));
  }
  return map;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** `{ env: NAME }` on one line. */
function flow(value: JsonValue): Node {
  const node = valueNode(value, { kindOf: () => undefined, sourceOf: (source) => source }, new Set());
  if (isMap(node)) node.flow = true;
  return node as Node;
}

export function keyNode(name: string): Scalar {
  return scalar(name) as Scalar<string>;
}

function scalar(value: string | number | boolean | null): Scalar {
  const node = new Scalar(value);
  // What is escaped in the text of the file has to stand where escapes are read. Line breaks alone are fine.
  if (typeof value === "string" && safeJson(value) !== value) node.type = "QUOTE_DOUBLE";
  return node;
}

/** Lines above a key. */
export function comment(key: Scalar, lines: readonly string[]): void {
  if (lines.length > 0) key.commentBefore = lines.map((line) => ` ${safeLine(line)}`).join("\n");
}

function leftOutComment({ noun, id, name, field, address, reason }: LeftOut): string {
  const what = field === undefined ? `${noun} ${shown(name, id)}` : `${field} of ${address}`;
  return `Not exported: ${what}: ${reason}`;
}

function twinComment({ address, id, twins, name }: ExportedResource): string[] {
  return [
    `${twins.length + 1} live ones are called ${JSON.stringify(cutMiddle(name, 80))}; this is ${id}. It is taken over by its id:`,
    `  gateform adopt ${address}=${id}`,
  ];
}

/** `"ci" (id key_1)`, or the id alone where it is the name. */
export function shown(name: string, id: string): string {
  const quoted = JSON.stringify(cutMiddle(name, 80));
  return name === id ? quoted : `${quoted} (id ${id})`;
}
