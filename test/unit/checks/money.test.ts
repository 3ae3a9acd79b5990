// When Cloudflare's checks of money fire: prices for nobody, limits in the wrong unit.

import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/base/json.ts";
import { findings, live, loaded } from "./bench.ts";

const HEAD = "version: 1\nstack: test\ncloudflare:\n  account_id: a\n";

describe("COST_WITHOUT_PROVIDER", () => {
  const provider = (body: string): string =>
    `${HEAD}  custom_providers:\n    acme: { name: Acme, base_url: "https://a.example", ${body} }\n`;
  const TWO = "costs: { a: { model: a }, b: { model: b, enable: true }, c: { model: c, enable: false } }";
  const liveOne = (fields: JsonObject) =>
    live({ kind: "cloudflare.custom_provider", id: "1", name: "acme", fields: { slug: "acme", ...fields } });
  const said = async (body: string, state?: ReturnType<typeof live>) =>
    findings(await loaded(provider(body)), state).map(({ message }) => message);

  const WORDS = "the provider is not enabled, so that its 2 pricing rules price nothing";

  test("is said of an explicit false by validate already, and counts the rules that are on", async () => {
    expect(await said(`enable: false, ${TWO}`)).toEqual([WORDS]);
  });

  test("waits for the plan where the file leaves it out, and heeds what is live", async () => {
    expect(await said(TWO)).toEqual([]);
    expect(await said(TWO, live())).toEqual([WORDS]);
    expect(await said(TWO, liveOne({ enable: false }))).toEqual([WORDS]);
    expect(await said(TWO, liveOne({ enable: true }))).toEqual([]);
  });

  test("is not said without a rule that is on", async () => {
    expect(await said("costs: {}", live())).toEqual([]);
    expect(await said("costs: { c: { model: c, enable: false } }", live())).toEqual([]);
  });

  test("is silenced in the provider", async () => {
    expect(await said(`${TWO}, lifecycle: { silence: [COST_WITHOUT_PROVIDER] }`, live())).toEqual([]);
  });
});

describe("SPEND_LIMIT_IN_CENTS", () => {
  const said = async (limits: string) =>
    findings(await loaded(`${HEAD}  gateways: { support: { spend_limits: ${limits} } }\n`));
  const rule = (limit: number, more = ""): string =>
    `{ limitType: cost, limit: ${limit}, window: 3600${more} }`;

  test("says the amount in dollars, where it stands, and what it would be in cents", async () => {
    expect(await said(`{ enabled: true, rules: [${rule(5)}, ${rule(12_345)}] }`)).toMatchObject([
      {
        severity: "warning",
        address: "cloudflare.gateway.support",
        position: { line: 5 },
        snippet: expect.stringContaining("12345"),
        message: "the spend limit of 12345 is $12,345 in 1 hour: limits are in US dollars, not in cents",
        hint: expect.stringContaining("if cents were meant, write 123.45 for $123.45"),
      },
    ]);
  });

  test.each([
    ["a limit below ten thousand", `{ enabled: true, rules: [${rule(9_999)}] }`],
    ["a limit with a fraction, which is in dollars", `{ enabled: true, rules: [${rule(10_000.5)}] }`],
    ["a rule that is off", `{ enabled: true, rules: [${rule(10_000, ", enabled: false")}] }`],
    ["limits that are off", `{ enabled: false, rules: [${rule(10_000)}] }`],
    ["no limits", "null"],
  ])("does not doubt %s", async (_, limits) => {
    expect(await said(limits)).toEqual([]);
  });

  test("doubts the first number that is", async () => {
    expect(await said(`{ enabled: true, rules: [${rule(10_000)}] }`)).toHaveLength(1);
  });
});
