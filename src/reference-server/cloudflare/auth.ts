/**
 * Who calls Cloudflare's API and what the token may do. Codes and statuses as open question 33 recommends:
 * 6003 for a malformed header, 10000 for an unknown token (401) or a missing permission group (403).
 */
import type { Context } from "../endpoint.ts";
import type { Incoming, Refusal } from "../http.ts";
import { refuseClassic } from "./envelopes.ts";
import type { CloudflareState, TokenRecord } from "./state.ts";

/** The bearer text of the request, if the header is well formed. */
export function bearerOf(incoming: Incoming): string | undefined {
  return /^Bearer ([A-Za-z0-9_.\-~+/=]+)$/i.exec(incoming.authorization ?? "")?.[1];
}

/** The token in the request, whatever its status; refuses with 400 or 401. */
export function identify(context: Context): TokenRecord {
  const { authorization } = context.incoming;
  if (authorization === undefined) {
    // 9106, inside a 400 rather than a 401 (DIS 2026).
    throw refuseClassic(400, 9106, "Missing Authorization header");
  }
  const bearer = bearerOf(context.incoming);
  if (bearer === undefined) throw refuseClassic(400, 6003, "Invalid request headers");
  const token = context.store.cloudflare.tokens.find((candidate) => candidate.value === bearer);
  if (token === undefined) throw refuseClassic(401, 10000, "Authentication error");
  return token;
}

/** Refuses unless the token is active now and has at least one of `groups` (no groups: any active token). */
export function authorize(context: Context, token: TokenRecord, groups: readonly string[]): void {
  const early = token.not_before !== null && Date.parse(token.not_before) > context.now;
  if (early || statusOf(token, context.now) !== "active") {
    throw refuseClassic(401, 10000, "Authentication error");
  }
  if (groups.length > 0 && !groups.some((group) => token.permissions.includes(group))) {
    throw refuseClassic(403, 10000, "Authentication error");
  }
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
