// The proof after an apply: everything is read back and planned again, and what is left on the addresses that were
// applied is an error.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { settledEntry } from "../engine/entry.ts";
import { imprintedEntry } from "../engine/entry-secrets.ts";
import { restAfterApply, succeeded } from "../engine/verify.ts";
import type { LedgerWriter } from "../ledger/ledger-writer.ts";
import type { Ledger } from "../model/ledger.ts";
import { type Imprint, type LiveState, liveKey } from "../model/live.ts";
import type { Plan } from "../model/plan.ts";
import type { ApplyReport, Outcome, StepResult } from "../model/report.ts";
import { STATE_CODE } from "./states.ts";

export interface ProofInput {
  readonly plan: Plan;
  readonly results: readonly StepResult[];
  readonly writer: LedgerWriter;
  /** The ledger of before the run. */
  readonly before: Ledger;
  /** What the plan was made from, where this run has made it. */
  readonly looked?: LiveState;
  /** Reads what the plan wanted back, and plans it again over the ledger of now. */
  readonly again: (ledger: Ledger) => Promise<ReadBack>;
  readonly stopped: boolean;
}

export interface ReadBack {
  readonly plan: Plan;
  readonly live: LiveState;
  /** Whether an address was looked at: what was not is left to settle. */
  readonly covers: (address: Address) => boolean;
}

/** Proves what was applied, ends the wait for values that the read-back has shown, and reports. */
export async function prove(input: ProofInput): Promise<ApplyReport> {
  const { plan, results, writer, before, looked, again, stopped } = input;
  const wrote = results.some((result) => ["done", "already", "written"].includes(result.outcome));
  const seen = wrote ? await again(writer.current()) : undefined;
  const rest = seen === undefined ? [] : restAfterApply(results, seen.plan);
  if (seen !== undefined) await writer.update((ledger) => imprinted(settle(ledger, seen), before, seen.live));
  else if (looked !== undefined) await writer.update((ledger) => imprinted(ledger, before, looked));
  // Where nothing was written, nothing was read again: what the plan could not see is not proved.
  const unread = (seen?.plan ?? plan).diagnostics.filter((item) => item.code === "READ_INCOMPLETE");
  const failed = ({ code, severity }: Diagnostic) => code === STATE_CODE && severity === "warning";
  const broken = seen?.plan.diagnostics.filter(failed) ?? [];
  return {
    format: 1,
    stack: plan.stack,
    ...(plan.partial === undefined ? {} : { partial: plan.partial }),
    results,
    settling: seen?.plan.settling ?? plan.settling,
    refused: plan.refused,
    counts: countOutcomes(results),
    converged: rest.length === 0 && unread.length === 0 && results.every(succeeded),
    interrupted: stopped && results.some((result) => result.outcome === "cancelled"),
    diagnostics: [...rest, ...unread, ...broken],
  };
}

function settle(ledger: Ledger, { plan, covers }: ReadBack): Ledger {
  const waiting = new Set([...plan.settling, ...plan.refused, ...plan.steps].map((item) => item.address));
  const settled = Object.entries(ledger.resources).filter(
    ([address, entry]) => entry.settling !== undefined && covers(address) && !waiting.has(address),
  );
  if (settled.length === 0) return ledger;
  const entries = settled.map(([address, entry]) => [address, settledEntry(entry)] as const);
  return { ...ledger, resources: { ...ledger.resources, ...Object.fromEntries(entries) } };
}

/**
 * The ledger with what the vendors show of stored secrets now, where this run has written them or nothing was known:
 * the time in the answer to a write may be another one than that of what came of it.
 */
function imprinted(ledger: Ledger, before: Ledger, { resources: live }: LiveState): Ledger {
  const shown = new Map(live.map((item) => [liveKey(item.kind, item.parent_id, item.id), item.imprint]));
  const changed = Object.entries(ledger.resources).flatMap(([address, entry]) => {
    const imprint = entry.id === null ? undefined : shown.get(liveKey(entry.kind, entry.parent_id, entry.id));
    const known = entry.imprint;
    if (imprint === undefined || entry.status !== "ready") return [];
    const written = known?.at !== before.resources[address]?.imprint?.at && imprint.at >= (known?.at ?? 0);
    // Of another key than before, or kept from a ledger that had none.
    const more = known?.preview === undefined && known?.at === imprint.at && imprint.preview !== undefined;
    if (known !== undefined && !written && !more) return [];
    const after = imprintedEntry(entry, imprint);
    // What has no fingerprint keeps no preview either, however often it is shown.
    return isSame(after.imprint, known) ? [] : [[address, after] as const];
  });
  if (changed.length === 0) return ledger;
  return { ...ledger, resources: { ...ledger.resources, ...Object.fromEntries(changed) } };
}

function isSame(a: Imprint | undefined, b: Imprint | undefined): boolean {
  return a?.at === b?.at && a?.preview === b?.preview && a?.rest === b?.rest;
}

function countOutcomes(results: readonly StepResult[]): Readonly<Record<Outcome, number>> {
  const counts: Record<Outcome, number> = {
    done: 0,
    already: 0,
    written: 0,
    unchecked: 0,
    unverified: 0,
    failed: 0,
    blocked: 0,
    cancelled: 0,
  };
  for (const result of results) counts[result.outcome] += 1;
  return counts;
}
