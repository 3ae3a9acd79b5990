import type { JsonObject } from "../../../src/base/json.ts";
import type { FieldChange, Sample } from "../sample.ts";

const CONFIGS = "/ai-gateway/virtual-model-configs";
const gpt = "openai/gpt-5.1";
const haiku = "anthropic/claude-haiku-4.5";
const alias = { kind: "alias", model: gpt };
const relay = { kind: "relay", model: gpt, base_url: "https://relay.acme.example/v1" };

const settings = {
  display_name: "Fast",
  description: "for the support bot",
  visibility: "internal",
  models: [haiku],
  provider_order: ["azure", "openai"],
  provider_only: ["azure", "openai"],
  provider_options: { openai: { reasoningEffort: "low", tags: ["a"] } },
  provider_timeouts: { byok: { openai: 15000 } },
  inference_region: { scope: "zone", geo_region: "eu", providers: { bedrock: null } },
  sort: "cost",
  service_tier: "priority",
  caching: "auto",
  speed: "fast",
  allow_fallback_from_fast: true,
  has: ["vision"],
  observability_tags: ["support"],
  zero_data_retention: true,
  disallow_prompt_training: true,
  instance_id: "ins_1",
};

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** From the value above to another one, or to none. */
const changed = (path: keyof typeof settings, to: FieldChange["to"], held = to): FieldChange[] => [
  { path, from: settings[path], to, beside: alias, held: [camel(path), held] },
];

export const virtualModel: Sample = {
  kind: "vercel.virtual_model",
  key: "fast",
  address: "vercel.virtual_model.fast",
  block: (entries) => ({ vercel: { virtual_models: entries } }),
  minimal: alias,
  full: { ...alias, ...settings, status: "draft" },
  apart: { base_url: "a relay alone has one, and an alias does not become a relay" },
  several: {
    fast: { ...alias, ...settings },
    relayed: relay,
    "old_1.0": { ...alias, status: "archived" },
  },
  env: {},
  changes: [
    { path: "model", from: gpt, to: haiku, beside: { kind: "alias" }, held: ["modelSlug", haiku] },
    { path: "status", from: "active", to: "archived", beside: alias },
    { path: "status", from: "archived", to: "active", beside: alias },
    {
      path: "base_url",
      from: relay.base_url,
      to: "https://relay-2.acme.example/v1",
      beside: { kind: "relay", model: gpt },
      held: ["baseUrl", "https://relay-2.acme.example/v1"],
    },
    ...changed("display_name", "Faster"),
    ...changed("description", "for all bots"),
    ...changed("description", null),
    ...changed("visibility", "public"),
    ...changed("models", ["openai/gpt-5.1-mini"]),
    ...changed("models", null),
    ...changed("provider_order", ["openai", "azure"]),
    ...changed("provider_only", ["bedrock", "vertex"]),
    {
      path: "provider_options",
      from: { openai: { reasoningEffort: "low" } },
      to: { openai: { reasoningEffort: "high" } },
      beside: alias,
      held: ["providerOptions.openai.reasoningEffort", "high"],
    },
    ...changed("provider_options", null),
    ...changed("provider_timeouts", { byok: { openai: 20000 } }),
    ...changed("provider_timeouts", "@default"),
    {
      path: "inference_region",
      from: {
        scope: "zone",
        geo_region: "eu",
        provider_region: "a",
        providers: { bedrock: { scope: "zone", geo_region: "eu", provider_region: "a" } },
      },
      to: {
        scope: "specific",
        geo_region: "us",
        provider_region: "b",
        providers: { bedrock: { scope: "specific", geo_region: "us", provider_region: "b" } },
      },
      beside: alias,
      held: ["inferenceRegion.providers.bedrock.providerRegion", "b"],
    },
    ...changed("sort", "@default"),
    ...changed("service_tier", "flex"),
    ...changed("caching", "@default"),
    ...changed("speed", null),
    ...changed("allow_fallback_from_fast", false),
    ...changed("has", ["implicit-caching"]),
    ...changed("observability_tags", ["sales"]),
    ...changed("zero_data_retention", false),
    ...changed("disallow_prompt_training", null),
    ...changed("instance_id", "ins_2"),
  ],
  unvaried: { kind: "neither an update nor another one of the same slug can change it: a plan refuses that" },
  forms: [
    [alias, { ...alias, status: "active", description: null, models: null, zero_data_retention: null }],
    [
      { ...alias, observability_tags: ["a", "b"], provider_only: ["azure", "openai"] },
      { ...alias, observability_tags: ["b", "a"], provider_only: ["openai", "azure"] },
    ],
  ],
  release: {
    before: { ...alias, sort: "cost" },
    after: alias,
    path: "sort",
    held: ["sort", "cost"],
  },
  secret: { na: "it has no secret field" },
  live: ({ vercel }) =>
    vercel.virtual_models
      .filter(({ deleted }) => !deleted)
      .map((record) => ({ id: record.virtualModelSlug, record: record as unknown as JsonObject })),
  path: `${CONFIGS}/list$`,
  twin: {
    differing: { ...alias, sort: "cost" },
    make: async ({ vercel }) => {
      const made = await vercel("POST", CONFIGS, { virtualModelSlug: "fast", kind: "alias", modelSlug: gpt });
      return String(made.virtualModelSlug);
    },
  },
  remove: ({ vercel }, { id }) => vercel("DELETE", `${CONFIGS}/${id}`),
  drift: {
    path: "sort",
    change: ({ vercel }, { id }) => vercel("PATCH", `${CONFIGS}/${id}`, { sort: "tps" }),
    held: ["sort", "cost"],
  },
  undeclared: {
    before: alias,
    after: { ...alias, model: haiku },
    set: ({ vercel }, { id }) =>
      vercel("PATCH", `${CONFIGS}/${id}`, { sort: "tps", models: [haiku], status: "draft" }),
    held: [
      ["sort", "tps"],
      ["models", [haiku]],
      ["status", "draft"],
    ],
  },
  inside: { na: "nothing lives in it" },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    immutable:
      "the one field that cannot change cannot be replaced, either: a deleted one keeps its slug and its kind",
    ambiguous: "the slug is unique: there cannot be two",
    shared: "it is owned",
  },
};
