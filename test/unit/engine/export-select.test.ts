// What selectors mean: which lists are read, and what of it goes into the file.

import { describe, expect, test } from "vitest";
import {
  isInFile,
  isSelected,
  parseSelector,
  providersOf,
  type Selection,
} from "../../../src/engine/export-select.ts";
import { providers } from "../../../src/providers/index.ts";

const rules = providers.flatMap(({ kinds }) => kinds.map((kind) => kind.rules));

function selection(...texts: readonly string[]): Selection {
  const selectors = texts.map((text) => {
    const found = parseSelector(text, rules);
    if (!("by" in found)) throw new Error(`${text} is no selector`);
    return found;
  });
  return { selectors, rules };
}

const inFile = (...texts: readonly string[]) =>
  rules.map(({ kind }) => kind).filter((kind) => isInFile(selection(...texts), kind));

const SUPPORT = ["cloudflare.gateway.support"];
const OPENAI = [...SUPPORT, "cloudflare.provider_config.support/openai"];

describe("a selector", () => {
  test("of nothing is everything but what is only implied", () => {
    const implied = ["cloudflare.secrets_store"];
    expect(inFile()).toEqual(rules.map(({ kind }) => kind).filter((kind) => !implied.includes(kind)));
  });

  test("may be a provider, a section, a kind or an address, also of a key with dots", () => {
    expect(inFile("vercel")).toEqual(inFile().filter((kind) => kind.startsWith("vercel.")));
    expect(inFile("vercel.rules")).toEqual(["vercel.rule"]);
    expect(inFile("vercel.rule")).toEqual(["vercel.rule"]);
    expect(inFile("vercel.rule.gpt-5.5")).toEqual(["vercel.rule"]);
    expect(providersOf(selection("vercel.rules"))).toEqual(["vercel"]);
  });

  test("brings along what lives in what it selects, and what that lives in", () => {
    const inside = rules.filter(({ parent }) => parent === "cloudflare.gateway").map(({ kind }) => kind);
    expect(inside).toContain("cloudflare.provider_config");
    expect(inFile("cloudflare.gateways")).toEqual(["cloudflare.gateway", ...inside]);
    const gateway = selection("cloudflare.gateway.support");
    expect(isSelected(gateway, "cloudflare.provider_config", OPENAI)).toBe(true);
    const config = selection("cloudflare.provider_config.support/*");
    expect(inFile("cloudflare.provider_config.support/*")).toEqual([
      "cloudflare.gateway",
      "cloudflare.provider_config",
    ]);
    expect(isSelected(config, "cloudflare.provider_config", OPENAI)).toBe(true);
    expect(isSelected(config, "cloudflare.gateway", SUPPORT)).toBe(false);
  });

  test("that is none says what it is like", () => {
    expect(parseSelector("vercle", rules)).toEqual({ text: "vercle", near: "vercel" });
    expect(parseSelector("cloudflare.gatewys", rules)).toMatchObject({ near: "cloudflare.gateways" });
    expect(parseSelector("nothing-like-it", rules)).toMatchObject({ near: undefined });
  });

  test("never is a kind that no file declares", () => {
    expect(parseSelector("cloudflare.secrets_store", rules)).not.toHaveProperty("by");
  });
});
