// Says what a topic is, from the descriptors, the file's schemas and the tables of codes: no second description.

import { withArticle } from "../../base/article.ts";
import {
  exampleFile,
  impliedWords,
  isNested,
  kindFacts,
  kindRows,
  ruleWords,
  sectionPath,
  whenLeftOut,
} from "../../config/kind-words.ts";
import type { KindLayout, ProviderLayout } from "../../config/layout.ts";
import { blockRows, bodyRows, headRows, rowsBelow } from "../../config/rows.ts";
import { capital } from "../../config/schema-words.ts";
import type {
  Explanation,
  Fact,
  FieldRow,
  FieldRules,
  NamedItem,
  VendorPage,
} from "../../model/explanation.ts";
import { type FieldPolicy, policyOf, risksOfKind } from "../../model/kind-rules.ts";
import type { Check } from "../../provider/check.ts";
import { InternalError } from "../../provider/error.ts";
import type { AnyKind, AnyProvider } from "../../provider/provider.ts";
import { CODE_TABLES } from "../codes.ts";
import { checksOf, type Known, type Topic } from "./topic.ts";

/** What there is to say of a topic, without what a file says of it. */
export function explainTopic(topic: Topic, known: Known): Explanation {
  switch (topic.type) {
    case "overview":
      return overview(known);
    case "head":
      return plainField("head", topic.row.path, topic.row, headRows());
    case "block":
      return topic.row === undefined
        ? block(topic.of)
        : plainField("block", `${topic.of.provider.name}.${topic.row.path}`, topic.row, blockRows(topic.of));
    case "kind":
      return kind(topic.of, providerOf(topic.of, known), known);
    case "field":
      return field(topic.of, topic.row, providerOf(topic.of, known));
    case "check":
      return explainCheck(topic.check);
    case "code":
      return code(topic.code);
    case "risk":
      return risk(topic.code, known);
  }
}

const NOTHING = {
  format: 1,
  facts: [],
  examples: [],
  fields: [],
  lists: [],
  parts: [],
  vendor_pages: [],
} as const;

function overview(known: Known): Explanation {
  return {
    ...NOTHING,
    type: "overview",
    topic: "",
    title: "What can be explained",
    summary:
      "A kind, a field (`KIND.FIELD`), an address of your file, a key of the file's head, a code from a message.",
    lists: [
      {
        heading: "Kinds",
        items: known.providers.flatMap(({ kinds }) => kinds.map(kindItem)),
      },
      {
        heading: "The file",
        items: [
          ...headRows().flatMap((row) => (isNested(row) ? [] : [{ name: row.path, text: row.description }])),
          ...known.providers.map(({ name, description }) => ({ name, text: description })),
        ],
      },
      { heading: "Checks", items: checksOf(known).map(checkItem) },
    ],
  };
}

function block(of: ProviderLayout): Explanation {
  const { name, title, description, base_url_env } = of.provider;
  return {
    ...NOTHING,
    type: "block",
    topic: name,
    title,
    summary: description,
    facts: [{ label: "Base URL", text: `the environment variable \`${base_url_env}\` overrides it` }],
    fields: blockRows(of),
    lists: nonEmpty("Kinds in it", of.provider.kinds.map(kindItem)),
  };
}

function kind(of: KindLayout, provider: AnyProvider, known: Known): Explanation {
  const { definition, rules } = of.kind;
  const section = sectionPath(of.kind, provider);
  const common = {
    ...NOTHING,
    type: "kind",
    topic: of.name,
    title: capital(of.noun),
    vendor_pages: pagesOf(of.kind, provider),
  } as const;
  if (section === undefined) {
    return { ...common, summary: `${definition.description} ${impliedWords(of.kind)}` };
  }
  return {
    ...common,
    summary: definition.description,
    facts: [{ label: "Section", text: `\`${section}\`` }, ...kindFacts(of.kind, provider)],
    fields: kindRows(of.kind).map((row) => withMore(of.kind, row)),
    lists: [
      ...nonEmpty(
        "Sections in it",
        [...of.children.values()].map(({ kind }) => kindItem(kind)),
      ),
      ...nonEmpty(
        "Checks",
        checksOf(known)
          .filter((check) => check.kind === rules.kind)
          .map(checkItem),
      ),
    ],
    parts: [{ heading: "Example", yaml: exampleFile(of.kind, provider) }],
  };
}

