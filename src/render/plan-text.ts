// A plan for terminals: risks first, then what is done in its order, then what is not done and why. One line per
// value, however long the terminal's is: wrapping would break copying.

import type { RulesByKind } from "../model/kind-rules.ts";
import { hasChanges, type Plan } from "../model/plan.ts";
import { behaviourLines } from "./behaviour-view.ts";
import { type ChangeView, viewChange } from "./change-view.ts";
import { counted, firstOf } from "./counts.ts";
import { diagnosticLines, positionText } from "./diagnostics-text.ts";
import {
  type Block,
  BRAKE_CODE,
  blockNotes,
  blocksOf,
  blockVerb,
  brakeText,
  ownershipNotes,
  partialText,
  risksOf,
  summaryText,
  unmanagedByKind,
} from "./plan-view.ts";
import { safeLine } from "./safe-text.ts";
import type { Paint, Style } from "./style.ts";
import { type BlockAction, isLedgerOnly, MEANINGS, SYMBOLS } from "./wording.ts";

export interface PlanTextOptions {
  readonly style: Style;
  /** Longest value in UTF-16 units before it is cut or laid out in lines; 80 unless given. */
  readonly width?: number;
  /** Also shows ids, what each step waits for, and the addresses of what stays as it is. */
  readonly verbose?: boolean;
  /** Tells what else a kind's delete takes away. */
  readonly rules?: RulesByKind;
}

const WIDTH = 80;

/** The whole plan as text that ends with a line break. */
export function renderPlanText(plan: Plan, options: PlanTextOptions): string {
  const { style } = options;
  const sections = [
    headerLines(plan, style),
    ...stepSections(plan, options),
    ledgerOnlyLines(plan),
    behaviourLines(plan.behaviour),
    ...standingLines(plan, options),
    [...brakeLines(plan, style), style.bold(summaryText(plan))],
  ];
  return joinSections(sections);
}

