/**
 * Policies of API tokens: from a body to a record, to the permissions they give on the account, and to an answer.
 * OAS 2026-10; that ids and order come from the server is what Terraform users met (2026).
 */
import type { z } from "zod";
import type { Context } from "../endpoint.ts";
import { hexId } from "../ids.ts";
import { refuseFields } from "./envelopes.ts";
import { permissionGroups } from "./permission-groups.ts";
import type { PolicyRecord, TokenBody, TokenRecord, tokenWire } from "./token-shapes.ts";

type PolicyWire = z.infer<typeof tokenWire>["policies"][number];

const ACCOUNT = "com.cloudflare.api.account.";

/** The policies of a body with new ids; refuses unknown groups and resources of other accounts (codes unpublished). */
export function newPolicies(context: Context, policies: TokenBody["policies"]): PolicyRecord[] {
  const { account_id } = context.store.cloudflare;
  const errors = policies.flatMap((policy, index) => [
    ...policy.permission_groups.flatMap(({ id }, at) =>
      permissionGroups.some((group) => group.id === id)
        ? []
        : [
            {
              message: `Permission group ${id} not found`,
              pointer: `/policies/${index}/permission_groups/${at}/id`,
            },
          ],
    ),
    ...Object.keys(policy.resources)
      .filter((name) => foreign(name, account_id))
      .map((name) => ({ message: `Invalid resource ${name}`, pointer: `/policies/${index}/resources` })),
  ]);
  if (errors.length > 0) throw refuseFields(errors);
  return policies.map(({ effect, permission_groups, resources }) => ({
    id: hexId("policy", context.store.nextSequence()),
    effect,
    permission_groups: permission_groups.map(({ id }) => id),
    resources,
  }));
}

/** Not a resource at all, or another account. */
function foreign(name: string, accountId: string): boolean {
  if (!name.startsWith("com.cloudflare.")) return true;
  const account = /^com\.cloudflare\.api\.account\.([0-9a-f]{32})$/.exec(name)?.[1];
  return account !== undefined && account !== accountId;
}

/** Names of the groups that the policies allow on the account and do not deny again. */
export function permissionsOf(policies: readonly PolicyRecord[], accountId: string): string[] {
  const here = policies.filter(({ resources }) =>
    [`${ACCOUNT}${accountId}`, `${ACCOUNT}*`].some((name) => resources[name] === "*"),
  );
  const idsWith = (effect: PolicyRecord["effect"]): string[] =>
    here.filter((policy) => policy.effect === effect).flatMap((policy) => policy.permission_groups);
  const denied = idsWith("deny");
  const allowed = idsWith("allow").filter((id) => !denied.includes(id));
  return permissionGroups.filter(({ id }) => allowed.includes(id)).map(({ name }) => name);
}

/** The policies of a token as this profile answers them. */
export function presentPolicies(context: Context, token: TokenRecord): PolicyWire[] {
  const policies = token.policies ?? [impliedPolicy(context, token)];
  if (context.switches.token_policy_order === "as_sent") return policies.map(presentPolicy);
  return policies
    .map((policy) => ({ ...policy, permission_groups: policy.permission_groups.toSorted() }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(presentPolicy);
}

function presentPolicy({ permission_groups, ...policy }: PolicyRecord): PolicyWire {
  return { ...policy, permission_groups: permission_groups.map(presentGroup) };
}

function presentGroup(id: string): PolicyWire["permission_groups"][number] {
  const group = permissionGroups.find((candidate) => candidate.id === id);
  if (group === undefined) return { id };
  const label = group.name.toLowerCase().replaceAll(" ", "_");
  return { id, name: group.name, meta: { label, scopes: group.scopes.join(",") } };
}

function impliedPolicy(context: Context, token: TokenRecord): PolicyRecord {
  return {
    id: hexId(`policy-${token.id}`, 0),
    effect: "allow",
    permission_groups: permissionGroups
      .filter(({ name }) => token.permissions.includes(name))
      .map(({ id }) => id),
    resources: { [`${ACCOUNT}${context.store.cloudflare.account_id}`]: "*" },
  };
}
