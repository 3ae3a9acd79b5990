/**
 * Builders for Cloudflare endpoints: they put account, token and permission checks, and the family's way of
 * refusing a bad body, around what an endpoint does.
 */
import type { z } from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import type { Method, Reply } from "../http.ts";
import { authorize, checkAccount, identify } from "./auth.ts";
import { readBody } from "./validation.ts";

const ACCOUNT = "/client/v4/accounts/:account_id";

/** Reads of gateways and what hangs on them (OAS 2026-10, `x-api-token-group`). */
export const gatewayReaders = ["AI Gateway Read", "AI Gateway Write"];
export const gatewayWriters = ["AI Gateway Write"];
export const secretReaders = ["Secrets Store Read", "Secrets Store Write"];
export const secretWriters = ["Secrets Store Write"];
export const tokenWriters = ["Account API Tokens Write"];
export const tokenReaders = ["Account API Tokens Read", "Account API Tokens Write"];

interface Row<Body> {
  readonly method: Method;
  /** Below `/client/v4/accounts/{account_id}`. */
  readonly path: string;
  /** At least one of these permission groups is needed; empty: any active token. */
  readonly needs: readonly string[];
  readonly request?: z.ZodType<Body>;
  readonly reply: z.ZodType;
  /** False: there is no such route. */
  readonly available?: Endpoint["available"];
  readonly handle: (context: Context, body: Body) => Reply;
}

/** An endpoint of the AI Gateway family: its body is checked before it runs and refused with 7001. */
export function aiGateway<Body = undefined>(row: Row<Body>): Endpoint {
  const { request } = row;
  return account(row, (context) => {
    const { unknown_body_keys } = context.switches;
    const body =
      request === undefined ? undefined : readBody(request, context.incoming.payload, unknown_body_keys);
    return row.handle(context, body as Body); // without `request`, Body is undefined
  });
}

/** An endpoint of a classic family: it reads its own body, because each has its own error codes. */
export function classicEndpoint(
  row: Omit<Row<never>, "request" | "handle"> & { request?: z.ZodType; handle: (context: Context) => Reply },
): Endpoint {
  return account(row, row.handle);
}

function account(
  row: Pick<Row<never>, "method" | "path" | "needs" | "reply" | "available"> & { request?: z.ZodType },
  handle: (context: Context) => Reply,
): Endpoint {
  return {
    vendor: "cloudflare",
    method: row.method,
    path: `${ACCOUNT}${row.path}`,
    ...(row.request === undefined ? {} : { request: row.request }),
    reply: row.reply,
    ...(row.available === undefined ? {} : { available: row.available }),
    handle(context) {
      const caller = identify(context);
      checkAccount(context.store.cloudflare, param(context, "account_id"), context.incoming.path);
      authorize(context, caller, row.needs);
      return handle(context);
    },
  };
}
