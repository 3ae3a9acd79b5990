// A destroy goes by the ledger, and yet never against what the file says by now.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { expectConverged, openStage, type Stage } from "./stage.ts";

const rule = { type: "deny", source: "openai/gpt-5.5" };

async function opened(): Promise<Stage> {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({ vercel: { rules: { a: rule } } });
  expectConverged(await stage.apply());
  return stage;
}

const guarded = (lifecycle: JsonObject): JsonObject => ({ ...rule, lifecycle });
const DESTROY = { destroy: true, allow_deletes: 5 };

test("a protection that was never applied forbids a destroy", async () => {
  const stage = await opened();
  await stage.declare({ vercel: { rules: { a: guarded({ prevent_destroy: true }) } } });
  const plan = await stage.plan(DESTROY);
  expect(plan.steps).toEqual([]);
  expect(plan.refused.map(({ address, code }) => [address, code])).toEqual([
    ["vercel.rule.a", "PREVENT_DESTROY"],
  ]);
});

test("what is to be retained is let go of by a destroy, before that was ever applied", async () => {
  const stage = await opened();
  await stage.declare({ vercel: { rules: { a: guarded({ on_remove: "retain" }) } } });
  expect((await stage.plan(DESTROY)).steps.map(({ id }) => id)).toEqual(["forget vercel.rule.a"]);
});

test("a protection under a new name counts for what still has the old one", async () => {
  const stage = await opened();
  await stage.declare(
    { vercel: { rules: { b: guarded({ prevent_destroy: true }) } } },
    { moved: [{ from: "vercel.rule.a", to: "vercel.rule.b" }] },
  );
  expect((await stage.plan(DESTROY)).refused.map(({ address, code }) => [address, code])).toEqual([
    ["vercel.rule.a", "PREVENT_DESTROY"],
  ]);
});

test("a protection that the file takes away is in force until that is applied", async () => {
  const stage = await opened();
  await stage.declare({ vercel: { rules: { a: guarded({ prevent_destroy: true }) } } });
  expectConverged(await stage.apply());
  await stage.declare({ vercel: { rules: { a: guarded({ prevent_destroy: false }) } } });
  expect((await stage.plan(DESTROY)).refused.map(({ code }) => code)).toEqual(["PREVENT_DESTROY"]);
});
