import { describe, expect, test } from "vitest";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { planOf } from "./sample-plan.ts";
import { everyStep } from "./sample-steps.ts";

describe("a plan as text", () => {
  test("shows every action with its symbol", async () => {
    const text = renderPlanText(planOf({ steps: everyStep }), { style: PLAIN });
    await expect(text).toMatchFileSnapshot("__snapshots__/plan-text/every-action.txt");
  });
});
