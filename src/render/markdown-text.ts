// Puts text of outside origin into GitHub-flavoured markdown without giving it any meaning there: no HTML, no
// table cells, no broken fences, no mentions, no cross-references, no links.

import { safeLine } from "./safe-text.ts";

/** Text as a code span; mentions, references and links do not work inside one. */
export function codeSpan(text: string): string {
  const line = safeLine(text);
  if (line.trim() === "") return "` `";
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Code inside an HTML element such as `<summary>`, where markdown is not read. */
export function codeHtml(text: string): string {
  return `<code>${escapeHtml(safeLine(text))}</code>`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/**
 * What GitHub turns into a mention, a cross-reference, a commit link or a link although it is escaped. Such
 * words become code spans, which keeps them easy to copy.
 */
const LIVELY = /@|:\/\/|#\d|www\.|\bGH-\d|\b[0-9a-f]{7,40}\b/i;

/**
 * A sentence. Text between backticks is code, as our own messages mean it; everything else loses whatever
 * meaning markdown gives it.
 */
export function prose(text: string): string {
  const parts = safeLine(text).split("`");
  const unpaired = parts.length % 2 === 0 ? parts.length - 1 : -1;
  return parts
    .map((part, index) => {
      if (index === unpaired) return `\\\`${plainWords(part)}`;
      return index % 2 === 1 ? codeSpan(part) : plainWords(part);
    })
    .reduce((left, right) =>
      left.endsWith("`") && right.startsWith("`") ? `${left} ${right}` : left + right,
    )
    .replace(/^([-+=]|\d+[.)])/, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);
}

function plainWords(text: string): string {
  return text
    .split(" ")
    .map((word) => {
      if (!LIVELY.test(word)) return word.replace(/[\\*_{}[\]<>#!|~&$^]/g, "\\$&");
      const end = /[.,;:!?)]*$/.exec(word)?.index ?? word.length;
      return codeSpan(word.slice(0, end)) + word.slice(end).replaceAll("!", "\\!");
    })
    .join(" ");
}

/** A fenced block whose fence is longer than any in its content. The lines must be safe already. */
export function fenced(language: string, lines: readonly string[]): string {
  const longest = lines.reduce((length, line) => Math.max(length, longestRun(line)), 0);
  const fence = "`".repeat(Math.max(3, longest + 1));
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

/** The hidden first line by which a bot finds its own comment again. */
export function marker(
  product: "plan" | "apply" | "drift" | "validate" | "adopt" | "show" | "ledger" | "trace",
  stack?: string,
): string {
  const name = stack === undefined ? "" : ` stack=${stack.slice(0, 100).replace(/[^A-Za-z0-9._-]/g, "_")}`;
  return `<!-- gateform:${product}${name} -->`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 0);
}
