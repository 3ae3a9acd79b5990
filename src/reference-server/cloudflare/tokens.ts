/**
 * API tokens, read side: verify, permission groups, list and get. Enough for a client to learn which credential
 * it holds and what it may do. Envelope C. Create, update and roll come with their own kind.
 */
import { z } from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { hexId } from "../ids.ts";
import { identify, statusOf } from "./auth.ts";
import { classicEndpoint, tokenReaders } from "./endpoints.ts";
import { classic, classicList, classicListWire, classicWire, refuseClassic } from "./envelopes.ts";
import { lenientPageRequest, pageOf } from "./paging.ts";
import { permissionGroups } from "./permission-groups.ts";
import type { TokenRecord } from "./state.ts";

const status = z.enum(["active", "disabled", "expired"]);

const verifyWire = z.strictObject({
  id: z.string(),
  status,
  expires_on: z.iso.datetime().optional(),
  not_before: z.iso.datetime().optional(),
});

const tokenWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  status,
  policies: z.array(
    z.strictObject({
      id: z.string(),
      effect: z.enum(["allow", "deny"]),
      permission_groups: z.array(z.strictObject({ id: z.string(), name: z.string() })),
      resources: z.record(z.string(), z.string()),
    }),
  ),
  issued_on: z.iso.datetime(),
  modified_on: z.iso.datetime(),
  last_used_on: z.iso.datetime().nullable(),
  expires_on: z.iso.datetime().optional(),
  not_before: z.iso.datetime().optional(),
});

const permissionGroupWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  category: z.string(),
  is_selectable: z.boolean(),
});

function lifetime(token: TokenRecord): { expires_on?: string; not_before?: string } {
  return {
    ...(token.expires_on === null ? {} : { expires_on: token.expires_on }),
    ...(token.not_before === null ? {} : { not_before: token.not_before }),
  };
}

function present(context: Context, token: TokenRecord): z.infer<typeof tokenWire> {
  const held = permissionGroups.filter((group) => token.permissions.includes(group.name));
  const policy = {
    id: hexId(`policy-${token.id}`, 0),
    effect: "allow" as const,
    permission_groups: held.map(({ id, name }) => ({ id, name })),
    resources: { [`com.cloudflare.api.account.${context.store.cloudflare.account_id}`]: "*" },
  };
  return {
    id: token.id,
    name: token.name,
    status: statusOf(token, context.now),
    policies: [policy],
    issued_on: token.issued_on,
    modified_on: token.modified_on,
    last_used_on: null,
    ...lifetime(token),
  };
}

/** Says what the token in the request is; a token of the other owner is invalid here (inferred from the two paths). */
function verified(context: Context, owner: TokenRecord["owner"]): z.infer<typeof verifyWire> {
  const token = identify(context);
  if (token.owner !== owner) throw refuseClassic(401, 1000, "Invalid API Token");
  return { id: token.id, status: statusOf(token, context.now), ...lifetime(token) };
}

function accountTokens(context: Context): TokenRecord[] {
  return context.store.cloudflare.tokens.filter((token) => token.owner === "account");
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

const listAll = classicEndpoint({
  method: "GET",
  path: "/tokens",
  needs: tokenReaders,
  reply: classicListWire(tokenWire),
  handle(context) {
    const withExpired = context.incoming.query.get("include_expired") === "true";
    const shown = accountTokens(context).filter(
      (token) => withExpired || statusOf(token, context.now) !== "expired",
    );
    if (context.incoming.query.get("direction") === "desc") shown.reverse();
    const page = pageOf(shown, lenientPageRequest(context, 20, 50));
    return classicList({ ...page, items: page.items.map((token) => present(context, token)) });
  },
});

const getOne = classicEndpoint({
  method: "GET",
  path: "/tokens/:token_id",
  needs: tokenReaders,
  reply: classicWire(tokenWire),
  handle(context) {
    const id = param(context, "token_id");
    const token = accountTokens(context).find((candidate) => candidate.id === id);
    if (token === undefined) throw refuseClassic(404, 1001, "Token not found");
    return classic(200, present(context, token));
  },
});

export const tokenEndpoints: readonly Endpoint[] = [verifyAccount, verifyUser, groups, listAll, getOne];
