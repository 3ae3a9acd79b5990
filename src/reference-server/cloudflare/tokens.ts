/**
 * API tokens of an account: create, list, get, replace, delete, roll. A value is answered when it is made and never
 * again. Envelope C; what is refused is OAS 2026-10, with which code is unpublished and ours.
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import type { Reply } from "../http.ts";
import { alphanumeric, hexId } from "../ids.ts";
import { replaced } from "../store.ts";
import { statusOf } from "./auth.ts";
import { classicEndpoint, tokenReaders, tokenWriters } from "./endpoints.ts";
import {
  classic,
  classicList,
  classicListWire,
  classicWire,
  refuseClassic,
  refuseFields,
} from "./envelopes.ts";
import { pageOf, tokenPageRequest } from "./paging.ts";
import { newPolicies, permissionsOf, presentPolicies } from "./token-policies.ts";
import { lifetime } from "./token-self.ts";
import {
  newTokenWire,
  type TokenBody,
  type TokenRecord,
  tokenPostBody,
  tokenPutBody,
  tokenWire,
} from "./token-shapes.ts";
import { describeIssue } from "./validation.ts";

const PATH = "/tokens";

function present(context: Context, token: TokenRecord): z.infer<typeof tokenWire> {
  const { id, name, condition, issued_on, modified_on, creator_email_at_creation: creator } = token;
  return {
    id,
    name,
    status: statusOf(token, context.now),
    policies: presentPolicies(context, token),
    ...(condition === null ? {} : { condition }),
    issued_on,
    modified_on,
    last_used_on: null,
    ...lifetime(token),
    ...(creator === null ? {} : { creator_email_at_creation: creator }),
  };
}

function accountTokens(context: Context): TokenRecord[] {
  return context.store.cloudflare.tokens.filter((token) => token.owner === "account");
}

function tokenOf(context: Context): TokenRecord {
  const id = param(context, "token_id");
  const token = accountTokens(context).find((candidate) => candidate.id === id);
  if (token === undefined) throw refuseClassic(404, 1001, "Token not found");
  return token;
}

function readBody<T>(context: Context, schema: z.ZodType<T>): T {
  const { payload } = context.incoming;
  const value = payload.kind === "json" ? payload.value : undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({
    message: describeIssue(issue, value),
    pointer: `/${issue.path.map(String).join("/")}`,
  }));
  throw refuseFields(fields);
}

/** Everything in a token that a body says; what it leaves out is gone. */
function settings(context: Context, body: TokenBody) {
  const policies = newPolicies(context, body.policies);
  return {
    name: body.name,
    policies,
    permissions: permissionsOf(policies, context.store.cloudflare.account_id),
    condition: body.condition ?? null,
    expires_on: wholeSeconds(body.expires_on),
    not_before: wholeSeconds(body.not_before),
  };
}

/** The same moment in UTC and without fractions, as in the examples of OAS 2026-10. */
function wholeSeconds(moment: string | undefined): string | null {
  if (moment === undefined) return null;
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

function newValue(context: Context): string {
  return alphanumeric("cloudflare-token", context.store.nextSequence(), 40);
}

/** Puts a changed token in the place of the old one. */
function rewrite(context: Context, token: TokenRecord, changes: Partial<TokenRecord>): TokenRecord {
  const changed = { ...token, ...changes, modified_on: new Date(context.now).toISOString() };
  const { tokens } = context.store.cloudflare;
  context.store.writeCloudflare({ tokens: replaced(tokens, (other) => other.id === token.id, changed) });
  return changed;
}

const create = classicEndpoint({
  method: "POST",
  path: PATH,
  needs: tokenWriters,
  request: tokenPostBody,
  reply: classicWire(newTokenWire),
  handle(context): Reply {
    const body = readBody(context, tokenPostBody);
    if (accountTokens(context).length >= context.switches.max_account_tokens) {
      throw refuseClassic(400, 1001, "The account has as many tokens as it may have");
    }
    const { tokens, user } = context.store.cloudflare;
    const at = new Date(context.now).toISOString();
    const token: TokenRecord = {
      id: hexId("token", context.store.nextSequence()),
      value: newValue(context),
      owner: "account",
      status: "active",
      ...settings(context, body),
      issued_on: at,
      modified_on: at,
      creator_email_at_creation: user.email,
    };
    context.store.writeCloudflare({ tokens: [...tokens, token] });
    return classic(200, { ...present(context, token), value: token.value });
  },
});

/** In the order of their making, or the other way round; expired ones only when asked for (OAS 2026-10). */
const listAll = classicEndpoint({
  method: "GET",
  path: PATH,
  needs: tokenReaders,
  reply: classicListWire(tokenWire),
  handle(context) {
    const request = tokenPageRequest(context);
    const withExpired = context.incoming.query.get("include_expired") === "true";
    const shown = accountTokens(context).filter(
      (token) => withExpired || statusOf(token, context.now) !== "expired",
    );
    if (context.incoming.query.get("direction") === "desc") shown.reverse();
    const page = pageOf(shown, request);
    return classicList({ ...page, items: page.items.map((token) => present(context, token)) });
  },
});

const getOne = classicEndpoint({
  method: "GET",
  path: `${PATH}/:token_id`,
  needs: tokenReaders,
  reply: classicWire(tokenWire),
  handle: (context) => classic(200, present(context, tokenOf(context))),
});

/** Replaces everything but the value; the status stays when the body has none. */
const put = classicEndpoint({
  method: "PUT",
  path: `${PATH}/:token_id`,
  needs: tokenWriters,
  request: tokenPutBody,
  reply: classicWire(tokenWire),
  handle(context) {
    const token = tokenOf(context);
    const body = readBody(context, tokenPutBody);
    const status = body.status ?? token.status;
    return classic(200, present(context, rewrite(context, token, { ...settings(context, body), status })));
  },
});

const remove = classicEndpoint({
  method: "DELETE",
  path: `${PATH}/:token_id`,
  needs: tokenWriters,
  reply: classicWire(z.strictObject({ id: z.string() })),
  handle(context) {
    const { id } = tokenOf(context);
    const tokens = context.store.cloudflare.tokens.filter((token) => token.id !== id);
    context.store.writeCloudflare({ tokens });
    return classic(200, { id });
  },
});

/** A new value as a bare string; the old one is dead at once. The body is not looked at. */
const roll = classicEndpoint({
  method: "PUT",
  path: `${PATH}/:token_id/value`,
  needs: tokenWriters,
  reply: classicWire(newTokenWire.shape.value),
  handle(context) {
    const { value } = rewrite(context, tokenOf(context), { value: newValue(context) });
    return classic(200, value);
  },
});

export const tokenEndpoints: readonly Endpoint[] = [create, listAll, getOne, put, remove, roll];
