// Drift for terminals: what is live against what was last applied, then, apart, what else apply would do: what the
// files ask for, and what the ledger says is due or was left half done.

import type { Change, Plan } from "../model/plan.ts";
import { viewChange } from "./change-view.ts";
import { counted, verbFor } from "./counts.ts";
import { type DriftItem, splitDrift } from "./drift-view.ts";
import { headerLines, type PlanTextOptions, standingLines } from "./plan-text.ts";
import { type Block, blockReasons, blockVerb } from "./plan-view.ts";
import { safeLine } from "./safe-text.ts";
import { SYMBOLS } from "./wording.ts";

const WIDTH = 80;

/** The drift in a plan as text that ends with a line break. */
export function renderDriftText(plan: Plan, options: PlanTextOptions): string {
  const { style } = options;
  const { drift, configOnly } = splitDrift(plan);
  const sections = [
    headerLines(plan, style),
    drift.length === 0
      ? []
      : [style.yellow(style.bold("Drift:")), ...drift.flatMap((item) => itemLines(item, options))],
    configOnly.length === 0
      ? []
      : [
          "Left to apply, which is no drift:",
          ...configOnly.map(
            (block) => `  ${SYMBOLS[block.action]} ${safeLine(block.address)}  ${leftText(block)}`,
          ),
        ],
    ...standingLines(plan, options),
    [style.bold(driftSummary(plan))],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** The last line of a drift report. */
export function driftSummary(plan: Plan): string {
  return (plan.partial === undefined ? "" : "Partial. ") + wholeSummary(plan);
}

function wholeSummary(plan: Plan): string {
  const { drift, configOnly } = splitDrift(plan);
  const { unmanaged, refused, check_secret: secrets } = plan.summary;
  const rest = [
    ...(configOnly.length > 0 ? [`${configOnly.length} left to apply`] : []),
    ...(unmanaged > 0 ? [`${unmanaged} unmanaged`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(secrets > 0 ? [`${counted(secrets, "secret")} not comparable here`] : []),
  ];
  const tail = rest.length > 0 ? ` ${rest.join(", ")}.` : "";
  if (drift.length === 0) return `${refused > 0 ? "No drift where it can be told" : "No drift"}.${tail}`;
  return `Drift: ${counted(drift.length, "resource")} ${verbFor(drift.length, "differ")}.${tail}`;
}

/** `delete  # retired: …`: what changed in no file says why it is done. */
function leftText(block: Block): string {
  return [blockVerb(block), ...blockReasons(block).map((why) => `# ${why}`)].join("  ");
}

function itemLines(item: DriftItem, options: PlanTextOptions): string[] {
  const { style } = options;
  const head = `  ${style.yellow(DRIFT_SYMBOLS[item.what])} ${style.bold(safeLine(item.address))}  ${DRIFT_WORDS[item.what]}`;
  return [head, ...item.changes.flatMap((change) => changeLines(change, options))];
}

export const DRIFT_SYMBOLS: Readonly<Record<DriftItem["what"], string>> = {
  changed: "~",
  vanished: "-",
  appeared: "+",
};

export const DRIFT_WORDS: Readonly<Record<DriftItem["what"], string>> = {
  changed: "changed behind gateform's back",
  vanished: "vanished: was in the ledger, is gone",
  appeared: "appeared: live but not declared, in a section that policy.exclusive names",
};

/** Live and declared are both named: of a diff's two sides, a reader would take the new one for the live one. */
function changeLines(change: Change, { style, width = WIDTH }: PlanTextOptions): string[] {
  const view = viewChange(change, { width, cut: true });
  const both = change.moved === "both" ? `  ${style.yellow("# changed in the files, too")}` : "";
  if (view.lines === undefined) {
    return [`      ${view.path}: live ${view.before}, declared ${view.after}${both}`];
  }
  return [
    `      ${view.path}: - live, + declared${both}`,
    ...view.lines.map(({ mark, text }) => `        ${mark} ${text}`.trimEnd()),
  ];
}
