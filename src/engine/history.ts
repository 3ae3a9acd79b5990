// The ledger's memory of runs: what was done, by whom, and where values went. Bounded, so that a ledger does not grow
// for ever. Pure: time and author are given.

import type { HistoryChange, HistoryRun, Ledger } from "../model/ledger.ts";
import type { StepResult } from "../model/report.ts";

/** Runs that are kept; older ones go. */
export const MAX_RUNS = 50;
/** Changes that are kept of one run; the rest is counted. */
export const MAX_CHANGES = 100;

export type RunFacts = Pick<HistoryRun, "at" | "command" | "by" | "job">;

/** The ledger with a run at the end of its history; the same ledger where the run has changed nothing. */
export function withRun(ledger: Ledger, run: RunFacts, changes: readonly HistoryChange[]): Ledger {
  if (changes.length === 0) return ledger;
  const kept = mostTelling(changes);
  const entry: HistoryRun = {
    // The write that stores it is the next one.
    serial: ledger.serial + 1,
    at: run.at,
    command: run.command,
    by: run.by,
    ...(run.job === undefined ? {} : { job: run.job }),
    changes: kept,
    ...(kept.length === changes.length ? {} : { more: changes.length - kept.length }),
  };
  return { ...ledger, history: [...(ledger.history ?? []), entry].slice(-MAX_RUNS) };
}

/**
 * What the results of steps have changed, at the vendor or in the ledger. A failed step counts, as it may have had an
 * effect; one that was not started, or that only looked, does not.
 */
export function changesOf(results: readonly StepResult[]): readonly HistoryChange[] {
  return results.flatMap(({ address, action, outcome, vendor_id, code, delivered = [] }) => {
    if (outcome === "blocked" || outcome === "cancelled") return [];
    if (outcome === "unchecked" || outcome === "unverified") return [];
    if (action === "check-secret" && outcome === "already") return [];
    const targets = delivered.map(({ sink, target }) => (target === "" ? sink : `${sink} ${target}`));
    return [
      {
        address,
        action,
        outcome,
        ...(vendor_id === undefined ? {} : { id: vendor_id }),
        ...(code === undefined ? {} : { code }),
        ...(targets.length === 0 ? {} : { delivered: targets }),
      },
    ];
  });
}

/** The changes that somebody will ask for, in their order: failures, what went, what was delivered, what came. */
function mostTelling(changes: readonly HistoryChange[]): readonly HistoryChange[] {
  if (changes.length <= MAX_CHANGES) return changes;
  const ranked = changes.map((change, index) => ({ change, index, rank: rankOf(change) }));
  return ranked
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, MAX_CHANGES)
    .sort((a, b) => a.index - b.index)
    .map(({ change }) => change);
}

function rankOf({ action, outcome, delivered }: HistoryChange): number {
  if (outcome === "failed") return 0;
  if (action === "delete" || action === "forget") return 1;
  if (delivered !== undefined) return 2;
  return action === "create" || action === "adopt" ? 3 : 4;
}
