// Kind `cloudflare.custom_provider_cost`: what a custom provider's models cost. Its list is the account's, filtered
// by provider; its token prices are an object when they are sent and the text of one when they are answered.

import * as z from "zod";
import { isObject, type JsonValue } from "../../../base/json.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, unlessGone } from "../../../provider/error.ts";
import {
  type CreateInput,
  defineKind,
  type Listing,
  type LiveRef,
  type UpdateInput,
} from "../../../provider/kind.ts";
import { segment } from "../../../provider/shape.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { readPages } from "../pages.ts";
import { instant, timestamp } from "../timestamp.ts";

const COSTS = "/ai-gateway/custom-providers/costs";
const costPath = (id: string): string => `${COSTS}/${segment(id)}`;

/** The twelve prices of the OpenAPI of 2026-10. */
const TOKENS = {
  input_tokens: "a token of the prompt",
  input_cached_tokens: "a token of the prompt that was read from the provider's cache",
  input_cache_creation_tokens: "a token of the prompt that was written to the provider's cache",
  input_text_tokens: "a text token of the prompt",
  input_image_tokens: "an image token of the prompt",
  input_image_count: "an image of the prompt",
  input_audio_tokens: "an audio token of the prompt",
  input_video_tokens: "a video token of the prompt",
  output_tokens: "a token of the answer",
  output_reasoning_tokens: "a reasoning token of the answer",
  output_image_count: "an image of the answer",
  total_tokens: "a token of either",
} as const;

const MODEL_RULES = ["equals", "starts-with", "contains"] as const;

const price = (title: string, description: string) =>
  z
    .number()
    .meta({ title, description, examples: [0.000002] })
    .optional();

const spec = z.strictObject({
  model: z
    .string()
    .min(1)
    .meta({
      title: "Model",
      description: "Name of a model, or the part of it that model_rule looks for",
      examples: ["acme-large"],
    }),
  model_rule: z
    .enum(MODEL_RULES)
    .meta({
      title: "Model rule",
      description: "How a request's model is compared with it; equals if left out",
      examples: ["starts-with"],
    })
    .optional(),
  cost_type: z
    .string()
    .min(1)
    .meta({ title: "Cost type", description: "What is counted; tokens if left out", examples: ["tokens"] })
    .optional(),
  cost_in: price("Cost in", "Price of what goes to the provider"),
  cost_out: price("Cost out", "Price of what comes from the provider"),
  token_pricing: z
    .strictObject(
      // The names stay what they are.
      Object.fromEntries(
        Object.entries(TOKENS).map(([name, what]) => [name, price(name, `Price of ${what}`)]),
      ) as Record<keyof typeof TOKENS, ReturnType<typeof price>>,
    )
    .meta({
      title: "Token pricing",
      description: "Prices by kind of token; owned as a whole, {} for none",
      examples: [{ input_tokens: 0.000002, output_tokens: 0.000006 }],
    })
    .optional(),
  enable: z
    .boolean()
    .meta({ title: "Enabled", description: "Whether the rule is applied", examples: [true] })
    .optional(),
});

/** Texts of enums are any text here: a value that is new at the vendor's must not make reading fail. */
const shape = z.looseObject({
  id: z.string(),
  account_provider_id: z.string(),
  model: z.string(),
  model_rule: z.string().nullish(),
  cost_type: z.string().nullish(),
  cost_in: z.number().nullish(),
  cost_out: z.number().nullish(),
  enable: z.boolean().nullish(),
  // The object itself would be no surprise: it is what POST takes.
  token_pricing: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  created_at: timestamp,
  modified_at: timestamp,
});

export const customProviderCost = defineKind<
  typeof spec,
  "created_at" | "modified_at",
  CloudflareReader,
  CloudflareWriter
