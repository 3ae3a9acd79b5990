// `ledger show` as text for terminals, as JSON, and as markdown.

import { jsonText } from "./json-text.ts";
import { entryRows, headRows, type LedgerShow, ledgerShowData, type Row } from "./ledger-view.ts";
import { codeHtml, codeSpan, fenced, marker } from "./markdown-text.ts";
import type { Style } from "./style.ts";

export function renderLedgerShowText(show: LedgerShow, { style }: { readonly style: Style }): string {
  const head = [style.bold(`Ledger of the stack ${show.ledger.stack}`), ...lines(headRows(show), style)];
  const entries = entryRows(show).map(({ address, rows }) => [style.bold(address), ...lines(rows, style)]);
  return `${[head, ...entries].map((part) => part.join("\n")).join("\n\n")}\n`;
}

export function renderLedgerShowJson(show: LedgerShow, more: Readonly<Record<string, unknown>>): string {
  return jsonText({ ...ledgerShowData(show), ...more });
}

export function renderLedgerShowMarkdown(show: LedgerShow): string {
  const head = headRows(show).map(({ name, lines: [text = ""] }) => `- ${name}: ${codeSpan(text)}`);
  const entries = entryRows(show).map(
    ({ address, rows }) =>
      `<details><summary>${codeHtml(address)}</summary>\n\n${fenced("text", rows.flatMap(aligned))}\n\n</details>`,
  );
  const title = `### gateform ledger: ${codeSpan(show.ledger.stack)}`;
  return `${[marker("ledger", show.ledger.stack), title, head.join("\n"), ...entries].join("\n\n")}\n`;
}

function lines(rows: readonly Row[], style: Style): readonly string[] {
  return rows.flatMap((row) =>
    aligned(row).map((line) => `  ${style.dim(line.slice(0, WIDTH))}${line.slice(WIDTH)}`),
  );
}

/** Columns of a row's name. */
const WIDTH = 11;

function aligned({ name, lines: [first = "", ...more] }: Row): readonly string[] {
  return [name.padEnd(WIDTH) + first, ...more.map((line) => " ".repeat(WIDTH) + line)];
}
