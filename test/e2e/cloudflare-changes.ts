// One change of each field of `examples/cloudflare-complete`, kind by kind: what is written in the file in place of
// what stands there, and what of it cannot be done in place. `cloudflare-complete.test.ts` sees that none is missing.

import { type Changed, change, type FieldChange, ONE_VALUE, secret } from "./field-change.ts";

const ASSISTANT = ["cloudflare", "gateways", "assistant"];
const ACME = ["cloudflare", "custom_providers", "acme-llm"];

const gateway: readonly FieldChange[] = [
  change("authentication", false),
  change("byok_only", false),
  change("workers_ai_billing_mode", "unified"),
  change("zdr", false),
  change("spend_limits.enabled", false),
  change("spend_limits.rules.0.id", "30-days"),
  change("spend_limits.rules.0.limit", 3000),
  change("spend_limits.rules.0.window", 604800),
  change("spend_limits.rules.1.enabled", false),
  change("spend_limits.rules.1.technique", "sliding"),
  change("spend_limits.rules.1.provider.values", ["openai", "anthropic"]),
  change("spend_limits.rules.1.model.values", ["gpt-5.1"]),
  change("spend_limits.rules.1.metadata.plan.values", ["free"]),
  change("spend_limits.rules.1.metadata.user_id", { mode: "filter", values: ["ann"] }),
  change("stripe.authorization", secret),
  change("stripe.usage_events.0.payload", '{"event_name":"tokens"}'),
  change("rate_limiting_interval", 3600),
  change("rate_limiting_limit", 20000),
  change("rate_limiting_technique", "fixed"),
  change("retry_max_attempts", 5),
  change("retry_delay", 1000),
  change("retry_backoff", "linear"),
  change("cache_ttl", 600),
  change("cache_invalidate_on_update", false),
  change("guardrails.prompt.S6", "BLOCK"),
  change("guardrails.response.S2", "FLAG"),
  change("dlp.enabled", false),
  change("dlp.policies.0.id", "cards"),
  change("dlp.policies.0.enabled", false),
  change("dlp.policies.0.action", "FLAG"),
  change("dlp.policies.0.check", ["REQUEST"]),
  change("dlp.policies.0.profiles", ["c8932cc4-3312-4152-8041-f3f257122dc4"]),
  change(
    "dlp",
    { enabled: true, action: "FLAG", profiles: ["56a8c060-01bb-4f89-ba1e-3ad42770a342"] },
    { alone: true },
  ),
  change("collect_logs", false),
  change("log_classification", false),
  change("log_management", 500000),
  change("log_management_strategy", "STOP_INSERTING"),
  change("logpush", false),
  change("logpush_public_key", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"),
  change("otel.0.url", "https://otel.acme.com/v2/traces"),
  change("otel.0.headers.x-tenant", secret),
  change("otel.0.authorization", secret),
  change("otel.0.content_type", "json"),
  change("store_id", "3c5a8b1e7f2d4096a1b2c3d4e5f60718", { alone: true }),
  change("lifecycle.prevent_destroy", false, { action: "record" }),
];

const route: readonly FieldChange[] = [
  change("name", "by-plan"),
  change("elements.0.outputs.next", "trial"),
  change("elements.0.outputs.next", { elementId: "large" }, { alone: true }),
  change("elements.1.properties.conditions", { "metadata.plan": { $in: ["paid", "partner"] } }),
  change("elements.1.outputs.true", "large"),
  change("elements.1.outputs.true", { elementId: "large" }, { alone: true }),
  change("elements.1.outputs.false", "small"),
  change("elements.1.outputs.false", { elementId: "small" }, { alone: true }),
  change("elements.2.properties.limitType", "cost"),
  change("elements.2.properties.key", "metadata.team"),
  change("elements.2.properties.limit", 50),
  change("elements.2.properties.window", 86400),
  change("elements.2.outputs.success", "large"),
  change("elements.2.outputs.success", { elementId: "large" }, { alone: true }),
  change("elements.2.outputs.fallback", "small"),
  change("elements.2.outputs.fallback", { elementId: "small" }, { alone: true }),
  change("elements.3.outputs.else", "small"),
  change("elements.3.outputs.10%", { elementId: "small" }, { alone: true }),
  // An element under another name, and another one in its place.
  change("elements.4.id", "ours", { along: { "elements.3.outputs.10%": "ours" } }),
  change(
    "elements.3",
    { id: "trial", type: "conditional", outputs: { true: "own", false: "large" } },
    { alone: true },
  ),
  change("elements.4.properties.provider", "openai", { alone: true }),
  change("elements.4.properties.model", "acme-large-2"),
  change("elements.4.properties.timeout", 5000),
  change("elements.4.properties.retries", 1),
];

const TOKENS = [
  "input_tokens",
  "input_cached_tokens",
  "input_cache_creation_tokens",
  "input_text_tokens",
  "input_image_tokens",
  "input_image_count",
  "input_audio_tokens",
  "input_video_tokens",
  "output_tokens",
  "output_reasoning_tokens",
  "output_image_count",
  "total_tokens",
];

/** By the order of the file. */
export const changed: readonly Changed[] = [
  {
    kind: "cloudflare.gateway",
    address: "cloudflare.gateway.assistant",
    body: ASSISTANT,
    changes: gateway,
  },
  {
    kind: "cloudflare.provider_config",
    address: "cloudflare.provider_config.assistant/openai",
    body: [...ASSISTANT, "provider_configs", "openai"],
    changes: [
      change("provider_slug", "azure-openai", { replace: "create-first" }),
      change("alias", "production", { replace: "create-first" }),
      change("default_config", false, { replace: "gap" }),
      change("secret", secret),
      change("rate_limit", 1200, { replace: "gap" }),
      change("rate_limit_period", 120, { replace: "gap" }),
    ],
  },
  {
    kind: "cloudflare.provider_config",
    address: "cloudflare.provider_config.assistant/anthropic",
    body: [...ASSISTANT, "provider_configs", "anthropic"],
    changes: [
      // Cloudflare deletes the key with its config, so that both are made again.
      change("rate_limit", 300, {
        replace: "gap",
        steps: [
          "delete cloudflare.provider_config.assistant/anthropic",
          "delete cloudflare.secret.assistant_anthropic_default",
          "create cloudflare.secret.assistant_anthropic_default",
          "create cloudflare.provider_config.assistant/anthropic",
        ],
      }),
    ],
  },
  {
    kind: "cloudflare.route",
    address: "cloudflare.route.assistant/tiered",
    body: [...ASSISTANT, "routes", "tiered"],
    changes: route,
  },
  {
    kind: "cloudflare.custom_domain",
    address: "cloudflare.custom_domain.assistant/ai.acme.com",
    body: [...ASSISTANT, "custom_domains", "ai.acme.com"],
    changes: [
      change("zone_id", "395566f4c8a5b9d2a5fc0d457b007c44", { replace: "gap" }),
      change("minTLS", "1.3", { replace: "gap" }),
    ],
  },
  {
    kind: "cloudflare.custom_provider",
    address: "cloudflare.custom_provider.acme-llm",
    body: ACME,
    changes: [
      change("name", "Acme models"),
      change("slug", "acme"),
      change("base_url", "https://eu.llm.acme.com"),
      change("headers.x-api-key", secret),
      change("enable", false),
      change("beta", false),
      change("description", "Our own models"),
      change("link", "https://acme.com/llm"),
      change("curl_example", "curl https://eu.llm.acme.com"),
      change("js_example", "await fetch(url)"),
      change("position", 2),
    ],
  },
  {
    kind: "cloudflare.custom_provider_cost",
    address: "cloudflare.custom_provider_cost.acme-llm/large",
    body: [...ACME, "costs", "large"],
    changes: [
      change("model", "acme-xl"),
      change("model_rule", "contains"),
      change("cost_type", "requests"),
      ...TOKENS.map((name) => change(`token_pricing.${name}`, 0.000003)),
      change("enable", false),
    ],
  },
  {
    kind: "cloudflare.custom_provider_cost",
    address: "cloudflare.custom_provider_cost.acme-llm/small",
    body: [...ACME, "costs", "small"],
    changes: [change("cost_in", 0.0000003), change("cost_out", 0)],
  },
  {
    kind: "cloudflare.secret",
    address: "cloudflare.secret.assistant_anthropic_default",
    body: ["cloudflare", "secrets", "assistant_anthropic_default"],
    changes: [change("value", secret), change("comment", "Rotated every month")],
  },
  {
    kind: "cloudflare.secret",
    address: "cloudflare.secret.crm-webhook",
    body: ["cloudflare", "secrets", "crm-webhook"],
    changes: [
      change("name", "crm-signature", { replace: "create-first" }),
      change("value", secret),
      change("scopes", ["ai_gateway", "containers"]),
      change("comment", null),
    ],
  },
  {
    kind: "cloudflare.token",
    address: "cloudflare.token.assistant-caller",
    body: ["cloudflare", "tokens", "assistant-caller"],
    changes: [
      change("name", "assistant"),
      change("permissions", ["AI Gateway Run", "AI Gateway Read"]),
      change("condition.request_ip.in", ["198.51.100.0/24"]),
      change("condition.request_ip.not_in", ["192.0.2.7/32", "192.0.2.8/32"]),
      change("condition", null, { alone: true }),
      change("not_before", "2026-02-01T00:00:00Z"),
      change("expires_on", "2028-12-31T23:59:59Z"),
      change("status", "disabled"),
    ],
  },
];

/** What no change can be made of, by kind and path in it, and why. */
export const unchangeable: Readonly<Record<string, string>> = {
  "cloudflare.gateway.spend_limits.rules[].limitType": ONE_VALUE,
  "cloudflare.gateway.spend_limits.rules[].model.mode": ONE_VALUE,
  "cloudflare.gateway.spend_limits.rules[].provider.mode": ONE_VALUE,
  "cloudflare.provider_config.secret_id": "it can name no secret but the one of the config's own name",
  "cloudflare.secrets_store.name": "it is never written in a file",
};
