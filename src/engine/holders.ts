// Where values are that took the place of another and did not reach all sinks. One that is in no sink any more need not
// wait for the delivery to end: however often that fails, no more stays live than what a sink may have.

import type { LedgerEntry, Retiring } from "../model/ledger.ts";
import type { Step } from "../model/plan.ts";

/** A value that was delivered to some sinks only. */
export interface HalfDelivered {
  /** Of the resource that has the value. */
  readonly id: string;
  /** Sinks that may have it. */
  readonly may: readonly string[];
  /** Those of them that are known to have it, and so nothing older. */
  readonly surely: readonly string[];
  /** RFC 3339: the time at which older values go that no sink has any more. */
  readonly due: string;
}

/**
 * Whether the value of an id takes the place of another that may be in use: of the one that a step replaces, or of one
 * whose delivery was not ended and that some sinks may have.
 */
export function isSuccessor({ replacement }: Step, entry: LedgerEntry | undefined, id: string): boolean {
  const others = (entry?.retiring ?? []).filter((item) => item.id !== id);
  return replacement === "create-first" || others.some(({ delivering }) => delivering === true);
}

/** The entry after a delivery that failed and left a value in some sinks. */
export function withHolders(entry: LedgerEntry, { id, may, surely, due }: HalfDelivered): LedgerEntry {
  if (entry.retiring === undefined) return entry;
  const after = (item: Retiring): Retiring => {
    if (item.id === id) return { ...item, sinks: may };
    if (item.delivering !== true || item.sinks === undefined) return item;
    const left = item.sinks.filter((sink) => !surely.includes(sink));
    return left.length === 0 ? { id: item.id, due } : { ...item, sinks: left };
  };
  return { ...entry, retiring: entry.retiring.map(after) };
}

/** The sinks that have a value which others still lack. */
export function aheadOf(entry: LedgerEntry | undefined): readonly string[] {
  return (entry?.retiring ?? []).flatMap(({ delivering, sinks = [] }) => (delivering === true ? sinks : []));
}
