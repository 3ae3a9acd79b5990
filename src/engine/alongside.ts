// What goes with something else although it is a resource of its own: the vendor deletes it with what it is part of.
// The plan says so of both, makes it anew where it stays declared, and refuses what would take along what is to stay.

import type { Address } from "../base/address.ts";
import { append } from "../base/multimap.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import type { Refusal } from "../model/plan.ts";
import type { Context } from "./context.ts";
import type { Draft, Verdict } from "./verdict.ts";

/**
 * Address → address of what takes along what is ours under it now: made anew where it stays declared, deleted in its
 * own step where not.
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
    // An earlier id of the address goes anyway, and its successor has nothing to do with that.
    const current = owner !== undefined && context.entries.get(owner)?.id === part.id;
    if (current && within(owner)) taken.set(owner, step.address);
  }
  return taken;
}

/** Refusals of deletes that would take along what is ours, or is to be, and is not deleted by a step of its own. */
export function losesAlong(context: Context, drafts: readonly Draft[]): Refusal[] {
  const going = new Set(drafts.flatMap((step) => (step.action === "delete" ? [stepKey(step)] : [])));
  const adopted = new Map(
    drafts.flatMap((step) => (step.action === "adopt" ? [[stepKey(step), step.address] as const] : [])),
  );
  const refusals: Refusal[] = [];
  for (const { part, owner, step } of partsThatGo(context, drafts)) {
    const taker = adopted.get(keyOf(part));
    if (taker !== undefined && owner === undefined) {
      refusals.push({
        address: step.address,
        code: "TAKES_ALONG",
        message: `with ${step.address} goes what ${taker} is to take over, which belongs to it at the vendor`,
        hint: `run \`gateform adopt ${taker}=${part.id}\` first, then plan again`,
        because: taker,
      });
      continue;
    }
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
  return [...refusals, ...losesUnseen(context, drafts)];
}

/**
 * The same of what the ledger has and nothing read has shown, neither live nor gone: whether it goes along is told by
 * what was applied last.
 */
function losesUnseen(context: Context, drafts: readonly Draft[]): Refusal[] {
  const unseen = [...context.entries].flatMap(([address, { kind, parent_id, id, applied }]) => {
    const rule = context.rules.get(kind)?.part_of;
    const key = liveKey(kind, parent_id, id ?? "");
    return id === null || rule === undefined || context.byKey.has(key) || context.absent.has(key)
      ? []
      : [{ address, rule, look: { id, fields: applied } }];
  });
  if (unseen.length === 0) return [];
  return drafts.flatMap((step) => {
    const whole = step.action === "delete" ? context.byKey.get(stepKey(step)) : undefined;
    const lost =
      whole === undefined
        ? undefined
        : unseen.find(({ rule, look }) => rule.kind === step.kind && rule.is(look, whole));
    if (lost === undefined) return [];
    const { address } = lost;
    return [
      {
        address: step.address,
        code: "TAKES_ALONG",
        message: `with ${step.address} goes ${address}, which belongs to it at the vendor and which was not found: nobody can tell whether it is still there`,
        hint: `see what the plan says of ${address} without \`--target\``,
        because: address,
      },
    ];
  });
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
