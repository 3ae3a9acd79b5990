// One list may hold what several sections of a file are about. Those that are not there are not looked at, whoever has
// something in them.

import { parseAddress } from "../base/address.ts";
import { groupOfLive } from "../engine/naming.ts";
import type { Desired } from "../model/desired.ts";
import type { Ledger } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";
import type { AnyKind } from "../provider/provider.ts";

export interface LookedAtInput {
  readonly desired: Pick<Desired, "scopes">;
  readonly ledger: Ledger | null;
  readonly destroy: boolean;
}

/** Of what a list holds, what is in the sections that are there, and what the ledger has. */
export function lookedAt(
  input: LookedAtInput,
  { rules }: Pick<AnyKind, "rules">,
  found: readonly LiveResource[],
): readonly LiveResource[] {
  const scopes = input.desired.scopes.filter((scope) => scope.kind === rules.kind);
  if (rules.groups === undefined || scopes.some(({ group }) => group === undefined)) return found;
  const entries = Object.entries(input.ledger?.resources ?? {}).filter(([, { kind }]) => kind === rules.kind);
  const owned = new Set(entries.map(([, { id }]) => id));
  const groups = new Set(scopes.map(({ group }) => group));
  // A destroy ends what was cut off, which has no id yet; nothing is exclusive in one.
  for (const [address, { intent }] of entries)
    if (input.destroy && intent !== undefined) groups.add(parseAddress(address)?.keys[0]);
  return found.filter((live) => owned.has(live.id) || groups.has(groupOfLive(rules, live)));
}
