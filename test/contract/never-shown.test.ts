// What a vendor takes once and never shows again: declared later, it changes nothing, and the plan says so.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { customDomain } from "./samples/cloudflare-custom-domain.ts";
import { expectConverged, openStage } from "./stage.ts";

test("a TLS version that is declared for a domain which is there is taken for granted, once, with a warning", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  const declare = (body: JsonObject) => stage.declare(customDomain.block({ "ai.acme.com": body }));
  await declare(customDomain.minimal);
  expectConverged(await stage.apply());
  await declare(customDomain.full);
  const plan = await stage.plan();
  expect(plan.steps).toMatchObject([{ action: "record", reason: "claimed", claimed: ["minTLS"] }]);
  expect(plan.diagnostics).toContainEqual(
    expect.objectContaining({
      severity: "warning",
      code: "NEVER_SHOWN",
      address: customDomain.address,
      message: expect.stringContaining("never shows minTLS"),
    }),
  );
  expectConverged(await stage.apply());
  expect((await stage.state()).cloudflare.custom_domains[0]?.min_tls).toBeNull();
  const next = await stage.plan();
  expect(next.steps).toEqual([]);
  expect(next.diagnostics.map(({ code }) => code)).not.toContain("NEVER_SHOWN");
});
