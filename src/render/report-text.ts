// What an apply did, for terminals: one line per step with its outcome, the reasons of what failed, counts, and
// whether the read-back proved that nothing is left to do.

import type { Delivery } from "../model/ledger.ts";
import type { SettlingItem } from "../model/plan.ts";
import type { ApplyReport, Outcome, StepResult } from "../model/report.ts";
import { viewChange } from "./change-view.ts";
import { counted, listed } from "./counts.ts";
import { diagnosticLines } from "./diagnostics-text.ts";
import { partialText } from "./plan-view.ts";
import { safeLine } from "./safe-text.ts";
import type { Paint, Style } from "./style.ts";
import { furtherId, verbOf } from "./wording.ts";

/** What an outcome means; empty where the word says it. */
export const WORDS: Readonly<Record<Outcome, string>> = {
  done: "",
  already: "the wanted state was there",
  written: "the secret differed and was written",
  unchecked: "the secret's source is not available here, nothing was written",
  unverified: "the secret cannot be compared with what was written before, nothing was written",
  failed: "",
  blocked: "",
  cancelled: "not started",
};

/** The order in which counts are listed. */
const OUTCOMES = Object.keys(WORDS) as Outcome[];

export function renderReportText(report: ApplyReport, options: { readonly style: Style }): string {
  const { style } = options;
  const sections = [
    [
      `${style.bold("Applied to stack")} ${safeLine(report.stack)}`,
      ...[partialText(report.partial)].flatMap((text) => (text === null ? [] : [style.yellow(`  ${text}`)])),
      ...report.results.flatMap((item) => resultLines(item, style)),
    ],
    refusedLines(report, style),
    settlingLines(report.settling),
    ...report.diagnostics.map((item) => diagnosticLines(item, style)),
    [style.bold(countsText(report)), endPaint(report, style)(endText(report))],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** One finished step; the progress display uses it too. */
export function resultLines(result: StepResult, style: Style): string[] {
  const paint = paintOf(result.outcome, style);
  const note = [WORDS[result.outcome], ...blockedBy(result), ...deliveredTo(result.delivered ?? [])].filter(
    (part) => part !== "",
  );
  const tail = note.length > 0 ? `  ${note.join("; ")}` : "";
  const head = `  ${paint(result.outcome.padEnd(10))} ${verbOf(result.action)} ${safeLine(result.address)}${furtherId(result.step)}${tail}`;
  const code = result.code === undefined ? "" : `${safeLine(result.code)}: `;
  return [
    head,
    ...(result.message === undefined ? [] : [`      ${code}${safeLine(result.message)}`]),
    ...(result.note === undefined ? [] : [`      ${style.cyan("= note:")} ${safeLine(result.note)}`]),
    ...deviationTexts(result).map((line) => `        ${line}`),
    ...(result.request_id === undefined ? [] : [`      request id ${safeLine(result.request_id)}`]),
    ...(result.hint === undefined ? [] : [`      ${style.cyan("= help:")} ${safeLine(result.hint)}`]),
  ];
}

/** What is not as the plan found it, a line or more per path: `cache_ttl: expected 300, found 900`. */
export function deviationTexts({ deviations = [] }: StepResult): string[] {
  return deviations.flatMap(({ path, expected, found, sensitive }) => {
    const change = { path, before: expected, after: found, moved: "world" as const };
    const options = { width: 60, cut: true };
    const view = viewChange(sensitive === true ? { ...change, sensitive } : change, options);
    if (view.lines === undefined) return [`${view.path}: expected ${view.before}, found ${view.after}`];
    const lines = view.lines.map(({ mark, text }) => `  ${mark} ${text}`.trimEnd());
    return [`${view.path}: expected (-), found (+)`, ...lines];
  });
}

/** The step that a blocked one waited for, unless its message names it. */
export function blockerOf({ because, message }: StepResult): string | undefined {
  return because === undefined || message?.includes(because) ? undefined : because;
}

function blockedBy(result: StepResult): string[] {
  const blocker = blockerOf(result);
  return blocker === undefined ? [] : [`because "${safeLine(blocker)}" did not succeed`];
}

function deliveredTo(delivered: readonly Delivery[]): string[] {
  if (delivered.length === 0) return [];
  return [
    `delivered to ${listed(delivered.map((item) => `${safeLine(item.sink)} ${safeLine(item.target)}`.trim()))}`,
  ];
}

function refusedLines(report: ApplyReport, style: Style): string[] {
  if (report.refused.length === 0) return [];
  return [
    style.red("Refused at plan time, not done:"),
    ...report.refused.flatMap((item) => [
      `  ${safeLine(item.address)}  ${safeLine(item.code)}`,
      `      ${safeLine(item.message)}`,
      ...(item.hint === undefined ? [] : [`      ${style.cyan("= help:")} ${safeLine(item.hint)}`]),
    ]),
  ];
}

function settlingLines(settling: readonly SettlingItem[]): string[] {
  if (settling.length === 0) return [];
  const lines = settling.map(({ address, path, until }) => {
    const what = path === "" ? "not visible yet" : `${safeLine(path)} still shows its old value`;
    return `  ${safeLine(address)}: ${what}, expected until ${safeLine(until)}`;
  });
  return ["Settling (written; the next run checks again):", ...lines];
}

/** `Apply: 3 done, 1 failed, 2 blocked.` */
export function countsText(report: ApplyReport): string {
  const parts = OUTCOMES.filter((outcome) => report.counts[outcome] > 0).map(
    (outcome) => `${report.counts[outcome]} ${outcome}`,
  );
  const refused = report.refused.length > 0 ? [`${report.refused.length} refused`] : [];
  const all = [...parts, ...refused];
  return all.length === 0 ? "Apply: nothing to do." : `Apply: ${all.join(", ")}.`;
}

/** How it ended and how to go on. */
export function endText(report: ApplyReport): string {
  if (report.interrupted) {
    return "Interrupted: what was done is in the ledger. Run `gateform apply` again to go on from there.";
  }
  if (!report.converged) return "Not converged: something is left to do, see above.";
  const settling = report.settling.length > 0 ? `, ${counted(report.settling.length, "value")} settling` : "";
  const refused = report.refused.length;
  return refused === 0
    ? `Converged: read back and planned again, nothing is left to do${settling}.`
    : `Converged but for ${refused} refused: read back and planned again, nothing else is left to do${settling}.`;
}

function endPaint(report: ApplyReport, style: Style): Paint {
  if (!report.converged || report.interrupted) return style.red;
  return report.refused.length > 0 ? style.yellow : style.green;
}

function paintOf(outcome: Outcome, style: Style): Paint {
  if (outcome === "failed") return style.red;
  if (outcome === "done" || outcome === "already" || outcome === "written") return style.green;
  return style.yellow;
}
