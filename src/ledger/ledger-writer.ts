// Writes the ledger during an apply. Updates take effect in memory at once and in order; while one write runs,
// later updates pile up, and the next write covers them all. Retries nothing.

import type { Address } from "../base/address.ts";
import type { Ledger, LedgerEntry } from "../model/ledger.ts";
import type { LedgerBackend } from "./backend.ts";

export interface LedgerWriter {
  /** The ledger with every update so far, stored or not. */
  current(): Ledger;
  /**
   * Changes the ledger. Lineage and serial are the writer's own; what `change` does to them is ignored.
   * @param change pure and quick. Giving back the ledger it got means: nothing to write.
   * @returns resolves when a write that contains the change is durable. Rejects with the backend's error when
   * that write fails, and so does every later update: what is stored is then unknown, so the run has to stop.
   */
  update(change: (ledger: Ledger) => Ledger): Promise<void>;
  /** One entry with every update so far. */
  entry(address: Address): LedgerEntry | undefined;
  /**
   * Changes one entry, `undefined` drops it; otherwise as `update`. Its cost does not grow with the ledger, as a
   * run changes each entry a few times.
   */
  updateEntry(
    address: Address,
    change: (before: LedgerEntry | undefined) => LedgerEntry | undefined,
  ): Promise<void>;
  /** Resolves when everything so far is durable; rejects as `update` does. */
  flush(): Promise<void>;
}

/** @param ledger as it is stored; serial 0 when nothing is stored yet. The lock is the caller's business. */
export function openLedgerWriter(backend: Pick<LedgerBackend, "write">, ledger: Ledger): LedgerWriter {
  let merged = ledger;
  /** Entries that differ from `merged`; put into it when somebody wants the whole ledger. */
  const changed = new Map<Address, LedgerEntry | undefined>();
  let storedSerial = ledger.serial;
  /** The write that has yet to begin and will cover all updates so far; `null` when none is needed. */
  let next: Promise<void> | null = null;
  /** The write that runs, or the last one that did. */
  let running: Promise<void> = Promise.resolve();

  function whole(): Ledger {
    if (changed.size === 0) return merged;
    const resources = { ...merged.resources };
    for (const [address, entry] of changed) {
      if (entry === undefined) delete resources[address];
      else resources[address] = entry;
    }
    changed.clear();
    merged = { ...merged, resources };
    return merged;
  }

  function entryAt(address: Address): LedgerEntry | undefined {
    if (changed.has(address)) return changed.get(address);
    return Object.hasOwn(merged.resources, address) ? merged.resources[address] : undefined;
  }

  async function writeAfter(previous: Promise<void>): Promise<void> {
    // Where nothing runs, this still waits for the tick to end, so that one write covers all of its updates.
    // Where the write before fails, this one and all after it fail with it.
    await previous;
    running = next ?? previous;
    next = null;
    const expected = storedSerial;
    merged = { ...whole(), serial: expected + 1 };
    await backend.write(merged, expected);
    storedSerial = expected + 1;
  }

  function schedule(): Promise<void> {
    if (next === null) {
      next = writeAfter(running);
      // Whoever asked gets the rejection; this only keeps a write that nobody waits for from ending the process.
      next.catch(() => undefined);
    }
    return next;
  }

  /** Runs a change in memory and has it written; a change that throws changes nothing. */
  function apply(change: () => boolean): Promise<void> {
    try {
      return change() ? schedule() : (next ?? running);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  return {
    current: whole,
    update: (change) =>
      apply(() => {
        const before = whole();
        const after = change(before);
        if (after === before) return false;
        merged = { ...after, lineage: before.lineage, serial: before.serial };
        return true;
      }),
    entry: entryAt,
    updateEntry: (address, change) =>
      apply(() => {
        const before = entryAt(address);
        const after = change(before);
        if (after === before) return false;
        changed.set(address, after);
        return true;
      }),
    flush: () => next ?? running,
  };
}
