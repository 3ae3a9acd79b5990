/**
 * What a request costs. Prices are fixed and round, so that a test can do sums; they follow no list. A model that is
 * not here has no known price, costs nothing and is under no spend limit (docs *Spend limits*, 2026).
 */
import type { CustomCost } from "./options.ts";

/** What every echo counts, whatever was asked. */
export const USAGE = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 };

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

/** US dollars. */
export function costOf(model: string, custom: CustomCost | undefined): number {
  if (custom !== undefined && "total_cost" in custom) return custom.total_cost;
  if (custom !== undefined) {
    return USAGE.prompt_tokens * custom.per_token_in + USAGE.completion_tokens * custom.per_token_out;
  }
  const price = prices.find(([pattern]) => pattern.test(model))?.[1];
  if (price === undefined) return 0;
  return (USAGE.prompt_tokens * price.in + USAGE.completion_tokens * price.out) / 1_000_000;
}
