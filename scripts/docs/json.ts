// `docs/reference/json.md`: what commands print with `--output json`. Plan and ledger are described by their own
// schemas; for the rest the tables below are checked against the types by the compiler.

import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { isObject, type JsonObject } from "../../src/base/json.ts";
import { typeWords } from "../../src/config/schema-words.ts";
import { planJsonSchema } from "../../src/ledger/plan-schema.ts";
import { ledgerJsonSchema } from "../../src/ledger/schema.ts";
import type { TraceAnswer, TraceStep } from "../../src/model/behaviour.ts";
import type { Explanation, FieldRow } from "../../src/model/explanation.ts";
import type { OwnedResource } from "../../src/model/inventory.ts";
import type { ApplyReport, Outcome, StepResult } from "../../src/model/report.ts";
import { code, page, table } from "./markdown.ts";

type Words<T> = { readonly [K in keyof Required<T>]: string };

const REPORT: Words<ApplyReport> = {
  format: "`1`, the version of this form",
  stack: "Name of the stack",
  partial: "As in the plan: what the run was limited to",
  results:
    "One entry per step of the plan, in plan order, and for each left-over of an earlier run of it that goes; see below",
  settling: "Values that were written and that a read may still show in their old form, as in a plan",
  refused: "What the plan refused, as in a plan",
  counts: "Outcome → number of steps",
  converged: "Whether everything succeeded and reading back found nothing left to do, settling values aside",
  interrupted: "Whether the run was stopped before all steps had started",
  diagnostics: "Findings of the run, each as in a plan",
};

const RESULT: Words<StepResult> = {
  step: "`id` of the plan's step",
  action: "As in the step",
  address: "As in the step",
  outcome: "See below",
  vendor_id: "The vendor's id",
  message: "Why it failed, is blocked or was not checked",
  note: "What somebody has to do now that it is done, such as a DNS record to set",
  code: "Code of a failure, see [codes](diagnostics.md)",
  hint: "What to do about it",
  deviations:
    "Of a step with the code `MOVED`: where what it works on is not as the plan found it, each with `path`, `expected`, `found` and, where it is a secret, `sensitive`",
  request_id: "The vendor's id of the failed request, for its support",
  because: "`id` of the failed step behind a blocked one",
  delivered: "Sinks that took the one-time value: `sink`, `target`, `at`",
  duration: "Milliseconds",
};

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  done: "It was done",
  already: "The wanted state was there",
  written: "A checked secret differed and was written",
  unchecked: "The secret's source is not available here; nothing was written",
  unverified: "The secret cannot be compared with what was written before; nothing was written",
  failed: "It did not succeed",
  blocked: "A step that it needs did not succeed",
  cancelled: "It was not started, because the run was stopped",
};

const DIAGNOSTIC: Words<Diagnostic> = {
  severity: "`error`, `warning` or `note`",
  code: "See [codes](diagnostics.md)",
  message: "What was found and what was expected",
  hint: "What to write or run instead",
  address: "The resource it is about",
  position: "`file`, `line`, `column` (both from 1) and `width` in columns",
  snippet: "Text of the marked line",
};

const OWNED: Readonly<Record<keyof OwnedResource, string>> = {
  address: "Address",
  kind: "Kind: `vercel.rule`",
  id: "The vendor's id; `null` where a create was cut off or a replacement is half done",
  parent: "Optional. Address that it lives in",
  parent_id: "Optional. The vendor's id of that",
  urls: "Name → URL of what is reached under it. A gateway has `universal`, which a provider's own path follows, and `chat_completions`, for clients of OpenAI's API",
  status:
    "`ready`; `creating`: its create was cut off; `deleted`: the first half of its replacement is done. The next apply finishes both",
  prevent_destroy: "Whether the ledger protects it",
  on_remove: "`delete` or `retain`: what becomes of it when the file no longer declares it",
  delivered:
    "Only for kinds with a one-time value: list of `{ sink, target, at }`, where this stack has put it. Empty for what was adopted",
  rotating: "Optional. `true`: a rotation was begun, and the next apply ends it",
  retiring:
    "Other ids that are still live: list of `{ id, due, delivering }`. With `delivering`, which is optional, some sinks may have its value, and it goes when another is in all of them",
  settling_until: "Optional. Until then a read may show values from before the last write",
  declared: "Whether the file declares it",
  position: "Optional. Where it does: `{ file, line, column }`",
  changed_at: "When gateform changed it last",
};

