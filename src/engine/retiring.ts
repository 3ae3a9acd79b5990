// Other ids of an address that are still live: what was replaced or rotated away and could not go at once, and what a
// delivery that was not ended has left. They go when their time has come.

import type { Address } from "../base/address.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { liveKey } from "../model/live.ts";
import type { Step } from "../model/plan.ts";
import { type Context, isReadCompletely, rulesOf, sharedOwner } from "./context.ts";
import { type Draft, draft, expectPresent, refuse, type Verdict } from "./verdict.ts";

/** The other ids of an entry, as entries of their own. */
export function retiringEntries({ retiring = [], mark: _, ...entry }: LedgerEntry): readonly LedgerEntry[] {
  return retiring.map(({ id }) => ({ ...entry, id, status: "ready" }));
}

/**
 * Other ids of an address that are due to go: they were replaced or rotated away, or no sink is left with their value.
 * @param successor what the plan makes there. What some sinks may hold stays until that is in all of them, and where it
 * rotates, until its grace is over.
 * @param goes the address itself goes, and so does all of it.
 */
export function decideRetiring(
  context: Context,
  address: Address,
  entry: LedgerEntry,
  successor: Pick<Step, "action" | "retires"> | undefined,
  goes: boolean,
): readonly Draft[] {
  const drafts: Draft[] = [];
  const ends = entry.status !== "ready" || (successor !== undefined && successor.retires === undefined);
  for (const { id, due, delivering } of entry.retiring ?? []) {
    if (delivering === true && !ends && !goes) continue;
    const key = liveKey(entry.kind, entry.parent_id, id);
    const live = context.byKey.get(key);
    if (live === undefined && context.absent.has(key)) drafts.push(forgetRetired(address, entry, id));
    const due_now = Date.parse(due) <= context.options.now || goes;
    if (id === entry.id || (live !== undefined && sharedOwner(context, address, live) !== undefined))
      continue;
    if (live === undefined || !due_now || !isReadCompletely(context, entry.kind, entry.parent_id)) continue;
    const rules = rulesOf(context.rules, entry.kind);
    // What has its key for an id has no other one. No run wrote such a ledger, and the brake counts none of these.
    if (rules.key_is_id) continue;
    drafts.push(
      draft({
        action: "delete",
        address,
        kind: entry.kind,
        reason: "retired",
        vendor_id: id,
        parent: entry.parent,
        parent_id: entry.parent_id,
        expects: expectPresent(rules, live),
        suffix: id,
      }),
    );
  }
  return drafts;
}

/** Whether a step on another id of an address stands by itself, whatever becomes of the address. */
export function isDueAnyway({ entries, options }: Context, { action, address, vendor_id }: Draft): boolean {
  const item = (entries.get(address)?.retiring ?? []).find(({ id }) => id === vendor_id);
  const due = item !== undefined && item.delivering !== true && Date.parse(item.due) <= options.now;
  return due || action === "forget";
}

/** Somebody else, or a delete whose answer was lost, has taken it away. */
function forgetRetired(address: Address, { kind, parent, parent_id }: LedgerEntry, id: string): Draft {
  return draft({
    action: "forget",
    address,
    kind,
    reason: "retired",
    vendor_id: id,
    parent,
    parent_id,
    expects: { state: "any" },
    suffix: id,
  });
}

/**
 * Why an entry that is to be let go of is not forgotten yet: other ids of it have values that are in use, and nothing
 * else knows of them.
 */
export function stillInUse(context: Context, address: Address, entry: LedgerEntry): Verdict | undefined {
  const others = (entry.retiring ?? []).filter(
    ({ id }) => id !== entry.id && context.byKey.has(liveKey(entry.kind, entry.parent_id, id)),
  );
  const delivering = others.filter((item) => item.delivering === true).map(({ id }) => id);
  if (delivering.length > 0) {
    return refuse(
      address,
      "HALF_DELIVERED",
      `${address} is no longer declared and to be kept, but the value of ${delivering.join(", ")} is in some of its sinks only, and the one of ${entry.id ?? ""} in the others`,
      `declare it again and apply once, so that one value is in all of them; or run \`gateform ledger forget ${address}\`, and all of these stay live`,
    );
  }
  const waits = others.some(({ due }) => Date.parse(due) > context.options.now);
  return waits && !context.options.destroy ? { address, drafts: [], kept: true } : undefined;
}
