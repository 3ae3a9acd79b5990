// A plan with one of everything that is not a step, and a step with values of every shape.

import { changeOf, planOf, stepOf } from "./sample-plan.ts";
import { updateRule } from "./sample-steps.ts";

export const standing = planOf({
  steps: [updateRule],
  unchanged: ["vercel.rule.same"],
  kept: ["vercel.key.legacy"],
  settling: [
    { address: "cloudflare.gateway.support", path: "cache_ttl", until: "2026-11-20T09:31:00Z" },
    { address: "vercel.rule.fresh", path: "", until: "2026-11-20T09:32:00Z" },
  ],
  refused: [
    {
      address: "cloudflare.gateway.support",
      code: "NOT_OWNED",
      message: 'a gateway "support" exists already and is not in the ledger',
      hint: "run `gateform adopt cloudflare.gateway.support=support` to take it over",
      position: { file: "gateform.yaml", line: 12, column: 5 },
    },
    {
      address: "cloudflare.provider_config.support/openai",
      code: "BLOCKED",
      message:
        "cloudflare.provider_config.support/openai depends on cloudflare.gateway.support, which is refused",
      because: "cloudflare.gateway.support",
    },
  ],
  unmanaged: [
    ...["ci", "dev", "web", "docs", "batch", "eval", "qa"].map((name) => ({
      kind: "vercel.key",
      id: `key_${name}`,
      name,
    })),
    { kind: "cloudflare.gateway", id: "playground", name: "playground" },
  ],
  diagnostics: [
    {
      severity: "warning",
      code: "MANY_GATEWAYS",
      message: "11 gateways are declared; the account's plan may allow 10",
      address: "cloudflare.gateway.support",
      position: { file: "gateform.yaml", line: 7, column: 3, width: 8 },
      snippet: "  gateways:",
    },
  ],
});

const PROMPT = Array.from({ length: 14 }, (_, index) => `line ${index + 1} of the prompt`);

export const values = stepOf({
  action: "update",
  address: "cloudflare.gateway.values",
  reason: "changed",
  vendor_id: "values",
  changes: [
    changeOf("long_scalar", `start ${"a".repeat(200)} end`, `start ${"a".repeat(200)} END`),
    changeOf("long_alike", `${"a".repeat(100)}X${"a".repeat(100)}`, `${"a".repeat(100)}Y${"a".repeat(100)}`),
    changeOf("prompt", PROMPT.join("\n"), PROMPT.with(6, "another line").concat("").join("\n")),
    changeOf("prompt_made", null, "first\nsecond"),
    changeOf("short_object", { limit: 1 }, { limit: 2, "odd key": [true, null] }),
    changeOf(
      "guardrails",
      {
        prompt: { hate: "flag", violence: "block", weapons: "flag" },
        response: { hate: "flag", violence: "flag" },
      },
      {
        response: { violence: "block", hate: "flag" },
        prompt: { hate: "flag", violence: "block", weapons: "flag" },
      },
      { moved: "both" },
    ),
    changeOf("unicode", "Grüße 世界 👋", "e\u0301"),
    changeOf(
      "secret_moved",
      { $secret: { fingerprint: "k:1" } },
      { $secret: { fingerprint: "k:2" } },
      { sensitive: true },
    ),
    changeOf(
      "secret_sourced",
      { $secret: { fingerprint: "k:1" } },
      { $secret: { source: { file: "keys/openai" }, fingerprint: "k:2" } },
      { sensitive: true },
    ),
    changeOf(
      "secret_masked",
      { $secret: { masked: true } },
      { $secret: { source: { env: "STRIPE" } } },
      { sensitive: true },
    ),
    changeOf("plain_but_sensitive", "hunter2", ["hunter3"], { sensitive: true }),
    changeOf(
      "otel",
      [
        {
          url: "https://otel.acme.com/v1/traces",
          authorization: { $secret: { fingerprint: "k:1" } },
          headers: {},
        },
      ],
      [
        {
          url: "https://otel.acme.com/v2/traces",
          authorization: { $secret: { source: { env: "OTEL_AUTH" }, fingerprint: "k:1" } },
          headers: { "x-team": { $secret: { source: { env: "OTEL_TEAM" } } } },
        },
      ],
      { sensitive: true },
    ),
  ],
});
