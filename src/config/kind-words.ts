// What a kind's descriptor says, in words: for the reference pages and for `gateform explain`. Nothing here knows any
// kind; names stand between backticks.

import { stringify } from "yaml";
import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import type { Fact, FieldRow } from "../model/explanation.ts";
import { type FieldPolicy, policyOf } from "../model/kind-rules.ts";
import type { AnyKind, AnyProvider } from "../provider/provider.ts";
import { codeSpan } from "../render/markdown-text.ts";
import { jsonSchemaOf } from "./json-schema-of.ts";
import { underKey } from "./keys.ts";
import { fieldRows } from "./schema-words.ts";

/** `cloudflare.gateways.<key>.provider_configs`; nothing for a kind that is never written. */
export function sectionPath({ definition }: AnyKind, provider: AnyProvider): string | undefined {
  if (definition.section === null) return undefined;
  const parent = parentOf(definition.parent, provider);
  const above = parent === undefined ? provider.name : `${sectionPath(parent, provider)}.<key>`;
  return `${above}.${definition.section}`;
}

/** `cloudflare.provider_config.GATEWAY/KEY`; one per group where there are some. */
export function addressForms({ definition, rules }: AnyKind): readonly string[] {
  if (definition.section === null) return [`${rules.kind}.default`];
  const parent = definition.parent?.split(".")[1]?.toUpperCase();
  const before = `${rules.kind}.${parent === undefined ? "" : `${parent}/`}`;
  const { groups } = definition;
  return groups === undefined
    ? [`${before}KEY`]
    : Object.entries(groups).map(([name, { single }]) => `${before}${name}${single === true ? "" : "/KEY"}`);
}

/** How it is named, told apart, changed and deleted. */
export function kindFacts(of: AnyKind, provider: AnyProvider): readonly Fact[] {
  const { definition, rules, api } = of;
  const address = { label: "Address", text: addressForms(of).map(codeSpan).join(", ") };
  if (definition.section === null) return [address];
  const identity =
    api.find !== undefined
      ? "what the key stands for, by its id: two spellings of one are refused, another spelling keeps the resource"
      : rules.identity_fields.length === 0
        ? "the vendor's id alone; names need not be unique"
        : rules.key_is_id
          ? "the key, which is the vendor's id: another key is another resource"
          : rules.identity_fields.map(codeSpan).join(" and ") +
            (rules.key_is_name === true ? ", the key if left out: another one is another resource" : "");
  return [
    address,
    ...Object.entries(definition.groups ?? {}).map(([name, { description }]) => ({
      label: codeSpan(`${definition.section}.${name}`),
      text: description,
    })),
    ...(definition.key === undefined ? [] : [{ label: "Key", text: definition.key.expected }]),
    { label: "Identity", text: identity },
    {
      label: "Update",
      text:
        api.update === undefined
          ? "never; every change replaces it"
          : "in place, but for the fields marked immutable",
    },
    {
      label: "Delete",
      text:
        api.delete === undefined
          ? "not possible; it is only forgotten"
          : `yes${rules.delete_takes === undefined ? "" : `; takes with it ${rules.delete_takes}`}`,
    },
    {
      label: codeSpan("policy.exclusive"),
      text:
        rules.exclusive === "never"
          ? "never covers it"
          : `as ${codeSpan(rules.section ?? "")}${rules.spare === undefined ? "" : `; ${rules.spare.words}`}`,
    },
    ...(rules.one_time_value
      ? [
          {
            label: "Value",
            text: `${provider.title} shows it once, on creation: \`deliver\` says where it goes`,
          },
        ]
      : []),
    ...(rules.write_permission === undefined
      ? []
      : [{ label: "Permission", text: `writing takes ${rules.write_permission}` }]),
    {
      label: "Settles",
      text: `a read may show the old value for up to ${rules.settles_within} seconds after a write`,
    },
  ];
}

