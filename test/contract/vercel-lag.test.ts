// Budgets of keys show up to minutes after they were written. Beside the case of one that changes: a key that is made
// with one, one that is taken away or given, one whose key is replaced, and one that somebody else changes meanwhile.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { expectConverged, expectEmpty, openStage, type Stage, writes } from "./stage.ts";

const LAG = 60_000;
const budget = { limit: 5, refresh_period: "weekly", include_byok: true, alert_thresholds: [50, 100] };

const declare = (stage: Stage, body: JsonObject) =>
  stage.declare({ vercel: { keys: { ci: { ...body, deliver: [{ file: { path: "out/ci.key" } }] } } } });

async function lagging(before?: JsonObject): Promise<Stage> {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  if (before !== undefined) {
    await declare(stage, before);
    expectConverged(await stage.apply());
  }
  await stage.vendors.control("POST", "/switches", { quota_lag_ms: LAG });
  return stage;
}

const end = (year: number) => `${year}-01-01T00:00:00Z`;

test.each<[string, JsonObject | undefined, JsonObject]>([
  ["comes with its key", undefined, { budget }],
  ["is given to a key", {}, { budget }],
  ["is taken away", { budget }, { budget: null }],
  ["goes over to the key's successor", { budget, expires_at: end(2027) }, { budget, expires_at: end(2028) }],
])("a budget that %s and does not show yet is settling, and is written once", async (_, before, after) => {
  const stage = await lagging(before);
  await declare(stage, after);
  expectConverged(await stage.apply({ allow_deletes: 1 }));
  const plan = await stage.plan({ allow_deletes: 1 });
  expect([plan.steps, plan.refused]).toEqual([[], []]);
  expect(new Set(plan.settling.map(({ address }) => address))).toEqual(new Set(["vercel.key.ci"]));
  const from = (await stage.requests()).length;
  expectConverged(await stage.apply());
  expect(writes((await stage.requests()).slice(from))).toEqual([]);
  stage.pass(LAG);
  expectEmpty(await stage.plan());
});

test("a limit that somebody else sets while ours settles is drift once it shows", async () => {
  const stage = await lagging({ budget });
  await declare(stage, { budget: { ...budget, limit: 6 } });
  expectConverged(await stage.apply());
  const { keys } = (await stage.state()).vercel;
  await stage.vendors.vercel("PATCH", `/v1/api-keys/${keys[0]?.id}/quota`, { limitAmount: 5000 });
  expect((await stage.plan()).steps).toEqual([]);
  stage.pass(LAG);
  const [step, ...more] = (await stage.plan()).steps;
  expect([step?.id, more]).toEqual(["update vercel.key.ci", []]);
  expect(step?.changes).toMatchObject([{ path: "budget.limit", before: 5000, after: 6, moved: "world" }]);
});
