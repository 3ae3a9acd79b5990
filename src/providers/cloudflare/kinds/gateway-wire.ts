// A gateway as Cloudflare's API writes it. Field names are the file's own, so the codec's work is the secrets:
// values become `Secret`s when they are read, and marks with fingerprints before anybody else sees them.

import * as z from "zod";
import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import type { Fields } from "../../../model/kind-rules.ts";
import type { LiveResource } from "../../../model/live.ts";
import type { ResolvedFields, ResolvedValue } from "../../../provider/kind.ts";
import { looksMasked, markOf } from "../../../provider/mask.ts";
import { Secret } from "../../../provider/secret.ts";
import type { CloudflareReader } from "../client.ts";
import { completeSpendLimits } from "./gateway-fields.ts";

/** Required in POST and in PUT (OpenAPI 2026-10). */
const REQUIRED: ResolvedFields = {
  cache_invalidate_on_update: false,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
};

/** Answered but never sent: the last three appear on the wire only now and then. */
const READ_ONLY = new Set([
  "id",
  "is_default",
  "created_at",
  "modified_at",
  "account_id",
  "account_tag",
  "internal_id",
]);

const text = z.string().nullish();
const flag = z.boolean().nullish();
const number = z.number().nullish();
const filter = z.object({ mode: z.string(), values: z.array(z.string()).optional() });

/**
 * What we read. Enums are plain text here: a value that is new at the vendor's must not make reading fail.
 * Nested objects drop keys we do not know, which nobody could declare.
 */
