// A plan as people read it: the steps of one address together as one block, with the sentences that belong to
// it. Both the text and the markdown renderer draw these blocks.

import type { Address } from "../base/address.ts";
import { isSecretMark, listMarks } from "../base/expression.ts";
import { compareText } from "../base/json.ts";
import type { RulesByKind } from "../model/kind-rules.ts";
import type { LiveChild } from "../model/live.ts";
import {
  type Change,
  hasChanges,
  type Plan,
  type PlanSummary,
  type Risk,
  renewsValue,
  type Step,
  type UnmanagedItem,
} from "../model/plan.ts";
import type { Sink } from "../model/sink.ts";
import { counted, firstOf, listed, verbFor } from "./counts.ts";
import { safeLine } from "./safe-text.ts";
import { sinkTarget } from "./sink-target.ts";
import { inlineText } from "./value.ts";
import { type BlockAction, isLedgerOnly, NOT_COMPARABLE, REASONS } from "./wording.ts";

export interface Block {
  readonly address: Address;
  readonly action: BlockAction;
  /** In plan order; never empty. */
  readonly steps: readonly Step[];
  /** One per path. */
  readonly changes: readonly Change[];
}

export interface RiskItem extends Risk {
  readonly address: Address;
}

/** Which action names a block of several steps: the first of these that is among them. */
const LEADING: readonly BlockAction[] = [
  "delete",
  "create",
  "adopt",
  "update",
  "record",
  "forget",
  "check-secret",
];

/** Groups the steps by address, in the order in which each address first comes up. */
export function blocksOf(plan: Pick<Plan, "steps">): Block[] {
  const groups = new Map<string, Step[]>();
  for (const step of plan.steps) {
    // A "#" follows the id of a further live thing of that address, which is a matter of its own.
    const key = step.id.includes("#") ? step.id : step.address;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [step]);
    else group.push(step);
  }
  return [...groups.values()].map(blockOf);
}

function blockOf(steps: readonly Step[]): Block {
  const has = (action: BlockAction) => steps.some((step) => step.action === action);
  const replaces = (has("create") && has("delete")) || steps.some((step) => step.replacement !== undefined);
  const action = steps.some((step) => step.retires !== undefined)
    ? "rotate"
    : replaces
      ? "replace"
      : (LEADING.find(has) ?? "update");
  const changes = new Map<string, Change>();
  for (const step of steps) {
    for (const change of step.changes) if (!changes.has(change.path)) changes.set(change.path, change);
  }
  return { address: (steps[0] as Step).address, action, steps, changes: [...changes.values()] };
}

/** What is done, in words: `create`, `adopt, then update`, `replace`. */
export function blockVerb(block: Block): string {
  if (block.action === "replace" || block.action === "rotate") return block.action;
  const verbs = block.steps.map(({ action }) => (action === "check-secret" ? "check secret" : action));
  return [...new Set(verbs)].join(", then ") + (isLedgerOnly(block.action) ? " (ledger only)" : "");
}

/** Why it is done, where the action does not say it. */
export function blockReasons({ steps }: Block): string[] {
  const reasons = steps.map((step) =>
    step.reason === "secret" && step.changes.every(isAtHand) ? NOT_COMPARABLE : REASONS[step.reason],
  );
  return [...new Set(reasons)].filter((reason) => reason !== "");
}

/** Whether the plan had the values of a change's secrets, and could remember them by their fingerprints. */
function isAtHand({ after }: Change): boolean {
  return listMarks(after).every(({ mark }) => !isSecretMark(mark) || mark.$secret.fingerprint !== undefined);
}

