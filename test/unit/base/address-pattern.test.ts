// Patterns of addresses: what `*` stands for.

import { expect, test } from "vitest";
import { addressMatcher } from "../../../src/base/address-pattern.ts";

test.each([
  ["vercel.rule.*", "vercel.rule.opus-to-haiku", true],
  ["vercel.rule.*", "vercel.key.ci", false],
  ["cloudflare.provider_config.*", "cloudflare.provider_config.support/openai", true],
  ["cloudflare.provider_config.*/openai", "cloudflare.provider_config.support/openai", true],
  ["cloudflare.provider_config.*/openai", "cloudflare.provider_config.support/openai-eu", false],
  ["*", "vercel.rule.a", true],
  ["vercel.rule.a.b", "vercel.rule.a.b", true],
  ["vercel.rule.a.b", "vercel.rule.aXb", false],
  ["vercel.rule.a-b*", "vercel.rule.a-b", true],
])("%s means %s: %s", (pattern, address, expected) => {
  expect(addressMatcher(pattern)(address)).toBe(expected);
});
