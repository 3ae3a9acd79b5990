// Exports of what is live and no file can declare: it is left out by name, and the rest is exported.

import { expect, onTestFinished, test } from "vitest";
import { expectConverged, expectEmpty, openStage, type Stage } from "./stage.ts";

/** A gateway with two routes: one as our file has it, one made by hand with these elements. */
async function stageWith(elements: readonly unknown[]): Promise<Stage> {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  const good = [
    { id: "start", type: "start", outputs: { next: "end" } },
    { id: "end", type: "end" },
  ];
  await stage.declare({ cloudflare: { gateways: { support: { routes: { good: { elements: good } } } } } });
  expectConverged(await stage.apply());
  const child = { kind: "route", gateway_id: "support", name: "odd", elements };
  await stage.vendors.control("POST", "/children", child);
  return stage;
}

async function expectLeftOut(stage: Stage, reason: string): Promise<void> {
  const { resources, diagnostics, files } = await stage.exportAll(false);
  expect(diagnostics).toMatchObject([
    {
      severity: "warning",
      code: "NOT_EXPORTED",
      address: "cloudflare.route.support/odd",
      message: expect.stringContaining(reason),
    },
  ]);
  expect(resources.map(({ address }) => address)).toEqual([
    "cloudflare.gateway.support",
    "cloudflare.route.support/good",
  ]);
  expect(files?.map(({ text }) => text).join("")).toContain('# Not exported: dynamic route "odd"');
  const { steps, refused } = await stage.plan();
  expect(steps.filter(({ action }) => action !== "record")).toEqual([]);
  expect(refused).toEqual([]);
}

test("a route with an element of a type that no file can have is left out", async () => {
  await expectLeftOut(await stageWith([{ id: "a", type: "teleport" }]), "elements.0.type");
});

test("a route that nests deeper than a file may is left out, though its spec takes it", async () => {
  let conditions: unknown = "x";
  for (let level = 0; level < 70; level++) conditions = { a: conditions };
  const stage = await stageWith([
    { id: "a", type: "conditional", properties: { conditions }, outputs: { true: "b", false: "b" } },
    { id: "b", type: "end" },
  ]);
  await expectLeftOut(stage, "nested more than 64 levels deep");
});

test("a custom router, which is made elsewhere, is left out and left alone", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  const configs = "/ai-gateway/virtual-model-configs";
  await stage.vendors.vercel("POST", configs, {
    virtualModelSlug: "router",
    kind: "router",
    models: ["a/b"],
    selector: "cost",
  });
  const alias = { kind: "alias", model: "openai/gpt-5.1" };
  await stage.declare({ vercel: { virtual_models: { fast: alias } } });
  const plan = await stage.plan();
  expect(plan.steps.map(({ id }) => id)).toEqual(["create vercel.virtual_model.fast"]);
  expect(plan.unmanaged.map(({ id }) => id)).toEqual(["router"]);
  expectConverged(await stage.apply());
  const { resources, diagnostics } = await stage.exportAll(false);
  expect(diagnostics).toMatchObject([{ code: "NOT_EXPORTED", address: "vercel.virtual_model.router" }]);
  expect(resources.map(({ address }) => address)).toContain("vercel.virtual_model.fast");
  const exclusive = { policy: { exclusive: ["vercel.virtual_models"], max_deletes: 1 } };
  await stage.declare({ vercel: { virtual_models: { fast: alias } } }, exclusive);
  expectEmpty(await stage.plan());
  await stage.declare({ vercel: { virtual_models: { fast: alias, router: { ...alias } } } });
  expect((await stage.plan({ adopt: true })).refused.map(({ code }) => code)).toEqual(["ADOPT_REPLACES"]);
});