/** The sentences under a block's headline: why, in which order, what goes with it, where values go. */
export function blockNotes(block: Block, rules?: RulesByKind): string[] {
  const notes = blockReasons(block);
  for (const step of block.steps) {
    if (step.id.includes("#") && step.vendor_id !== null) notes.push(`its id is ${safeLine(step.vendor_id)}`);
    if (step.from !== undefined)
      notes.push(
        step.exchange === undefined
          ? `renamed from ${safeLine(step.from)}: what is live stays, its ledger entry moves`
          : `changes places with ${safeLine(step.from)}: what is live stays, only the ledger entries move`,
      );
    if (step.action === "delete") notes.push(...takenAlong(step, rules));
    const { deliver = [], defaults = {} } = step.body ?? {};
    const shown = step.action === "create" || renewsValue(step) ? deliver : [];
    if (shown.length > 0) notes.push(`its value, shown once, goes to ${listed(shown.map(sinkText))}`);
    const sent = Object.entries(defaults).sort(([a], [b]) => compareText(a, b));
    if (step.action === "create" && sent.length > 0) {
      const list = sent.map(([name, value]) => `${safeLine(name)}: ${inlineText(value)}`);
      const why = step.retires === undefined ? "the API requires and gets once" : "as the old one has it";
      notes.push(`${why}, not managed afterwards: ${list.join(", ")}`);
    }
  }
  const taker = block.steps.find((step) => step.along !== undefined)?.along;
  if (taker !== undefined)
    notes.push(
      `goes with ${safeLine(taker)}${block.action === "replace" ? ", so it is made again" : ": by its turn it is gone already"}`,
    );
  const order = block.steps.find((step) => step.replacement !== undefined)?.replacement;
  if (order === "gap") notes.push("gap: the old one goes before the new one is there");
  for (const { instead_of, risks } of block.steps) {
    if (instead_of !== undefined) notes.push(`gap: ${safeLine(instead_of)} goes before this one is there`);
    for (const { meanwhile, message } of risks) if (meanwhile === true) notes.push(safeLine(message));
  }
  const { retires } = block.steps.find((step) => step.retires !== undefined) ?? {};
  if (retires !== undefined)
    notes.push(
      `new one first: the old one, ${safeLine(retires.id)}, stays live for ${safeLine(retires.grace)} after that, and then goes with the next apply`,
    );
  else if (order === "create-first") notes.push("new one first: the old one goes when the new one is there");
  return notes;
}

/** Fields whose value stays as it is while their ownership changes, one line each. */
export function ownershipNotes(block: Block): string[] {
  const paths = (key: "claimed" | "released") => new Set(block.steps.flatMap((step) => step[key] ?? []));
  return [
    ...[...paths("claimed")].map(
      (path) => `${safeLine(path)}: (claimed: has the declared value, managed from now on)`,
    ),
    ...[...paths("released")].map(
      (path) => `${safeLine(path)}: (released: stays as it is, no longer managed)`,
    ),
  ];
}

function takenAlong(step: Step, rules: RulesByKind | undefined): string[] {
  const takes = rules?.get(step.kind)?.delete_takes;
  const children = step.children ?? [];
  return [
    ...(children.length > 0 ? [`takes with it ${childrenText(children)}`] : []),
    ...(takes === undefined ? [] : [`takes ${takes} with it`]),
  ];
}

/** `2 dynamic routes (a, b) and 1 dataset (c)` */
function childrenText(children: readonly LiveChild[]): string {
  const byNoun = new Map<string, string[]>();
  for (const { noun, name } of children) {
    const names = byNoun.get(noun);
    if (names === undefined) byNoun.set(noun, [safeLine(name)]);
    else names.push(safeLine(name));
  }
  const parts = [...byNoun].sort(([a], [b]) => compareText(a, b));
  return listed(
    parts.map(([noun, names]) => `${counted(names.length, safeLine(noun))} (${firstOf(names, 5)})`),
  );
}

function sinkText(sink: Sink): string {
  const target = safeLine(sinkTarget(sink));
  if ("file" in sink) return `file ${target} (${sink.file.format})`;
  if ("command" in sink) return `command ${target}`;
  if ("github_actions_secret" in sink) return `the GitHub Actions secret ${target}`;
  if ("vercel_env" in sink) return `the ${sink.vercel_env.type} Vercel variable ${target}`;
  return "standard output";
}

