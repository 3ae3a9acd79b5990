// Domain checks in plans, over what is live at the reference server, and what silencing them changes: nothing else.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import { canary } from "../canary/values.ts";
import { expectConverged, expectEmpty, openStage, type Stage, writes } from "./stage.ts";

const OPEN = "GATEWAY_OPEN_WITH_KEYS";
const KEYS: JsonObject = { openai: { secret: { env: "KEY" } } };

const stage = (): Promise<Stage> =>
  openStage({ profile: "live", env: { KEY: canary("provider", "sk-") } }, onTestFinished);

const gateway = (body: JsonObject): JsonObject => ({ cloudflare: { gateways: { support: body } } });

function codes(plan: Plan): readonly string[] {
  return plan.diagnostics.map(({ code }) => code);
}

test("a plan says with a place that a new gateway will be open, which the file alone does not tell", async () => {
  const it = await stage();
  await it.declare(gateway({ provider_configs: KEYS }));
  const { diagnostics } = await it.plan();
  expect(diagnostics).toMatchObject([
    { severity: "warning", code: OPEN, address: "cloudflare.gateway.support", position: { line: 6 } },
  ]);
});

test("a plan says nothing of a gateway that is closed at Cloudflare", async () => {
  const it = await stage();
  await it.declare(gateway({ authentication: true, provider_configs: KEYS }));
  expectConverged(await it.apply());
  await it.declare(gateway({ provider_configs: KEYS }));
  expect(codes(await it.plan())).toEqual([]);
});

test("a plan that deletes the last key says nothing, and neither does one that destroys", async () => {
  const it = await stage();
  await it.declare(gateway({ authentication: false, provider_configs: KEYS }));
  expectConverged(await it.apply());
  expect(codes(await it.plan())).toEqual([OPEN]);
  expect(codes(await it.plan({ destroy: true, allow_deletes: 2 }))).toEqual([]);
  await it.declare(gateway({ authentication: false, provider_configs: {} }));
  expect(codes(await it.plan({ allow_deletes: 1 }))).toEqual([]);
});

test("a destroy hears of no check, be there ever so much that is somebody else's", async () => {
  const it = await stage();
  await it.declare(gateway({ authentication: true }));
  expectConverged(await it.apply());
  for (let count = 1; count <= 11; count++) {
    await it.vendors.cloudflare("POST", "/ai-gateway/gateways", {
      id: `other-${count}`,
      cache_invalidate_on_update: false,
      cache_ttl: 0,
      collect_logs: true,
      rate_limiting_interval: 0,
      rate_limiting_limit: 0,
    });
  }
  expect(codes(await it.plan())).toEqual(["MANY_GATEWAYS"]);
  expect(codes(await it.plan({ destroy: true, allow_deletes: 1 }))).toEqual([]);
});

test("silencing a check changes neither the plan, nor the vendors, nor the ledger", async () => {
  const it = await stage();
  await it.declare(gateway({ authentication: false, provider_configs: KEYS }));
  expectConverged(await it.apply());
  const [ledger, requests] = [await it.ledger(), await it.requests()];
  await it.declare(
    gateway({ authentication: false, provider_configs: KEYS, lifecycle: { silence: [OPEN] } }),
  );
  const plan = await it.plan();
  expect(codes(plan)).toEqual([]);
  expectEmpty(plan);
  expectConverged(await it.apply());
  expect(await it.ledger()).toEqual(ledger);
  expect(writes((await it.requests()).slice(requests.length))).toEqual([]);
});