const readShape = z.object({
  id: z.string(),
  authentication: flag,
  byok_only: flag,
  cache_invalidate_on_update: flag,
  cache_ttl: number,
  collect_logs: flag,
  dlp: z
    .object({
      enabled: z.boolean(),
      action: text,
      profiles: z.array(z.string()).nullish(),
      policies: z
        .array(
          z.object({
            id: z.string(),
            enabled: z.boolean(),
            action: z.string(),
            check: z.array(z.string()),
            profiles: z.array(z.string()),
          }),
        )
        .nullish(),
    })
    .nullish(),
  guardrails: z
    .object({
      prompt: z.record(z.string(), text).nullish(),
      response: z.record(z.string(), text).nullish(),
    })
    .nullish(),
  log_classification: flag,
  log_management: number,
  log_management_strategy: text,
  logpush: flag,
  logpush_public_key: text,
  otel: z
    .array(
      z.object({
        url: z.string(),
        headers: z.record(z.string(), z.string()).nullish(),
        authorization: text,
        content_type: text,
      }),
    )
    .nullish(),
  rate_limiting_interval: number,
  rate_limiting_limit: number,
  rate_limiting_technique: text,
  retry_max_attempts: number,
  retry_delay: number,
  retry_backoff: text,
  spend_limits: z
    .object({
      enabled: flag,
      rules: z
        .array(
          z.object({
            id: z.string().optional(),
            limitType: z.string(),
            limit: z.number(),
            window: z.number(),
            enabled: flag,
            technique: text,
            model: filter.nullish(),
            provider: filter.nullish(),
            metadata: z.record(z.string(), filter).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
  store_id: text,
  stripe: z
    .object({ authorization: z.string(), usage_events: z.array(z.object({ payload: z.string() })) })
    .nullish(),
  workers_ai_billing_mode: text,
  zdr: flag,
  is_default: flag,
  created_at: z.string(),
  modified_at: z.string(),
});

/** An answer in both forms: whole, to be sent back by a full-object PUT, and as far as we read it. */
export interface GatewayAnswer {
  readonly raw: JsonObject;
  readonly read: z.output<typeof readShape>;
}

/** Checks what is read and keeps the whole object beside it. */
export const gatewayShape = z.unknown().transform((raw, context): GatewayAnswer => {
  const read = readShape.safeParse(raw);
  if (!read.success) {
    for (const { path, message } of read.error.issues) {
      context.issues.push({ code: "custom", path, message, input: raw });
    }
    return z.NEVER;
  }
  // A value that parsed as an object came from JSON text, so it is a JSON object.
  return { raw: raw as JsonObject, read: read.data };
});

/** Translates to the file's vocabulary. */
export function gatewayFromWire(api: CloudflareReader, { read }: GatewayAnswer): LiveResource {
  const fields: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(withSecrets(read as JsonObject))) {
    if (value !== undefined) fields[key] = markSecrets(api, value);
  }
  const created = Date.parse(read.created_at);
  return {
    kind: "cloudflare.gateway",
    id: read.id,
    name: read.id,
    fields: fields as Fields,
    mark: read.created_at,
    ...(Number.isNaN(created) ? {} : { created_at: created }),
  };
}

/** The body of a create: declared fields over the five that the API requires. */
export function createBody(fields: ResolvedFields): ResolvedFields {
  return { ...REQUIRED, ...fields };
}

/**
 * The body of a PUT: the live object overlaid with declared fields. Optional fields that are null and cannot be
 * sent as null are left out; so are undeclared ones that were never set.
 */
export function updateBody(live: GatewayAnswer, declared: ResolvedFields): ResolvedFields {
  const body: Record<string, ResolvedValue> = {};
  for (const [key, value] of Object.entries(withSecrets(live.raw))) {
    if (READ_ONLY.has(key) || (value === null && !Object.hasOwn(REQUIRED, key))) continue;
    // An unset store is answered as "", which is no store's id.
    if (key === "store_id" && value === "") continue;
    body[key] = value;
  }
  const { id: _, spend_limits, ...others } = declared;
  const rest: Record<string, ResolvedValue> = { ...others };
  if (spend_limits !== undefined) {
    // Spend limits hold no secrets, so their resolved form is JSON. Rules keep the ids that the server gave them.
    rest.spend_limits = completeSpendLimits(spend_limits as JsonValue, live.raw.spend_limits ?? null);
  }
  return { ...REQUIRED, ...body, ...rest };
}

/** Paths of undeclared secrets that the vendor shows masked: a PUT that sent them back would destroy them. */
export function maskedSecrets(live: GatewayAnswer, declared: ResolvedFields): readonly string[] {
  const found: string[] = [];
  const visit = (value: ResolvedValue, path: string): void => {
    if (value instanceof Secret) {
      if (looksMasked(value)) found.push(path);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item as ResolvedValue, `${path}.${key}`);
    }
  };
  for (const [name, value] of Object.entries(withSecrets(live.raw))) {
    if (!Object.hasOwn(declared, name)) visit(value, name);
  }
  return found;
}

/** The object with `Secret`s in place of the credentials that the API returns: in `otel` and `stripe`. */
function withSecrets(gateway: JsonObject): ResolvedFields {
  const { otel, stripe } = gateway;
  return {
    ...gateway,
    ...(Array.isArray(otel) ? { otel: otel.map((item: JsonValue) => otelSecrets(item)) } : {}),
    ...(isObject(stripe) && typeof stripe.authorization === "string"
      ? { stripe: { ...stripe, authorization: new Secret(stripe.authorization) } }
      : {}),
  };
}

function otelSecrets(target: JsonValue): ResolvedValue {
  if (!isObject(target)) return target;
  const { authorization, headers, ...rest } = target;
  return {
    ...rest,
    ...(isObject(headers)
      ? {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [
              name,
              typeof value === "string" ? new Secret(value) : value,
            ]),
          ),
        }
      : {}),
    // An empty authorization is none.
    ...(typeof authorization === "string" && authorization !== ""
      ? { authorization: new Secret(authorization) }
      : {}),
  };
}

function markSecrets(api: CloudflareReader, value: ResolvedValue): JsonValue {
  if (value instanceof Secret) return markOf(value, api.fingerprint);
  if (Array.isArray(value)) return value.map((item: ResolvedValue) => markSecrets(api, item));
  if (typeof value !== "object" || value === null) return value as JsonValue;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, markSecrets(api, item as ResolvedValue)]),
  );
}
