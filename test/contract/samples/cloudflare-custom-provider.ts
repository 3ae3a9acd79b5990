import type { JsonObject } from "../../../src/base/json.ts";
import { canary } from "../../canary/values.ts";
import type { Sample } from "../sample.ts";

const PROVIDERS = "/ai-gateway/custom-providers";
const base = { name: "Acme LLM", base_url: "https://llm.acme.com" };
const key = { env: "ACME_KEY" };

export const customProvider: Sample = {
  kind: "cloudflare.custom_provider",
  key: "acme",
  address: "cloudflare.custom_provider.acme",
  block: (entries) => ({ cloudflare: { custom_providers: entries } }),
  minimal: base,
  full: {
    ...base,
    slug: "acme",
    headers: { "x-api-key": key },
    enable: true,
    beta: true,
    description: "Our own models",
    link: "https://llm.acme.com/docs",
    curl_example: "curl https://llm.acme.com",
    js_example: "await fetch(url)",
    position: 3,
  },
  several: {
    acme: base,
    other: { ...base, name: "Other", enable: true, position: 1 },
    third: { ...base, slug: "acme-eu", headers: { "x-api-key": key } },
  },
  env: {
    ACME_KEY: canary("acme key"),
    OTHER: canary("other value"),
  },
  changes: [
    { path: "name", from: "Acme LLM", to: "Acme", beside: base },
    { path: "slug", from: "acme", to: "acme-eu", beside: base },
    { path: "base_url", from: base.base_url, to: "https://eu.llm.acme.com", beside: base },
    {
      path: "headers",
      from: { "x-api-key": key },
      to: { "x-api-key": { env: "OTHER" } },
      beside: base,
      held: ["headers", `{"x-api-key":"${canary("other value")}"}`],
    },
    { path: "headers", from: { "x-api-key": key }, to: {}, beside: base, held: ["headers", "{}"] },
    { path: "enable", from: false, to: true, beside: base },
    { path: "enable", from: true, to: false, beside: base },
    { path: "beta", from: false, to: true, beside: base },
    { path: "description", from: "Our own models", to: "Theirs", beside: base },
    { path: "description", from: "Our own models", to: "", beside: base },
    { path: "link", from: "https://llm.acme.com/docs", to: "https://acme.com", beside: base },
    { path: "curl_example", from: "curl https://llm.acme.com", to: "curl https://acme.com", beside: base },
    { path: "js_example", from: "await fetch(url)", to: "fetch(url)", beside: base },
    { path: "position", from: 3, to: 0, beside: base },
  ],
  unvaried: {},
  forms: [
    [
      base,
      { ...base, slug: "acme", headers: {}, enable: false, beta: false },
      { ...base, description: "", link: "", curl_example: "", js_example: "" },
    ],
  ],
  release: {
    before: { ...base, position: 3 },
    after: base,
    path: "position",
    held: ["position", 3],
  },
  secret: {
    path: "headers",
    body: (source) => ({ ...base, headers: { authorization: source } }),
    stored: (_, { record }) => JSON.parse(String(record.headers)).authorization,
  },
  live: ({ cloudflare }) =>
    cloudflare.custom_providers.map((record) => ({ id: record.id, record: record as JsonObject })),
  path: `${PROVIDERS}$`,
  twin: {
    differing: { ...base, description: "Our own models" },
    make: async ({ cloudflare }) => {
      const { result } = await cloudflare("POST", PROVIDERS, { ...base, slug: "acme" });
      return String((result as JsonObject).id);
    },
  },
  remove: ({ cloudflare }, { id }) => cloudflare("DELETE", `${PROVIDERS}/${id}`),
  drift: {
    path: "headers",
    change: ({ cloudflare }, { id }) =>
      cloudflare("PATCH", `${PROVIDERS}/${id}`, { headers: `{"x-api-key":"${canary("foreign key")}"}` }),
    held: ["headers", `{"x-api-key":"${canary("acme key")}"}`],
  },
  undeclared: {
    before: base,
    after: { ...base, name: "Acme" },
    set: ({ cloudflare }, { id }) =>
      cloudflare("PATCH", `${PROVIDERS}/${id}`, {
        headers: `{"x-api-key":"${canary("undeclared key")}"}`,
        enable: true,
        position: 7,
        logo: "PHN2Zy8+",
      }),
    held: [
      ["headers", `{"x-api-key":"${canary("undeclared key")}"}`],
      ["enable", true],
      ["position", 7],
      ["logo", "PHN2Zy8+"],
    ],
  },
  inside: { na: "only pricing rules live in it, and they are a kind of their own" },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    immutable: "nothing of it is fixed",
    ambiguous: "the slug is unique: there cannot be two",
    shared: "it is owned",
  },
};
