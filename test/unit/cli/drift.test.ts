// The exit code of `drift`: silence is no proof.

import { expect, onTestFinished, test } from "vitest";
import { driftExitCode } from "../../../src/cli/commands/drift.ts";
import { driftSummary } from "../../../src/render/drift-text.ts";
import { openStage } from "../../contract/stage.ts";

const support = "cloudflare.gateway.support";
const theirs = {
  id: "support",
  cache_invalidate_on_update: false,
  cache_ttl: 5,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
};

test("an owned gateway that somebody else deleted and made again is no clean drift report", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({ cloudflare: { gateways: { support: { cache_ttl: 60 } } } });
  await stage.apply();
  stage.pass(60_000);
  await stage.vendors.cloudflare("DELETE", "/ai-gateway/gateways/support");
  await stage.vendors.cloudflare("POST", "/ai-gateway/gateways", theirs);

  const plan = await stage.plan();

  expect(driftExitCode(plan, new Set([support]), false)).toBe(1);
  expect(driftSummary(plan)).toBe("No drift where it can be told. 1 refused.");
});

test("a refused address that the stack does not own yet is no matter of drift", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.vendors.cloudflare("POST", "/ai-gateway/gateways", theirs);
  await stage.declare({ cloudflare: { gateways: { support: { cache_ttl: 60 } } } });

  expect(driftExitCode(await stage.plan(), new Set(), false)).toBe(0);
});
