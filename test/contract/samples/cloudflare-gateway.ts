import type { JsonObject } from "../../../src/base/json.ts";
import { canary } from "../../canary/values.ts";
import type { Body, FieldChange, Sample } from "../sample.ts";
import type { Vendors } from "../stage.ts";

const GATEWAYS = "/ai-gateway/gateways";

/** The five fields that Cloudflare demands of every gateway. */
const required = {
  cache_invalidate_on_update: false,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
};

const dlpPolicy = {
  id: "cards",
  enabled: true,
  action: "BLOCK",
  check: ["REQUEST"],
  profiles: ["profile-a"],
};
const otel = {
  url: "https://otel.acme.com/v1/traces",
  headers: { "x-api-key": { env: "OTEL_KEY" } },
  authorization: { env: "OTEL_AUTHORIZATION" },
  content_type: "json",
};
const otelHeld = {
  url: otel.url,
  headers: { "x-api-key": canary("otel key") },
  authorization: canary("otel authorization"),
  content_type: "json",
};
const rule = {
  id: "monthly",
  limitType: "cost",
  limit: 250,
  window: 2592000,
  enabled: true,
  technique: "sliding",
  model: { mode: "filter", values: ["gpt-5.1"] },
  provider: { mode: "filter", values: ["openai"] },
  metadata: { user: { mode: "partition" } },
};
const limits = (changed: JsonObject) => ({ enabled: true, rules: [{ ...rule, ...changed }] });
const stripe = {
  authorization: { env: "STRIPE_KEY" },
  usage_events: [{ payload: '{"event_name":"tokens"}' }],
};

const flags: readonly FieldChange[] = [
  "authentication",
  "byok_only",
  "cache_invalidate_on_update",
  "collect_logs",
  "log_classification",
  "logpush",
  "zdr",
].flatMap((path) => [
  { path, from: false, to: true },
  { path, from: true, to: false },
]);

const changes: readonly FieldChange[] = [
  ...flags,
  { path: "cache_ttl", from: 300, to: 600 },
  { path: "cache_ttl", from: 300, to: 0 },
  { path: "rate_limiting_interval", from: 60, to: 3600, beside: { rate_limiting_limit: 100 } },
  { path: "rate_limiting_limit", from: 100, to: 50, beside: { rate_limiting_interval: 60 } },
  { path: "rate_limiting_limit", from: 100, to: 0, beside: { rate_limiting_interval: 60 } },
  { path: "rate_limiting_technique", from: "fixed", to: "sliding" },
  { path: "log_management", from: 100_000, to: 200_000 },
  { path: "log_management_strategy", from: "DELETE_OLDEST", to: "STOP_INSERTING" },
  {
    path: "logpush_public_key",
    from: "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
    to: "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8B",
  },
  { path: "retry_max_attempts", from: 3, to: 5 },
  { path: "retry_delay", from: 1000, to: 2000 },
  { path: "retry_backoff", from: "constant", to: "exponential" },
  { path: "workers_ai_billing_mode", from: "postpaid", to: "unified" },
  { path: "store_id", from: "store-a", to: "store-b" },
  {
    path: "dlp",
    from: { enabled: true, action: "BLOCK", profiles: ["profile-a"] },
    to: { enabled: false, action: "FLAG", profiles: ["profile-b"] },
  },
  { path: "dlp", from: { enabled: true, policies: [dlpPolicy] }, to: { enabled: true, policies: [] } },
  {
    path: "dlp",
    from: { enabled: true, policies: [dlpPolicy] },
    to: {
      enabled: false,
      policies: [
        { id: "names", enabled: false, action: "FLAG", check: ["RESPONSE"], profiles: ["profile-b"] },
      ],
    },
  },
  {
    path: "guardrails",
    from: { prompt: { P1: "FLAG" }, response: {} },
    to: { prompt: { P1: "BLOCK" }, response: {} },
  },
  {
    path: "guardrails",
    from: { prompt: {}, response: { S1: "FLAG" } },
    to: { prompt: {}, response: { S1: "BLOCK" } },
  },
  {
    path: "guardrails",
    from: { prompt: { P1: "FLAG" }, response: {} },
    to: null,
    held: ["guardrails", { prompt: {}, response: {} }],
  },
  { path: "otel", from: [], to: [otel], held: ["otel", [otelHeld]] },
  {
    path: "otel",
    from: [otel],
    to: [{ ...otel, url: "https://otel.acme.com/v2", content_type: "protobuf" }],
    held: ["otel", [{ ...otelHeld, url: "https://otel.acme.com/v2", content_type: "protobuf" }]],
  },
  {
    path: "otel",
    from: [otel],
    to: [{ ...otel, headers: { "x-api-key": { env: "OTHER" } } }],
    held: ["otel.0.headers", { "x-api-key": canary("other value") }],
  },
  {
    path: "otel",
    from: [otel],
    to: [{ ...otel, authorization: { env: "OTHER" } }],
    held: ["otel.0.authorization", canary("other value")],
  },
  { path: "otel", from: [otel], to: null, held: ["otel", []] },
  { path: "spend_limits", from: limits({}), to: limits({ id: "yearly" }) },
  { path: "spend_limits", from: limits({}), to: limits({ limit: 0.5 }) },
  { path: "spend_limits", from: limits({}), to: limits({ window: 86400 }) },
  { path: "spend_limits", from: limits({}), to: limits({ enabled: false }) },
  { path: "spend_limits", from: limits({}), to: limits({ technique: "fixed" }) },
  { path: "spend_limits", from: limits({}), to: limits({ model: { mode: "filter", values: ["gpt-5.5"] } }) },
  { path: "spend_limits", from: limits({}), to: limits({ provider: { mode: "filter", values: ["groq"] } }) },
  {
    path: "spend_limits",
    from: limits({}),
    to: limits({ metadata: { user: { mode: "filter", values: ["ann"] } } }),
  },
  {
    path: "spend_limits",
    from: limits({ metadata: { user: { mode: "filter", values: ["ann"] } } }),
    to: limits({ metadata: { user: { mode: "filter", values: ["bob"] } } }),
  },
  { path: "spend_limits", from: limits({}), to: { enabled: false, rules: [rule] } },
  {
    path: "spend_limits",
    from: limits({}),
    to: null,
    held: ["spend_limits", { enabled: false, rules: [] }],
  },
  {
    path: "stripe",
    from: stripe,
    to: { ...stripe, usage_events: [{ payload: '{"event_name":"requests"}' }] },
    held: ["stripe.usage_events", [{ payload: '{"event_name":"requests"}' }]],
  },
  {
    path: "stripe",
    from: stripe,
    to: { ...stripe, authorization: { env: "OTHER" } },
    held: ["stripe.authorization", canary("other value")],
  },
  { path: "stripe", from: stripe, to: null },
];

