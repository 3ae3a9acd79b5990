// What an apply did, as one pull-request comment. What went wrong comes first.

import type { ApplyReport, StepResult } from "../model/report.ts";
import { diagnosticItem } from "./diagnostics-markdown.ts";
import { fitMarkdown } from "./markdown-fit.ts";
import { list, partialNote, refusedSection } from "./markdown-parts.ts";
import { codeSpan, marker, prose } from "./markdown-text.ts";
import { blockerOf, countsText, deviationTexts, endText, WORDS } from "./report-text.ts";
import { cutMiddle } from "./safe-text.ts";
import { furtherId, verbOf } from "./wording.ts";

export function renderReportMarkdown(report: ApplyReport): string {
  const head = [
    marker("apply", report.stack),
    `### gateform apply: ${codeSpan(cutMiddle(report.stack, 100))}`,
    `**${countsText(report)}** ${prose(endText(report))}`,
    ...partialNote(report.partial),
  ].join("\n\n");
  const bad = (result: StepResult) => ["failed", "blocked", "cancelled"].includes(result.outcome);
  const settling = report.settling.map(
    ({ address, path, until }) =>
      `- ${codeSpan(address)} ${path === "" ? "" : codeSpan(path)} until ${prose(until)}`,
  );
  const sections = [
    list("#### ❌ Not done", "step", report.results.filter(bad).map(resultItem)),
    refusedSection(report),
    list("#### Diagnostics", "diagnostic", report.diagnostics.map(diagnosticItem)),
    list("#### Settling", "value", settling),
    list("#### Steps", "step", report.results.filter((result) => !bad(result)).map(resultItem)),
  ];
  return fitMarkdown(head, sections, "");
}

function resultItem(result: StepResult): string {
  const code = result.code === undefined ? "" : ` ${codeSpan(result.code)}`;
  const blocker = blockerOf(result);
  const details = [
    ...(WORDS[result.outcome] === "" ? [] : [WORDS[result.outcome]]),
    ...(result.message === undefined ? [] : [prose(result.message)]),
    ...(result.note === undefined ? [] : [`note: ${prose(result.note)}`]),
    ...deviationTexts(result).map(codeSpan),
    ...(blocker === undefined ? [] : [`because ${codeSpan(blocker)} did not succeed`]),
    ...(result.request_id === undefined ? [] : [`request id ${codeSpan(result.request_id)}`]),
    ...(result.hint === undefined ? [] : [`help: ${prose(result.hint)}`]),
    ...(result.delivered ?? []).map(
      (item) => `delivered to ${prose(item.sink)}${item.target === "" ? "" : ` ${codeSpan(item.target)}`}`,
    ),
  ];
  const tail = details.length > 0 ? `: ${details.join("<br>")}` : "";
  return `- **${result.outcome}** ${verbOf(result.action)} ${codeSpan(result.address + furtherId(result.step))}${code}${tail}`;
}
