// Diagnostics for terminals: severity, message, file:line:column, the offending line with a caret, and a hint.

import { type Diagnostic, type Severity, sortDiagnostics } from "../base/diagnostic.ts";
import { counted, listed } from "./counts.ts";
import { displayWidth } from "./display-width.ts";
import { exactLine, safeLine } from "./safe-text.ts";
import type { Paint, Style } from "./style.ts";

/** Longest part of an offending line that is shown, in UTF-16 units. */
const MAX_SNIPPET = 140;

/** All diagnostics in file order, one blank line between two, and a count at the end; empty for none. */
export function renderDiagnosticsText(
  list: readonly Diagnostic[],
  options: { readonly style: Style },
): string {
  if (list.length === 0) return "";
  const parts = sortDiagnostics(list).map((item) => diagnosticLines(item, options.style).join("\n"));
  return `${[...parts, severityCounts(list)].join("\n\n")}\n`;
}

/** `2 errors and 1 warning` */
export function severityCounts(list: readonly Diagnostic[]): string {
  const parts = (["error", "warning", "note"] as const).map((severity) => {
    const count = list.filter((item) => item.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  return listed(parts.flat());
}

/** One diagnostic, line by line. */
export function diagnosticLines(item: Diagnostic, style: Style): string[] {
  const paint = paintOf(item.severity, style);
  const about = item.address === undefined ? "" : `${safeLine(item.address)}: `;
  // Messages may name their resource themselves.
  const message = item.address !== undefined && item.message.includes(item.address) ? "" : about;
  const lines = [
    `${paint(style.bold(item.severity))}: ${style.bold(message + safeLine(item.message))} ${style.dim(`[${safeLine(item.code)}]`)}`,
  ];
  const { position } = item;
  const gutter = " ".repeat(String(position?.line ?? "").length + 1);
  if (position !== undefined) {
    lines.push(`${gutter.slice(1)}${style.cyan("-->")} ${positionText(position)}`);
    if (item.snippet !== undefined) lines.push(...snippetLines(item, paint, style));
  }
  if (item.hint !== undefined) lines.push(`${gutter}${style.cyan("= help:")} ${safeLine(item.hint)}`);
  return lines;
}

/** `gateform.yaml:12:7`, as terminals and editors make links of it. */
export function positionText(position: NonNullable<Diagnostic["position"]>): string {
  return `${safeLine(position.file)}:${position.line}:${position.column}`;
}

/** The offending line cut to a readable length, and how far into it the caret stands, in terminal columns. */
export function snippetOf(
  item: Diagnostic,
): { readonly text: string; readonly indent: number; readonly width: number } | null {
  const { position, snippet } = item;
  if (position === undefined || snippet === undefined) return null;
  const line = snippet.replace(/[\r\n]+$/, "");
  const start = Math.min(Math.max(position.column - 1, 0), line.length);
  const end = Math.min(start + Math.max(position.width ?? 1, 1), line.length);
  const from = line.length <= MAX_SNIPPET ? 0 : Math.max(0, start - MAX_SNIPPET / 2);
  const to = Math.min(line.length, from + MAX_SNIPPET);
  const lead = from > 0 ? "…" : "";
  return {
    text: lead + printable(line.slice(from, to)) + (to < line.length ? "…" : ""),
    indent: displayWidth(lead + printable(line.slice(from, start))),
    width: Math.max(1, displayWidth(printable(line.slice(start, Math.min(end, to))))),
  };
}

function snippetLines(item: Diagnostic, paint: Paint, style: Style): string[] {
  const snippet = snippetOf(item);
  if (snippet === null) return [];
  const number = String(item.position?.line ?? "");
  const bar = style.cyan("|");
  const blank = " ".repeat(number.length);
  return [
    `${blank} ${bar}`,
    `${style.cyan(number)} ${bar} ${snippet.text}`.trimEnd(),
    `${blank} ${bar} ${" ".repeat(snippet.indent)}${paint("^".repeat(snippet.width))}`,
  ];
}

/** A tab counts as four columns wherever it stands, in the line and before the caret alike. */
function printable(text: string): string {
  return exactLine(text.replaceAll("\t", "    "));
}

function paintOf(severity: Severity, style: Style): Paint {
  return { error: style.red, warning: style.yellow, note: style.cyan }[severity];
}
