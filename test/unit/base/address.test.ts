import { describe, expect, test } from "vitest";
import { formatAddress, kindOf, parseAddress } from "../../../src/base/address.ts";

describe("an address", () => {
  test.each([
    ["vercel.rule.opus-to-haiku", "vercel", "vercel.rule", ["opus-to-haiku"]],
    [
      "cloudflare.provider_config.support/openai",
      "cloudflare",
      "cloudflare.provider_config",
      ["support", "openai"],
    ],
    [
      "cloudflare.custom_domain.gw/ai.acme.com",
      "cloudflare",
      "cloudflare.custom_domain",
      ["gw", "ai.acme.com"],
    ],
    ["vercel.key._k.1-2", "vercel", "vercel.key", ["_k.1-2"]],
  ])("%s has a kind and keys, and comes out as it went in", (text, provider, kind, keys) => {
    expect(parseAddress(text)).toEqual({ provider, kind, keys });
    expect(formatAddress(kind, keys)).toBe(text);
    expect(kindOf(text)).toBe(kind);
  });

  test.each([
    "",
    "vercel",
    "vercel.rule",
    "vercel.rule.",
    "vercel.rule.a//b",
    "vercel.rule.a/",
    "vercel.rule.-a",
    "vercel.rule..a",
    "vercel.rule.a b",
    "vercel.rule.a\u001b[31m",
    "vercel.rule.a\nb",
    "vercel.rule.a`b",
    "Vercel.rule.a",
    "vercel.Rule.a",
    `vercel.rule.${"x".repeat(129)}`,
  ])("is not %j", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  test("with one dot only is its own kind", () => {
    expect(kindOf("vercel.rule")).toBe("vercel.rule");
  });
});
