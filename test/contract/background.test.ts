// What a vendor makes in the background and never answers, through real plans and applies.

import { expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { expectConverged, expectEmpty, openStage } from "./stage.ts";

const zone_id = "023e105f4ecef8ad9ca31a8372d0c353";
const block = (body: Record<string, string>) => ({
  cloudflare: { gateways: { base: { custom_domains: { "ai.acme.com": body } } } },
});
const address = "cloudflare.custom_domain.base/ai.acme.com";

test("an apply tells the DNS record to set, and a plan that the domain waits", async ({ onTestFinished }) => {
  const server = { switches: { custom_domain_step_ms: 60_000 } };
  const stage = await openStage({ profile: "live", env: {}, server }, onTestFinished);
  await stage.declare(block({ zone_id }));
  const result = await stage.apply();
  expectConverged(result);
  expect(result.report.results.find((item) => item.address === address)?.note).toContain("CNAME");
  const plan = await stage.plan();
  expectEmpty(plan);
  expect(plan.diagnostics.map(({ code, severity, address }) => [code, severity, address])).toEqual([
    ["VENDOR_STATE", "note", address],
  ]);
  stage.pass(3_600_000);
  expect((await stage.plan()).diagnostics).toEqual([]);
});

test("a domain that the vendor blocks is a warning of the apply and of every plan", async ({
  onTestFinished,
}) => {
  const server = { switches: { custom_domain_step_ms: 0, custom_domain_outcome: "blocked" as const } };
  const stage = await openStage({ profile: "live", env: {}, server }, onTestFinished);
  await stage.declare(block({ zone_id }));
  const result = await stage.apply();
  if (result.state !== "applied") throw new Error(result.state);
  const found = [result.report.diagnostics, (await stage.plan()).diagnostics];
  for (const list of found)
    expect(list.map(({ code, severity }) => [code, severity])).toEqual([["VENDOR_STATE", "warning"]]);
});

test("what is needed to make one may be left out where it exists, and nowhere else", async ({
  onTestFinished,
}) => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare(block({}));
  const { refused } = await stage.plan();
  expect(refused.map((item) => [item.address, item.code])).toEqual([[address, "NEEDED_TO_CREATE"]]);
  await stage.declare(block({ zone_id }));
  expectConverged(await stage.apply());
  await stage.loseLedger();
  await stage.declare(block({}));
  expect((await stage.apply({ adopt: true })).state).toBe("applied");
  expectEmpty(await stage.plan());
});

test("a domain that goes from one gateway to another is deleted there before it is made here", async ({
  onTestFinished,
}) => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  const gateways = (all: JsonObject): JsonObject => ({ cloudflare: { gateways: all } });
  const custom_domains = { "ai.acme.com": { zone_id } };
  await stage.declare(gateways({ old: { custom_domains } }));
  expectConverged(await stage.apply());
  await stage.declare(gateways({ another: { custom_domains }, old: { custom_domains: {} } }));
  expectConverged(await stage.apply({ allow_deletes: 1 }));
  expectEmpty(await stage.plan());
  // Made by hand and unknown to the ledger, it is in the way of one that is declared elsewhere.
  await stage.vendors.cloudflare("POST", "/ai-gateway/gateways/old/custom-domains", {
    domain: "eu.ai.acme.com",
    zone_id,
  });
  const eu = { "eu.ai.acme.com": { zone_id } };
  await stage.declare(
    gateways({ another: { custom_domains: { ...custom_domains, ...eu } }, old: { custom_domains: {} } }),
  );
  const { refused } = await stage.plan();
  expect(refused).toMatchObject([
    { address: "cloudflare.custom_domain.another/eu.ai.acme.com", code: "IDENTITY_TAKEN" },
  ]);
});
