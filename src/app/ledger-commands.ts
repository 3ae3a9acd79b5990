// What a person asks of the ledger alone, by name; nothing is read or written at a vendor.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { suggest } from "../base/suggest.ts";
import { type RunFacts, withRun } from "../engine/history.ts";
import type { LedgerBackend } from "../ledger/backend.ts";
import { openLedgerWriter } from "../ledger/ledger-writer.ts";
import type { HistoryChange, Ledger } from "../model/ledger.ts";

export interface Forgotten {
  /** Why nothing was done. */
  readonly problems: readonly Diagnostic[];
  /** `ADDRESS (ID)` of what was live beside the addresses' own: earlier values, and such as were not delivered. */
  readonly others: readonly string[];
}

/** Takes addresses out of the ledger: what they name stays live and is unmanaged from then on. All or none. */
export async function forgetAddresses(
  backend: LedgerBackend,
  addresses: readonly Address[],
  lockTimeout: number,
  run: Omit<RunFacts, "command">,
): Promise<Forgotten> {
  const lock = await backend.lock(lockTimeout);
  try {
    const ledger = await backend.read();
    if (ledger === null) return { problems: [noLedger(backend)], others: [] };
    const unknown = notKnown(addresses, Object.keys(ledger.resources));
    if (unknown.length > 0) return { problems: unknown, others: [] };
    const writer = openLedgerWriter(backend, ledger);
    const others = addresses.flatMap((address) =>
      (ledger.resources[address]?.retiring ?? []).map(({ id }) => ({ address, id })),
    );
    const changes = [
      ...addresses.map((address) => ({ address, id: ledger.resources[address]?.id })),
      ...others,
    ].map(
      ({ address, id }): HistoryChange => ({
        address,
        action: "forget",
        outcome: "done",
        ...(typeof id === "string" ? { id } : {}),
      }),
    );
    await writer.update((current) => {
      const kept = Object.entries(current.resources).filter(([address]) => !addresses.includes(address));
      return withRun(
        { ...current, resources: Object.fromEntries(kept) },
        { ...run, command: "forget" },
        changes,
      );
    });
    return { problems: [], others: others.map(({ address, id }) => `${address} (${id})`) };
  } finally {
    await lock.release();
  }
}

export interface LedgerReading {
  /** Left out where there are diagnostics. */
  readonly ledger?: Ledger;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the ledger to show it. Every address must be one of those that `known` finds in it. */
export async function readForShow(
  backend: Pick<LedgerBackend, "read" | "describe">,
  addresses: readonly Address[],
  known: (ledger: Ledger) => readonly Address[],
): Promise<LedgerReading> {
  const ledger = await backend.read();
  if (ledger === null) return { diagnostics: [noLedger(backend)] };
  const unknown = notKnown(addresses, known(ledger));
  return unknown.length > 0 ? { diagnostics: unknown } : { ledger, diagnostics: [] };
}

function noLedger(backend: Pick<LedgerBackend, "describe">): Diagnostic {
  return {
    severity: "error",
    code: "LEDGER_MISSING",
    message: `there is no ledger at ${backend.describe()}`,
  };
}

function notKnown(addresses: readonly Address[], known: readonly Address[]): readonly Diagnostic[] {
  const all = new Set(known);
  return addresses
    .filter((address) => !all.has(address))
    .map((address) => {
      const near = suggest(address, all);
      return {
        severity: "error" as const,
        code: "NOT_IN_LEDGER",
        address,
        message: `${address} is not in the ledger`,
        ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
      };
    });
}
