// What the vendor says of what the stack owns: still being made, failed at it, or of no use any more. No setting, so no step comes of it.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { RulesByKind } from "../model/kind-rules.ts";
import type { Ledger } from "../model/ledger.ts";
import { type LiveState, liveKey } from "../model/live.ts";

export const STATE_CODE = "VENDOR_STATE";

/** A finding for each owned resource that is live and not in the state that it is meant to come to. */
export function vendorStates(
  rules: RulesByKind,
  ledger: Ledger | null,
  { resources }: LiveState,
  now: number,
): readonly Diagnostic[] {
  const owners = new Map<string, Address>(
    Object.entries(ledger?.resources ?? {}).map(([address, entry]) => [
      liveKey(entry.kind, entry.parent_id, entry.id ?? ""),
      address,
    ]),
  );
  return resources.flatMap((live) => {
    const address = owners.get(liveKey(live.kind, live.parent_id, live.id));
    const state = rules.get(live.kind)?.state?.(live.fields, now);
    if (address === undefined || state === undefined) return [];
    return [
      {
        severity: state.failed ? ("warning" as const) : ("note" as const),
        code: STATE_CODE,
        address,
        message: `${address} ${state.text}`,
        ...(state.hint === undefined ? {} : { hint: state.hint }),
      },
    ];
  });
}
