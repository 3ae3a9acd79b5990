/**
 * What a client asks to learn about its own credential and about permissions: verify, permission groups. Envelope C.
 */
import * as z from "zod";
import type { Context, Endpoint } from "../endpoint.ts";
import { identify, statusOf } from "./auth.ts";
import { classicEndpoint, tokenReaders } from "./endpoints.ts";
import { classic, classicListWire, classicWire, refuseClassic } from "./envelopes.ts";
import { categories, permissionGroups } from "./permission-groups.ts";
import { type TokenRecord, verifyWire } from "./token-shapes.ts";

const permissionGroupWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  category: z.enum(categories),
  is_selectable: z.boolean(),
});

/** The dates of a token that it has. */
export function lifetime(token: TokenRecord): { expires_on?: string; not_before?: string } {
  return {
    ...(token.expires_on === null ? {} : { expires_on: token.expires_on }),
    ...(token.not_before === null ? {} : { not_before: token.not_before }),
  };
}

/** Says what the token in the request is; a token of the other owner is invalid here (inferred from the two paths). */
function verified(context: Context, owner: TokenRecord["owner"]): z.infer<typeof verifyWire> {
  const caller = identify(context);
  if (caller.kind !== "token" || caller.token.owner !== owner) {
    throw refuseClassic(401, 1000, "Invalid API Token");
  }
  const { token } = caller;
  return { id: token.id, status: statusOf(token, context.now), ...lifetime(token) };
}

const verifyAccount = classicEndpoint({
  method: "GET",
  path: "/tokens/verify",
  needs: [],
  reply: classicWire(verifyWire),
  handle: (context) => classic(200, verified(context, "account")),
});

/** Outside any account; a disabled or expired token may ask too and is told its status. */
const verifyUser: Endpoint = {
  vendor: "cloudflare",
  method: "GET",
  path: "/client/v4/user/tokens/verify",
  reply: classicWire(verifyWire),
  handle: (context) => classic(200, verified(context, "user")),
};

/** Not paged (OAS 2026-10). `name` and `scope` filter by equality (our choice). */
const groups = classicEndpoint({
  method: "GET",
  path: "/tokens/permission_groups",
  needs: tokenReaders,
  reply: classicListWire(permissionGroupWire),
  handle(context) {
    const name = context.incoming.query.get("name");
    const scope = context.incoming.query.get("scope");
    const found = permissionGroups.filter(
      (group) => (name === null || group.name === name) && (scope === null || group.scopes.includes(scope)),
    );
    return classic(200, found);
  },
});

export const tokenSelfEndpoints: readonly Endpoint[] = [verifyAccount, verifyUser, groups];
