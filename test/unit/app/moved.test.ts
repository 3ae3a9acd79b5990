// What changes between the plan and its steps: a step that would hit something else than was looked at stops.

import { expect, onTestFinished, test } from "vitest";
import { openStage } from "../../contract/stage.ts";

const CONFIGS = "/ai-gateway/gateways/support/provider_configs";
const SECRET = "sk-0123456789abcdef0123456789";

test("a gateway is not deleted with a provider config that came after the plan", async () => {
  const stage = await openStage({ profile: "live", env: { K: SECRET } }, onTestFinished);
  const provider_configs = { openai: { secret: { env: "K" } } };
  await stage.declare({ cloudflare: { gateways: { support: { provider_configs } } } });
  await stage.apply();
  await stage.declare({ cloudflare: { gateways: {} } }, { policy: { max_deletes: 2 } });

  const result = await stage.apply({}, undefined, () =>
    stage.vendors.cloudflare("POST", CONFIGS, {
      provider_slug: "anthropic",
      alias: "default",
      default_config: true,
      secret: SECRET,
    }),
  );

  expect(result).toMatchObject({
    report: { results: [{ outcome: "done" }, { outcome: "failed", code: "MOVED" }] },
  });
  const { result: left } = await stage.vendors.cloudflare("GET", CONFIGS);
  // The list still shows what was deleted just before, too.
  expect(left).toContainEqual(expect.objectContaining({ provider_slug: "anthropic" }));
});

test("a gateway that somebody else deleted and made again after the plan is not written to", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({ cloudflare: { gateways: { support: { cache_ttl: 60 } } } });
  await stage.apply();
  await stage.declare({ cloudflare: { gateways: { support: { cache_ttl: 300 } } } });
  stage.pass(1000);

  const result = await stage.apply({}, undefined, async () => {
    await stage.vendors.cloudflare("DELETE", "/ai-gateway/gateways/support");
    await stage.vendors.cloudflare("POST", "/ai-gateway/gateways", {
      id: "support",
      cache_invalidate_on_update: false,
      cache_ttl: 5,
      collect_logs: true,
      rate_limiting_interval: 0,
      rate_limiting_limit: 0,
    });
  });

  expect(result).toMatchObject({ report: { results: [{ outcome: "failed", code: "MOVED" }] } });
  const { result: live } = await stage.vendors.cloudflare("GET", "/ai-gateway/gateways/support");
  expect(live).toMatchObject({ cache_ttl: 5 });
});

test("what changed while a person was asked is not written over, and the rest is done", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  const declare = (ttl: number) =>
    stage.declare({ cloudflare: { gateways: { a: { cache_ttl: ttl }, b: { cache_ttl: ttl } } } });
  await declare(60);
  await stage.apply();
  await declare(300);

  const meanwhile = async () => {
    const { result: live } = await stage.vendors.cloudflare("GET", "/ai-gateway/gateways/a");
    await stage.vendors.cloudflare("PUT", "/ai-gateway/gateways/a", { ...(live as object), cache_ttl: 5 });
  };
  const result = await stage.apply({}, undefined, meanwhile, "answered");

  expect(result).toMatchObject({
    report: {
      results: [
        { outcome: "failed", code: "MOVED", deviations: [{ path: "cache_ttl", expected: 60, found: 5 }] },
        { outcome: "done" },
      ],
    },
  });
  const { result: live } = await stage.vendors.cloudflare("GET", "/ai-gateway/gateways/a");
  expect(live).toMatchObject({ cache_ttl: 5 });
});
