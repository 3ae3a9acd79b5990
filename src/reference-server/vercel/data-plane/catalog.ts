/**
 * Models and the providers that serve them. The vendor's catalogue changes weekly; this one is short and follows no
 * list, and any other well-formed `creator/model` is served as well, by the provider of its creator's name, unless a
 * switch forbids it. Prices are fixed and round, so that a test can do sums.
 */
import { USAGE } from "../../echo.ts";
import type { Switches } from "../../switches.ts";

interface CatalogModel {
  readonly id: string;
  readonly name: string;
}

export const catalog: readonly CatalogModel[] = [
  { id: "anthropic/claude-opus-4.7", name: "Claude Opus 4.7" },
  { id: "anthropic/claude-sonnet-5", name: "Claude Sonnet 5" },
  { id: "anthropic/claude-haiku-4.5", name: "Claude Haiku 4.5" },
  { id: "google/gemini-2.5-flash", name: "Gemini 2.5 Flash" },
  { id: "google/gemini-2.5-pro", name: "Gemini 2.5 Pro" },
  { id: "mistral/mistral-small", name: "Mistral Small" },
  { id: "openai/gpt-5.1", name: "GPT-5.1" },
  { id: "openai/gpt-5.1-mini", name: "GPT-5.1 mini" },
  { id: "openai/gpt-5.5", name: "GPT-5.5" },
  { id: "openai/gpt-5.5-pro", name: "GPT-5.5 Pro" },
];

/** Providers by the creator of a model, the usual one first; other creators serve their own models. */
const providers: Readonly<Record<string, readonly string[]>> = {
  anthropic: ["anthropic", "bedrock", "vertex"],
  google: ["google", "vertex"],
  openai: ["openai", "azure"],
};

/** Providers that serve a model, in the order of preference; none: there is no such model. */
export function providersOf(model: string, switches: Switches): readonly string[] {
  const creator = /^([^/\s]+)\/[^/\s]+$/.exec(model)?.[1];
  if (creator === undefined || creator === "vmc") return [];
  if (switches.catalog_only && !catalog.some(({ id }) => id === model)) return [];
  return providers[creator] ?? [creator];
}

interface Price {
  /** US dollars per token. */
  readonly input: number;
  readonly output: number;
}

/** By what a model's name holds; the first match counts. */
const prices: readonly (readonly [RegExp, Price])[] = [
  [/-pro$|-opus/, { input: 0.0002, output: 0.0006 }],
  [/mini|nano|haiku|flash|lite|small/, { input: 0.000001, output: 0.000002 }],
  [/./, { input: 0.00001, output: 0.00002 }],
];

export function priceOf(model: string): Price {
  return prices.find(([pattern]) => pattern.test(model))?.[1] ?? { input: 0, output: 0 };
}

/** US dollars for one answer: $0.50 of large models, $0.002 of small ones, $0.02 of the rest. */
export function costOf(model: string): number {
  const { input, output } = priceOf(model);
  const cost = USAGE.prompt_tokens * input + USAGE.completion_tokens * output;
  // Sums of such numbers are to stay readable.
  return Math.round(cost * 1_000_000) / 1_000_000;
}