>({
  kind: "cloudflare.custom_provider_cost",
  noun: "pricing rule",
  description: "What requests for a model of a custom provider cost, for logs and spend limits.",
  parent: "cloudflare.custom_provider",
  section: "costs",
  spec,
  example: {
    model: "acme-large",
    model_rule: "starts-with",
    token_pricing: { input_tokens: 0.000002, output_tokens: 0.000006 },
    enable: true,
  },
  example_key: "large",
  docs: [{ title: "Custom Providers" }],
  fields: {
    model_rule: { server_default: true, canonical: (value) => value ?? "equals" },
    cost_type: { server_default: true, canonical: (value) => value ?? "tokens" },
    token_pricing: { canonical: withoutNulls },
    // What a new one gets is not published.
    enable: { server_default: true, canonical: (value) => value ?? false },
    created_at: { measured: true },
    modified_at: { measured: true },
  },
  fromKey: () => ({ model_rule: "equals" }),
  keyText: ({ model, model_rule }) =>
    model_rule === "equals" ? String(model) : `${String(model)}-${String(model_rule)}`,
  identity: ({ model, model_rule }) => `${String(model_rule)} ${String(model)}`,
  identity_fields: ["model_rule", "model"],
  write_permission: "AI Gateway Write",
  // No lag was ever reported; a margin for replicas.
  settles_within: 10,
  api: {
    list,
    get,
    create: async (api, { parent_id, fields }: CreateInput) => ({
      live: fromWire(await api.post(COSTS, { account_provider_id: parent_id ?? "", ...fields }, shape)),
    }),
    update,
    delete: async (api, { id }) => unlessGone(api.delete(costPath(id))),
  },
});

/**
 * The OpenAPI of 2026-10 gives the filter `model_rule` the default "equals". Whether a list without it leaves the
 * other rules out nobody has reported, so each is asked for. For `cost_type` that cannot be done: what beside "tokens"
 * there is, is not published.
 */
async function list(api: CloudflareReader, { parent_id }: { readonly parent_id?: string }): Promise<Listing> {
  const filter = { account_provider_id: parent_id ?? "" };
  const parts = await Promise.all(
    MODEL_RULES.map((model_rule) => readPages(api, COSTS, shape, ({ id }) => id, { ...filter, model_rule })),
  );
  const error = parts.find(({ complete }) => !complete)?.error;
  const found = new Map(parts.flatMap(({ items }) => items).map((item) => [item.id, item]));
  return {
    resources: [...found.values()].filter((item) => item.account_provider_id === parent_id).map(fromWire),
    complete: parts.every(({ complete }) => complete),
    ...(error === undefined ? {} : { error }),
  };
}

async function get(api: CloudflareReader, { id }: LiveRef): Promise<LiveResource | null> {
  try {
    return fromWire(await api.get(costPath(id), resultOf(shape)));
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

/** PATCH leaves what it does not name as it is. */
async function update(api: CloudflareWriter, { id, fields, changed }: UpdateInput): Promise<LiveResource> {
  const names = new Set(changed.map((dotted) => dotted.split(".")[0]));
  const body = Object.fromEntries(Object.entries(fields).filter(([name]) => names.has(name)));
  return fromWire(await api.patch(costPath(id), body, shape));
}

function fromWire(wire: z.output<typeof shape>): LiveResource {
  const fields: Record<string, JsonValue> = { token_pricing: pricingFromWire(wire.token_pricing) };
  for (const name of ["model", "model_rule", "cost_type", "cost_in", "cost_out", "enable"] as const) {
    const value = wire[name];
    if (value !== undefined) fields[name] = value;
  }
  return {
    kind: "cloudflare.custom_provider_cost",
    id: wire.id,
    parent_id: wire.account_provider_id,
    name: wire.model,
    fields,
    ...instant(wire),
  };
}

function pricingFromWire(wire: z.output<typeof shape>["token_pricing"]): JsonValue {
  const value: unknown = typeof wire === "string" && wire !== "" ? parsed(wire) : wire;
  return isObject(value) ? value : {};
}

/** A text that is no JSON stands for no prices that anybody could read. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function withoutNulls(value: JsonValue): JsonValue {
  return isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null)) : {};
}
