// How long a ledger's intent says that something of its name may be ours: pure functions on the entry that has it.

import type { LedgerEntry } from "../model/ledger.ts";

/** The entry when no try of its create follows: what somebody makes from now on is theirs, even under the same name and by the same user. */
export function closedIntent(before: LedgerEntry | undefined, notAfter: number): LedgerEntry | undefined {
  if (before?.intent === undefined) return before;
  return { ...before, intent: { ...before.intent, not_after: Math.min(before.intent.not_after, notAfter) } };
}

/** The entry while its create is still under way. */
export function renewedIntent(before: LedgerEntry | undefined, notAfter: number): LedgerEntry | undefined {
  return before?.intent === undefined
    ? before
    : { ...before, intent: { ...before.intent, not_after: notAfter } };
}

/** The entry when its create has answered: what it made is known by its id, and nothing else of the name is ours. */
export function endedIntent(before: LedgerEntry): LedgerEntry {
  const { intent: _, ...rest } = before;
  return rest;
}
