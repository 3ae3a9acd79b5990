/**
 * Refusals of Vercel's data plane. Types are those that npm @ai-sdk/gateway 3.0.232 knows and the docs name; what they
 * were seen with is beside each, and the rest of the texts is ours.
 */
import * as z from "zod";
import { json, Refusal, type Reply } from "../../http.ts";

/** The body of every refusal (npm @ai-sdk/gateway 3.0.232). */
export const aiGatewayErrorWire = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.record(z.string(), z.unknown()).optional(),
  }),
  generationId: z.string().optional(),
});

function failure(status: number, type: string, message: string, param?: object): Reply {
  return json(status, { error: { message, type, ...(param === undefined ? {} : { param }) } });
}

const refuse = (...args: Parameters<typeof failure>): Refusal => new Refusal(failure(...args));

/** A key or token that is missing, unknown, expired, leaked or of someone who has left. */
export const unauthenticated = (message: string): Refusal => refuse(401, "authentication_error", message);

export const badRequest = (message: string): Refusal => refuse(400, "invalid_request_error", message);

export const unknownModel = (model: string): Refusal =>
  refuse(404, "model_not_found", `Model '${model}' not found`);

/**
 * Routing rules docs of 2026-09-17: generic text, and the rule in `param`. That the rule's reason stands at the end is
 * our choice, as no example has one.
 */
export function denied(model: string, ruleId: string, reason: string | undefined): Refusal {
  const why = reason === undefined ? "" : `: ${reason}`;
  return refuse(403, "forbidden", `Model '${model}' is blocked by a routing rule${why}`, { ruleId });
}

/** Scope or key, and both amounts with two decimals (budget docs 2026-08-28). */
export function overBudget(scopeType: string, entityId: string, spent: number, limit: number): Refusal {
  const amounts = `Current spend: $${spent.toFixed(2)}, limit: $${limit.toFixed(2)}.`;
  const scope = `${scopeType.charAt(0).toUpperCase()}${scopeType.slice(1)}`;
  const message =
    scopeType === "api-key"
      ? `Quota limit exceeded for "${entityId}". ${amounts} Please contact your administrator to increase the quota.`
      : `${scope} budget exceeded. ${amounts} Please contact your administrator to increase the budget.`;
  return refuse(402, "quota_for_entity_exceeded", message);
}

/** Nobody is left to ask. The docs of 2026-09-22 describe the error and its reason; status and type are inferred. */
export function noneLeft(model: string, zeroDataRetention: boolean): Refusal {
  const which = zeroDataRetention ? "zero data retention " : "";
  return refuse(400, "no_providers_available", `No ${which}providers are available for model '${model}'`);
}

/** What the client gets when the last provider failed with this status: a type of the gateway's own, not the provider's body. */
export function providerFailed(status: number): Reply {
  return failure(status, typeOf(status), `Injected failure ${status} of the provider`);
}

/** The answer to a fault of this status. */
export function aiGatewayFault(status: number): Reply {
  const reply = failure(status, typeOf(status), `Injected fault ${status}`);
  return status === 429 ? { ...reply, headers: { "retry-after": "1" } } : reply;
}

function typeOf(status: number): string {
  if (status === 429) return "rate_limit_exceeded";
  if (status === 424) return "failed_dependency";
  return status < 500 ? "invalid_request_error" : "internal_server_error";
}

export const noRoute = (): Refusal => refuse(404, "not_found", "The requested endpoint was not found");
