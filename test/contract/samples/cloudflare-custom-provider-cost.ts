import type { JsonObject } from "../../../src/base/json.ts";
import type { Sample } from "../sample.ts";
import type { Vendors } from "../stage.ts";

const COSTS = "/ai-gateway/custom-providers/costs";
const base = { model: "acme-large" };
const prices = { input_tokens: 0.000002, output_tokens: 0.000006 };
const tokens = [
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
const all = (price: number): JsonObject => Object.fromEntries(tokens.map((name) => [name, price]));

/** The id of the provider that they live in. */
async function providerId({ cloudflare }: Vendors): Promise<string> {
  const { result } = await cloudflare("GET", "/ai-gateway/custom-providers?search=acme");
  return String((result as JsonObject[])[0]?.id);
}

export const customProviderCost: Sample = {
  kind: "cloudflare.custom_provider_cost",
  key: "large",
  address: "cloudflare.custom_provider_cost.acme/large",
  // The second provider has rules of its own, which are not the first one's.
  block: (entries) => ({
    cloudflare: {
      custom_providers: {
        acme: { name: "Acme LLM", base_url: "https://llm.acme.com", costs: entries },
        other: { name: "Other", base_url: "https://other.example", costs: { large: base } },
      },
    },
  }),
  minimal: base,
  full: {
    ...base,
    model_rule: "equals",
    cost_type: "tokens",
    cost_in: 0.000002,
    cost_out: 0.000006,
    token_pricing: prices,
    enable: true,
  },
  several: {
    large: { ...base, cost_in: 1 },
    prefix: { ...base, model_rule: "starts-with", token_pricing: prices },
    part: { model: "acme/small", model_rule: "contains", enable: true },
  },
  env: {},
  changes: [
    { path: "model", from: "acme-large", to: "acme-xl" },
    { path: "model_rule", from: "equals", to: "starts-with", beside: base },
    { path: "model_rule", from: "contains", to: "equals", beside: base },
    { path: "cost_type", from: "tokens", to: "requests", beside: base },
    { path: "cost_in", from: 0.000002, to: 0.000003, beside: base },
    { path: "cost_in", from: 0.000002, to: 0, beside: base },
    { path: "cost_out", from: 0.000006, to: 0.000007, beside: base },
    { path: "token_pricing", from: all(0.000001), to: all(0.000002), beside: base },
    { path: "token_pricing", from: prices, to: { output_tokens: 0.000006 }, beside: base },
    { path: "token_pricing", from: prices, to: {}, beside: base },
    { path: "enable", from: false, to: true, beside: base },
    { path: "enable", from: true, to: false, beside: base },
  ],
  unvaried: {},
  forms: [
    [
      base,
      { ...base, model_rule: "equals", cost_type: "tokens", enable: false },
      { ...base, token_pricing: {} },
    ],
    [
      { ...base, token_pricing: prices },
      { ...base, token_pricing: { output_tokens: 0.000006, input_tokens: 2e-6 } },
    ],
  ],
  release: {
    before: { ...base, cost_in: 0.000002 },
    after: base,
    path: "cost_in",
    held: ["cost_in", 0.000002],
  },
  secret: { na: "it has no secret field" },
  live: ({ cloudflare }) => {
    const acme = cloudflare.custom_providers.find(({ slug }) => slug === "acme");
    return cloudflare.provider_costs
      .filter(({ account_provider_id }) => account_provider_id === acme?.id)
      .map((record) => ({ id: record.id, record: record as JsonObject }));
  },
  path: `${COSTS}$`,
  twin: {
    differing: { ...base, cost_in: 1 },
    make: async (vendors) => {
      const account_provider_id = await providerId(vendors);
      const { result } = await vendors.cloudflare("POST", COSTS, { account_provider_id, ...base });
      return String((result as JsonObject).id);
    },
  },
  remove: ({ cloudflare }, { id }) => cloudflare("DELETE", `${COSTS}/${id}`),
  drift: {
    path: "token_pricing",
    change: ({ cloudflare }, { id }) =>
      cloudflare("PATCH", `${COSTS}/${id}`, { token_pricing: { total_tokens: 1 } }),
    held: ["token_pricing", prices],
  },
  undeclared: {
    before: base,
    after: { ...base, cost_in: 1 },
    set: ({ cloudflare }, { id }) =>
      cloudflare("PATCH", `${COSTS}/${id}`, { enable: true, cost_out: 7, token_pricing: prices }),
    held: [
      ["enable", true],
      ["cost_out", 7],
      ["token_pricing", prices],
    ],
  },
  inside: { na: "nothing lives in it" },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    immutable: "nothing of it is fixed but its provider, which is where it stands in the file",
    shared: "it is owned",
  },
};