export function risksOf(plan: Pick<Plan, "steps">): RiskItem[] {
  return plan.steps.flatMap((step) => step.risks.map((risk) => ({ ...risk, address: step.address })));
}

/** Unmanaged resources by kind; names in plan order. */
export function unmanagedByKind(items: readonly UnmanagedItem[]): (readonly [string, readonly string[]])[] {
  const kinds = new Map<string, string[]>();
  for (const item of items) {
    const name = item.name === item.id || item.name === "" ? item.id : `${item.name} (${item.id})`;
    const names = kinds.get(item.kind);
    if (names === undefined) kinds.set(item.kind, [safeLine(name)]);
    else names.push(safeLine(name));
  }
  return [...kinds]
    .sort(([a], [b]) => compareText(a, b))
    .map(([kind, names]) => [safeLine(kind), names] as const);
}

/** How to go on when there are more deletes than allowed; `null` when there are not. */
export function brakeText(plan: Plan): string | null {
  const { counted_deletes: deletes } = plan.summary;
  if (deletes <= plan.allowed_deletes) return null;
  return (
    `${counted(deletes, "delete")}, ${plan.allowed_deletes} allowed: apply will not start. ` +
    `To allow them, run with \`--allow-deletes ${deletes}\`, or list the addresses under \`removed:\` in the file.`
  );
}

/** The code of the engine's diagnostic that says what `brakeText` says. */
export const BRAKE_CODE = "DELETES_BRAKED";

/** What a plan or a run was limited to; `null` where it was about everything. */
export function partialText(partial: readonly string[] | undefined): string | null {
  return partial === undefined ? null : `Partial: only ${firstOf(partial.map(safeLine), 5)}`;
}

/** The last line of a plan. */
export function summaryText(plan: Plan): string {
  return (plan.partial === undefined ? "" : "Partial. ") + wholeSummary(plan);
}

function wholeSummary(plan: Plan): string {
  const { summary } = plan;
  const rest = [
    ...(summary.unchanged > 0 ? [`${summary.unchanged} unchanged`] : []),
    ...(summary.unmanaged > 0 ? [`${summary.unmanaged} unmanaged`] : []),
    ...(summary.refused > 0 ? [`${summary.refused} refused`] : []),
  ];
  const tail = rest.length > 0 ? ` ${rest.join(", ")}.` : "";
  const secrets =
    summary.check_secret > 0 ? ` ${counted(summary.check_secret, "secret")} will be checked at apply.` : "";
  const errors = plan.diagnostics.filter((item) => item.severity === "error").length;
  const stopped = errors > 0 ? ` ${counted(errors, "error")} to correct first.` : "";
  if (hasChanges(plan)) return `Plan: ${changeCounts(summary)}.${tail}${secrets}${stopped}`;
  if (errors > 0 || summary.refused > 0) return `Nothing can be done.${tail}${secrets}${stopped}`;
  const other = summary.unmanaged > 0 ? ` ${summary.unmanaged} unmanaged.` : "";
  return `No changes. ${counted(summary.unchanged, "resource")} ${verbFor(summary.unchanged, "match")}.${other}${secrets}`;
}

function changeCounts(summary: PlanSummary): string {
  const always = (["create", "update", "replace", "delete"] as const).map(
    (name) => `${summary[name]} to ${name}`,
  );
  const others = [
    ...(summary.rotate > 0 ? [`${summary.rotate} to rotate`] : []),
    ...(summary.adopt > 0 ? [`${summary.adopt} to adopt`] : []),
    ...(summary.forget > 0 ? [`${summary.forget} to forget (ledger only)`] : []),
    ...(summary.record > 0 ? [`${summary.record} to record (ledger only)`] : []),
  ];
  return [...always, ...others].join(", ");
}