const EXPLANATION: Words<Explanation> = {
  format: "`1`, the version of this form",
  type: "`overview`, `head`, `block`, `kind`, `field`, `check`, `code` or `risk`",
  topic: "What to give to `gateform explain` to get this again",
  title: "Its name for people",
  summary: "What it means",
  facts: "`label` and `text`, in the order to show them in",
  rules:
    "Of a field: `required`, `immutable`, `write_only`, `sensitive`, `server_default` and, where there are any, `default` and `risk: { code, message }`. Optional",
  examples: "Values that a field takes",
  fields: "Of a kind its fields, of a field what is nested in it; see below",
  lists: "`heading` and `items`, each with `name` and `text`: kinds, sections, checks",
  parts: "`heading` with `text` or `yaml`: an example, the parts of a check's page",
  vendor_pages: "`title` and, where it is certain, `url`",
  declared:
    "Of an address that a file declares: `address`, `position` and `fields`, each with `path`, `value` and `position`; a secret is the reference that the file holds. Optional",
  note: "What could not be said, and why. Optional",
};

const ANSWER: Words<TraceAnswer> = {
  provider: "Whose rules they are: `vercel`",
  source: "`file`, or `live` with `--live`",
  subject: "The model that the request names",
  steps: "What happens to it, in order; see below",
  outcome: "How it ends, as `before` and `after` of a plan's behaviour change",
};

const TRACE_STEP: Words<TraceStep> = {
  action: "`rewrite`, `deny`, or `resolve`: what is named is a virtual model",
  by: "The address of what does it; of a live one that the stack does not own its noun and id",
  address: "Optional. The address alone",
  id: "The vendor's id, where it was read. Optional",
  position: "Where the files declare it. Optional",
  from: "The model so far",
  to: "The model from then on; of a virtual model all that it may become, in their order; of a deny none",
  unordered: "`true`: the vendor chooses among `to`, as for a custom router. Optional",
  relay: "Of a virtual model that is a relay: the address that requests are passed on to. Optional",
  reason: "The rule's `reason`. Optional",
};

const FIELD: Words<FieldRow> = {
  path: "Dotted; `[]` stands for the items of a list, `<name>` for a key that the user chooses",
  title: "Its name for people",
  type: "In words",
  required: "Whether it must be written where what it stands in is written",
  description: "What it means",
  default: "What it is when it is left out. Optional",
  examples: "Values that it takes",
  open: "`true`: a map whose keys the user chooses. Optional",
  more: "What else holds for it, in words. Optional",
};

export function jsonPage(): string {
  return page(
    "JSON output",
    'What commands print with `--output json`. Keys are sorted, text is escaped so that it acts on no terminal, no secret is in it: a secret is `{ "$secret": { source, fingerprint } }`, a vendor id that is not known yet is `{ "$ref": ADDRESS }`. Members marked optional may be missing.',
    [
      "## Plan",
      "`gateform plan`. Schema: [`schemas/plan.schema.json`](../../schemas/plan.schema.json).",
      ...schemaTables(planJsonSchema()),
    ].join("\n\n"),
    [
      "## Apply report",
      "`gateform apply` and `gateform destroy` print `{ format, plan, digest, report, diagnostics }`: `plan` as above, `digest` what `--digest` takes for just this plan, `report` as below, `diagnostics` what neither of them holds. When something failed, `error` stands beside them: `{ code, message, hint }`.",
      words(REPORT),
      "### Result",
      words(RESULT),
      "### Outcome",
      words(OUTCOMES),
    ].join("\n\n"),
    [
      "## Diagnostics",
      "`gateform validate`: `{ format, valid, diagnostics }`, with `valid: true`; files with mistakes are a failure, see below.",
      words(DIAGNOSTIC),
    ].join("\n\n"),
    [
      "## Drift",
      "`gateform drift`: `{ format, stack, accounts, drift, config_only, settling, unmanaged, refused, diagnostics }`. An entry of `drift` has `address`, `what` (`changed`, `vanished` or `appeared`) and `changes` as in a plan; one of `config_only` has `address`, `action` and `changes`. The rest is as in a plan.",
    ].join("\n\n"),
    [
      "## Show",
      "`gateform show PLAN`: `{ format, digest, plan }`, with the plan as above.",
      "`gateform show`: `{ format, stack, lineage, serial, ledger, accounts, resources, diagnostics }`; `ledger` says where it is. Resources stand in the order of their kinds, then by address.",
      words(OWNED),
    ].join("\n\n"),
    [
      "## Trace",
      "`gateform trace`: `{ format, answers, diagnostics }`, an answer per provider whose rules decide what a request gets.",
      words(ANSWER),
      "### Trace step",
      words(TRACE_STEP),
    ].join("\n\n"),
    [
      "## Explain",
      "`gateform explain`. Texts are markdown of one line, names in them stand between backticks.",
      words(EXPLANATION),
      "### Field",
      words(FIELD),
    ].join("\n\n"),
    [
      "## Other commands",
      "`gateform export`: `{ format, stack, files, resources, diagnostics }`, where `files` are `{ path, text }` and `resources` say which `address` got which `id` (and `parent_id`). `gateform adopt`: `{ format, adopted, refused, next, diagnostics }`: the addresses that were adopted, what could not be (as in a plan), and the whole next plan. `gateform ledger show`: `{ format, place, lock, stack, lineage, serial, accounts, count, resources, diagnostics }`: `resources` as in the [ledger](#ledger), but without fingerprints. `gateform ledger history`: `{ format, stack, place, history, diagnostics }`, `history` as in the ledger, the newest run last. `gateform ledger forget`: `{ format, forgotten, also_live, diagnostics }`, where `also_live` says what else of these addresses is live, as `ADDRESS (ID)`. `gateform ledger unlock`: `{ format, unlocked, held_by, diagnostics }`, where `held_by` says whose lock it was. `gateform serve`: one line, `{ cloudflare: { base_url, account_id, api_token }, vercel: { base_url, team, token }, control_url }`.",
    ].join("\n\n"),
    [
      "## Failure",
      "When a command stops before it has a result, it prints this in place of it, and exits 1: `{ format, error: { code, message, hint }, diagnostics }`. What was made before it failed, such as `plan`, stands beside `error`.",
    ].join("\n\n"),
    [
      "## Ledger",
      "The ledger file. Schema: [`schemas/ledger.schema.json`](../../schemas/ledger.schema.json).",
      ...schemaTables(ledgerJsonSchema()),
    ].join("\n\n"),
  );
}

