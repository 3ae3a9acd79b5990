// Before the first write: whether the API token in use has the permission groups that the plan's steps take. What
// cannot be read is not judged: the first refusal then tells.

import type { Address } from "../../base/address.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { append } from "../../base/multimap.ts";
import type { Plan } from "../../model/plan.ts";
import { ProviderError } from "../../provider/error.ts";
import { segment } from "../../provider/shape.ts";
import { type CloudflareReader, resultOf } from "./client.ts";
import { apiName, findGroups, shownGroup } from "./kinds/permission-names.ts";
import { tokenShape, type WireToken } from "./kinds/token-wire.ts";

/** Kind → permission group that its writes take. */
export type Needs = ReadonlyMap<string, string>;

/** One error that names everything the token lacks. Asks nothing when nothing is written. */
export async function checkOwnPermissions(
  api: CloudflareReader,
  plan: Plan,
  needs: Needs,
): Promise<readonly Diagnostic[]> {
  const uses = new Map<string, Address[]>();
  for (const { kind, action, address } of plan.steps) {
    const group = needs.get(kind);
    if (group !== undefined && WRITES.includes(action)) append(uses, group, address);
  }
  if (uses.size === 0) return [];
  const missing = (await missingOf(api, uses)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (missing.length === 0) return [];
  const named = missing.map(([group, addresses]) => `${shownGroup(group)} for ${shortList(addresses)}`);
  return [
    {
      severity: "error",
      code: "MISSING_PERMISSION",
      message: `the API token in use lacks ${missing.length === 1 ? "a permission group" : "permission groups"} that the plan needs: ${named.join("; ")}`,
      hint: "add to the token, on this account, what is missing, or run with another one; nothing was written",
    },
  ];
}

/** What surely writes; whether a `check-secret` does is not known yet. */
const WRITES = ["create", "update", "delete"];

function shortList(addresses: readonly Address[]): string {
  const shown = addresses.slice(0, 3).join(", ");
  return addresses.length > 3 ? `${shown} and ${addresses.length - 3} more` : shown;
}

type Uses = ReadonlyMap<string, readonly Address[]>;

/**
 * What the token in use does not have; nothing where that cannot be told: a Global API key has no groups, a user's token
 * is read with a permission of users (OpenAPI 2026-10), and an account's with "Account API Tokens Read". Names alone
 * prove nothing missing: a group that the account does not know, or knows by another name, is not judged.
 */
async function missingOf(
  api: CloudflareReader,
  uses: Uses,
): Promise<(readonly [string, readonly Address[]])[]> {
  try {
    const id = await api.ownToken();
    if (id === null) return [];
    const held = heldGroups(api.account, await api.get(`/tokens/${segment(id)}`, resultOf(tokenShape)));
    const unnamed = [...uses].filter(([group]) => !held.some(({ name }) => apiName(name ?? "") === group));
    if (unnamed.length === 0) return [];
    const { names } = await findGroups(api, []);
    const idsOf = (group: string) =>
      [...names].flatMap(([id, name]) => (apiName(name) === group ? [id] : []));
    return unnamed.filter(([group]) => {
      const ids = idsOf(group);
      return ids.length > 0 && !held.some(({ id }) => ids.includes(id));
    });
  } catch (error) {
    if (error instanceof ProviderError) return [];
    throw error;
  }
}

type Group = { readonly id: string; readonly name?: string | null | undefined };

/** Groups that are allowed where they may concern the account, without those denied on it. */
function heldGroups(account: string, { policies }: WireToken): readonly Group[] {
  const all = policies ?? [];
  const here = `com.cloudflare.api.account.${account}`;
  const denied = new Set(
    all
      .filter(({ effect, resources }) => effect === "deny" && resources[here] === "*")
      .flatMap(({ permission_groups }) => permission_groups.map(({ id }) => id)),
  );
  return all
    .filter(({ effect, resources }) => effect === "allow" && Object.keys(resources).some(mayConcern(here)))
    .flatMap(({ permission_groups }) => permission_groups)
    .filter(({ id }) => !denied.has(id));
}

/** False for another account, by its id; forms that are not known here get the benefit of the doubt. */
function mayConcern(here: string): (resource: string) => boolean {
  return (resource) => resource === here || !/^com\.cloudflare\.api\.account\.[0-9a-f]{32}$/.test(resource);
}
