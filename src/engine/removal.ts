// The questions that every removal asks first: is it in scope, does something that it lives in go or stay, has a
// reviewer named it.

import { type Address, kindOf, parseAddress } from "../base/address.ts";
import type { KindRules } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { type Context, isKnownGone, isParentAbsent, ownedLive, rulesOf } from "./context.ts";
import { refuse, type Verdict } from "./verdict.ts";

/** A removed entry is in scope when its section is in the file, or when its parent is removed in scope. */
export function inScope(context: Context, address: Address, entry: LedgerEntry): boolean {
  if (context.options.destroy) return true;
  if (entry.parent !== undefined && isRemoved(context, entry.parent)) {
    const parent = context.entries.get(entry.parent);
    // Whoever let go of the parent said that it stays, and did not say that what lives in it goes.
    return parent !== undefined && inScope(context, entry.parent, parent);
  }
  const own = groupOf(rulesOf(context.rules, entry.kind), address);
  return context.desired.scopes.some(
    ({ kind, parent, group }) =>
      kind === entry.kind && parent === entry.parent && (group === undefined || group === own),
  );
}

/** Which of its kind's sections an address is in, where there are several. */
function groupOf({ groups }: KindRules, address: Address): string | undefined {
  return groups === undefined ? undefined : parseAddress(address)?.keys[0];
}

/** Whether a removed entry is to be let go of: by its own word, or along with what it lives in. */
export function isRetained(context: Context, entry: LedgerEntry): boolean {
  if (entry.on_remove !== undefined) return entry.on_remove === "retain";
  if (entry.parent === undefined || !isRemoved(context, entry.parent)) return false;
  const parent = context.entries.get(entry.parent);
  return parent !== undefined && isRetained(context, parent);
}

export function isRemoved(context: Context, address: Address): boolean {
  return context.options.destroy || !context.declared.has(address);
}

export function isParentGone(context: Context, entry: LedgerEntry): boolean {
  if (isParentAbsent(context, entry)) return true;
  if (entry.parent === undefined) return false;
  const parent = context.entries.get(entry.parent);
  if (parent === undefined) return false;
  const grand = isParentGone(context, parent);
  return ownedLive(context, parent) === undefined && isKnownGone(context, parent, grand);
}

export function outOfScope(rules: KindRules, address: Address, entry: LedgerEntry): Verdict {
  const section = rules.section?.split(".").at(-1) ?? rules.kind;
  const group = groupOf(rules, address);
  const where = entry.parent === undefined ? "" : ` of ${entry.parent}`;
  return refuse(
    address,
    "OUT_OF_SCOPE",
    `${address} is in the ledger, but the file has no section \`${group === undefined ? section : `${section}.${group}`}\`${where} any more`,
    `write \`${section}: ${group === undefined ? "{}" : `{ ${group}: {} }`}\` to delete what it held, or run \`gateform ledger forget ${address}\` to keep it unmanaged`,
  );
}

/** Whether `removed` names an address, or something that it lives in and that goes with it. */
export function isNamedRemoved(context: Context, address: Address): boolean {
  const { removed } = context.desired;
  if (removed.includes(address)) return true;
  const parent = context.entries.get(address)?.parent ?? parentByAddress(context, address);
  return parent !== undefined && !context.declared.has(parent) && isNamedRemoved(context, parent);
}

function parentByAddress(context: Context, address: Address): Address | undefined {
  const parentKind = context.rules.get(kindOf(address))?.parent;
  const keys = address.slice(kindOf(address).length + 1).split("/");
  return parentKind === undefined || keys.length < 2
    ? undefined
    : `${parentKind}.${keys.slice(0, -1).join("/")}`;
}
