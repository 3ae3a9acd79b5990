import type { JsonObject } from "../../../src/base/json.ts";
import { canary } from "../../canary/values.ts";
import type { Sample } from "../sample.ts";

const STORES = "/secrets_store/stores";
const implied = "no file declares it: a gateway with provider configs implies it";
const never = "it is never owned, changed or deleted";

export const secretsStore: Sample = {
  kind: "cloudflare.secrets_store",
  key: "default",
  address: "cloudflare.secrets_store.default",
  // Not declared but implied: an entry means a gateway that needs the store.
  block: (entries) => ({
    cloudflare: {
      gateways: {
        base: {
          provider_configs: Object.hasOwn(entries, "default")
            ? { openai: { secret: { env: "PROVIDER_KEY" } } }
            : {},
        },
      },
    },
  }),
  minimal: {},
  full: {},
  several: { default: {} },
  env: { PROVIDER_KEY: canary("provider key") },
  changes: [],
  unvaried: { name: implied },
  forms: { na: implied },
  release: { na: implied },
  secret: { na: "it has no secret field" },
  live: ({ cloudflare }) =>
    cloudflare.stores.map((record) => ({ id: record.id, record: record as JsonObject })),
  path: `${STORES}$`,
  twin: {
    differing: { na: implied },
    make: async ({ cloudflare }) => {
      const { result } = await cloudflare("POST", STORES, { name: "made-by-hand" });
      return String((result as JsonObject).id);
    },
  },
  remove: { na: "a deleted store takes the provider keys along, which no plan can see" },
  drift: { na: never },
  undeclared: { na: never },
  inside: { na: never },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    fields: implied,
    immutable: implied,
    removed: never,
    retained: never,
    foreign: "an existing store is used",
    adopted: "an existing store is used",
    ambiguous: "an account has one",
    lost: never,
  },
};