function field(of: KindLayout, row: FieldRow, provider: AnyProvider): Explanation {
  const topic = `${of.name}.${row.path}`;
  const name = row.path.split(/[.[]/)[0] ?? row.path;
  const rows = bodyRows(of);
  const plain = plainField("field", topic, row, rows);
  // `lifecycle` and `deliver` are no fields of the kind's own.
  if (!Object.hasOwn(of.kind.definition.spec.shape, name)) return plain;
  const policy = policyOf(of.kind.rules, name);
  const outer = rows.find(({ path }) => path === name);
  return {
    ...plain,
    facts: [
      { label: "Kind", text: `\`${of.name}\`, ${withArticle(of.noun)} at ${provider.title}` },
      { label: "Type", text: row.type },
      ...leftOut(of.kind, row),
      ...(isNested(row) ? [{ label: "Part of", text: `\`${name}\` (${outer?.title})` }] : []),
      ...policyFacts(of.kind, policy, outer?.type ?? ""),
    ],
    rules: rulesOf(policy, row),
    vendor_pages: pagesOf(of.kind, provider),
    ...(of.kind.definition.section === null ? { note: impliedWords(of.kind) } : {}),
  };
}

function pagesOf({ definition }: AnyKind, provider: AnyProvider): readonly VendorPage[] {
  return definition.docs.map((page) => ({
    ...page,
    title: `${provider.title}'s documentation, "${page.title}"`,
  }));
}

/** What a list of fields says beside the type; what holds of nearly all is not repeated. */
function withMore(of: AnyKind, row: FieldRow): FieldRow {
  if (isNested(row)) return row;
  const absent = row.required ? "" : whenLeftOut(of, row).replace(/^left alone(?:; )?/, "");
  const more = [absent === "" ? "" : `left out: ${absent}`, ruleWords(policyOf(of.rules, row.path))];
  const text = more.filter((part) => part !== "").join("; ");
  return text === "" ? row : { ...row, more: text };
}

function leftOut(of: AnyKind, row: FieldRow): readonly Fact[] {
  const text = whenLeftOut(of, row);
  return text === "" ? [] : [{ label: "Left out", text }];
}

function policyFacts(of: AnyKind, policy: FieldPolicy, type: string): readonly Fact[] {
  const facts: Fact[] = [
    {
      label: "Change",
      text:
        of.api.update === undefined
          ? "replaces the resource, as every change of this kind does"
          : policy.irreplaceable === true
            ? "fixed: another value is refused, and needs another key"
            : policy.immutable === true
              ? "immutable: another value replaces the resource"
              : "in place",
    },
  ];
  if (policy.write_only === true)
    facts.push({ label: "Secret", text: "never read back; a change is noticed by its fingerprint" });
  if (policy.inert === true)
    facts.push({ label: "Read", text: "by the vendor when one is made; a difference later is no change" });
  else if (policy.unanswered === true)
    facts.push({ label: "Read", text: "never answered; compared with what the ledger says was sent" });
  if (policy.sensitive === true)
    facts.push({
      label: "Secret",
      text: "holds secrets, which plans and the ledger know by fingerprints only",
    });
  if (policy.merge === true)
    facts.push({ label: "Owned", text: "member by member: one that the file leaves out is left alone" });
  if (type.startsWith("list") && policy.collection === "set")
    facts.push({ label: "Order", text: "does not matter" });
  else if (type.startsWith("list") && typeof policy.collection === "object")
    facts.push({
      label: "Order",
      text: `does not matter; items are told apart by \`${policy.collection.keyed}\``,
    });
  else if (type.startsWith("list") && policy.canonical === undefined)
    facts.push({ label: "Order", text: "counts" });
  if (policy.risk !== undefined)
    facts.push({ label: "Risk", text: `\`${policy.risk.code}\`: ${policy.risk.message}` });
  return facts;
}

function rulesOf(policy: FieldPolicy, row: FieldRow): FieldRules {
  return {
    required: row.required,
    immutable: policy.immutable === true,
    write_only: policy.write_only === true,
    sensitive: policy.sensitive === true,
    server_default: policy.server_default === true,
    ...(policy.default === undefined || isNested(row) ? {} : { default: policy.default }),
    ...(policy.risk === undefined ? {} : { risk: { code: policy.risk.code, message: policy.risk.message } }),
  };
}

/** A field without a policy: of the head, of a provider's block, of `lifecycle` and `deliver`. */
function plainField(
  type: "head" | "block" | "field",
  topic: string,
  row: FieldRow,
  rows: readonly FieldRow[],
): Explanation {
  return {
    ...NOTHING,
    type,
    topic,
    title: row.title,
    summary: row.description,
    facts: [
      { label: "Type", text: row.type },
      ...(row.required ? [{ label: "Left out", text: "required" }] : []),
      ...(row.default === undefined
        ? []
        : [{ label: "Default", text: `\`${JSON.stringify(row.default)}\`` }]),
    ],
    examples: row.examples,
    fields: rowsBelow(rows, row),
  };
}

/** The text of a check's page. */
export function explainCheck({ code, severity, kind, title, page }: Check): Explanation {
  return {
    ...NOTHING,
    type: "check",
    topic: code,
    title,
    summary: page.meaning,
    facts: [
      { label: "Severity", text: severity },
      { label: "About", text: `\`${kind}\`` },
    ],
    parts: [
      { heading: "Why it matters", text: page.importance },
      { heading: "What to do", text: page.remedy },
      { heading: "Before", yaml: page.before },
      { heading: "After", yaml: page.after },
      {
        heading: "When to silence it",
        text: `${page.silence} Write \`lifecycle: { silence: [${code}] }\` into the resource.`,
      },
    ],
  };
}

function code(name: string): Explanation {
  const tables = CODE_TABLES.filter(({ codes }) => Object.hasOwn(codes, name));
  const [first, ...others] = tables.map(({ title, intro, codes }) => ({
    title,
    intro,
    text: codes[name] ?? "",
  }));
  if (first === undefined) throw new InternalError(`no table has the code ${name}`);
  return {
    ...NOTHING,
    type: "code",
    topic: name,
    title: first.title,
    summary: first.text,
    facts: [{ label: "Where", text: first.intro }],
    parts: others.map(({ title, intro, text }) => ({ heading: title, text: `${text}. ${intro}` })),
  };
}

function risk(name: string, { providers }: Known): Explanation {
  const found = providers.flatMap(({ kinds }) =>
    kinds.flatMap(({ rules }) =>
      risksOfKind(rules).flatMap(({ code, field, message }) =>
        code === name ? [{ name: `${rules.kind}.${field}`, text: message }] : [],
      ),
    ),
  );
  return {
    ...NOTHING,
    type: "risk",
    topic: name,
    title: "Risk",
    summary: [...new Set(found.map(({ text }) => text))].join("; "),
    facts: [{ label: "Where", text: "first in every plan that takes a protection away; it stops nothing" }],
    lists: nonEmpty("Fields", found),
  };
}

function kindItem({ rules, definition }: AnyKind): NamedItem {
  return { name: rules.kind, text: definition.description };
}

function checkItem({ code, title }: Check): NamedItem {
  return { name: code, text: title };
}

function nonEmpty(heading: string, items: readonly NamedItem[]): Explanation["lists"] {
  return items.length === 0 ? [] : [{ heading, items }];
}

function providerOf({ kind }: KindLayout, { providers }: Known): AnyProvider {
  const found = providers.find(({ kinds }) => kinds.includes(kind));
  if (found === undefined) throw new InternalError(`no provider has the kind ${kind.rules.kind}`);
  return found;
}
