// What a ledger has to be beyond its schema, so that plans can rely on it: entries of the kind that their addresses
// say, in the parent that their addresses say, with secrets that are some.

import { type Address, kindOf, parseAddress } from "../base/address.ts";
import type { Ledger, LedgerEntry } from "../model/ledger.ts";
import { hasBrokenMark } from "./mark-sense.ts";

/** The first entry that does not fit its address, as a clause; `undefined` when all do. */
export function misfitIn(ledger: Ledger): string | undefined {
  for (const [address, entry] of Object.entries(ledger.resources)) {
    const wrong = wrongAt(address, entry);
    if (wrong !== undefined) return `${address} ${wrong}`;
  }
  return undefined;
}

function wrongAt(address: Address, entry: LedgerEntry): string | undefined {
  const { kind, parent, applied, settling } = entry;
  if (kindOf(address) !== kind) return `is of kind ${kind}, and its address is of another`;
  if (hasBrokenMark(applied) || hasBrokenMark(settling?.before ?? {})) return "holds a malformed secret";
  if (parent === undefined) return undefined;
  // A parent's address is the shorter one, so that nobody who follows parents goes round in circles.
  const above = parseAddress(address)?.keys.slice(0, -1).join("/");
  const keys = parseAddress(parent)?.keys.join("/");
  return above === keys ? undefined : `lives in ${parent}, and its address is in another`;
}