/** Why a kind without a section is in no file. */
export function impliedWords(of: AnyKind): string {
  return `Never written in a file: it is part of a plan when another resource implies it. Its address is ${addressForms(of).map(codeSpan).join(", ")}. It is used where it exists, created where it does not, and never owned or deleted.`;
}

/** The kind's own fields, without `lifecycle` and `deliver`. */
export function kindRows({ definition }: AnyKind): readonly FieldRow[] {
  return fieldRows(jsonSchemaOf(definition.spec));
}

/** Policies are those of whole fields; what is nested in one has none of its own. */
export function isNested({ path }: Pick<FieldRow, "path">): boolean {
  return /[.[]/.test(path);
}

/** What happens when the file leaves a field out. */
export function whenLeftOut(of: AnyKind, row: FieldRow): string {
  if (row.required) return "required";
  if (isNested(row)) return "";
  const policy = policyOf(of.rules, row.path);
  const fromKey = of.definition.fromKey?.("KEY", {})[row.path];
  if (fromKey === "KEY") return "the key";
  if (fromKey !== undefined) return codeSpan(String(fromKey));
  if (policy.needed_to_create === true) return "left alone; needed to create one";
  if (policy.default !== undefined)
    return `left alone; a new one gets ${codeSpan(JSON.stringify(policy.default))}`;
  return policy.server_default === true ? "left alone; the server may fill it in" : "left alone";
}

/** A field's policy for one cell of a table. */
export function ruleWords(policy: FieldPolicy): string {
  return [
    ...(policy.irreplaceable === true
      ? ["fixed: a change is refused"]
      : policy.immutable === true
        ? ["immutable: a change replaces"]
        : []),
    ...(policy.write_only === true ? ["secret, never read back"] : []),
    ...(policy.inert === true
      ? ["counts when one is made"]
      : policy.unanswered === true
        ? ["never answered: compared with what the ledger says was sent"]
        : []),
    ...(policy.sensitive === true ? ["holds secrets, shown as fingerprints only"] : []),
    ...(policy.merge === true ? ["owned member by member"] : []),
    ...(policy.risk === undefined ? [] : [`risk ${codeSpan(policy.risk.code)}`]),
  ].join("; ");
}

/** A whole file that declares the descriptor's own example. */
export function exampleFile(of: AnyKind, provider: AnyProvider): string {
  let body = of.definition.example as JsonValue; // an example is what a user writes: JSON
  if (of.rules.one_time_value && isObject(body)) {
    body = { ...body, deliver: [{ file: { path: `out/${of.definition.example_key}.key` } }] };
  }
  for (let at: AnyKind | undefined = of; at !== undefined; at = parentOf(at.definition.parent, provider)) {
    const around = at === of ? {} : requiredExample(at);
    const whole = { ...around, ...(body as JsonObject) };
    body = { [at.definition.section ?? ""]: underKey(at.definition.example_key, whole) };
  }
  return stringify(
    {
      version: 1,
      stack: "acme-prod",
      [provider.name]: { ...requiredSettings(provider), ...(body as JsonObject) },
    },
    { lineWidth: 110 },
  );
}

/** What of a kind's example a resource cannot be without. */
function requiredExample(of: AnyKind): JsonObject {
  const required = new Set(kindRows(of).flatMap((row) => (row.required && !isNested(row) ? [row.path] : [])));
  const example = of.definition.example as JsonObject; // an example is what a user writes: JSON
  return Object.fromEntries(Object.entries(example).filter(([name]) => required.has(name)));
}

function requiredSettings(provider: AnyProvider): JsonObject {
  const rows = fieldRows(jsonSchemaOf(provider.settings)).filter(({ required }) => required);
  return Object.fromEntries(rows.map(({ path, examples }) => [path, examples[0] ?? null]));
}

function parentOf(kind: string | undefined, provider: AnyProvider): AnyKind | undefined {
  return kind === undefined ? undefined : provider.kinds.find(({ rules }) => rules.kind === kind);
}
