// Steps of every sort, as the engine would plan them for the design's example stack.

import type { Step } from "../../src/model/plan.ts";
import { changeOf, stepOf } from "./sample-plan.ts";

const GATEWAY_DEFAULTS = {
  cache_invalidate_on_update: false,
  rate_limiting_interval: 0,
};

const BODY = { fields: {}, defaults: {}, lifecycle: {}, needs: [] };

export const createGateway: Step = stepOf({
  action: "create",
  address: "cloudflare.gateway.support",
  reason: "new",
  changes: [
    changeOf("authentication", null, true),
    changeOf("cache_ttl", null, 300),
    changeOf("id", null, "support"),
    changeOf("store_id", null, { $ref: "cloudflare.secrets_store.default" }),
  ],
  body: { ...BODY, defaults: GATEWAY_DEFAULTS },
});

export const createProviderConfig: Step = stepOf({
  action: "create",
  address: "cloudflare.provider_config.support/openai",
  reason: "vanished",
  needs: ["create cloudflare.gateway.support"],
  changes: [
    changeOf("alias", null, "default"),
    changeOf("provider_slug", null, "openai"),
    changeOf(
      "secret",
      null,
      { $secret: { source: { env: "OPENAI_API_KEY" }, fingerprint: "ab12cd34:feed" } },
      { sensitive: true },
    ),
  ],
});

export const createKey: Step = stepOf({
  action: "create",
  address: "vercel.key.ci",
  reason: "new",
  changes: [
    changeOf("budget", null, { limit: 500, refresh_period: "monthly" }),
    changeOf("name", null, "ci"),
  ],
  body: {
    ...BODY,
    deliver: [
      { file: { path: "/srv/acme/out/ci.key", format: "dotenv", name: "AI_GATEWAY_API_KEY" } },
      { stdout: {} },
    ],
  },
});

export const updateRule: Step = stepOf({
  action: "update",
  address: "vercel.rule.opus-to-haiku",
  reason: "changed",
  vendor_id: "rule_1",
  changes: [
    changeOf("destination", "anthropic/claude-haiku-4.5", "anthropic/claude-haiku-5", { moved: "world" }),
    changeOf("reason", "cost", null),
    changeOf("description", "costs", "cost", { moved: "both" }),
  ],
  released: ["enabled"],
});

export const riskyUpdate: Step = stepOf({
  action: "update",
  address: "cloudflare.gateway.internal",
  reason: "changed",
  vendor_id: "internal",
  changes: [changeOf("authentication", true, false), changeOf("collect_logs", true, false)],
  risks: [
    {
      code: "authentication-off",
      path: "authentication",
      message: "Anybody who knows the gateway's URL can send requests through it.",
    },
    { code: "logs-off", path: "collect_logs", message: "Requests are no longer logged." },
  ],
});

export const replaceCreateFirst: readonly Step[] = [
  stepOf({
    action: "create",
    address: "vercel.rule.no-gpt",
    reason: "replaced",
    replacement: "create-first",
    changes: [
      changeOf("source", "openai/gpt-5.4", "openai/gpt-5.5", { forces_replacement: true }),
      changeOf("type", "deny", "deny"),
    ].slice(0, 1),
  }),
  stepOf({
    action: "delete",
    address: "vercel.rule.no-gpt",
    reason: "replaced",
    vendor_id: "rule_2",
    replacement: "create-first",
    needs: ["create vercel.rule.no-gpt"],
  }),
];

export const replaceWithGap: readonly Step[] = [
  stepOf({
    action: "delete",
    address: "vercel.rule.rewrite",
    reason: "replaced",
    vendor_id: "rule_3",
    replacement: "gap",
  }),
  stepOf({
    action: "create",
    address: "vercel.rule.rewrite",
    reason: "replaced",
    replacement: "gap",
    needs: ["delete vercel.rule.rewrite"],
    changes: [
      changeOf("type", "rewrite", "deny", { forces_replacement: true, moved: "both" }),
      changeOf("destination", "openai/gpt-5.1", null),
    ],
  }),
];

export const deleteGateway: Step = stepOf({
  action: "delete",
  address: "cloudflare.gateway.old",
  reason: "removed",
  vendor_id: "old",
  children: [
    { noun: "dynamic route", id: "r1", name: "tiered" },
    { noun: "dynamic route", id: "r2", name: "cheap" },
    { noun: "custom domain", id: "d1", name: "ai.acme.com" },
  ],
});

export const adoptAndUpdate: readonly Step[] = [
  stepOf({ action: "adopt", address: "vercel.key.web", reason: "existing", vendor_id: "key_9" }),
  stepOf({
    action: "update",
    address: "vercel.key.web",
    reason: "existing",
    vendor_id: "key_9",
    needs: ["adopt vercel.key.web"],
    changes: [changeOf("budget.limit", 100, 200, { moved: "unknown" })],
  }),
];

export const forgetGone: Step = stepOf({
  action: "forget",
  address: "vercel.key.lost",
  reason: "gone",
  vendor_id: "key_3",
});

export const recordLifecycle: Step = stepOf({
  action: "record",
  address: "vercel.key.prod",
  reason: "lifecycle",
  vendor_id: "key_4",
  claimed: ["name"],
  changes: [changeOf("lifecycle.prevent_destroy", false, true)],
});

export const checkSecret: Step = stepOf({
  action: "check-secret",
  address: "cloudflare.provider_config.support/anthropic",
  reason: "secret",
  vendor_id: "cfg_2",
  changes: [
    changeOf(
      "secret",
      { $secret: {} },
      { $secret: { source: { command: ["vault", "read", "anthropic"] } } },
      { sensitive: true },
    ),
  ],
});

export const retireKey: Step = stepOf({
  id: "delete vercel.key.ci#key_1",
  action: "delete",
  address: "vercel.key.ci",
  reason: "retired",
  vendor_id: "key_1",
});

/** Every action, both replacements, in an order that an engine could give. */
export const everyStep: readonly Step[] = [
  createGateway,
  createProviderConfig,
  createKey,
  updateRule,
  ...replaceCreateFirst,
  ...replaceWithGap,
  ...adoptAndUpdate,
  checkSecret,
  deleteGateway,
  retireKey,
  forgetGone,
  recordLifecycle,
];
