// A plan as one pull-request comment: a hidden marker, counts, risks, then one folded block per resource.

import type { RulesByKind } from "../model/kind-rules.ts";
import { hasChanges, type Plan } from "../model/plan.ts";
import { type ChangeView, viewChange } from "./change-view.ts";
import { counted, firstOf, nounFor } from "./counts.ts";
import { diagnosticItem } from "./diagnostics-markdown.ts";
import { bytes, fitMarkdown, MARKDOWN_LIMIT, type MarkdownSection } from "./markdown-fit.ts";
import { codeHtml, codeSpan, escapeHtml, fenced, marker, prose } from "./markdown-text.ts";
import {
  type Block,
  BRAKE_CODE,
  blockNotes,
  blocksOf,
  blockVerb,
  brakeText,
  releasedOf,
  risksOf,
  summaryText,
  unmanagedByKind,
} from "./plan-view.ts";
import { cutMiddle, safeLine } from "./safe-text.ts";
import { SYMBOLS } from "./wording.ts";

export interface PlanMarkdownOptions {
  /** Most UTF-8 bytes; that of a GitHub comment unless given. */
  readonly limit?: number;
  /** Tells what else a kind's delete takes away. */
  readonly rules?: RulesByKind;
}

/** A structure longer than this is laid out in lines. */
const WIDTH = 80;

/** The longest block that is shown in full, so that one resource does not push out all others. */
const MAX_BLOCK = 16_384;

export function renderPlanMarkdown(plan: Plan, options: PlanMarkdownOptions = {}): string {
  const brake = brakeText(plan);
  const head = [
    marker("plan", plan.stack),
    `### gateform plan: ${codeSpan(cutMiddle(plan.stack, 100))}`,
    prose(summaryText(plan)),
    ...(hasChanges(plan) ? [countsTable(plan)] : []),
    ...(brake === null ? [] : [`> **Brake:** ${prose(brake)}`]),
  ].join("\n\n");
  const blocks = blocksOf(plan);
  const sections: MarkdownSection[] = [
    list(
      "#### ⚠️ Risks",
      "risk",
      risksOf(plan).map(
        (risk) =>
          `- ${codeSpan(risk.code)} ${codeSpan(risk.address)} ${codeSpan(risk.path)}: ${prose(risk.message)}`,
      ),
    ),
    refusedSection(plan),
    {
      heading: "#### Steps, in order",
      items: blocks.map((block) => blockText(block, options.rules)),
      between: "\n\n",
      rest: (count) => left(count, "resource"),
    },
    ...standingSections(plan),
  ];
  return fitMarkdown(head, sections, accountsLine(plan), options.limit ?? MARKDOWN_LIMIT);
}

/** What is neither a risk nor a step, for plans and drift reports. */
export function standingSections(plan: Plan): MarkdownSection[] {
  return [
    list(
      "#### Settling, not a change",
      "value",
      plan.settling.map(({ address, path, until }) => {
        const what = path === "" ? "not visible yet" : `${codeSpan(path)} still shows its old value`;
        return `- ${codeSpan(address)}: ${what}, expected until ${prose(until)}`;
      }),
    ),
    list(
      "#### Kept, although no longer declared",
      "resource",
      plan.kept.map((address) => `- ${codeSpan(address)}`),
    ),
    list(
      "#### Diagnostics",
      "diagnostic",
      plan.diagnostics.filter((item) => item.code !== BRAKE_CODE).map(diagnosticItem),
    ),
    list(
      "#### Unmanaged, never touched",
      "kind",
      unmanagedByKind(plan.unmanaged).map(
        ([kind, names]) => `- ${codeSpan(kind)}: ${names.length} (${codeSpan(firstOf(names, 5))})`,
      ),
    ),
  ];
}

export function refusedSection(plan: Pick<Plan, "refused">): MarkdownSection {
  return list(
    "#### ❌ Refused",
    "refusal",
    plan.refused.map(
      (item) =>
        `- ${codeSpan(item.address)} ${codeSpan(item.code)}: ${prose(item.message)}` +
        (item.because === undefined ? "" : `<br>because of ${codeSpan(item.because)}`) +
        (item.hint === undefined ? "" : `<br>help: ${prose(item.hint)}`),
    ),
  );
}

/** A section of list items. */
export function list(heading: string, noun: string, items: readonly string[]): MarkdownSection {
  return { heading, items, between: "\n", rest: (count) => left(count, noun) };
}

/** Which accounts and teams it was about. */
export function accountsLine(plan: Pick<Plan, "accounts">): string {
  const accounts = Object.entries(plan.accounts).sort(([a], [b]) => (a < b ? -1 : 1));
  if (accounts.length === 0) return "";
  const names = accounts.slice(0, 8).map(([provider, id]) => codeSpan(cutMiddle(`${provider}: ${id}`, 200)));
  return `<sub>Accounts:</sub> ${names.join(", ")}`;
}

function left(count: number, noun: string): string {
  return `*… and ${count} more ${nounFor(count, noun)}, which would make this comment too long. The text output has all.*`;
}

function countsTable(plan: Plan): string {
  const { summary } = plan;
  const columns: (readonly [string, number, boolean])[] = [
    ["create", summary.create, true],
    ["update", summary.update, true],
    ["replace", summary.replace, true],
    ["delete", summary.delete, true],
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
    ...block.changes.flatMap((change) => changeLines(viewChange(change, { width: WIDTH, cut: false }))),
    ...releasedOf(block).map((path) => `  ${safeLine(path)}: (released: stays as it is, no longer managed)`),
  ];
  if (lines.length === 0) return `<details><summary>${summary}</summary></details>`;
  const full = `<details><summary>${summary}</summary>\n\n${fenced("diff", lines)}\n\n</details>`;
  if (bytes(full) <= MAX_BLOCK) return full;
  const short = `${counted(block.changes.length, "changed field")}, too long to show here. The text output has all.`;
  return `<details><summary>${summary}</summary>\n\n${short}\n\n</details>`;
}

function changeLines(view: ChangeView): string[] {
  const notes = view.notes.length > 0 ? `  # ${view.notes.join(", ")}` : "";
  if (view.lines !== undefined) {
    return [`  ${view.path}:${notes}`, ...view.lines.map(({ mark, text }) => `${mark}   ${text}`.trimEnd())];
  }
  const before =
    view.before === view.after || view.before === "(none)" ? [] : [`- ${view.path}: ${view.before}`];
  return [...before, `+ ${view.path}: ${view.after}${notes}`];
}
