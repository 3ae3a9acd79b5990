// Writes the ledger during an apply. Updates take effect in memory at once and in order; while one write runs,
// later updates pile up, and the next write covers them all. Retries nothing.

import type { Ledger } from "../model/ledger.ts";
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
  /** Resolves when everything so far is durable; rejects as `update` does. */
  flush(): Promise<void>;
}

/** @param ledger as it is stored; serial 0 when nothing is stored yet. The lock is the caller's business. */
export function openLedgerWriter(backend: Pick<LedgerBackend, "write">, ledger: Ledger): LedgerWriter {
  let current = ledger;
  let storedSerial = ledger.serial;
  /** The write that has yet to begin and will cover all updates so far; `null` when none is needed. */
  let next: Promise<void> | null = null;
  /** The write that runs, or the last one that did. */
  let running: Promise<void> = Promise.resolve();

  async function writeAfter(previous: Promise<void>): Promise<void> {
    // Where nothing runs, this still waits for the tick to end, so that one write covers all of its updates.
    // Where the write before fails, this one and all after it fail with it.
    await previous;
    running = next ?? previous;
    next = null;
    const expected = storedSerial;
    current = { ...current, serial: expected + 1 };
    await backend.write(current, expected);
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

  return {
    current: () => current,
    update: (change) => {
      let changed: Ledger;
      try {
        changed = change(current);
      } catch (error) {
        return Promise.reject(error);
      }
      if (changed === current) return next ?? running;
      current = { ...changed, lineage: current.lineage, serial: current.serial };
      return schedule();
    },
    flush: () => next ?? running,
  };
}
