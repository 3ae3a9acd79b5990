// What goes with something else although it is a resource of its own: the vendor deletes it with what it is part of.
// The plan says so of both, makes it anew where it stays declared, and refuses what would take along what is to stay.

import type { Address } from "../base/address.ts";
import { append } from "../base/multimap.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import type { Refusal } from "../model/plan.ts";
import type { Context } from "./context.ts";
import type { Draft, Verdict } from "./verdict.ts";

/**
 * Address → address of what takes it along, for what stays declared and is ours. Its owner has to make it anew.
 * @param within whether the plan is about an address.
 */
export function takenAlong(
  context: Context,
  verdicts: readonly Verdict[],
  within: (address: Address) => boolean,
): ReadonlyMap<Address, Address> {
  const taken = new Map<Address, Address>();
  for (const { part, owner, step } of partsThatGo(
    context,
    verdicts.flatMap(({ address, drafts }) => (within(address) ? drafts : [])),
  )) {
    const mine = owner !== undefined && context.owners.get(keyOf(part)) === owner;
    if (mine && context.declared.has(owner) && within(owner)) taken.set(owner, step.address);
  }
  return taken;
}

/** Refusals of deletes that would take along what is ours and is not deleted by a step of its own. */
export function losesAlong(context: Context, drafts: readonly Draft[]): Refusal[] {
  const going = new Set(drafts.flatMap((step) => (step.action === "delete" ? [stepKey(step)] : [])));
  const refusals: Refusal[] = [];
  for (const { part, owner, step } of partsThatGo(context, drafts)) {
    if (owner === undefined || owner === step.address || going.has(keyOf(part))) continue;
    refusals.push({
      address: step.address,
      code: "TAKES_ALONG",
      message: `with ${step.address} goes ${owner}, which belongs to it at the vendor and which this plan does not delete`,
      hint:
        context.options.targets === undefined
          ? `see what the plan says of ${owner}; to keep the live one, keep ${step.address} too`
          : `name ${owner} as well`,
      because: owner,
    });
  }
  return refusals;
}

/** Deletes, each with what has been live as part of what it deletes, and who owns that. */
function partsThatGo(
  context: Context,
  drafts: readonly Draft[],
): { readonly part: LiveResource; readonly owner: Address | undefined; readonly step: Draft }[] {
  const parts = new Map<string, LiveResource[]>();
  for (const live of context.live.resources)
    if (live.part_of !== undefined) append(parts, live.part_of.key, live);
  if (parts.size === 0) return [];
  return drafts.flatMap((step) =>
    step.action === "delete"
      ? (parts.get(stepKey(step)) ?? []).map((part) => ({
          part,
          owner: context.owners.get(keyOf(part)),
          step,
        }))
      : [],
  );
}

function stepKey({ kind, parent_id, vendor_id }: Draft): string {
  return liveKey(kind, parent_id, vendor_id ?? "");
}

function keyOf({ kind, parent_id, id }: LiveResource): string {
  return liveKey(kind, parent_id, id);
}
