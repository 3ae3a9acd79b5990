import type { JsonObject } from "../../../src/base/json.ts";
import { canary } from "../../canary/values.ts";
import type { Sample } from "../sample.ts";
import type { Vendors } from "../stage.ts";

const value = { env: "STORED" };
/** The key of a provider config in the same store, which is none of these. */
const KEY_OF_CONFIG = "base_groq_default";

/** Path of the account's store. */
async function storePath({ cloudflare }: Vendors): Promise<string> {
  const { result } = await cloudflare("GET", "/secrets_store/stores");
  const [store] = result as JsonObject[];
  return `/secrets_store/stores/${store?.id}/secrets`;
}

export const secret: Sample = {
  kind: "cloudflare.secret",
  key: "webhook",
  address: "cloudflare.secret.webhook",
  block: (entries) => ({
    cloudflare: {
      gateways: { base: { provider_configs: { groq: { secret: { env: "PROVIDER_KEY" } } } } },
      secrets: entries,
    },
  }),
  minimal: { value },
  full: { name: "webhook", value, scopes: ["ai_gateway", "workers"], comment: "for the guardrails" },
  several: {
    webhook: { value },
    search: { value, scopes: ["websearch", "ai_gateway"], comment: "for searches" },
    second: { name: "base_groq", value: { env: "OTHER" } },
  },
  env: {
    STORED: canary("stored value"),
    OTHER: canary("other value"),
    PROVIDER_KEY: canary("provider key"),
  },
  changes: [
    { path: "name", from: "webhook", to: "hook", beside: { value }, replace: "create-first" },
    { path: "scopes", from: ["ai_gateway"], to: ["dex"], beside: { value } },
    { path: "comment", from: "old", to: "new", beside: { value } },
    { path: "comment", from: "old", to: null, beside: { value }, held: ["comment", ""] },
    {
      path: "value",
      from: value,
      to: { env: "OTHER" },
      held: ["value", canary("other value")],
    },
  ],
  unvaried: {},
  forms: [
    [{ value }, { value, name: "webhook", scopes: ["ai_gateway"], comment: null }],
    [
      { value, scopes: ["workers", "ai_gateway"] },
      { value, scopes: ["ai_gateway", "workers"] },
    ],
  ],
  release: {
    before: { value, comment: "kept" },
    after: { value },
    path: "comment",
    held: ["comment", "kept"],
  },
  secret: {
    path: "value",
    body: (source) => ({ value: source }),
    stored: (_, { record }) => String(record.value),
  },
  live: ({ cloudflare }) =>
    cloudflare.secrets
      .filter(({ name }) => name !== KEY_OF_CONFIG)
      .map((record) => ({ id: record.id, record: record as JsonObject })),
  path: "/secrets_store/stores/[^/]+/secrets$",
  twin: {
    differing: {
      na: "its value is in nobody's ledger when it is adopted, and an apply says that it stays so",
    },
    make: async (vendors) => {
      const { result } = await vendors.cloudflare("POST", await storePath(vendors), [
        { name: "webhook", value: canary("foreign value"), scopes: ["ai_gateway"] },
      ]);
      return String((result as JsonObject[])[0]?.id);
    },
  },
  remove: async (vendors, { id }) => vendors.cloudflare("DELETE", `${await storePath(vendors)}/${id}`),
  drift: {
    path: "comment",
    change: async (vendors, { id }) =>
      vendors.cloudflare("PATCH", `${await storePath(vendors)}/${id}`, { comment: "by hand" }),
    held: ["comment", "for the guardrails"],
  },
  undeclared: {
    before: { value },
    after: { value, comment: "declared" },
    set: async (vendors, { id }) =>
      vendors.cloudflare("PATCH", `${await storePath(vendors)}/${id}`, { scopes: ["ai_gateway", "dex"] }),
    held: [["scopes", ["ai_gateway", "dex"]]],
  },
  inside: { na: "nothing lives in it" },
  lag: {
    switches: { secret_pending_ms: 300 },
    before: { value },
    after: { value, comment: "later" },
    settling: false,
  },
  not: {
    ambiguous: "names are unique in the store: there cannot be two",
    shared: "it is owned",
  },
};
