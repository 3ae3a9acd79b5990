// Changes to the ledger that a person asks for by name; nothing is read or written at a vendor.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { suggest } from "../base/suggest.ts";
import type { LedgerBackend } from "../ledger/backend.ts";
import { openLedgerWriter } from "../ledger/ledger-writer.ts";

/** Takes addresses out of the ledger: what they name stays live and is unmanaged from then on. All or none. */
export async function forgetAddresses(
  backend: LedgerBackend,
  addresses: readonly Address[],
  lockTimeout: number,
): Promise<readonly Diagnostic[]> {
  const lock = await backend.lock(lockTimeout);
  try {
    const ledger = await backend.read();
    if (ledger === null) {
      return [
        { severity: "error", code: "LEDGER_MISSING", message: `there is no ledger at ${backend.describe()}` },
      ];
    }
    const known = Object.keys(ledger.resources);
    const unknown = addresses.filter((address) => !Object.hasOwn(ledger.resources, address));
    if (unknown.length > 0) {
      return unknown.map((address) => {
        const near = suggest(address, known);
        return {
          severity: "error" as const,
          code: "NOT_IN_LEDGER",
          address,
          message: `${address} is not in the ledger`,
          ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
        };
      });
    }
    const writer = openLedgerWriter(backend, ledger);
    await writer.update((current) => ({
      ...current,
      resources: Object.fromEntries(
        Object.entries(current.resources).filter(([address]) => !addresses.includes(address)),
      ),
    }));
    return [];
  } finally {
    await lock.release();
  }
}
