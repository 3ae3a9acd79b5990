/**
 * Gateway bodies and objects, transcribed from Cloudflare's OpenAPI document of 2026-10 (AI Gateway Gateways).
 * Shapes only; defaults and what PUT does are in gateways.ts.
 */
import * as z from "zod";

/** Lower case, digits, `_`, single interior hyphens. */
export const gatewayId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9_]+(?:-[a-z0-9_]+)*$/);

const dlpAction = z.enum(["FLAG", "BLOCK"]);
const dlpProfiles = { enabled: z.boolean(), action: dlpAction, profiles: z.array(z.string()) };
const dlpPolicies = {
  enabled: z.boolean(),
  policies: z.array(
    z.object({
      id: z.string(),
      enabled: z.boolean(),
      action: dlpAction,
      check: z.array(z.enum(["REQUEST", "RESPONSE"])),
      profiles: z.array(z.string()),
    }),
  ),
};
/** `anyOf` in OAS 2026-10, so an object with both key sets is good too and keeps both. */
const dlp = z.union([
  z.object({ ...dlpProfiles, ...dlpPolicies }),
  z.object(dlpPolicies),
  z.object(dlpProfiles),
]);

const categories = ["P1", ...Array.from({ length: 13 }, (_, index) => `S${index + 1}`)];
const guardrailSide = z.object(
  Object.fromEntries(categories.map((category) => [category, z.enum(["FLAG", "BLOCK"]).optional()])),
);
const guardrails = z.object({ prompt: guardrailSide, response: guardrailSide });

const otelTarget = z.object({
  url: z.url().max(2048),
  headers: z.record(z.string(), z.string().max(4096)),
  authorization: z.string().max(256).optional(),
  content_type: z.enum(["json", "protobuf"]).default("json"),
});

const stripe = z.object({
  authorization: z.string(),
  usage_events: z.array(z.object({ payload: z.string() })),
});

const filter = z.object({ mode: z.literal("filter"), values: z.array(z.string()) });
const spendRule = z.object({
  id: z
    .string()
    .min(1)
    .regex(/^[a-zA-Z0-9_-]+$/)
    .optional(),
  limitType: z.literal("cost"),
  limit: z.number().gt(0),
  window: z.int().gt(0),
  enabled: z.boolean().default(true),
  technique: z.enum(["sliding", "fixed"]).default("sliding"),
  model: filter.optional(),
  provider: filter.optional(),
  metadata: z.record(z.string(), z.union([filter, z.object({ mode: z.literal("partition") })])).optional(),
});
const spendLimits = z.object({
  enabled: z.boolean().default(false),
  rules: z.array(spendRule).max(20).default([]),
});

/** The five fields that POST and PUT both demand. */
export const requiredSettings = {
  cache_invalidate_on_update: z.boolean(),
  cache_ttl: z.int().min(0).nullable(),
  collect_logs: z.boolean(),
  rate_limiting_interval: z.int().min(0).nullable(),
  rate_limiting_limit: z.int().min(0).nullable(),
};

/** The optional fields. Which ones take null is part of the contract. */
const optionalSettings = {
  rate_limiting_technique: z.enum(["fixed", "sliding"]).nullable(),
  authentication: z.boolean(),
  byok_only: z.boolean(),
  dlp,
  guardrails: guardrails.nullable(),
  log_classification: z.boolean(),
  log_management: z.int().min(10_000).max(10_000_000).nullable(),
  log_management_strategy: z.enum(["STOP_INSERTING", "DELETE_OLDEST"]).nullable(),
  logpush: z.boolean(),
  logpush_public_key: z.string().min(16).max(1024).nullable(),
  otel: z.array(otelTarget).max(5).nullable(),
  retry_max_attempts: z.int().min(1).max(5).nullable(),
  /** 0-60000 in OAS 2026-10 and SDK 7.3.0; Terraform 5.22 still says 5000; open question 32. */
  retry_delay: z.int().min(0).max(60_000).nullable(),
  retry_backoff: z.enum(["constant", "linear", "exponential"]).nullable(),
  /** `limit` is taken as US dollars (docs; ALC 2026 says cents); open question 31. */
  spend_limits: spendLimits.nullable(),
  store_id: z.string().nullable(),
  stripe: stripe.nullable(),
  workers_ai_billing_mode: z.enum(["postpaid", "unified"]),
  zdr: z.boolean(),
};

const optionalInBody = z.object(optionalSettings).partial().shape;

export const gatewayPutBody = z.object({ ...requiredSettings, ...optionalInBody });
export const gatewayPostBody = z.object({ id: gatewayId, ...requiredSettings, ...optionalInBody });

export type GatewayPutBody = z.infer<typeof gatewayPutBody>;

const timestamp = z.iso.datetime();

/** A gateway as answered: eight fields always, the others perhaps (OAS 2026-10, `required`). */
export const gatewayWire = z.strictObject({
  id: gatewayId,
  ...requiredSettings,
  ...z.object(optionalSettings).partial().shape,
  is_default: z.boolean().optional(),
  created_at: timestamp,
  modified_at: timestamp,
});

/** A gateway as kept: every field has a value, `dlp` excepted, which cannot be null. */
export const gatewayRecord = z.strictObject({
  id: gatewayId,
  cache_invalidate_on_update: requiredSettings.cache_invalidate_on_update.default(false),
  cache_ttl: requiredSettings.cache_ttl.default(0),
  collect_logs: requiredSettings.collect_logs.default(true),
  rate_limiting_interval: requiredSettings.rate_limiting_interval.default(0),
  rate_limiting_limit: requiredSettings.rate_limiting_limit.default(0),
  rate_limiting_technique: optionalSettings.rate_limiting_technique.default("fixed"),
  authentication: z.boolean().default(false),
  byok_only: z.boolean().default(false),
  dlp: dlp.optional(),
  guardrails: optionalSettings.guardrails.default(null),
  log_classification: z.boolean().default(false),
  log_management: optionalSettings.log_management.default(10_000_000),
  log_management_strategy: optionalSettings.log_management_strategy.default("DELETE_OLDEST"),
  logpush: z.boolean().default(false),
  logpush_public_key: optionalSettings.logpush_public_key.default(null),
  otel: optionalSettings.otel.default(null),
  retry_max_attempts: optionalSettings.retry_max_attempts.default(null),
  retry_delay: optionalSettings.retry_delay.default(null),
  retry_backoff: optionalSettings.retry_backoff.default(null),
  spend_limits: optionalSettings.spend_limits.default(null),
  store_id: optionalSettings.store_id.default(null),
  stripe: optionalSettings.stripe.default(null),
  workers_ai_billing_mode: optionalSettings.workers_ai_billing_mode.default("postpaid"),
  zdr: z.boolean().default(false),
  created_at: timestamp.default("2026-01-01T00:00:00.000Z"),
  modified_at: timestamp.default("2026-01-01T00:00:00.000Z"),
});

export type GatewayRecord = z.infer<typeof gatewayRecord>;
export type GatewaySettings = Omit<GatewayRecord, "id" | "created_at" | "modified_at">;