/** Sections of lines with a blank line between two; empty ones are left out. */
export function joinSections(sections: readonly (readonly string[])[]): string {
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** Risks, the legend, and a section for what is done at each address. */
export function stepSections(plan: Pick<Plan, "steps">, options: PlanTextOptions): string[][] {
  const { style } = options;
  const blocks = blocksOf(plan);
  return [
    riskLines(plan, style),
    legendLines(blocks, style),
    ...blocks.map((block) => blockLines(block, options)),
  ];
}

/** Stack, accounts and, where there is none, the missing ledger. */
export function headerLines(plan: Plan, style: Style): string[] {
  const accounts = Object.entries(plan.accounts).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = [`${style.bold("Stack")} ${safeLine(plan.stack)}`];
  for (const [provider, account] of accounts) lines.push(`  ${safeLine(provider)}: ${safeLine(account)}`);
  const partial = partialText(plan.partial);
  if (partial !== null) lines.push(style.yellow(`  ${partial}`));
  if (plan.lineage === null) lines.push("  no ledger yet: nothing live is known to belong to this stack");
  return lines;
}

function riskLines(plan: Pick<Plan, "steps">, style: Style): string[] {
  const risks = risksOf(plan);
  if (risks.length === 0) return [];
  return [
    style.red(style.bold(`Risks: ${counted(risks.length, "protection")} taken away`)),
    ...risks.flatMap((risk) => [
      `  ${style.red("!")} ${safeLine(risk.code)}  ${safeLine(risk.address)}  ${safeLine(risk.path)}`,
      `      ${safeLine(risk.message)}`,
    ]),
  ];
}

function legendLines(blocks: readonly Block[], style: Style): string[] {
  const used = (Object.keys(SYMBOLS) as BlockAction[]).filter((action) =>
    blocks.some((block) => block.action === action),
  );
  if (used.length === 0) return [];
  const items = used.map((action) => `${paintOf(action, style)(SYMBOLS[action])} ${MEANINGS[action]}`);
  return [`Steps in order:  ${items.join("   ")}`];
}

function blockLines(block: Block, options: PlanTextOptions): string[] {
  const { style } = options;
  const paint = paintOf(block.action, style);
  const head = `  ${paint(SYMBOLS[block.action])} ${style.bold(safeLine(block.address))}  ${blockVerb(block)}`;
  const lines = [head, ...blockNotes(block, options.rules).map((note) => `      ${style.dim(`# ${note}`)}`)];
  for (const change of block.changes) {
    lines.push(
      ...changeLines(viewChange(change, { width: options.width ?? WIDTH, cut: true }), block.action, style),
    );
  }
  lines.push(...ownershipNotes(block).map((note) => `      ${note}`));
  if (options.verbose === true) lines.push(...verboseLines(block, style));
  return lines;
}

function changeLines(view: ChangeView, action: BlockAction, style: Style): string[] {
  const notes = view.notes.length > 0 ? `  ${style.yellow(`# ${view.notes.join(", ")}`)}` : "";
  if (view.lines !== undefined) {
    const paints: Record<string, Paint> = { "+": style.green, "-": style.red };
    return [
      `      ${view.path}:${notes}`,
      ...view.lines.map(({ mark, text }) => (paints[mark] ?? style.dim)(`        ${mark} ${text}`.trimEnd())),
    ];
  }
  const fresh = action === "create" || action === "check-secret";
  const value = fresh ? view.after : `${view.before} → ${view.after}`;
  return [`      ${view.path}: ${value}${notes}`];
}

function verboseLines(block: Block, style: Style): string[] {
  return block.steps.flatMap((step) => {
    const id = step.vendor_id === null ? "" : `, id ${safeLine(step.vendor_id)}`;
    const needs = step.needs.length === 0 ? "" : `, after ${step.needs.map(safeLine).join(", ")}`;
    return [style.dim(`      # step ${safeLine(step.id)}${id}${needs}`)];
  });
}

function ledgerOnlyLines(plan: Plan): string[] {
  const only = plan.steps.every((step) => isLedgerOnly(step.action) || step.action === "check-secret");
  return only && hasChanges(plan) ? ["Only the ledger changes: nothing is written at a vendor."] : [];
}

/** Everything that is not a step, one section each; empty sections are empty lists. */
export function standingLines(plan: Plan, options: PlanTextOptions): string[][] {
  const { style } = options;
  const settling = plan.settling.map(({ address, path, until }) => {
    const what = path === "" ? "not visible yet" : `${safeLine(path)} still shows its old value`;
    return `  ${safeLine(address)}: ${what}, expected until ${safeLine(until)}`;
  });
  const unmanaged = unmanagedByKind(plan.unmanaged).map(
    ([kind, names]) => `  ${kind}: ${firstOf(names, options.verbose === true ? names.length : 5)}`,
  );
  const diagnostics = plan.diagnostics.filter((item) => item.code !== BRAKE_CODE);
  return [
    titled("Settling, not a change:", settling),
    titled(
      "Kept, although no longer declared:",
      plan.kept.map((item) => `  ${safeLine(item)}`),
    ),
    options.verbose === true
      ? titled(
          "Unchanged:",
          plan.unchanged.map((item) => `  ${safeLine(item)}`),
        )
      : [],
    titled("Unmanaged, never touched:", unmanaged),
    titled(style.red(style.bold("Refused:")), refusedLines(plan.refused, style)),
    ...diagnostics.map((item) => diagnosticLines(item, style)),
  ];
}

/** Each refused address with why, where, and the way out. */
export function refusedLines(refused: Plan["refused"], style: Style): string[] {
  return refused.flatMap((item) => [
    `  ${style.red("✗")} ${safeLine(item.address)}  ${safeLine(item.code)}`,
    `      ${safeLine(item.message)}`,
    ...(item.position === undefined ? [] : [`      ${style.cyan("-->")} ${positionText(item.position)}`]),
    ...(item.because === undefined ? [] : [`      because of ${safeLine(item.because)}`]),
    ...(item.hint === undefined ? [] : [`      ${style.cyan("= help:")} ${safeLine(item.hint)}`]),
  ]);
}

function brakeLines(plan: Plan, style: Style): string[] {
  const brake = brakeText(plan);
  return brake === null ? [] : [style.yellow(`Brake: ${brake}`)];
}

/** Lines under a title; none for none. */
export function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

/** The colour of an action: green makes, red removes, yellow changes, the rest is quiet. */
export function paintOf(action: BlockAction, style: Style): Paint {
  if (action === "create" || action === "adopt") return style.green;
  if (action === "delete") return style.red;
  return action === "update" || action === "replace" || action === "rotate" ? style.yellow : style.cyan;
}
