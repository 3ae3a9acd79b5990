// Two small providers for the tests of the reader: every feature of a descriptor that the reader uses, no network.

import { z } from "zod";
import { defineCheck } from "../../../src/provider/check.ts";
import { InternalError } from "../../../src/provider/error.ts";
import { defineKind } from "../../../src/provider/kind.ts";
import type { AnyProvider } from "../../../src/provider/provider.ts";
import { idOrRef, secretField } from "../../../src/provider/spec.ts";

const refuse = (): Promise<never> => Promise.reject(new InternalError("the reader never calls an API"));
const api = { list: refuse, create: refuse };

const about = <T>(title: string, example: T) => ({ title, description: `${title}.`, examples: [example] });

const garden = defineKind({
  kind: "alpha.garden",
  noun: "garden",
  description: "A garden",
  section: "gardens",
  key: { pattern: /^[a-z0-9_]+$/, max: 20, expected: "up to 20 lower-case letters, digits and _" },
  spec: z.strictObject({
    open: z.boolean().optional().meta(about("Open", true)),
    size: z.int().min(0).nullable().optional().meta(about("Size", 3)),
    tls: z.enum(["1.0", "1.2", "auto"]).optional().meta(about("TLS", "1.2")),
    colour: z.enum(["green", "yellow"]).optional().meta(about("Colour", "green")),
    tags: z
      .array(z.string())
      .max(3)
      .optional()
      .meta(about("Tags", ["a"])),
    labels: z
      .record(z.string(), z.string())
      .optional()
      .meta(about("Labels", { a: "b" })),
    store_id: idOrRef("alpha.store").nullable().optional().meta(about("Store", "s1")),
    headers: z
      .record(z.string(), secretField())
      .optional()
      .meta(about("Headers", { a: { env: "B" } })),
    hook: z
      .strictObject({ url: z.url().meta(about("URL", "https://a.example")), auth: secretField() })
      .optional()
      .meta(about("Hook", { url: "https://a.example", auth: { env: "A" } })),
    shape: z
      .discriminatedUnion("type", [
        z.strictObject({ type: z.literal("round"), radius: z.number().positive() }),
        z.strictObject({ type: z.literal("square"), side: z.number().positive() }),
      ])
      .optional()
      .meta(about("Shape", { type: "round", radius: 1 })),
    alarm: z
      .union([
        z.boolean(),
        z.strictObject({ url: z.url().meta(about("URL", "https://a.example")), auth: secretField() }),
      ])
      .optional()
      .meta(about("Alarm", true)),
    limit: z
      .union([z.boolean(), z.strictObject({ rate: z.int(), per: z.int() })])
      .optional()
      .meta(about("Limit", true)),
  }),
  example: { open: true },
  example_key: "one",
  docs: [],
  fields: {},
  fromKey: (key) => ({ id: key }),
  imply: (declared, children) =>
    (children.plants ?? 0) > 0 && declared.store_id === undefined
      ? {
          fields: { store_id: { $ref: "alpha.store.default" } },
          resources: [{ kind: "alpha.store", key: "default", fields: { name: "default_store" } }],
        }
      : {},
  identity: (fields) => String(fields.id),
  identity_fields: [],
  settles_within: 0,
  api,
});

const plant = defineKind({
  kind: "alpha.plant",
  noun: "plant",
  description: "A plant in a garden",
  parent: "alpha.garden",
  section: "plants",
  spec: z.strictObject({
    slug: z
      .string()
      .regex(/^[a-z_]+$/, "expected lower-case letters and _")
      .optional()
      .meta(about("Slug", "rose")),
    alias: z.string().optional().meta(about("Alias", "default")),
    secret: secretField()
      .optional()
      .meta(about("Secret", { env: "ROSE_KEY" })),
  }),
  example: { secret: { env: "ROSE_KEY" } },
  example_key: "one",
  docs: [],
  fields: {},
  fromKey: (key) => ({ slug: key, alias: "default" }),
  identity: (fields) => `${String(fields.slug)}/${String(fields.alias)}`,
  identity_fields: ["slug", "alias"],
  derivedName: {
    noun: "stored name",
    of: (fields, parent) => `${parent}_${String(fields.slug)}_${String(fields.alias)}`,
  },
  settles_within: 0,
  api,
});

