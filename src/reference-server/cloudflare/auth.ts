/**
 * Who calls Cloudflare's API and what the credential may do: an API token, or the user's e-mail and Global API key.
 * Codes and statuses as open question 33 recommends: 6003 for a malformed header, 10000 for an unknown token (401) or
 * a missing permission group (403).
 */
import type { Context } from "../endpoint.ts";
import type { Incoming, Refusal } from "../http.ts";
import { refuseClassic } from "./envelopes.ts";
import { isWithin } from "./ip-ranges.ts";
import type { CloudflareState } from "./state.ts";
import type { TokenRecord } from "./token-shapes.ts";

/** The user with the Global API key may do everything. */
export type Caller = { readonly kind: "token"; readonly token: TokenRecord } | { readonly kind: "user" };

/** The bearer text of the request, if the header is well formed. */
export function bearerOf(incoming: Incoming): string | undefined {
  return /^Bearer ([A-Za-z0-9_.\-~+/=]+)$/i.exec(incoming.authorization ?? "")?.[1];
}

/** Who sent the request, whatever a token's status; refuses with 400, 401 or 403. */
export function identify(context: Context): Caller {
  const { authorization } = context.incoming;
  if (authorization === undefined) return userOf(context);
  const bearer = bearerOf(context.incoming);
  if (bearer === undefined) throw refuseClassic(400, 6003, "Invalid request headers");
  const token = context.store.cloudflare.tokens.find((candidate) => candidate.value === bearer);
  if (token === undefined) throw refuseClassic(401, 10000, "Authentication error");
  const { address } = context.incoming;
  if (!mayComeFrom(token, address)) {
    // Status, code and text seen in jeessy2/ddns-go#1341, 2024-12-14.
    throw refuseClassic(403, 9109, `Cannot use the access token from location: ${address}`);
  }
  return { kind: "token", token };
}

function userOf(context: Context): Caller {
  const { "x-auth-email": email, "x-auth-key": key } = context.incoming.headers;
  if (email === undefined || key === undefined) {
    // Inside a 400 rather than a 401 (DIS 2026).
    throw refuseClassic(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  }
  // 37 hex digits, or `cfk_` and more (2026-09); an API token in this header is malformed (acme.sh#6435, 2025-07).
  if (!/^(?:[0-9a-f]{37}|cfk_\w+)$/.test(key)) throw refuseClassic(400, 6003, "Invalid request headers");
  const { user } = context.store.cloudflare;
  if (email !== user.email || key !== user.api_key) {
    // The code is in DIS 2026, its status is ours.
    throw refuseClassic(403, 9103, "Unknown X-Auth-Key or X-Auth-Email");
  }
  return { kind: "user" };
}

/** Refuses unless the caller may act now and has at least one of `groups` (no groups: any active token). */
export function authorize(context: Context, caller: Caller, groups: readonly string[]): void {
  if (caller.kind === "user") return;
  const { token } = caller;
  if (!isUsable(token, context.now)) throw refuseClassic(401, 10000, "Authentication error");
  if (groups.length > 0 && !groups.some((group) => token.permissions.includes(group))) {
    throw refuseClassic(403, 10000, "Authentication error");
  }
}

/** Active, and its time has come. */
export function isUsable(token: TokenRecord, now: number): boolean {
  const early = token.not_before !== null && Date.parse(token.not_before) > now;
  return !early && statusOf(token, now) === "active";
}

/** Whether the token's condition lets it be used from this address. */
export function mayComeFrom({ condition }: TokenRecord, address: string): boolean {
  const { in: inside = [], not_in: outside = [] } = condition?.request_ip ?? {};
  return (inside.length === 0 || isWithin(inside, address)) && !isWithin(outside, address);
}

/** Refuses a path that names another account: the edge finds no route to it (7003). */
export function checkAccount(state: CloudflareState, accountId: string, path: string): void {
  if (accountId !== state.account_id) throw noRoute(path);
}

export function noRoute(path: string): Refusal {
  return refuseClassic(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
}

/** `active`, `disabled` or `expired`; the last one follows from `expires_on` and the clock. */
export function statusOf(token: TokenRecord, now: number): "active" | "disabled" | "expired" {
  if (token.expires_on !== null && Date.parse(token.expires_on) <= now) return "expired";
  return token.status;
}
