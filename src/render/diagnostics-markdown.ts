// Diagnostics as markdown, for a pull-request comment.

import { type Diagnostic, sortDiagnostics } from "../base/diagnostic.ts";
import { positionText, severityCounts, snippetOf } from "./diagnostics-text.ts";
import { fitMarkdown } from "./markdown-fit.ts";
import { codeSpan, fenced, marker, prose } from "./markdown-text.ts";

export function renderDiagnosticsMarkdown(list: readonly Diagnostic[]): string {
  const head = [
    marker("validate"),
    "### gateform validate",
    list.length === 0 ? "No problems found." : `${severityCounts(list)}.`,
  ].join("\n\n");
  const items = sortDiagnostics(list).map((item) => diagnosticItem(item) + snippetBlock(item));
  const rest = (count: number) => `*… and ${count} more, which would make this comment too long.*`;
  return fitMarkdown(head, [{ heading: "", items, between: "\n", rest }], "");
}

/** One list item. */
export function diagnosticItem(item: Diagnostic): string {
  const where = item.position === undefined ? "" : ` ${codeSpan(positionText(item.position))}`;
  const about = item.address === undefined ? "" : ` ${codeSpan(item.address)}`;
  const hint = item.hint === undefined ? "" : `<br>help: ${prose(item.hint)}`;
  return `- **${item.severity}** ${codeSpan(item.code)}${where}${about}: ${prose(item.message)}${hint}`;
}

function snippetBlock(item: Diagnostic): string {
  const snippet = snippetOf(item);
  if (snippet === null) return "";
  const caret = " ".repeat(snippet.indent) + "^".repeat(snippet.width);
  const block = fenced("yaml", [snippet.text, caret]);
  return `\n\n${block.replace(/^/gm, "  ")}\n`;
}
