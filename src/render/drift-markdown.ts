// Drift as one comment or issue text: what is live against what was last applied.

import type { Plan } from "../model/plan.ts";
import { viewChange } from "./change-view.ts";
import { DRIFT_SYMBOLS, DRIFT_WORDS, driftSummary } from "./drift-text.ts";
import { type DriftItem, splitDrift } from "./drift-view.ts";
import { fitMarkdown } from "./markdown-fit.ts";
import {
  accountsLine,
  folded,
  list,
  MARKDOWN_WIDTH,
  partialNote,
  refusedSection,
  standingSections,
} from "./markdown-parts.ts";
import { codeHtml, codeSpan, marker, prose } from "./markdown-text.ts";
import { type Block, blockReasons, blockVerb } from "./plan-view.ts";
import { cutMiddle } from "./safe-text.ts";

export function renderDriftMarkdown(plan: Plan): string {
  const { drift, configOnly } = splitDrift(plan);
  const head = [
    marker("drift", plan.stack),
    `### gateform drift: ${codeSpan(cutMiddle(plan.stack, 100))}`,
    prose(driftSummary(plan)),
    ...partialNote(plan.partial),
  ].join("\n\n");
  const items = drift.map(itemText);
  const config = configOnly.map(leftItem);
  const sections = [
    { ...list("#### Drift", "resource", items), between: "\n\n" as const },
    refusedSection(plan),
    list("#### Left to apply, which is no drift", "resource", config),
    ...standingSections(plan),
  ];
  return fitMarkdown(head, sections, accountsLine(plan));
}

function leftItem(block: Block): string {
  const why = blockReasons(block);
  return `- ${codeSpan(block.address)} ${blockVerb(block)}${why.length === 0 ? "" : ` (${prose(why.join(", "))})`}`;
}

function itemText(item: DriftItem): string {
  const title = `<code>${DRIFT_SYMBOLS[item.what]}</code> ${codeHtml(item.address)} ${DRIFT_WORDS[item.what]}`;
  const lines = item.changes.flatMap((change) => {
    const view = viewChange(change, { width: MARKDOWN_WIDTH, cut: false });
    const both = change.moved === "both" ? ", changed in the files, too" : "";
    if (view.lines === undefined) {
      return [`- ${view.path}: ${view.before}  # live`, `+ ${view.path}: ${view.after}  # declared${both}`];
    }
    const body = view.lines.map(({ mark, text }) => `${mark}   ${text}`.trimEnd());
    return [`  ${view.path}:  # - live, + declared${both}`, ...body];
  });
  return folded(title, lines, item.changes.length);
}
