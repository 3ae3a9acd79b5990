// The files of an export: one, or a head and one per section. Comments at the top, blank lines between resources.

import { Document, isMap, isScalar, Pair, type Scalar, YAMLMap } from "yaml";
import type { SecretSource } from "../../base/expression.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ExportedSection } from "../../model/exported.ts";
import type { AnyKind } from "../../provider/provider.ts";
import { safeJson, safeLine } from "../../render/safe-text.ts";
import { keyNode, plainPair, type SectionContext, sectionPair } from "./text.ts";

export interface ExportFile {
  /** A name without directory; the only file of an export that is not split has none. */
  readonly name: string | undefined;
  readonly text: string;
}

export interface ExportHead {
  readonly stack: string;
  /** Where the ledger is, seen from the file, when that is not the default place. */
  readonly ledger?: JsonObject;
  /** In the order of the providers. */
  readonly blocks: readonly {
    readonly provider: string;
    readonly title: string;
    readonly settings: JsonObject;
  }[];
}

export interface FilesInput {
  readonly head: ExportHead;
  readonly sections: readonly ExportedSection[];
  readonly kinds: readonly AnyKind[];
  readonly sourceOf: (source: SecretSource) => SecretSource;
  /** Directory of the JSON Schemas, seen from the files. */
  readonly schemas: string;
  readonly split: boolean;
}

/** The name of the file that holds what belongs to no section. */
const HEAD_NAME = "stack.yaml";

/** Makes the files; equal input gives equal text. */
export function exportFiles(input: FilesInput): readonly ExportFile[] {
  const { head, sections, split } = input;
  const secrets = sections.some(hasNewSecret);
  if (!split) {
    const about = aboutText(head, secrets);
    return [
      {
        name: undefined,
        text: textOf(input, "gateform.schema.json", about, documentOf(input, true, sections)),
      },
    ];
  }
  const layer = "gateform.layer.schema.json";
  const about = [
    ...aboutText(head, secrets, " -f DIR"),
    "All files of this directory, DIR, together are one configuration.",
  ];
  return [
    { name: HEAD_NAME, text: textOf(input, layer, about, documentOf(input, true, [])) },
    ...sections.map((section) => {
      const name = nameOf(input, section);
      const text = textOf(input, layer, [`Belongs to ${HEAD_NAME}.`], documentOf(input, false, [section]));
      return { name: `${name}.yaml`, text };
    }),
  ];
}

/** @param where what the commands need to find the files. */
function aboutText(head: ExportHead, secrets: boolean, where = ""): string[] {
  return [
    `Exported from ${head.blocks.map(({ title }) => title).join(" and ")}. Next: gateform adopt --all${where}, then gateform plan${where}.`,
    ...(secrets
      ? [
          "Secrets are never exported: each stands as a variable. Set it to the value that is stored. Without it apply",
          "leaves the stored value alone, and stops where a change needs it.",
        ]
      : []),
  ];
}

function hasNewSecret(section: ExportedSection): boolean {
  return section.resources.some(
    (resource) => resource.new_env.length > 0 || resource.sections.some(hasNewSecret),
  );
}

/** `cloudflare.gateways` */
function nameOf({ kinds }: FilesInput, section: ExportedSection): string {
  return kinds.find(({ rules }) => rules.kind === section.kind)?.rules.section ?? section.kind;
}

function documentOf(input: FilesInput, withHead: boolean, sections: readonly ExportedSection[]): YAMLMap {
  const { head } = input;
  const context: SectionContext = {
    kindOf: (name) => input.kinds.find(({ rules }) => rules.kind === name),
    sourceOf: input.sourceOf,
  };
  const root = new YAMLMap<Scalar, YAMLMap>();
  const items: Pair[] = root.items;
  if (withHead) {
    items.push(plainPair("version", 1), plainPair("stack", head.stack));
    if (head.ledger !== undefined) items.push(plainPair("ledger", head.ledger));
  }
  for (const { provider, settings } of head.blocks) {
    const block = new YAMLMap();
    if (withHead)
      for (const [name, value] of Object.entries(settings)) block.items.push(plainPair(name, value));
    for (const section of sections) {
      if (section.kind.startsWith(`${provider}.`)) block.items.push(sectionPair(section, context));
    }
    if (block.items.length > 0) items.push(new Pair(spaced(keyNode(provider)), block));
  }
  for (const block of items) spaceResources(block.value);
  return root;
}

/** A blank line before each section and resource. */
function spaceResources(block: unknown): void {
  if (!isMap(block)) return;
  for (const section of block.items) {
    if (!isMap(section.value) || section.value.flow === true) continue;
    if (section !== block.items[0] && isScalar(section.key)) spaced(section.key);
    for (const resource of section.value.items.slice(1)) if (isScalar(resource.key)) spaced(resource.key);
  }
}

function spaced(key: Scalar): Scalar {
  key.spaceBefore = true;
  return key;
}

function textOf({ schemas }: FilesInput, schema: string, about: readonly string[], root: YAMLMap): string {
  // `compat` quotes what older readers would take for something else than text: yes, 012, 1:30.
  const document = new Document(undefined, { compat: "yaml-1.1" });
  document.contents = root as never; // the type asks for a parsed node, which only a parser makes
  const [first] = root.items;
  const lines = [
    `# yaml-language-server: $schema=${schemas}/${schema}`,
    "#",
    ...about.map((line) => `# ${safeLine(line)}`),
  ];
  if (first !== undefined && isScalar(first.key)) first.key.spaceBefore = false;
  // What is unsafe to print stands in double quotes alone, where an escape means the same.
  return safeJson(`${lines.join("\n")}\n\n${document.toString({ lineWidth: 0 })}`);
}
