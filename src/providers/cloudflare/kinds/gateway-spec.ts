// What a user may write for a gateway. Bounds and enums: Cloudflare OpenAPI 2026-10, "AI Gateway Gateways".

import * as z from "zod";
import { idOrRef } from "../../../provider/spec.ts";
import { dlpPolicies, dlpSingle, hazards, otel, spendLimits, stripe } from "./gateway-nested-spec.ts";

const protection = (title: string, description: string) =>
  z
    .boolean()
    .meta({ title, description, examples: [true] })
    .optional();

const wholeNumber = (title: string, description: string, example: number) =>
  z
    .int()
    .min(0)
    .nullable()
    .meta({ title, description, examples: [example, null] })
    .optional();

export const gatewaySpec = z.strictObject({
  authentication: protection(
    "Authentication",
    "Refuse callers that do not present a token with the permission AI Gateway Run",
  ),
  byok_only: protection(
    "Bring-your-own keys only",
    "Never fall back to Unified Billing when no stored key fits",
  ),
  cache_invalidate_on_update: z
    .boolean()
    .meta({
      title: "Invalidate cache on update",
      description: "Drop the cache when the gateway changes; a new gateway gets false",
      examples: [false],
    })
    .optional(),
  cache_ttl: wholeNumber("Cache time", "Seconds an answer is cached; 0 or null for no cache", 300),
  collect_logs: protection("Collect logs", "Keep a log of requests; a new gateway gets true"),
  dlp: z
    .union([dlpPolicies, dlpSingle])
    .meta({
      title: "Data Loss Prevention",
      description: "Scan requests and responses; cannot be null, turn it off with enabled: false",
      examples: [{ enabled: true, action: "BLOCK", profiles: ["ddd00000"] }],
    })
    .optional(),
  guardrails: z
    .strictObject({
      prompt: hazards.meta({
        title: "Prompt",
        description: "Actions on prompts, by hazard category",
        examples: [{ P1: "BLOCK" }],
      }),
      response: hazards.meta({
        title: "Response",
        description: "Actions on responses, by hazard category",
        examples: [{ S1: "FLAG" }],
      }),
    })
    .nullable()
    .meta({
      title: "Guardrails",
      description: "Content checks on prompts and responses; null turns them off",
      examples: [{ prompt: { P1: "BLOCK" }, response: {} }, null],
    })
    .optional(),
  log_classification: z
    .boolean()
    .meta({ title: "Log classification", description: "Classify logged requests", examples: [false] })
    .optional(),
  log_management: z
    .int()
    .min(10_000)
    .max(10_000_000)
    .nullable()
    .meta({
      title: "Log management",
      description:
        "How many log entries are kept, 10 000 to 10 000 000; the server's default depends on the plan",
      examples: [100_000],
    })
    .optional(),
  log_management_strategy: z
    .enum(["STOP_INSERTING", "DELETE_OLDEST"])
    .nullable()
    .meta({
      title: "Log management strategy",
      description: "What happens when the log is full",
      examples: ["DELETE_OLDEST"],
    })
    .optional(),
  logpush: z
    .boolean()
    .meta({ title: "Logpush", description: "Let Logpush jobs take the logs", examples: [false] })
    .optional(),
  logpush_public_key: z
    .string()
    .min(16)
    .max(1024)
    .nullable()
    .meta({
      title: "Logpush public key",
      description: "Public key that pushed logs are encrypted with, 16 to 1024 characters",
      examples: ["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"],
    })
    .optional(),
  otel: z
    .array(otel)
    .max(5)
    .nullable()
    .meta({
      title: "OpenTelemetry",
      description: "At most 5 targets that traces are sent to; null or [] for none",
      examples: [[{ url: "https://otel.acme.com/v1/traces", headers: {} }]],
    })
    .optional(),
  rate_limiting_interval: wholeNumber(
    "Rate limit interval",
    "Seconds in which rate_limiting_limit requests are let through; 0 or null for no limit",
    60,
  ),
  rate_limiting_limit: wholeNumber(
    "Rate limit",
    "Requests let through per interval; 0 or null for no limit",
    100,
  ),
  rate_limiting_technique: z
    .enum(["fixed", "sliding"])
    .nullable()
    .meta({
      title: "Rate limit technique",
      description: "How the interval moves; a new gateway gets fixed",
      examples: ["sliding"],
    })
    .optional(),
  retry_max_attempts: z
    .int()
    .min(1)
    .max(5)
    .nullable()
    .meta({
      title: "Retry attempts",
      description: "How often a failed provider request is tried, 1 to 5; null for no retries",
      examples: [3],
    })
    .optional(),
  retry_delay: z
    .int()
    .min(0)
    .max(60_000)
    .nullable()
    .meta({
      title: "Retry delay",
      description: "Milliseconds between two tries, 0 to 60 000",
      examples: [1000],
    })
    .optional(),
  retry_backoff: z
    .enum(["constant", "linear", "exponential"])
    .nullable()
    .meta({
      title: "Retry back-off",
      description: "How the delay grows from try to try",
      examples: ["exponential"],
    })
    .optional(),
  spend_limits: spendLimits
    .nullable()
    .meta({
      title: "Spend limits",
      description: "Limits in US dollars; null for none",
      examples: [{ enabled: true, rules: [{ limitType: "cost", limit: 250, window: 2592000 }] }, null],
    })
    .optional(),
  store_id: idOrRef("cloudflare.secrets_store")
    .nullable()
    .meta({
      title: "Secrets Store",
      description:
        "Id of the Secrets Store that holds the provider keys; found by itself when the gateway has provider_configs",
      examples: ["023e105f4ecef8ad9ca31a8372d0c353"],
    })
    .optional(),
  stripe: stripe
    .nullable()
    .meta({
      title: "Stripe",
      description: "Report usage to Stripe; null for off",
      examples: [
        {
          authorization: { env: "STRIPE_KEY" },
          usage_events: [{ payload: '{"event_name":"tokens"}' }],
        },
        null,
      ],
    })
    .optional(),
  workers_ai_billing_mode: z
    .enum(["postpaid", "unified"])
    .meta({
      title: "Workers AI billing mode",
      description: "How Workers AI requests are billed",
      examples: ["postpaid"],
    })
    .optional(),
  zdr: protection("Zero data retention", "Use only provider endpoints that retain no data"),
});
