// Gaps: what is made in the place of something that has to go before. The plan says what goes, and what is so until
// the new one is there. The order is in `order.ts`.

import type { Address } from "../base/address.ts";
import { gapFieldOf } from "../model/kind-rules.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import type { Risk } from "../model/plan.ts";
import { type Context, identityKey, rulesOf } from "./context.ts";
import { canonicalFields, canonicalLive } from "./normalise.ts";
import type { Draft } from "./verdict.ts";

/**
 * The steps, their creates with what is missing until they are done.
 * @param collisions address → live resources that hold the identity, or the name, that its create will take.
 */
export function withGaps(
  context: Context,
  drafts: readonly Draft[],
  collisions: ReadonlyMap<Address, readonly LiveResource[]>,
): readonly Draft[] {
  const deletes = new Map(
    drafts.flatMap((step) =>
      step.action === "delete"
        ? [[liveKey(step.kind, step.parent_id, step.vendor_id ?? ""), step] as const]
        : [],
    ),
  );
  return drafts.map((step) => {
    if (step.action !== "create") return step;
    const held = new Set([...sameIdentity(context, step), ...(collisions.get(step.address) ?? [])]);
    const going = [...held].flatMap((live) => {
      const gone = deletes.get(liveKey(live.kind, live.parent_id, live.id));
      return gone === undefined ? [] : [{ live, gone }];
    });
    const elsewhere = going.find(({ gone }) => gone.address !== step.address)?.gone.address;
    return {
      ...step,
      risks: [...step.risks, ...going.flatMap(({ live }) => riskOf(context, live))],
      ...(elsewhere === undefined ? {} : { instead_of: elsewhere }),
    };
  });
}

/** What is live with the identity of a create, its own predecessor included. */
function sameIdentity(context: Context, { kind, parent_id, body }: Draft): readonly LiveResource[] {
  const rules = rulesOf(context.rules, kind);
  const fields = canonicalFields(rules, body?.fields ?? {});
  if (rules.identity(fields) === null) return [];
  return context.byIdentity.get(identityKey(rules, parent_id, fields)) ?? [];
}

function riskOf(context: Context, live: LiveResource): Risk[] {
  const rules = rulesOf(context.rules, live.kind);
  const message = rules.gap_risk?.of(canonicalLive(rules, live.fields));
  if (rules.gap_risk === undefined || message === undefined) return [];
  return [{ code: rules.gap_risk.code, path: gapFieldOf(rules), message, meanwhile: true }];
}
