import type { JsonObject } from "../../../src/base/json.ts";
import type { Sample } from "../sample.ts";

const DOMAINS = "/ai-gateway/gateways/base/custom-domains";
const zone_id = "023e105f4ecef8ad9ca31a8372d0c353";
const other_zone = "395566f4c8a5b9d2a5fc0d457b007c44";
const never = "the API changes nothing of it";

export const customDomain: Sample = {
  kind: "cloudflare.custom_domain",
  key: "ai.acme.com",
  address: "cloudflare.custom_domain.base/ai.acme.com",
  block: (entries) => ({ cloudflare: { gateways: { base: { custom_domains: entries } } } }),
  minimal: { zone_id },
  full: { zone_id, minTLS: "1.2" },
  several: {
    "ai.acme.com": { zone_id },
    "eu.ai.acme.com": { zone_id, minTLS: "1.3" },
    "llm.example.org": { zone_id: other_zone },
  },
  env: {},
  changes: [
    { path: "zone_id", from: zone_id, to: other_zone, replace: "gap" },
    {
      path: "minTLS",
      from: "1.2",
      to: "1.3",
      beside: { zone_id },
      replace: "gap",
      held: ["min_tls", "1.3"],
    },
  ],
  unvaried: {},
  forms: { na: "each of its values has one form" },
  release: {
    before: { zone_id, minTLS: "1.2" },
    after: { zone_id },
    path: "minTLS",
    held: ["min_tls", "1.2"],
  },
  secret: { na: "it has no secret field" },
  live: ({ cloudflare }) =>
    cloudflare.custom_domains
      .filter(({ gateway_id }) => gateway_id === "base")
      .map((record) => ({ id: record.hostname, record: record as JsonObject })),
  path: `${DOMAINS}$`,
  twin: {
    differing: { na: never },
    make: async ({ cloudflare }) => {
      const { result } = await cloudflare("POST", DOMAINS, { domain: "ai.acme.com", zone_id });
      return String((result as JsonObject).hostname);
    },
  },
  remove: ({ cloudflare }, { id }) => cloudflare("DELETE", `${DOMAINS}/${id}`),
  drift: { na: never },
  undeclared: { na: never },
  inside: { na: "nothing lives in it" },
  lag: { na: "its state changes by itself, and no lag of its reads was ever reported" },
  not: {
    ambiguous: "a host name is unique: there cannot be two",
    shared: "it is owned",
  },
};
