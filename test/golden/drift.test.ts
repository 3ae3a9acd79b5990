import { describe, expect, test } from "vitest";
import type { Plan, Reason } from "../../src/model/plan.ts";
import { renderDriftJson } from "../../src/render/drift-json.ts";
import { renderDriftMarkdown } from "../../src/render/drift-markdown.ts";
import { renderDriftText } from "../../src/render/drift-text.ts";
import { splitDrift } from "../../src/render/drift-view.ts";
import { PLAIN } from "../../src/render/style.ts";
import { changeOf, planOf, stepOf } from "./sample-plan.ts";
import { standing } from "./sample-standing.ts";
import { checkSecret, createGateway, everyStep, replaceWithGap, updateRule } from "./sample-steps.ts";

const everything: Plan = {
  ...standing,
  steps: [
    ...everyStep,
    stepOf({ action: "delete", address: "vercel.rule.foreign", reason: "exclusive", vendor_id: "rule_8" }),
    stepOf({
      action: "update",
      address: "cloudflare.gateway.values",
      reason: "changed",
      changes: [changeOf("prompt", "one\ntwo", "one\n2", { moved: "world" })],
    }),
  ],
};

const text = (plan: Plan) => renderDriftText(plan, { style: PLAIN });
const driftOf = (plan: Plan) => splitDrift(plan).drift.map((item) => `${item.what} ${item.address}`);
const configOf = (plan: Plan) => splitDrift(plan).configOnly.map((block) => block.address);
const stepFor = (reason: Reason) => stepOf({ action: "update", address: "vercel.rule.a", reason });

describe("drift", () => {
  test("is what the world moved, whether or not the file moved too", () => {
    const [item] = splitDrift(planOf({ steps: [updateRule] })).drift;
    expect(item?.what).toBe("changed");
    expect(item?.changes.map((change) => change.path)).toEqual(["destination", "description"]);
  });

  test("leaves the fields that only the file moved apart", () => {
    const [block] = splitDrift(planOf({ steps: [updateRule] })).configOnly;
    expect(block?.changes.map((change) => change.path)).toEqual(["reason"]);
  });

  test("is found in a replacement", () => {
    expect(driftOf(planOf({ steps: replaceWithGap }))).toEqual(["changed vercel.rule.rewrite"]);
  });

  test("has vanished resources, also those that are no longer declared", () => {
    expect(driftOf(planOf({ steps: [stepFor("vanished")] }))).toEqual(["vanished vercel.rule.a"]);
    expect(driftOf(planOf({ steps: [stepFor("gone")] }))).toEqual(["vanished vercel.rule.a"]);
  });

  test("has what appeared in a section of which the stack owns everything", () => {
    expect(driftOf(planOf({ steps: [stepFor("exclusive")] }))).toEqual(["appeared vercel.rule.a"]);
  });

  test.each<Reason>([
    "new",
    "removed",
    "retained",
    "lifecycle",
    "claimed",
    "released",
    "existing",
    "interrupted",
    "undelivered",
    "retired",
  ])("does not have a step whose reason is %s", (reason) => {
    const plan = planOf({ steps: [stepFor(reason)] });
    expect(driftOf(plan)).toEqual([]);
    expect(configOf(plan)).toEqual(["vercel.rule.a"]);
  });

  test("does not have a value that was never applied", () => {
    const changes = [changeOf("reason", "a", "b", { moved: "unknown" })];
    expect(driftOf(planOf({ steps: [{ ...stepFor("existing"), changes }] }))).toEqual([]);
  });

  test("has no secret that cannot be compared, and neither does the other side", () => {
    expect(splitDrift(planOf({ steps: [checkSecret] }))).toEqual({ drift: [], configOnly: [] });
  });
});

describe("a drift report", () => {
  test("shows live against declared, and what does not count apart from it", async () => {
    await expect(text(everything)).toMatchFileSnapshot("__snapshots__/drift/everything.txt");
  });

  test("is one comment in markdown", async () => {
    await expect(renderDriftMarkdown(everything)).toMatchFileSnapshot("__snapshots__/drift/everything.md");
  });

  test("says that there is none, and what else there is", () => {
    expect(text(planOf({ steps: [createGateway] })).trimEnd()).toMatch(/\nNo drift\. 1 left to apply\.$/);
  });

  test("counts one and many resources", () => {
    const one = planOf({ steps: [updateRule] });
    const two = planOf({ steps: [updateRule, { ...stepFor("vanished"), address: "vercel.rule.b" }] });
    expect(text(one)).toContain("Drift: 1 resource differs.");
    expect(text(two)).toContain("Drift: 2 resources differ.");
  });

  test("has both sides in JSON", () => {
    const parsed = JSON.parse(renderDriftJson(planOf({ steps: [updateRule, createGateway] }))) as {
      readonly drift: { readonly address: string }[];
      readonly config_only: { readonly address: string }[];
    };
    expect(parsed.drift.map((item) => item.address)).toEqual([updateRule.address]);
    expect(parsed.config_only.map((item) => item.address)).toEqual([
      updateRule.address,
      createGateway.address,
    ]);
  });
});
