// Decides all declared resources in their order, parents first, and sees to it that no live resource is taken over
// by two of them.

import type { Address } from "../base/address.ts";
import { append } from "../base/multimap.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import { describeLive } from "./case.ts";
import { type Context, rulesOf } from "./context.ts";
import { decide } from "./decide.ts";
import { withMove } from "./drafts.ts";
import { refuse, type Verdict } from "./verdict.ts";

/** @param order addresses, each after what it needs. */
export function decideDeclared(context: Context, order: readonly Address[]): Verdict[] {
  const ids = new Map<Address, string>();
  const references = new Map<Address, string>();
  const verdicts = order.flatMap((address) => {
    const resource = context.declared.get(address);
    if (resource === undefined) return [];
    const parent = resource.parent === undefined ? undefined : { id: ids.get(resource.parent) };
    const verdict = withMove(context, resource, decide(context, resource, parent, references));
    if (verdict.vendor_id !== undefined) {
      ids.set(address, verdict.vendor_id);
      // What is replaced gets another id: references to it are known after apply.
      if (!verdict.drafts.some((step) => step.action === "create"))
        references.set(address, verdict.vendor_id);
    }
    return [verdict];
  });
  return withoutSharedAdoptions(context, verdicts);
}

/** Where only the id identifies a kind, several addresses may declare the name of one live resource. */
function withoutSharedAdoptions(context: Context, verdicts: readonly Verdict[]): Verdict[] {
  const takers = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const live = adoptedBy(verdict);
    if (live !== undefined) append(takers, liveKey(live.kind, live.parent_id, live.id), verdict);
  }
  return verdicts.map((verdict) => {
    const live = adoptedBy(verdict);
    const group = live === undefined ? [] : (takers.get(liveKey(live.kind, live.parent_id, live.id)) ?? []);
    if (live === undefined || group.length === 1) return verdict;
    // Whoever was named with the id was meant.
    const named = group.filter((taker) => context.options.adopt_ids?.[taker.address] === live.id);
    if (named.length === 1 && named[0] === verdict) return verdict;
    const rules = rulesOf(context.rules, live.kind);
    const others = group.filter((taker) => taker !== verdict).map((taker) => taker.address);
    return refuse(
      verdict.address,
      "AMBIGUOUS",
      `${[verdict.address, ...others].join(" and ")} could each be the ${rules.noun} ${describeLive(rules, live)}, which is one only`,
      `run \`gateform adopt ${verdict.address}=${live.id}\` if it is this one`,
      { claims: [live], vendor_id: live.id },
    );
  });
}

/** What a verdict takes over; adoptions claim just that. */
function adoptedBy({ drafts, claims }: Verdict): LiveResource | undefined {
  const step = drafts.find((draft) => draft.action === "adopt");
  return step === undefined ? undefined : claims?.find((live) => live.id === step.vendor_id);
}
