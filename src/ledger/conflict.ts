// Whether what is stored is what a write started from: the same question for every place.

import type { Ledger } from "../model/ledger.ts";
import { LedgerError } from "./backend.ts";

/**
 * Refuses a write over anything but the serial and lineage that the run started from.
 * @param before what is stored now, `null` when nothing is.
 * @throws LedgerError `LEDGER_CONFLICT`
 */
export function refuseConflict(
  shown: string,
  before: Pick<Ledger, "serial" | "lineage"> | null,
  ledger: Ledger,
  expectedSerial: number,
): void {
  const found = difference(before, ledger, expectedSerial);
  if (found === undefined) return;
  throw new LedgerError(
    "LEDGER_CONFLICT",
    `The ledger ${shown} was changed by somebody else during this run: ${found}. Nothing was written over it.`,
    "run plan again; if this run had made changes, adopt what is reported as not owned",
  );
}

function difference(
  before: Pick<Ledger, "serial" | "lineage"> | null,
  ledger: Ledger,
  expectedSerial: number,
): string | undefined {
  if (before === null) return expectedSerial === 0 ? undefined : "it is gone";
  if (before.lineage !== ledger.lineage) {
    return `it is another ledger (lineage ${before.lineage} instead of ${ledger.lineage})`;
  }
  if (before.serial === expectedSerial) return undefined;
  return `it has serial ${before.serial} instead of ${expectedSerial}`;
}
