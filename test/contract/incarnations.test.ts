// Where the user chooses the id, another thing can come under the same one: it is not ours because the first one was.
// Over the reference server, beside the cases of all kinds.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { expectConverged, openStage, writes } from "./stage.ts";

const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";

const KINDS: readonly (readonly [address: string, block: JsonObject, path: string, body: JsonObject])[] = [
  [
    "cloudflare.gateway.support",
    { gateways: { support: {} } },
    "/ai-gateway/gateways",
    {
      id: "support",
      cache_invalidate_on_update: false,
      cache_ttl: 0,
      collect_logs: true,
      rate_limiting_interval: 0,
      rate_limiting_limit: 0,
    },
  ],
  [
    "cloudflare.custom_domain.support/ai.acme.com",
    { gateways: { support: { custom_domains: { "ai.acme.com": { zone_id: ZONE } } } } },
    "/ai-gateway/gateways/support/custom-domains",
    { domain: "ai.acme.com", zone_id: ZONE.replace("0", "1") },
  ],
];

test.each(KINDS)("%s that somebody else has made again is not ours", async (address, block, path, body) => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({ cloudflare: block });
  expectConverged(await stage.apply());
  stage.pass(60_000);
  await stage.vendors.cloudflare("DELETE", `${path}/${body.id ?? body.domain}`);
  await stage.vendors.cloudflare("POST", path, body);

  const plan = await stage.plan();
  expect(plan.refused.map((item) => `${item.address} ${item.code}`)).toEqual([`${address} NOT_OWNED`]);
  const before = (await stage.requests()).length;
  await stage.apply();
  expect(writes((await stage.requests()).slice(before))).toEqual([]);
});

test("pricing rules of a provider that somebody deleted are made in the new one, also when a run broke off between the two", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  const large = { model: "acme-large" };
  const provider = { name: "Acme LLM", base_url: "https://llm.acme.com" };
  const declare = (costs: JsonObject) =>
    stage.declare({ cloudflare: { custom_providers: { acme: { ...provider, costs } } } });
  await declare({ large });
  expectConverged(await stage.apply());
  const [first] = (await stage.state()).cloudflare.custom_providers;
  await stage.vendors.cloudflare("DELETE", `/ai-gateway/custom-providers/${first?.id}`);
  await stage.fault({
    method: "POST",
    path: "/costs$",
    effect: { kind: "status", status: 400, when: "before" },
  });
  expect(await stage.apply()).toMatchObject({ state: "applied", report: { counts: { done: 1, failed: 1 } } });
  await stage.clearFaults();

  expectConverged(await stage.apply());
  const { custom_providers, provider_costs } = (await stage.state()).cloudflare;
  expect(custom_providers).toHaveLength(1);
  expect(provider_costs.map((cost) => cost.account_provider_id)).toEqual(
    custom_providers.map(({ id }) => id),
  );
});

test("a pricing rule that a single read does not show is not taken for gone: it is deleted", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  const provider = { name: "Acme LLM", base_url: "https://llm.acme.com" };
  const declare = (costs: JsonObject) =>
    stage.declare({ cloudflare: { custom_providers: { acme: { ...provider, costs } } } });
  await declare({});
  expectConverged(await stage.apply());
  await declare({ large: { model: "acme-large" } });
  expectConverged(await stage.apply());
  await declare({});
  // The last look before the delete shows what was there before the rule was made.
  await stage.fault({ method: "GET", path: "/costs/[^/]+$", times: 1, effect: { kind: "stale_list" } });
  const result = await stage.apply({ allow_deletes: 1 });
  expectConverged(result);
  expect(result.report.results.map(({ outcome }) => outcome)).toEqual(["done"]);
  expect((await stage.state()).cloudflare.provider_costs).toEqual([]);
});