const full: Body = {
  authentication: true,
  byok_only: true,
  cache_invalidate_on_update: true,
  cache_ttl: 300,
  collect_logs: true,
  dlp: { enabled: true, policies: [dlpPolicy] },
  guardrails: { prompt: { P1: "BLOCK", S1: "FLAG" }, response: { S13: "BLOCK" } },
  log_classification: true,
  log_management: 100_000,
  log_management_strategy: "STOP_INSERTING",
  logpush: true,
  logpush_public_key: "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
  otel: [otel],
  rate_limiting_interval: 60,
  rate_limiting_limit: 100,
  rate_limiting_technique: "sliding",
  retry_max_attempts: 3,
  retry_delay: 1000,
  retry_backoff: "exponential",
  spend_limits: limits({}),
  store_id: "store-a",
  stripe,
  workers_ai_billing_mode: "unified",
  zdr: true,
};

async function put({ cloudflare }: Vendors, id: string, change: JsonObject): Promise<void> {
  const { result } = await cloudflare("GET", `${GATEWAYS}/${id}`);
  const set = Object.entries(result as JsonObject).filter(([, value]) => value !== null && value !== "");
  await cloudflare("PUT", `${GATEWAYS}/${id}`, { ...Object.fromEntries(set), ...change });
}

export const gateway: Sample = {
  kind: "cloudflare.gateway",
  key: "support",
  address: "cloudflare.gateway.support",
  block: (entries) => ({ cloudflare: { gateways: entries } }),
  minimal: {},
  full,
  several: { support: { cache_ttl: 60 }, sales: {}, research: { zdr: true } },
  env: {
    OTEL_KEY: canary("otel key"),
    OTEL_AUTHORIZATION: canary("otel authorization"),
    STRIPE_KEY: canary("stripe key"),
    OTHER: canary("other value"),
  },
  changes,
  unvaried: {
    "spend_limits.rules[].limitType": "`cost` is its only value",
    "spend_limits.rules[].model.mode": "`filter` is its only value",
    "spend_limits.rules[].provider.mode": "`filter` is its only value",
  },
  forms: [
    [{ cache_ttl: 0 }, { cache_ttl: null }, {}],
    [
      { rate_limiting_interval: 0, rate_limiting_limit: 0 },
      { rate_limiting_interval: null, rate_limiting_limit: null },
    ],
    [{ authentication: false, byok_only: false, zdr: false, logpush: false }, {}],
    [{ rate_limiting_technique: "fixed" }, { rate_limiting_technique: null }, {}],
    [{ guardrails: { prompt: {}, response: {} } }, { guardrails: null }, {}],
    [{ otel: [] }, { otel: null }, {}],
    [
      { otel: [{ ...otel, content_type: "json" }] },
      { otel: [{ url: otel.url, headers: otel.headers, authorization: otel.authorization }] },
    ],
    [{ spend_limits: { enabled: false, rules: [] } }, { spend_limits: null }, {}],
    [
      { spend_limits: { enabled: true, rules: [{ limitType: "cost", limit: 9, window: 60 }] } },
      {
        spend_limits: {
          enabled: true,
          rules: [{ limitType: "cost", limit: 9, window: 60, enabled: true, technique: "sliding" }],
        },
      },
    ],
    [
      { dlp: { enabled: true, action: "FLAG", profiles: ["b", "a"] } },
      { dlp: { enabled: true, action: "FLAG", profiles: ["a", "b"] } },
    ],
    [
      {
        dlp: {
          enabled: true,
          policies: [{ ...dlpPolicy, check: ["RESPONSE", "REQUEST"], profiles: ["b", "a"] }],
        },
      },
      {
        dlp: {
          enabled: true,
          policies: [{ ...dlpPolicy, check: ["REQUEST", "RESPONSE"], profiles: ["a", "b"] }],
        },
      },
    ],
    [{ store_id: null }, {}],
    [{ workers_ai_billing_mode: "postpaid" }, {}],
    [
      {
        stripe: null,
        logpush_public_key: null,
        retry_max_attempts: null,
        retry_delay: null,
        retry_backoff: null,
      },
      {},
    ],
  ],
  release: {
    before: { zdr: true, cache_ttl: 60 },
    after: { cache_ttl: 60 },
    path: "zdr",
    held: ["zdr", true],
  },
  secret: {
    path: "stripe",
    body: (source) => ({ stripe: { ...stripe, authorization: source } }),
    stored: (_, { record }) => String((record.stripe as JsonObject).authorization),
  },
  live: (state) =>
    state.cloudflare.gateways.map((record) => ({ id: record.id, record: record as JsonObject })),
  path: `${GATEWAYS}$`,
  twin: {
    differing: { cache_ttl: 60 },
    make: async ({ cloudflare }) => {
      await cloudflare("POST", GATEWAYS, { id: "support", ...required });
      return "support";
    },
  },
  remove: ({ cloudflare }, { id }) => cloudflare("DELETE", `${GATEWAYS}/${id}`),
  drift: {
    path: "guardrails",
    change: (vendors, { id }) => put(vendors, id, { guardrails: { prompt: { P1: "FLAG" }, response: {} } }),
    held: ["guardrails", { prompt: { P1: "BLOCK", S1: "FLAG" }, response: { S13: "BLOCK" } }],
  },
  undeclared: {
    before: { cache_ttl: 60 },
    after: { cache_ttl: 120 },
    set: (vendors, { id }) =>
      put(vendors, id, {
        zdr: true,
        collect_logs: false,
        rate_limiting_limit: 7,
        stripe: { authorization: canary("undeclared stripe"), usage_events: [] },
      }),
    held: [
      ["zdr", true],
      ["collect_logs", false],
      ["rate_limiting_limit", 7],
      ["stripe", { authorization: canary("undeclared stripe"), usage_events: [] }],
    ],
  },
  inside: {
    block: {
      cloudflare: { gateways: { support: { provider_configs: { openai: { secret: { env: "OTHER" } } } } } },
    },
    address: "cloudflare.provider_config.support/openai",
    put: ({ control }) =>
      control("POST", "/children", { kind: "dataset", gateway_id: "support", name: "by-hand" }),
    left: ({ cloudflare }) =>
      [...cloudflare.provider_configs, ...cloudflare.secrets].filter((record) => !("listed_until" in record)),
  },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    immutable: "nothing but its id is fixed, and the id is the key: a changed key is a delete and a create",
    ambiguous: "the id is unique: there cannot be two",
    shared: "it is owned",
  },
};