const store = defineKind({
  kind: "alpha.store",
  noun: "store",
  description: "The store",
  section: null,
  spec: z.strictObject({ name: z.string().meta(about("Name", "default_store")) }),
  example: { name: "default_store" },
  example_key: "one",
  docs: [],
  fields: {},
  identity: (fields) => String(fields.name),
  identity_fields: ["name"],
  ownership: "shared",
  settles_within: 0,
  api,
});

const rule = defineKind({
  kind: "beta.rule",
  noun: "rule",
  description: "A rule",
  section: "rules",
  spec: z
    .strictObject({
      type: z.enum(["deny", "rewrite"]).meta(about("Type", "deny")),
      source: z.string().min(3).meta(about("Source", "a/b")),
      destination: z.string().optional().meta(about("Destination", "a/c")),
    })
    .refine((value) => value.type !== "rewrite" || value.destination !== undefined, {
      path: ["destination"],
      message: "a rewrite needs a destination",
    }),
  example: { type: "deny", source: "a/b" },
  example_key: "one",
  docs: [],
  fields: {},
  inferNeeds: (fields) => (fields.destination === "key/ci" ? ["beta.key.ci"] : []),
  identity: (fields) => String(fields.source),
  identity_fields: ["source"],
  settles_within: 0,
  api,
});

const quota = defineKind({
  kind: "beta.quota",
  noun: "quota",
  description: "What may be used up",
  section: "quotas",
  groups: {
    all: { single: true, description: "the one for all" },
    parts: { description: "those of parts" },
    people: {
      description: "those of people",
      key: { pattern: /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/, expected: "a name or an e-mail address" },
    },
  },
  spec: z.strictObject({ limit: z.number().min(0).meta(about("Limit", 5)) }),
  example: { limit: 5 },
  example_key: "parts/one",
  docs: [],
  fields: {},
  fromKey: (name) => ({ of: name }),
  keyText: (fields) => String(fields.of),
  identity: (fields) => String(fields.of),
  identity_fields: ["of"],
  settles_within: 0,
  api,
});

const key = defineKind({
  kind: "beta.key",
  noun: "key",
  description: "A key",
  section: "keys",
  spec: z.strictObject({
    name: z.string().min(1).optional().meta(about("Name", "ci")),
    budget: z
      .strictObject({
        limit: z.number().min(0).meta(about("Limit", 5)),
        period: z.enum(["daily", "monthly"]).optional().meta(about("Period", "daily")),
      })
      .optional()
      .meta(about("Budget", { limit: 5 })),
    rule_id: idOrRef("beta.rule").optional().meta(about("Rule", "r1")),
  }),
  example: { name: "ci" },
  example_key: "one",
  docs: [],
  fields: {},
  fromKey: (name) => ({ name }),
  identity: () => null,
  identity_fields: [],
  one_time_value: true,
  exclusive: "never",
  settles_within: 0,
  api,
});

const yellowFades = defineCheck({
  code: "YELLOW_FADES",
  severity: "warning",
  kind: "alpha.garden",
  title: "A yellow garden",
  page: { meaning: "", importance: "", remedy: "", before: "", after: "", silence: "" },
  run: ({ resources }) =>
    resources.flatMap(({ address, fields }) =>
      fields.colour === "yellow" ? [{ address, path: "colour", message: "yellow fades" }] : [],
    ),
});

const connection = { connect: refuse, connectForApply: refuse };

export const alpha: AnyProvider = {
  name: "alpha",
  title: "Alpha",
  description: "A test provider",
  settings: z.strictObject({ account_id: z.string().min(1).meta(about("Account", "a1")) }),
  credentials: {
    api_token: { env: "ALPHA_TOKEN", title: "Token", description: "Where the token comes from" },
  },
  settings_env: { account_id: ["ALPHA_ACCOUNT_ID"] },
  base_url_env: "ALPHA_BASE_URL",
  hosts: ["api.alpha.example"],
  kinds: [garden, plant, store],
  checks: [yellowFades],
  ...connection,
};

export const beta: AnyProvider = {
  name: "beta",
  title: "Beta",
  description: "Another test provider",
  settings: z.strictObject({ team: z.string().optional().meta(about("Team", "t1")) }),
  credentials: { token: { env: "BETA_TOKEN", title: "Token", description: "Where the token comes from" } },
  settings_env: {},
  base_url_env: "BETA_BASE_URL",
  hosts: ["api.beta.example"],
  kinds: [rule, quota, key],
  checks: [],
  ...connection,
};

export const providers: readonly AnyProvider[] = [alpha, beta];
