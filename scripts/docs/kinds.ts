// `docs/reference/kinds.md`: every kind with every field, from the descriptors themselves.

import { stringify } from "yaml";
import { z } from "zod";
import { isObject, type JsonObject, type JsonValue } from "../../src/base/json.ts";
import { layoutOf } from "../../src/config/layout.ts";
import { type FieldPolicy, policyOf } from "../../src/model/kind-rules.ts";
import type { AnyKind, AnyProvider } from "../../src/provider/provider.ts";
import { bullets, code, fenced, page, table } from "./markdown.ts";
import { type FieldRow, fieldRows } from "./schema-words.ts";

/** Keys for the outermost to the innermost map of the examples. */
const EXAMPLE_KEYS: Readonly<Record<string, string>> = {
  "cloudflare.gateway": "support",
  "cloudflare.provider_config": "openai",
  "vercel.key": "ci",
  "vercel.rule": "opus-to-haiku",
};

export function kindsPage(providers: readonly AnyProvider[]): string {
  const kinds = providers.flatMap((provider) => provider.kinds.map((kind) => ({ provider, kind })));
  return page(
    "Kinds",
    "Every kind of resource that a file can declare, with every field. How fields, ownership and `lifecycle` work together is in the [guide](../guide.md).",
    table(
      ["Kind", "Section", "What it is"],
      kinds.map(({ kind: { definition, rules } }) => [
        `[${code(rules.kind)}](#${anchor(rules.kind)})`,
        rules.section === null ? "" : code(sectionPath(find(kinds, rules.kind), kinds)),
        definition.description,
      ]),
    ),
    ...providers.map((provider) => blockPart(provider, providers)),
    lifecyclePart(providers),
    ...kinds.map(({ provider, kind }) => kindPart(kind, provider, providers)),
  );
}

type Listed = readonly { readonly provider: AnyProvider; readonly kind: AnyKind }[];

function find(kinds: Listed, name: string): AnyKind {
  const found = kinds.find((item) => item.kind.rules.kind === name);
  if (found === undefined) throw new Error(`there is no kind ${name}`);
  return found.kind;
}

function anchor(name: string): string {
  return name.replaceAll(".", "");
}

/** `cloudflare.gateways.<key>.provider_configs` */
function sectionPath(of: AnyKind, kinds: Listed): string {
  const { definition } = of;
  const provider = of.rules.kind.split(".")[0] ?? "";
  const above =
    definition.parent === undefined
      ? provider
      : `${sectionPath(find(kinds, definition.parent), kinds)}.<key>`;
  return `${above}.${definition.section ?? ""}`;
}

function jsonSchemaOf(schema: z.ZodType): JsonObject {
  const made = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "any" });
  // Through text, so that what is left is plain JSON.
  return JSON.parse(JSON.stringify(made)) as JsonObject;
}

function blockPart(provider: AnyProvider, providers: readonly AnyProvider[]): string {
  const layout = layoutOf(providers).providers.get(provider.name);
  const rows = layout === undefined ? [] : fieldRows(jsonSchemaOf(layout.block));
  return [
    `## The block ${code(provider.name)}`,
    provider.description,
    plainTable(rows),
    `The environment variable ${code(provider.base_url_env)} overrides the base URL.`,
  ].join("\n\n");
}

function lifecyclePart(providers: readonly AnyProvider[]): string {
  const layout = layoutOf(providers);
  const any = [...layout.kinds.values()].find((item) => item.kind.rules.one_time_value);
  const shape = any?.body.shape;
  if (shape === undefined) throw new Error("no kind has a one-time value");
  const rows = (name: string): readonly FieldRow[] =>
    fieldRows(jsonSchemaOf(z.object({ [name]: shape[name] as z.ZodType })));
  return [
    "## On every resource",
    plainTable(rows("lifecycle")),
    "Kinds with a one-time value also take `deliver`; see [secrets and keys](../secrets-and-keys.md).",
    plainTable(rows("deliver")),
  ].join("\n\n");
}

function plainTable(rows: readonly FieldRow[]): string {
  return table(
    ["Field", "Type", "Required", "What it says"],
    rows.map((row) => [code(row.path), row.type, row.required ? "yes" : "", row.description]),
  );
}

