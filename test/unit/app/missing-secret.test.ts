// A secret that is not at hand stops what needs it, and nothing else.

import { expect, onTestFinished, test } from "vitest";
import { openStage } from "../../contract/stage.ts";

const TOKEN = "Bearer 0123456789abcdef0123456789abcdef";

function gateway(cache_ttl: number) {
  const otel = [{ url: "https://otel.example/v1", headers: {}, authorization: { env: "OTEL_TOKEN" } }];
  return { cloudflare: { gateways: { support: { cache_ttl, otel } } } };
}

test("a field changes although the secret of another field is not at hand", async () => {
  const stage = await openStage({ profile: "live", env: { OTEL_TOKEN: TOKEN } }, onTestFinished);
  await stage.declare(gateway(60));
  await stage.apply();
  delete stage.env.OTEL_TOKEN;
  await stage.declare(gateway(300));

  expect(await stage.apply()).toMatchObject({
    report: { converged: true, counts: { done: 1, unchecked: 1, failed: 0 } },
  });

  const { result: live } = await stage.vendors.cloudflare("GET", "/ai-gateway/gateways/support");
  expect(live).toMatchObject({ cache_ttl: 300, otel: [{ authorization: TOKEN }] });
});

test("a resource is not created without its secret, and nothing else is done before that is said", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({
    ...gateway(60),
    vercel: { team: "acme", rules: { a: { type: "deny", source: "a/b" } } },
  });

  expect(await stage.apply()).toMatchObject({
    state: "stopped",
    diagnostics: [{ code: "MISSING_SECRET", address: "cloudflare.gateway.support" }],
  });
  expect((await stage.state()).vercel.rules).toEqual([]);
});
