// `docs/reference/kinds.md`: every kind with every field, from the descriptors themselves. `gateform explain` says the
// same, in the same words.

import { z } from "zod";
import { deliverSchema } from "../../src/config/deliver.ts";
import { lifecycleSchema } from "../../src/config/document.ts";
import { jsonSchemaOf } from "../../src/config/json-schema-of.ts";
import {
  exampleFile,
  impliedWords,
  isNested,
  kindFacts,
  kindRows,
  ruleWords,
  sectionPath,
  whenLeftOut,
} from "../../src/config/kind-words.ts";
import { layoutOf } from "../../src/config/layout.ts";
import { fieldRows } from "../../src/config/schema-words.ts";
import type { FieldRow } from "../../src/model/explanation.ts";
import { policyOf } from "../../src/model/kind-rules.ts";
import type { AnyKind, AnyProvider } from "../../src/provider/provider.ts";
import { bullets, code, fenced, page, table } from "./markdown.ts";

export function kindsPage(providers: readonly AnyProvider[]): string {
  const kinds = providers.flatMap((provider) => provider.kinds.map((kind) => ({ provider, kind })));
  return page(
    "Kinds",
    "Every kind of resource that a file can declare, with every field. How fields, ownership and `lifecycle` work together is in the [guide](../guide.md). `gateform explain KIND` says the same at the terminal.",
    table(
      ["Kind", "Section", "What it is"],
      kinds.map(({ kind, provider }) => {
        const section = sectionPath(kind, provider);
        const { kind: name } = kind.rules;
        return [
          `[${code(name)}](#${name.replaceAll(".", "")})`,
          section === undefined ? "" : code(section),
          kind.definition.description,
        ];
      }),
    ),
    ...providers.map((provider) => blockPart(provider, providers)),
    lifecyclePart(),
    ...kinds.map(({ provider, kind }) => kindPart(kind, provider)),
  );
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

function lifecyclePart(): string {
  const rows = (shape: Readonly<Record<string, z.ZodType>>): readonly FieldRow[] =>
    fieldRows(jsonSchemaOf(z.object(shape)));
  return [
    "## On every resource",
    plainTable(rows({ lifecycle: lifecycleSchema.optional() })),
    "Kinds with a one-time value also take `deliver`; see [secrets and keys](../secrets-and-keys.md).",
    plainTable(rows({ deliver: deliverSchema.optional() })),
  ].join("\n\n");
}

function plainTable(rows: readonly FieldRow[]): string {
  return table(
    ["Field", "Type", "Required", "What it says"],
    rows.map((row) => [code(row.path), row.type, row.required ? "yes" : "", row.description]),
  );
}

function kindPart(of: AnyKind, provider: AnyProvider): string {
  const { definition, rules } = of;
  const pages = definition.docs.map(({ title, url }) => (url === undefined ? title : `[${title}](${url})`));
  const more = pages.length === 0 ? [] : [`See also, at ${provider.title}: ${pages.join(", ")}.`];
  const heading = `## ${rules.kind}`;
  if (rules.section === null) {
    return [heading, definition.description, impliedWords(of), ...more].join("\n\n");
  }
  return [
    heading,
    definition.description,
    bullets(kindFacts(of, provider).map(({ label, text }) => `${label}: ${text}`)),
    ...more,
    table(
      ["Field", "Type", "Left out", "Rules", "What it says"],
      kindRows(of).map((row) => [
        code(row.path),
        row.type,
        whenLeftOut(of, row),
        isNested(row) ? "" : ruleWords(policyOf(rules, row.path)),
        row.description,
      ]),
    ),
    "Example:",
    fenced("yaml", exampleFile(of, provider)),
  ].join("\n\n");
}
