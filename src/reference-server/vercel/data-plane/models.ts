/**
 * The model list and who serves a model, for everybody (docs *REST API*, 2026-06). CLI 64.0.2 reads both; prices are
 * texts in US dollars per token.
 */
import * as z from "zod";
import { json, type Reply } from "../../http.ts";
import type { Switches } from "../../switches.ts";
import { catalog, priceOf, providersOf } from "./catalog.ts";
import { unknownModel } from "./errors.ts";

const released = Date.UTC(2026, 0, 1) / 1000;
const CONTEXT = 200_000;
const MOST_TOKENS = 32_000;

export const modelsWire = z.strictObject({
  object: z.literal("list"),
  data: z.array(
    z.strictObject({
      id: z.string(),
      object: z.literal("model"),
      created: z.int(),
      released: z.int(),
      owned_by: z.string(),
      name: z.string(),
      description: z.string(),
      context_window: z.int(),
      max_tokens: z.int(),
      type: z.literal("language"),
      tags: z.array(z.string()),
      pricing: z.strictObject({ input: z.string(), output: z.string() }),
    }),
  ),
});

export const modelEndpointsWire = z.strictObject({
  data: z.strictObject({
    id: z.string(),
    name: z.string(),
    architecture: z.strictObject({
      modality: z.string(),
      input_modalities: z.array(z.string()),
      output_modalities: z.array(z.string()),
    }),
    endpoints: z.array(
      z.strictObject({
        provider_name: z.string(),
        context_length: z.int(),
        /** Other names than in the list: these are what CLI 64.0.2 prints. */
        pricing: z.strictObject({ prompt: z.string(), completion: z.string() }),
      }),
    ),
  }),
});

export function listModels(): Reply {
  const data = catalog.map(({ id, name }) => ({
    id,
    object: "model",
    created: released,
    released,
    owned_by: id.split("/")[0],
    name,
    description: `${name} of the reference server`,
    context_window: CONTEXT,
    max_tokens: MOST_TOKENS,
    type: "language",
    tags: [],
    pricing: { input: shownPrice(priceOf(id).input), output: shownPrice(priceOf(id).output) },
  }));
  return json(200, { object: "list", data });
}

/** @throws Refusal 404 for a model that nobody serves */
export function modelEndpoints(model: string, switches: Switches): Reply {
  const providers = providersOf(model, switches);
  if (providers.length === 0) throw unknownModel(model);
  const { input, output } = priceOf(model);
  const pricing = { prompt: shownPrice(input), completion: shownPrice(output) };
  const endpoints = providers.map((provider_name) => ({ provider_name, context_length: CONTEXT, pricing }));
  const name = catalog.find(({ id }) => id === model)?.name ?? model;
  const architecture = { modality: "text→text", input_modalities: ["text"], output_modalities: ["text"] };
  return json(200, { data: { id: model, name, architecture, endpoints } });
}

function shownPrice(price: number): string {
  return price.toFixed(6);
}
