import { describe, expect, test } from "vitest";
import { planSchema } from "../../src/ledger/plan-schema.ts";
import { renderPlanJson } from "../../src/render/plan-json.ts";
import { TERMINAL_ATTACKS } from "./sample-hostile.ts";
import { changeOf, planOf, stepOf } from "./sample-plan.ts";
import { standing, values } from "./sample-standing.ts";
import { everyStep, updateRule } from "./sample-steps.ts";

describe("the JSON of a plan", () => {
  test("is the plan and nothing else", () => {
    const plan = planOf({ steps: [...everyStep, values] });
    expect(JSON.parse(renderPlanJson(plan))).toEqual(plan);
  });

  test("is valid against the plan's schema", () => {
    for (const plan of [planOf({ steps: [...everyStep, values] }), standing]) {
      expect(planSchema.safeParse(JSON.parse(renderPlanJson(plan))).error).toBeUndefined();
    }
  });

  test("has its keys sorted, however the plan was put together", async () => {
    const plan = planOf({ steps: [updateRule] });
    const turned = Object.fromEntries(Object.entries(plan).reverse()) as unknown as typeof plan;
    expect(renderPlanJson(turned)).toBe(renderPlanJson(plan));
    await expect(renderPlanJson(plan)).toMatchFileSnapshot("__snapshots__/plan-json/update.json");
  });

  test("escapes what a terminal would act upon and keeps the data", () => {
    const changes = TERMINAL_ATTACKS.map((attack) => changeOf("x", null, { [attack]: attack }));
    const plan = planOf({
      steps: [stepOf({ action: "update", address: "vercel.rule.a", reason: "changed", changes })],
    });
    const json = renderPlanJson(plan);
    expect(json).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(JSON.parse(json)).toEqual(plan);
  });

  test("treats __proto__ as a key like any other", () => {
    const after = JSON.parse('{"__proto__":{"a":1}}') as { readonly [key: string]: string };
    const steps = [
      stepOf({
        action: "update",
        address: "vercel.rule.a",
        reason: "changed",
        changes: [changeOf("x", null, after)],
      }),
    ];
    expect(renderPlanJson(planOf({ steps }))).toMatch(/"__proto__": \{\s+"a": 1/);
  });
});
