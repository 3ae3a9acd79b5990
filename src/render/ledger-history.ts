// `ledger history` as text for terminals, as JSON, and as markdown: who did what when, and where values went.

import type { Address } from "../base/address.ts";
import type { HistoryChange, HistoryRun } from "../model/ledger.ts";
import { counted } from "./counts.ts";
import { jsonText } from "./json-text.ts";
import { codeSpan, marker } from "./markdown-text.ts";
import { safeLine } from "./safe-text.ts";
import type { Style } from "./style.ts";
import { SYMBOLS } from "./wording.ts";

export interface LedgerHistory {
  readonly stack: string;
  readonly place: string;
  /** Newest last. */
  readonly runs: readonly HistoryRun[];
  /** Only what concerns these; everything when empty. */
  readonly addresses: readonly Address[];
}

export function renderLedgerHistoryText(
  history: LedgerHistory,
  { style }: { readonly style: Style },
): string {
  const runs = concerned(history).toReversed();
  if (runs.length === 0) return `${nothing(history)}\n`;
  const parts = runs.map((run) => [style.bold(headline(run)), ...detailsOf(run), ...changeLines(run, style)]);
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** @param more members beside the history's own. */
export function renderLedgerHistoryJson(
  history: LedgerHistory,
  more: Readonly<Record<string, unknown>>,
): string {
  const { stack, place } = history;
  return jsonText({ format: 1, stack, place, history: concerned(history), ...more });
}

export function renderLedgerHistoryMarkdown(history: LedgerHistory): string {
  const runs = concerned(history).toReversed();
  const parts = runs.map((run) => {
    const items = [...run.changes.map((change) => codeSpan(changeText(change))), ...restOf(run)];
    const job = run.job === undefined ? [] : [`Job: ${codeSpan(run.job)}`];
    return [`#### ${codeSpan(headline(run))}`, ...job, items.map((item) => `- ${item}`).join("\n")].join(
      "\n\n",
    );
  });
  const title = `### gateform ledger history: ${codeSpan(history.stack)}`;
  const body = parts.length === 0 ? [codeSpan(nothing(history))] : parts;
  return `${[marker("ledger", history.stack), title, ...body].join("\n\n")}\n`;
}

/** The runs, each with the changes that were asked for. */
function concerned({ runs, addresses }: LedgerHistory): readonly HistoryRun[] {
  if (addresses.length === 0) return runs;
  return runs.flatMap((run) => {
    const { more: _, ...rest } = run;
    const changes = run.changes.filter(({ address }) => addresses.includes(address));
    return changes.length === 0 ? [] : [{ ...rest, changes }];
  });
}

/** Every address that the history knows. */
export function addressesOf(runs: readonly HistoryRun[]): readonly Address[] {
  return runs.flatMap((run) => run.changes.map(({ address }) => address));
}

function headline({ at, command, by, serial }: HistoryRun): string {
  return safeLine(`${at}  ${command} by ${by}, serial ${serial}`);
}

function detailsOf({ job }: HistoryRun): readonly string[] {
  return job === undefined ? [] : [`  ${safeLine(job)}`];
}

function changeLines(run: HistoryRun, style: Style): readonly string[] {
  return [
    ...run.changes.map((change) => {
      const line = `  ${changeText(change)}`;
      if (change.outcome === "failed") return style.red(line);
      return change.action === "delete" ? style.yellow(line) : line;
    }),
    ...restOf(run).map((line) => `  ${style.dim(line)}`),
  ];
}

/** `+ vercel.key.ci  create, key_1 → file out/ci.token` */
function changeText({ action, address, outcome, id, code, delivered = [] }: HistoryChange): string {
  const how = outcome === "done" ? "" : ` ${outcome}${code === undefined ? "" : ` (${code})`}`;
  const where = delivered.length === 0 ? "" : ` → ${delivered.join(", ")}`;
  return safeLine(
    `${SYMBOLS[action]} ${address}  ${action}${how}${id === undefined ? "" : `, ${id}`}${where}`,
  );
}

function restOf({ more }: HistoryRun): readonly string[] {
  return more === undefined ? [] : [`and ${counted(more, "more change")}`];
}

function nothing({ addresses }: LedgerHistory): string {
  return addresses.length === 0
    ? "The ledger remembers no run that changed anything."
    : "The ledger remembers no run that changed any of these.";
}