function words(rows: Readonly<Record<string, string>>): string {
  return table(
    ["Name", "Meaning"],
    Object.entries(rows).map(([name, meaning]) => [code(name), meaning]),
  );
}

/** The document's own members, then a table per definition. */
function schemaTables(given: Record<string, unknown>): string[] {
  // Through text, so that what is left is plain JSON; the patterns of addresses and the like are for machines.
  const schema = JSON.parse(JSON.stringify(given), (key, value: unknown) =>
    key === "pattern" && typeof value === "string" ? undefined : value,
  ) as JsonObject;
  const definitions = isObject(schema.definitions) ? schema.definitions : {};
  const parts = Object.values(definitions)
    .filter(isObject)
    .flatMap((definition) => forms(definition, definitions));
  return [members(schema, definitions), ...parts];
}

function forms(definition: JsonObject, definitions: JsonObject): string[] {
  const title = `### ${String(definition.title ?? "")}`;
  const about = String(definition.description ?? "");
  if (isObject(definition.properties)) return [title, about, members(definition, definitions)];
  const branches = (
    Array.isArray(definition.anyOf ?? definition.oneOf) ? (definition.anyOf ?? definition.oneOf) : []
  ) as readonly JsonObject[];
  return [
    title,
    `${about}. One of:`,
    ...branches.flatMap((branch) => [
      `**${String(branch.title ?? "")}**: ${String(branch.description ?? "")}`,
      members(branch, definitions),
    ]),
  ];
}

function members(schema: JsonObject, definitions: JsonObject): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = isObject(schema.properties) ? schema.properties : {};
  return table(
    ["Name", "Type", "Optional", "Meaning"],
    Object.entries(properties).map(([name, value]) => {
      const property = isObject(value) ? value : {};
      return [
        code(name),
        linked(property, definitions),
        required.includes(name) ? "" : "yes",
        String(property.description ?? target(property, definitions)?.description ?? ""),
      ];
    }),
  );
}

function target(schema: JsonObject, definitions: JsonObject): JsonObject | undefined {
  const reference = typeof schema.$ref === "string" ? schema.$ref : undefined;
  if (reference === undefined) {
    const all = Array.isArray(schema.allOf) ? schema.allOf.filter(isObject) : [];
    return all.length === 1 ? target(all[0] as JsonObject, definitions) : undefined;
  }
  const found = definitions[reference.slice("#/definitions/".length)];
  return isObject(found) ? found : undefined;
}

function linked(schema: JsonObject, definitions: JsonObject): string {
  const own = target(schema, definitions);
  if (own !== undefined) return String(own.title ?? "").toLowerCase();
  if (isObject(schema.items)) {
    const item = target(schema.items, definitions);
    if (item !== undefined) return `list of ${String(item.title ?? "").toLowerCase()}`;
  }
  if (isObject(schema.additionalProperties)) {
    const item = target(schema.additionalProperties, definitions);
    if (item !== undefined) return `map to ${String(item.title ?? "").toLowerCase()}`;
  }
  if (
    schema.type === undefined &&
    schema.anyOf === undefined &&
    schema.const === undefined &&
    schema.enum === undefined
  )
    return "any JSON";
  return typeWords(schema);
}