function kindPart(of: AnyKind, provider: AnyProvider, providers: readonly AnyProvider[]): string {
  const { definition, rules } = of;
  const heading = `## ${rules.kind}`;
  if (rules.section === null) {
    return [
      heading,
      definition.description,
      `Never written in a file: it is part of a plan when another resource implies it. Its address is ${code(`${rules.kind}.default`)}. It is used where it exists, created where it does not, and never owned or deleted.`,
    ].join("\n\n");
  }
  const schema = jsonSchemaOf(definition.spec);
  return [
    heading,
    definition.description,
    bullets(facts(of, provider)),
    table(
      ["Field", "Type", "Left out", "Rules", "What it says"],
      fieldRows(schema).map((row) => [
        code(row.path),
        row.type,
        isNested(row) ? (row.required ? "required" : "") : whenLeftOut(of, row),
        isNested(row) ? "" : ruleWords(policyOf(rules, row.path)),
        row.description,
      ]),
    ),
    "Example:",
    fenced("yaml", exampleDocument(of, provider, providers)),
  ].join("\n\n");
}

function isNested(row: FieldRow): boolean {
  return /[.[]/.test(row.path);
}

function facts({ definition, rules, api }: AnyKind, provider: AnyProvider): string[] {
  const keys =
    definition.parent === undefined ? "KEY" : `${(definition.parent.split(".")[1] ?? "").toUpperCase()}/KEY`;
  const identity =
    rules.identity_fields.length === 0
      ? "the vendor's id alone; names need not be unique"
      : rules.key_is_id
        ? "the key, which is the vendor's id: another key is another resource"
        : rules.identity_fields.map(code).join(" and ");
  return [
    `Address: ${code(`${rules.kind}.${keys}`)}`,
    ...(definition.key === undefined ? [] : [`Key: ${definition.key.expected}`]),
    `Identity: ${identity}`,
    `Update: ${api.update === undefined ? "never; every change replaces it" : "in place, but for the fields marked immutable"}`,
    `Delete: ${api.delete === undefined ? "not possible; it is only forgotten" : `yes${rules.delete_takes === undefined ? "" : `; takes with it ${rules.delete_takes}`}`}`,
    `${code("policy.exclusive")}: ${rules.exclusive === "never" ? "never covers it" : `as ${code(rules.section ?? "")}${rules.spare === undefined ? "" : "; the account's default one is spared"}`}`,
    ...(rules.one_time_value
      ? [`${provider.title} shows its value once, on creation: \`deliver\` says where it goes`]
      : []),
    `A read may show the old value for up to ${rules.settles_within} seconds after a write`,
  ];
}

function whenLeftOut(of: AnyKind, row: FieldRow): string {
  if (row.required) return "required";
  const policy = policyOf(of.rules, row.path);
  const fromKey = of.definition.fromKey?.("KEY", {})[row.path];
  if (fromKey === "KEY") return "the key";
  if (fromKey !== undefined) return code(String(fromKey));
  if (policy.default !== undefined)
    return `left alone; a new one gets ${code(JSON.stringify(policy.default))}`;
  return policy.server_default === true ? "left alone; the server may fill it in" : "left alone";
}

function ruleWords(policy: FieldPolicy): string {
  return [
    ...(policy.immutable === true ? ["immutable: a change replaces"] : []),
    ...(policy.write_only === true ? ["secret, never read back"] : []),
    ...(policy.sensitive === true ? ["holds secrets, shown as fingerprints only"] : []),
    ...(policy.merge === true ? ["owned member by member"] : []),
    ...(policy.risk === undefined ? [] : [`risk ${code(policy.risk.code)}`]),
  ].join("; ");
}

/** A whole file that declares the descriptor's own example. */
function exampleDocument(of: AnyKind, provider: AnyProvider, providers: readonly AnyProvider[]): string {
  const { definition } = of;
  const all = providers.flatMap((item) => item.kinds);
  let body: JsonValue = definition.example as JsonValue; // an example is what a user writes: JSON
  if (of.rules.one_time_value && isObject(body)) {
    body = { ...body, deliver: [{ file: { path: "out/ci.key" } }] };
  }
  let at: AnyKind | undefined = of;
  while (at !== undefined) {
    body = { [at.definition.section ?? ""]: { [EXAMPLE_KEYS[at.rules.kind] ?? "example"]: body } };
    const parent: string | undefined = at.definition.parent;
    at = all.find((item) => item.rules.kind === parent);
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

function requiredSettings(provider: AnyProvider): JsonObject {
  const { properties, required } = jsonSchemaOf(provider.settings);
  const names = Array.isArray(required) ? required.map(String) : [];
  return Object.fromEntries(
    names.map((name) => {
      const property = isObject(properties) ? properties[name] : undefined;
      const examples = isObject(property) && Array.isArray(property.examples) ? property.examples : [];
      return [name, examples[0] ?? null];
    }),
  );
}
