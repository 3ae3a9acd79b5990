import { expect, test } from "vitest";
import { renderPlanMarkdown } from "../../src/render/plan-markdown.ts";
import { renderSavedJson, renderSavedText, type SavedPlan } from "../../src/render/saved-plan.ts";
import { PLAIN } from "../../src/render/style.ts";
import { planOf } from "./sample-plan.ts";

const saved: SavedPlan = {
  file: "plan.json",
  digest: `sha256:${"0123456789abcdef".repeat(4)}`,
  command: "gateform apply plan.json --digest sha256:0123",
};

test("a saved plan says its digest and the command that applies exactly it", async () => {
  await expect(renderSavedText(saved, PLAIN)).toMatchFileSnapshot("__snapshots__/saved-plan/saved.txt");
});

test("the comment on a saved plan names both below the counts", async () => {
  await expect(renderPlanMarkdown(planOf({}), { saved })).toMatchFileSnapshot(
    "__snapshots__/saved-plan/saved.md",
  );
});

test("the JSON of a saved plan has the plan as it is, and its digest beside it", () => {
  const plan = planOf({ stack: "acme" });
  expect(JSON.parse(renderSavedJson(plan, saved))).toEqual({ format: 1, digest: saved.digest, plan });
});

test("a hostile file name puts nothing into a terminal or a comment", () => {
  const hostile = { ...saved, file: "\u001b[2Jx", command: "gateform apply '\u001b[2J`@x'" };
  const text = renderSavedText(hostile, PLAIN) + renderPlanMarkdown(planOf({}), { saved: hostile });
  expect(text).not.toContain("\u001b");
});
