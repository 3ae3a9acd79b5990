// The scenes of Cloudflare's kinds.

import type { JsonObject } from "../../../src/base/json.ts";
import { customDomain } from "../../contract/samples/cloudflare-custom-domain.ts";
import { customProvider } from "../../contract/samples/cloudflare-custom-provider.ts";
import { customProviderCost } from "../../contract/samples/cloudflare-custom-provider-cost.ts";
import { gateway } from "../../contract/samples/cloudflare-gateway.ts";
import { providerConfig } from "../../contract/samples/cloudflare-provider-config.ts";
import { route } from "../../contract/samples/cloudflare-route.ts";
import { secret } from "../../contract/samples/cloudflare-secret.ts";
import { secretsStore } from "../../contract/samples/cloudflare-secrets-store.ts";
import { type Scene, sceneOf } from "./scene.ts";

const KEY = { env: "PROVIDER_KEY" };
const OTHER = { env: "OTHER" };
const stripe = (source: JsonObject) => ({
  stripe: { authorization: source, usage_events: [{ payload: '{"event_name":"tokens"}' }] },
});
const zone_id = "023e105f4ecef8ad9ca31a8372d0c353";
const elements = (sample = route.minimal.elements) => sample ?? [];
const whole = route.full.elements ?? [];
const acme = customProvider.minimal;

export const cloudflareScenes: readonly Scene[] = [
  // The one that goes has something of each kind in it.
  sceneOf(gateway, {
    before: {
      support: stripe({ env: "STRIPE_KEY" }),
      sales: {
        provider_configs: { openai: { secret: OTHER } },
        routes: { tiered: { elements: elements() } },
        custom_domains: { "sales.acme.com": { zone_id } },
      },
    },
    after: { support: { ...stripe(OTHER), cache_ttl: 60 }, research: { zdr: true } },
    foreign: { theirs: { stripe: null } },
  }),
  sceneOf(providerConfig, {
    before: {
      openai: { secret: KEY },
      anthropic: { secret: KEY, rate_limit: 10 },
      second: { provider_slug: "openai", alias: "batch", default_config: false, secret: KEY },
      mistral: { secret: KEY },
    },
    after: {
      openai: { secret: OTHER },
      anthropic: { secret: KEY, rate_limit: 20 },
      second: { provider_slug: "openai", alias: "bulk", default_config: false, secret: KEY },
      cohere: { secret: OTHER },
    },
    foreign: { deepseek: { secret: OTHER } },
  }),
  {
    ...sceneOf(secret, { before: {}, after: {}, foreign: {} }),
    name: "cloudflare.provider_config with a declared secret",
    kinds: [providerConfig.kind, secret.kind],
    before: [heldKeys({ anthropic: KEY, openai: KEY }, { rate_limit: 5 })],
    after: heldKeys({ mistral: KEY, openai: OTHER }, { rate_limit: 6 }),
  },
  sceneOf(route, {
    before: { tiered: { elements: whole }, small: { elements: elements() } },
    after: { tiered: { name: "by-plan", elements: elements() }, large: { elements: whole } },
    foreign: { theirs: { elements: elements() } },
  }),
  sceneOf(customDomain, {
    before: { "ai.acme.com": { zone_id, minTLS: "1.2" }, "eu.ai.acme.com": { zone_id } },
    after: { "ai.acme.com": { zone_id, minTLS: "1.3" }, "llm.example.org": { zone_id } },
    foreign: { "theirs.acme.com": { zone_id } },
  }),
  sceneOf(customProvider, {
    before: {
      acme: { ...acme, headers: { "x-api-key": { env: "ACME_KEY" } } },
      gone: { ...acme, costs: { all: { model: "acme" } } },
    },
    after: {
      acme: { ...acme, headers: { "x-api-key": OTHER }, enable: true },
      fresh: { ...acme, headers: { "x-api-key": OTHER } },
    },
    foreign: { theirs: acme },
  }),
  sceneOf(customProviderCost, {
    before: { large: { model: "acme-large", cost_in: 1 }, gone: { model: "acme-old" } },
    after: { large: { model: "acme-large", cost_in: 2 }, fresh: { model: "acme-new", cost_out: 1 } },
    foreign: { theirs: { model: "theirs" } },
  }),
  sceneOf(secretsStore, { before: {}, after: { default: {} }, foreign: {} }),
  sceneOf(secret, {
    before: {
      webhook: { value: { env: "STORED" } },
      search: { name: "search", value: { env: "STORED" }, comment: "for searches" },
      noted: { value: { env: "STORED" }, comment: "as it was" },
      gone: { value: { env: "STORED" } },
    },
    after: {
      webhook: { value: OTHER, comment: "changed" },
      search: { name: "searches", value: { env: "STORED" }, comment: "for searches" },
      noted: { value: { env: "STORED" }, comment: "as it is" },
      fresh: { value: OTHER },
    },
    foreign: { theirs: { value: OTHER } },
  }),
];

/** Configs that name a secret of the store, each with its own, which is deleted with the config. */
function heldKeys(keys: Readonly<Record<string, JsonObject>>, body: JsonObject): JsonObject {
  const names = Object.keys(keys);
  const nameOf = (slug: string): string => `support_${slug}_default`;
  return {
    cloudflare: {
      gateways: {
        support: {
          provider_configs: Object.fromEntries(
            names.map((slug) => [slug, { ...body, secret_id: { ref: `cloudflare.secret.${nameOf(slug)}` } }]),
          ),
        },
      },
      secrets: Object.fromEntries(names.map((slug) => [nameOf(slug), { value: keys[slug] ?? {} }])),
    },
  };
}
