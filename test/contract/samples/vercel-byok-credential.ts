import type { JsonObject } from "../../../src/base/json.ts";
import { canary } from "../../canary/values.ts";
import type { Sample } from "../sample.ts";

const CREDENTIALS = "/ai-gateway/byok-credentials";
const credential = { apiKey: { env: "PROVIDER_KEY" } };
const minimal = { credential };
const other = canary("other key");

export const byokCredential: Sample = {
  kind: "vercel.byok_credential",
  key: "openai",
  address: "vercel.byok_credential.openai",
  block: (entries) => ({ vercel: { byok_credentials: entries } }),
  minimal,
  full: {
    provider_slug: "openai",
    name: "team key",
    credential,
    active: false,
    zero_data_retention: true,
  },
  several: {
    openai: minimal,
    anthropic: { name: "research", credential },
    second: {
      provider_slug: "bedrock",
      name: "openai",
      credential: { accessKeyId: { env: "PROVIDER_KEY" }, secretAccessKey: { env: "OTHER" } },
    },
  },
  env: { PROVIDER_KEY: canary("provider key"), OTHER: other },
  changes: [
    { path: "name", from: "openai", to: "team key", beside: minimal },
    {
      path: "credential",
      from: { apiKey: { env: "PROVIDER_KEY" } },
      to: { apiKey: { env: "OTHER" } },
      held: ["credential.apiKey", other],
    },
    {
      path: "credential",
      from: { apiKey: { env: "PROVIDER_KEY" } },
      to: { apiKey: { env: "PROVIDER_KEY" }, organization: { env: "OTHER" } },
      held: ["credential.organization", other],
    },
    { path: "active", from: true, to: false, beside: minimal },
    { path: "active", from: false, to: true, beside: minimal },
    {
      path: "zero_data_retention",
      from: true,
      to: false,
      beside: minimal,
      held: ["zeroDataRetention", false],
    },
    {
      path: "provider_slug",
      from: "openai",
      to: "azure",
      beside: { ...minimal, name: "team key" },
      replace: "create-first",
      held: ["providerSlug", "azure"],
    },
  ],
  unvaried: {},
  forms: [
    [
      minimal,
      { ...minimal, provider_slug: "openai", name: "openai", active: true, zero_data_retention: false },
    ],
  ],
  release: {
    before: { ...minimal, zero_data_retention: true },
    after: minimal,
    path: "zero_data_retention",
    held: ["zeroDataRetention", true],
  },
  secret: {
    path: "credential",
    body: (source) => ({ credential: { apiKey: source } }),
    stored: (_, { record }) => String((record.credential as JsonObject).apiKey),
  },
  live: ({ vercel }) =>
    vercel.byok_credentials
      .filter(({ deleted }) => !deleted)
      .map((record) => ({ id: record.credentialId, record: record as unknown as JsonObject })),
  path: `${CREDENTIALS}(?:/list)?$`,
  twin: {
    differing: {
      na: "its credential is in nobody's ledger when it is adopted, and an apply says that it stays so",
    },
    make: async ({ vercel }) => {
      const body = { providerSlug: "openai", name: "openai", credential: { apiKey: canary("foreign key") } };
      return String((await vercel("POST", CREDENTIALS, body)).credentialId);
    },
  },
  remove: ({ vercel }, { id }) => vercel("DELETE", `${CREDENTIALS}/${id}`),
  drift: {
    path: "active",
    change: ({ vercel }, { id }) => vercel("PATCH", `${CREDENTIALS}/${id}`, { active: true }),
    held: ["active", false],
  },
  undeclared: {
    before: minimal,
    after: { ...minimal, name: "team key" },
    set: ({ vercel }, { id }) =>
      vercel("PATCH", `${CREDENTIALS}/${id}`, { active: false, zeroDataRetention: true }),
    held: [
      ["active", false],
      ["zeroDataRetention", true],
    ],
  },
  inside: { na: "nothing lives in it" },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    pages: "its list has no pages that are documented",
    shared: "it is owned",
  },
};
