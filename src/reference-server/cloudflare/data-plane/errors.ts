/**
 * Refusals of the data plane. Their list is called `error`, in the singular (bodies observed 2026-09 and 2026-10:
 * 2001, 2040, 2041). Clients should go by the code: one body with `httpCode` 400 for 2009 was seen as well.
 */
import * as z from "zod";
import { json, Refusal, type Reply } from "../../http.ts";

/** The body of every refusal. */
export const gatewayErrorWire = z.strictObject({
  success: z.literal(false),
  result: z.array(z.never()),
  messages: z.array(z.never()),
  error: z.array(z.strictObject({ code: z.int().optional(), message: z.string() })).length(1),
  name: z.literal("AiGatewayError"),
  httpCode: z.int(),
  internalCode: z.int().optional(),
  message: z.string(),
});

/** @param code undefined: the vendor documents the refusal and publishes no code for it. */
function gatewayError(status: number, code: number | undefined, message: string): Reply {
  const named: z.infer<typeof gatewayErrorWire> = {
    success: false,
    result: [],
    messages: [],
    error: [{ ...(code === undefined ? {} : { code }), message }],
    name: "AiGatewayError",
    httpCode: status,
    ...(code === undefined ? {} : { internalCode: code }),
    message,
  };
  return json(status, named);
}

const refusal = (status: number, code: number | undefined, message: string): Refusal =>
  new Refusal(gatewayError(status, code, message));

/** Text observed 2026-10-02. */
export const noGateway = (): Refusal =>
  refusal(400, 2001, "Please configure AI Gateway in the Cloudflare dashboard");

export const routeFailed = (why: string): Refusal => refusal(400, 2002, `Dynamic route failed: ${why}`);

export const rateLimited = (): Refusal => refusal(429, 2003, "Rate limited");

/** Also what an unknown dynamic route gets (cloudflare/ai#611, 2026-07). */
export const noAnswer = (): Refusal => refusal(400, 2005, "Failed to get response from provider");

export const invalidProvider = (): Refusal => refusal(400, 2008, "Invalid provider");

export const unauthorized = (): Refusal => refusal(401, 2009, "Unauthorized");

/** Text observed 2026. */
export const noCredit = (): Refusal =>
  refusal(
    402,
    2021,
    "Insufficient wholesale credits. Please add additional credits on the AI Gateway Cloudflare dashboard to continue using provider models.",
  );

/** Text observed 2026; with no alias at all the last part is ours. */
export function noAlias(provider: string, alias: string, known: readonly string[]): Refusal {
  const list = known.length === 0 ? "none" : known.map((name) => `'${name}'`).join(", ");
  const message = `Provider '${provider}' has no BYOK credential named '${alias}'. Configured aliases: ${list}`;
  return refusal(400, 2040, message);
}

/** Text observed 2026-09-01. */
export const overSpent = (
  rule: string,
  limit: number,
  window: number,
  technique: string,
  what: string,
): Refusal =>
  refusal(
    429,
    2041,
    `Spend limit exceeded: rule '${rule}' (cost limit ${limit} per ${window}s, ${technique}) for ${what}`,
  );

/** Status from the changelog of 2026-09-14, which names no code. */
export const needsCredential = (provider: string): Refusal =>
  refusal(
    400,
    undefined,
    `Provider '${provider}' needs credentials: none came with the request and none is stored`,
  );

/** The answer to a fault of this status. */
export function gatewayFault(status: number): Reply {
  const reply = gatewayError(status, status === 429 ? 2003 : 2005, `Injected fault ${status}`);
  return status === 429 ? { ...reply, headers: { "retry-after": "1" } } : reply;
}

/** A body that cannot be understood; the vendor publishes no code for it. */
export const badRequest = (message: string): Refusal => refusal(400, undefined, message);
