// What `ledger show` says of a ledger, in rows that text and markdown share. Neither fingerprints nor the salt that
// keys them are part of it.

import type { Address } from "../base/address.ts";
import { isSecretMark, mapMarks } from "../base/expression.ts";
import { compareText, type JsonValue } from "../base/json.ts";
import type { Delivery, Ledger, LedgerEntry } from "../model/ledger.ts";
import { safeLine } from "./safe-text.ts";
import { blockLines, type MarkText } from "./value.ts";

export interface LedgerShow {
  /** `file .gateform/acme.ledger.json` */
  readonly place: string;
  /** Who holds the lock; for people. */
  readonly lock: string;
  readonly ledger: Ledger;
  /** Only these entries; all when empty. Each is in the ledger. */
  readonly addresses: readonly Address[];
}

/** A name and what belongs to it, in one line or in several. */
export interface Row {
  readonly name: string;
  readonly lines: readonly string[];
}

/** The ledger as data. */
export function ledgerShowData({ place, lock, ledger, addresses }: LedgerShow) {
  const { stack, lineage, serial, accounts, resources } = ledger;
  const shown = entriesOf(ledger, addresses).map(([address, entry]) => [address, shownEntry(entry)] as const);
  return {
    format: 1,
    ...{ place, lock, stack, lineage, serial, accounts },
    count: Object.keys(resources).length,
    resources: Object.fromEntries(shown),
  };
}

/** What there is to say about the ledger as a whole. */
export function headRows({ place, lock, ledger }: LedgerShow): readonly Row[] {
  const accounts = Object.entries(ledger.accounts).map(([name, id]) => `${name} ${id}`);
  return [
    row("place", place),
    row("lock", lock),
    row("lineage", ledger.lineage),
    row("serial", String(ledger.serial)),
    row("accounts", accounts.length === 0 ? "(none)" : accounts.join(", ")),
    row("resources", String(Object.keys(ledger.resources).length)),
  ];
}

/** The entries to show, sorted by address, each with its rows. */
export function entryRows({
  ledger,
  addresses,
}: LedgerShow): readonly { readonly address: Address; readonly rows: readonly Row[] }[] {
  return entriesOf(ledger, addresses).map(([address, entry]) => ({ address, rows: rowsOf(entry) }));
}

function entriesOf(
  ledger: Ledger,
  addresses: readonly Address[],
): readonly (readonly [Address, LedgerEntry])[] {
  return Object.entries(ledger.resources)
    .filter(([address]) => addresses.length === 0 || addresses.includes(address))
    .sort(([a], [b]) => compareText(a, b));
}

const STATUS: Readonly<Record<LedgerEntry["status"], string>> = {
  ready: "ready",
  creating: "creating: a run was about to make it, and the next apply finds out whether it did",
  deleted: "deleted: the first half of a replacement is done, the next apply makes it anew",
};

function rowsOf(entry: LedgerEntry): readonly Row[] {
  const { id, mark, parent, parent_id, settling, rotating, retiring = [], delivered = [], needs } = entry;
  const lifecycle = [
    ...(entry.prevent_destroy === true ? ["prevent_destroy"] : []),
    ...(entry.on_remove === undefined ? [] : [`on_remove: ${entry.on_remove}`]),
  ];
  return [
    row("kind", entry.kind),
    row("status", STATUS[entry.status]),
    row("id", id ?? "(not known)"),
    ...(mark === undefined ? [] : [row("made", mark)]),
    ...(parent === undefined
      ? []
      : [row("parent", parent_id === undefined ? parent : `${parent} (${parent_id})`)]),
    ...rows("applied", appliedLines(entry.applied)),
    ...rows("lifecycle", lifecycle),
    ...rows("needs", needs),
    ...(settling === undefined
      ? []
      : [
          row(
            "settling",
            `until ${settling.until}: ${settlingText(Object.keys(settling.before), settling.created)}`,
          ),
        ]),
    ...(rotating === undefined ? [] : [row("rotating", "a rotation was begun, and the next apply ends it")]),
    ...rows(
      "retiring",
      retiring.map(
        (old) => `${old.id}, goes ${old.delivering === true ? "when another is in all sinks" : old.due}`,
      ),
    ),
    ...rows("delivered", delivered.map(deliveryText)),
    row("changed", entry.changed_at),
  ];
}

/** Where a one-time value went: `file out/ci.token, 2026-10-05T09:30:00.000Z`. */
export function deliveryText({ sink, target, at }: Delivery): string {
  return `${sink}${target === "" ? "" : ` ${target}`}, ${at}`;
}

function settlingText(paths: readonly string[], created: true | undefined): string {
  return [...(created ? ["its creation"] : []), ...paths].join(", ");
}

function appliedLines(applied: LedgerEntry["applied"]): readonly string[] {
  return Object.entries(applied)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([path, value]) => {
      const [first = "", ...more] = blockLines(value, secretLine);
      return [`${path}: ${first}`, ...more];
    });
}

function secretLine(mark: Parameters<MarkText>[0]): string {
  return isUnverified(mark) ? "(secret, never verified: it may be another one at the vendor)" : "(secret)";
}

function isUnverified(mark: Parameters<MarkText>[0]): boolean {
  return isSecretMark(mark) && mark.$secret.unverified === true;
}

function shownEntry({ settling, imprint, ...entry }: LedgerEntry): LedgerEntry {
  return {
    ...entry,
    ...(imprint === undefined ? {} : { imprint: { at: imprint.at } }),
    applied: withoutFingerprints(entry.applied),
    ...(settling === undefined
      ? {}
      : { settling: { ...settling, before: withoutFingerprints(settling.before) } }),
  };
}

function withoutFingerprints(applied: LedgerEntry["applied"]): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    Object.entries(applied).map(([path, value]) => [
      path,
      mapMarks(value, (mark) => {
        if (!isSecretMark(mark)) return { ...mark };
        return { $secret: isUnverified(mark) ? { unverified: true } : {} };
      }),
    ]),
  );
}

function row(name: string, text: string): Row {
  return { name, lines: [safeLine(text)] };
}

function rows(name: string, lines: readonly string[]): readonly Row[] {
  return lines.length === 0 ? [] : [{ name, lines: lines.map(safeIndented) }];
}

/** A line whose own indentation stays. */
function safeIndented(line: string): string {
  const [indent = ""] = /^ */.exec(line) ?? [];
  return indent + safeLine(line.slice(indent.length));
}
