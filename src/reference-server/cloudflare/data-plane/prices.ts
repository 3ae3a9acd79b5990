/**
 * What a request costs. Prices are fixed and round, so that a test can do sums; they follow no list. A model that is
 * not here has no known price, costs nothing and is under no spend limit (docs *Spend limits*, 2026).
 */
import { USAGE } from "../../echo.ts";
import type { World } from "../../world.ts";
import { type CostRecord, modelRules, type ProviderRecord } from "../custom-provider-shapes.ts";
import type { CustomCost } from "./options.ts";

interface Price {
  /** US dollars per million tokens. */
  readonly in: number;
  readonly out: number;
}

const cheap: Price = { in: 1, out: 2 };
const dear: Price = { in: 10, out: 20 };

/** By what a model's name holds; the first match counts. */
const prices: readonly (readonly [RegExp, Price])[] = [
  [/mini|nano|haiku|flash|lite|small|^@cf\//, cheap],
  [/^gpt-|^o\d|claude|gemini|grok|mistral|deepseek|sonar|command/, dear],
];

interface Priced {
  readonly model: string;
  readonly custom: ProviderRecord | undefined;
}

/** US dollars. */
export function costOf(world: World, { model, custom }: Priced, own: CustomCost | undefined): number {
  if (own !== undefined && "total_cost" in own) return own.total_cost;
  if (own !== undefined) return times(own.per_token_in, own.per_token_out);
  if (custom !== undefined) return ruledCost(world.store.cloudflare.provider_costs, custom.id, model);
  const price = prices.find(([pattern]) => pattern.test(model))?.[1];
  return price === undefined ? 0 : times(price.in / 1_000_000, price.out / 1_000_000);
}

const matches: Readonly<Record<CostRecord["model_rule"], (model: string, wanted: string) => boolean>> = {
  equals: (model, wanted) => model === wanted,
  "starts-with": (model, wanted) => model.startsWith(wanted),
  contains: (model, wanted) => model.includes(wanted),
};

/**
 * By the account's own pricing rules, the narrowest one first. Neither that order nor the unit is published; prices
 * are read as US dollars per token, like those of `cf-aig-custom-cost`.
 */
function ruledCost(rules: readonly CostRecord[], provider: string, model: string): number {
  const own = rules.filter((rule) => rule.enable && rule.account_provider_id === provider);
  const rule = modelRules
    .flatMap((kind) => own.filter((candidate) => candidate.model_rule === kind))
    .find((candidate) => matches[candidate.model_rule](model, candidate.model));
  const { token_pricing: pricing, cost_in, cost_out } = rule ?? {};
  return times(pricing?.input_tokens ?? cost_in ?? 0, pricing?.output_tokens ?? cost_out ?? 0);
}

/** The cost of an echo at these prices per token. */
function times(perTokenIn: number, perTokenOut: number): number {
  const whole = USAGE.prompt_tokens * perTokenIn + USAGE.completion_tokens * perTokenOut;
  return Math.max(0, whole);
}
