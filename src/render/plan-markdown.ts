// A plan as one pull-request comment: a hidden marker, counts, risks, then one folded block per resource.

import type { RulesByKind } from "../model/kind-rules.ts";
import { hasChanges, type Plan } from "../model/plan.ts";
import { behaviourSection } from "./behaviour-view.ts";
import { type ChangeView, viewChange } from "./change-view.ts";
import { fitMarkdown, MARKDOWN_LIMIT, type MarkdownSection } from "./markdown-fit.ts";
import {
  accountsLine,
  folded,
  left,
  list,
  MARKDOWN_WIDTH,
  partialNote,
  refusedSection,
  standingSections,
} from "./markdown-parts.ts";
import { codeHtml, codeSpan, escapeHtml, marker, prose } from "./markdown-text.ts";
import {
  type Block,
  blockNotes,
  blocksOf,
  blockVerb,
  brakeText,
  ownershipNotes,
  risksOf,
  summaryText,
} from "./plan-view.ts";
import { cutMiddle } from "./safe-text.ts";
import { type SavedPlan, savedMarkdown } from "./saved-plan.ts";
import { type BlockAction, SYMBOLS } from "./wording.ts";

export interface PlanMarkdownOptions {
  /** Most UTF-8 bytes; that of a GitHub comment unless given. */
  readonly limit?: number;
  /** Tells what else a kind's delete takes away. */
  readonly rules?: RulesByKind;
  /** Where the plan was saved. */
  readonly saved?: SavedPlan;
}

export function renderPlanMarkdown(plan: Plan, options: PlanMarkdownOptions = {}): string {
  const brake = brakeText(plan);
  const head = [
    marker("plan", plan.stack),
    `### gateform plan: ${codeSpan(cutMiddle(plan.stack, 100))}`,
    prose(summaryText(plan)),
    ...partialNote(plan.partial),
    ...(hasChanges(plan) ? [countsTable(plan)] : []),
    ...(brake === null ? [] : [`> **Brake:** ${prose(brake)}`]),
    ...(options.saved === undefined ? [] : [savedMarkdown(options.saved)]),
  ].join("\n\n");
  const sections: MarkdownSection[] = [
    risksSection(plan),
    refusedSection(plan),
    stepsSection(plan, "#### Steps, in order", options.rules),
    behaviourSection(plan.behaviour),
    ...standingSections(plan),
  ];
  return fitMarkdown(head, sections, accountsLine(plan), options.limit ?? MARKDOWN_LIMIT);
}

/** Protections that the steps take away. */
export function risksSection(plan: Pick<Plan, "steps">): MarkdownSection {
  return list(
    "#### ⚠️ Risks",
    "risk",
    risksOf(plan).map(
      (risk) =>
        `- ${codeSpan(risk.code)} ${codeSpan(risk.address)} ${codeSpan(risk.path)}: ${prose(risk.message)}`,
    ),
  );
}

/** One folded block per address. */
export function stepsSection(
  plan: Pick<Plan, "steps">,
  heading: string,
  rules: RulesByKind | undefined,
): MarkdownSection {
  return {
    heading,
    items: blocksOf(plan).map((block) => blockText(block, rules)),
    between: "\n\n",
    rest: (count) => left(count, "resource"),
  };
}

function countsTable(plan: Plan): string {
  const { summary } = plan;
  const columns: (readonly [string, number, boolean])[] = [
    ["create", summary.create, true],
    ["update", summary.update, true],
    ["replace", summary.replace, true],
    ["delete", summary.delete, true],
    ["rotate", summary.rotate, false],
    ["adopt", summary.adopt, false],
    ["forget", summary.forget, false],
    ["record", summary.record, false],
    ["check secret", summary.check_secret, false],
    ["unchanged", summary.unchanged, true],
    ["unmanaged", summary.unmanaged, false],
    ["refused", summary.refused, false],
  ];
  const shown = columns.filter(([, count, always]) => always || count > 0);
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [
    row(shown.map(([name]) => name)),
    row(shown.map(() => "--:")),
    row(shown.map(([, count]) => count)),
  ].join("\n");
}

function blockText(block: Block, rules: RulesByKind | undefined): string {
  const summary = `<code>${escapeHtml(SYMBOLS[block.action])}</code> ${codeHtml(block.address)} ${blockVerb(block)}`;
  const notes = blockNotes(block, rules);
  const lines = [
    ...notes.map((note) => `# ${note}`),
    ...block.changes.flatMap((change) =>
      changeLines(viewChange(change, { width: MARKDOWN_WIDTH, cut: false }), block.action),
    ),
    ...ownershipNotes(block).map((note) => `  ${note}`),
  ];
  return folded(summary, lines, block.changes.length);
}

function changeLines(view: ChangeView, action: BlockAction): string[] {
  const notes = view.notes.length > 0 ? `  # ${view.notes.join(", ")}` : "";
  if (view.lines !== undefined) {
    return [`  ${view.path}:${notes}`, ...view.lines.map(({ mark, text }) => `${mark}   ${text}`.trimEnd())];
  }
  // A check is no change, so there is nothing to colour.
  if (action === "check-secret") return [`  ${view.path}: ${view.after}${notes}`];
  const before =
    view.before === view.after || view.before === "(none)" ? [] : [`- ${view.path}: ${view.before}`];
  return [...before, `+ ${view.path}: ${view.after}${notes}`];
}
