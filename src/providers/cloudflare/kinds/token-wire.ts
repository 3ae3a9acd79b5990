// An account's API token as Cloudflare's API writes it (OpenAPI 2026-10, Account Owned API Tokens), and its
// translation to the file's vocabulary. A value is in none of this: only the answers to create and roll have one.

import * as z from "zod";
import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import type { LiveResource } from "../../../model/live.ts";
import type { ResolvedFields, ResolvedValue } from "../../../provider/kind.ts";
import { canonicalTime } from "../../../provider/time.ts";
import { canonicalPermissions } from "./permission-names.ts";

const policyShape = z.looseObject({
  effect: z.string(),
  permission_groups: z.array(z.looseObject({ id: z.string(), name: z.string().nullish() })),
  resources: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
});

const addresses = z.array(z.string()).nullish();

export const tokenShape = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string().nullish(),
  policies: z.array(policyShape).nullish(),
  condition: z
    .looseObject({ request_ip: z.looseObject({ in: addresses, not_in: addresses }).nullish() })
    .nullish(),
  issued_on: z.string().nullish(),
  expires_on: z.string().nullish(),
  not_before: z.string().nullish(),
});

export type WireToken = z.output<typeof tokenShape>;
type Policy = z.output<typeof policyShape>;

/** The resource that a policy of ours is for: the whole account. */
function accountResource(account: string): string {
  return `com.cloudflare.api.account.${account}`;
}

/** Translates a token of an account. */
export function tokenFromWire(account: string, token: WireToken): LiveResource {
  const issued = Date.parse(token.issued_on ?? "");
  return {
    kind: "cloudflare.token",
    id: token.id,
    name: token.name,
    fields: {
      name: token.name,
      permissions: (token.policies ?? []).flatMap((policy) => namesOf(account, policy)),
      condition: conditionFromWire(token.condition),
      not_before: token.not_before ?? null,
      expires_on: token.expires_on ?? null,
      status: token.status ?? "active",
    },
    ...(Number.isNaN(issued) ? {} : { created_at: issued }),
  };
}

/** Names of a policy's groups. A policy that no file can say shows as what it is, so that it is a difference. */
function namesOf(account: string, { effect, permission_groups, resources }: Policy): string[] {
  const names = permission_groups.map(({ id, name }) => name ?? id);
  const places = Object.entries(resources);
  const [only] = places;
  if (effect === "allow" && places.length === 1 && only?.[0] === accountResource(account) && only[1] === "*")
    return names;
  const verb = effect === "allow" ? "allowed" : effect === "deny" ? "denied" : effect;
  const where = places
    .flatMap(([place, what]) =>
      typeof what === "string" ? [place] : Object.keys(what).map((inner) => `${place} ${inner}`),
    )
    .sort()
    .join(", ");
  return names.map((name) => `${name} (${verb} on ${where})`);
}

function conditionFromWire(condition: WireToken["condition"]): JsonValue {
  const { in: inside, not_in } = condition?.request_ip ?? {};
  return { request_ip: { in: inside ?? [], not_in: not_in ?? [] } };
}

/** The one form of a condition: lists are sets, an empty one is none, and without any there is no condition. */
export function canonicalCondition(value: JsonValue): JsonValue {
  const ranges = isObject(value) && isObject(value.request_ip) ? value.request_ip : {};
  const lists = Object.entries(ranges).flatMap(([name, list]): [string, JsonValue][] =>
    Array.isArray(list) && list.length > 0 ? [[name, [...new Set(list.map(String))].sort()]] : [],
  );
  return lists.length === 0 ? null : { request_ip: Object.fromEntries(lists.sort()) };
}

/** A moment to the second, as the published examples have it. */
export function canonicalMoment(value: JsonValue): JsonValue {
  const text = canonicalTime(value);
  return typeof text === "string" ? text.replace(/\.\d+Z$/, "Z") : text;
}

/**
 * The whole token for a PUT, which replaces everything: what is live, overlaid with what is declared and differs.
 * @param groups ids of the declared permissions' groups; left out, the policies stay as they are.
 */
export function updateBody(
  account: string,
  live: WireToken,
  declared: ResolvedFields,
  groups: readonly string[] | undefined,
): ResolvedFields {
  const now = tokenFromWire(account, live).fields;
  const merged: ResolvedFields = { ...now, ...declared };
  const { status } = merged;
  return {
    ...writable(merged),
    policies: groups === undefined ? policiesAgain(live) : policiesFor(account, groups),
    // `expired` follows from the time and cannot be set (OpenAPI 2026-10).
    ...(status === "active" || status === "disabled" ? { status } : {}),
  };
}

/** The members that create and PUT have in common; what is null is left out, which is how it is reset. */
export function writable(fields: ResolvedFields): ResolvedFields {
  const { name, not_before, expires_on } = fields;
  // A token's fields hold no secrets, so their resolved form is JSON.
  const condition = canonicalCondition((fields.condition ?? null) as JsonValue);
  const times = Object.entries({ not_before, expires_on }).flatMap(([key, time]) =>
    typeof time === "string" ? [[key, canonicalMoment(time)] as const] : [],
  );
  const body: Record<string, ResolvedValue> = { name: name ?? "", ...Object.fromEntries(times) };
  if (condition !== null) body.condition = condition;
  return body;
}

/** One policy that allows the groups on the whole account: there is no narrower resource (docs "Authenticated Gateway", 2026-06-17). */
export function policiesFor(account: string, groups: readonly string[]): readonly JsonObject[] {
  return [
    {
      effect: "allow",
      permission_groups: groups.map((id) => ({ id })),
      resources: { [accountResource(account)]: "*" },
    },
  ];
}

/** Live policies in the form in which they are written: ids of policies and names of groups are the server's. */
function policiesAgain({ policies }: WireToken): readonly JsonObject[] {
  return (policies ?? []).map(({ effect, permission_groups, resources }) => ({
    effect,
    permission_groups: permission_groups.map(({ id }) => ({ id })),
    resources,
  }));
}

/** Whether a token of these fields passes an authenticated gateway. */
export function mayRun({ permissions }: { readonly permissions?: JsonValue }): boolean {
  const names = canonicalPermissions(permissions ?? []);
  return Array.isArray(names) && names.includes("AI Gateway Run");
}
