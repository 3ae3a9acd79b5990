/**
 * What the Cloudflare half remembers. Records are kept complete and free of wire quirks; profiles only change
 * how they are answered. Defaults make a hand-written seed short: a gateway needs no more than its id.
 */
import * as z from "zod";
import { domainRecord } from "./custom-domain-shapes.ts";
import { costRecord, providerRecord } from "./custom-provider-shapes.ts";
import { gatewayId, gatewayRecord } from "./gateway-shapes.ts";
import { routeRecord } from "./route-shapes.ts";
import { tokenRecord } from "./token-shapes.ts";

const epoch = "2026-01-01T00:00:00.000Z";
const timestamp = z.iso.datetime().default(epoch);

const storeRecord = z.strictObject({
  id: z.string().min(1).max(32),
  name: z.string().min(1),
  created: timestamp,
  modified: timestamp,
});

export const secretScope = z.enum(["workers", "ai_gateway", "dex", "access", "containers", "websearch"]);

const secretRecord = z.strictObject({
  id: z.string().min(1).max(32),
  store_id: z.string(),
  name: z.string().min(1),
  /** Never answered by the API; held so that tests can see what arrived. */
  value: z.string(),
  scopes: z.array(secretScope).default(["ai_gateway"]),
  comment: z.string().nullable().default(null),
  created: timestamp,
  modified: timestamp,
  /** What is served while `value` is pending. */
  previous_value: z.string().nullable().default(null),
  /** Milliseconds since 1970 from which the status is `active`. */
  active_from: z.number().default(0),
});

const providerConfigRecord = z.strictObject({
  id: z.string().min(1),
  gateway_id: gatewayId,
  provider_slug: z.string().min(1),
  alias: z.string().min(1).default("default"),
  default_config: z.boolean().default(true),
  secret_id: z.string(),
  rate_limit: z.number().nullable().default(null),
  rate_limit_period: z.number().default(60),
  modified_at: timestamp,
  /** Set by DELETE: until then (milliseconds since 1970) the list still shows it. */
  listed_until: z.number().optional(),
});

const datasetRecord = z.strictObject({
  id: z.string().min(1),
  gateway_id: gatewayId,
  name: z.string().min(1),
  enable: z.boolean().default(true),
  filters: z.array(z.record(z.string(), z.unknown())).default([]),
  created_at: timestamp,
  modified_at: timestamp,
});

const evaluationRecord = z.strictObject({
  id: z.string().min(1),
  gateway_id: gatewayId,
  name: z.string().min(1),
  processed: z.boolean().default(false),
  total_logs: z.number().default(0),
  created_at: timestamp,
  modified_at: timestamp,
});

/** One request that went through a gateway with logs on. Never a key, a prompt or an answer. */
const logRecord = z.strictObject({
  id: z.string().min(1),
  gateway_id: gatewayId,
  created_at: timestamp,
  provider: z.string(),
  model: z.string(),
  path: z.string(),
  status_code: z.int(),
  success: z.boolean(),
  cached: z.boolean(),
  step: z.int().min(0),
  attempts: z.int().min(0),
  tokens_in: z.int().min(0),
  tokens_out: z.int().min(0),
  /** US dollars. */
  cost: z.number().min(0),
  /** Milliseconds that the gateway would have spent on delays, timeouts and slow providers. */
  duration: z.number().min(0),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** The token of `Connection` unless a seed brings others: every permission the server knows. Fixed, so scripts are repeatable. */
const rootToken = {
  id: "60ae136e5d49fbdf037fab5f1d805634",
  value: "RrX2qLDePjWrXPvdzhe47q9xzqF6iyTU39KWNyrg",
  name: "reference server",
  permissions: [
    "AI Gateway Read",
    "AI Gateway Write",
    "AI Gateway Run",
    "Secrets Store Read",
    "Secrets Store Write",
    "Account API Tokens Read",
    "Account API Tokens Write",
  ],
};

export const cloudflareState = z.strictObject({
  account_id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .default("4c122831efef10ac68b5223dccd6f614"),
  /** The first one is the one in `Connection`. */
  tokens: z.array(tokenRecord).min(1).prefault([rootToken]),
  /** The user who owns the account; the Global API key may do everything. */
  user: z
    .strictObject({ email: z.string(), api_key: z.string().regex(/^(?:[0-9a-f]{37}|cfk_\w+)$/) })
    .prefault({ email: "admin@acme.example", api_key: "c2547eb745079dac9320b638f5e225cf483cc" }),
  gateways: z.array(gatewayRecord).default([]),
  provider_configs: z.array(providerConfigRecord).default([]),
  routes: z.array(routeRecord).default([]),
  custom_domains: z.array(domainRecord).default([]),
  datasets: z.array(datasetRecord).default([]),
  evaluations: z.array(evaluationRecord).default([]),
  logs: z.array(logRecord).default([]),
  custom_providers: z.array(providerRecord).default([]),
  provider_costs: z.array(costRecord).default([]),
  stores: z.array(storeRecord).default([]),
  secrets: z.array(secretRecord).default([]),
});

export type CloudflareState = z.infer<typeof cloudflareState>;
export type StoreRecord = z.infer<typeof storeRecord>;
export type SecretRecord = z.infer<typeof secretRecord>;
export type ProviderConfigRecord = z.infer<typeof providerConfigRecord>;
export type DatasetRecord = z.infer<typeof datasetRecord>;
export type LogRecord = z.infer<typeof logRecord>;
export type EvaluationRecord = z.infer<typeof evaluationRecord>;
