import type { JsonObject } from "../../../src/base/json.ts";
import { canary } from "../../canary/values.ts";
import type { Sample } from "../sample.ts";

const CONFIGS = "/ai-gateway/gateways/base/provider_configs";
const secret = { env: "PROVIDER_KEY" };

export const providerConfig: Sample = {
  kind: "cloudflare.provider_config",
  key: "openai",
  address: "cloudflare.provider_config.base/openai",
  // The second gateway keeps the Secrets Store implied when the first has no configs.
  block: (entries) => ({
    cloudflare: {
      gateways: {
        base: { store_id: { ref: "cloudflare.secrets_store.default" }, provider_configs: entries },
        other: { provider_configs: { groq: { secret } } },
      },
    },
  }),
  minimal: { secret },
  full: {
    provider_slug: "openai",
    alias: "batch",
    default_config: false,
    secret,
    rate_limit: 600,
    rate_limit_period: 30,
  },
  several: {
    openai: { secret },
    anthropic: { secret, rate_limit: 10 },
    second: { provider_slug: "openai", alias: "batch", secret: { env: "OTHER" } },
  },
  env: {
    PROVIDER_KEY: canary("provider key"),
    OTHER: canary("other value"),
  },
  changes: [
    { path: "provider_slug", from: "openai", to: "groq", beside: { secret }, replace: "create-first" },
    {
      path: "alias",
      from: "default",
      to: "batch",
      beside: { secret, default_config: false },
      replace: "create-first",
    },
    { path: "default_config", from: false, to: true, beside: { secret }, replace: "gap" },
    { path: "rate_limit", from: 100, to: 200, beside: { secret }, replace: "gap" },
    { path: "rate_limit", from: 100, to: null, beside: { secret }, replace: "gap" },
    { path: "rate_limit_period", from: 60, to: 30, beside: { secret, rate_limit: 100 }, replace: "gap" },
    {
      path: "secret",
      from: { env: "PROVIDER_KEY" },
      to: { env: "OTHER" },
      held: ["secret_value", canary("other value")],
    },
  ],
  unvaried: {
    secret_id:
      "only one secret has the name that a config needs, so it is taken up and left in test/contract/held-keys.test.ts",
  },
  forms: [
    [{ secret }, { secret, rate_limit: null, rate_limit_period: null }, { secret, rate_limit_period: 60 }],
    [{ secret }, { secret, provider_slug: "openai", alias: "default", default_config: true }],
  ],
  release: {
    before: { secret, rate_limit: 100 },
    after: { secret },
    path: "rate_limit",
    held: ["rate_limit", 100],
  },
  secret: {
    path: "secret",
    body: (source) => ({ secret: source }),
    stored: (_, { record }) => String(record.secret_value),
  },
  live: ({ cloudflare }) =>
    cloudflare.provider_configs
      // A deleted one is listed for a while, as at Cloudflare.
      .filter(({ gateway_id, listed_until }) => gateway_id === "base" && listed_until === undefined)
      .map((record) => {
        const stored = cloudflare.secrets.find(({ id }) => id === record.secret_id);
        return { id: record.id, record: { ...record, secret_value: stored?.value ?? null } as JsonObject };
      }),
  path: `${CONFIGS}$`,
  twin: {
    differing: { na: "nothing of it changes in place but the secret, which is not compared when adopted" },
    make: async ({ cloudflare }) => {
      const { result } = await cloudflare("POST", CONFIGS, {
        provider_slug: "openai",
        alias: "default",
        default_config: true,
        secret: canary("foreign key"),
      });
      return String((result as JsonObject).id);
    },
  },
  remove: async ({ cloudflare, control }, { id }) => {
    // Without the lag of the list, which would show it for a while.
    await control("POST", "/switches", { provider_config_delete_lag_ms: 0 });
    await cloudflare("DELETE", `${CONFIGS}/${id}`);
  },
  drift: { na: "the API changes nothing of it but the secret, which nobody can read back" },
  undeclared: { na: "the API changes nothing of it but the secret, which must be declared" },
  inside: { na: "nothing lives in it" },
  remains: ({ cloudflare }, { record }) =>
    cloudflare.secrets.filter(({ id }) => id === record.secret_id).map(({ name }) => name),
  lag: {
    switches: { provider_config_delete_lag_ms: 300, secret_pending_ms: 300 },
    before: { secret, rate_limit: 100 },
    after: { secret, rate_limit: 200 },
    settling: false,
  },
  not: {
    ambiguous: "provider and alias are unique in a gateway: there cannot be two",
    shared: "it is owned",
  },
};
