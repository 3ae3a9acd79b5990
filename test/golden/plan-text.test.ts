import { describe, expect, test } from "vitest";
import type { RulesByKind } from "../../src/model/kind-rules.ts";
import type { Plan } from "../../src/model/plan.ts";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { COLOURED, PLAIN } from "../../src/render/style.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "./sample-hostile.ts";
import { changeOf, planOf, stepOf } from "./sample-plan.ts";
import { standing, values } from "./sample-standing.ts";
import {
  checkSecret,
  createGateway,
  deleteGateway,
  everyStep,
  forgetGone,
  recordLifecycle,
  riskyUpdate,
  updateRule,
} from "./sample-steps.ts";

const text = (plan: Plan) => renderPlanText(plan, { style: PLAIN });
const lastLine = (plan: Plan) => text(plan).trimEnd().split("\n").at(-1);
const golden = (name: string) => `__snapshots__/plan-text/${name}.txt`;

describe("the text of a plan", () => {
  test("says in one line that there is nothing to do", async () => {
    const plan = planOf({ unchanged: Array.from({ length: 12 }, (_, index) => `vercel.rule.r${index}`) });
    await expect(text(plan)).toMatchFileSnapshot(golden("empty"));
  });

  test("shows every action with its own symbol and a legend", async () => {
    await expect(text(planOf({ steps: everyStep }))).toMatchFileSnapshot(golden("every-action"));
  });

  test("has colours where the style has them", async () => {
    const plan = planOf({ steps: [createGateway, updateRule, riskyUpdate, deleteGateway] });
    await expect(renderPlanText(plan, { style: COLOURED })).toMatchFileSnapshot(golden("coloured"));
  });

  test("lists risks before the first step", async () => {
    const rendered = text(planOf({ steps: [createGateway, riskyUpdate] }));
    expect(rendered.indexOf("authentication-off")).toBeLessThan(
      rendered.indexOf("cloudflare.gateway.support"),
    );
    await expect(rendered).toMatchFileSnapshot(golden("risks"));
  });

  test("shows what is refused, kept, settling, unmanaged and found, after the steps", async () => {
    await expect(text(standing)).toMatchFileSnapshot(golden("standing"));
  });

  test("lays long values out in lines and cuts long scalars in the middle", async () => {
    await expect(text(planOf({ steps: [values] }))).toMatchFileSnapshot(golden("values"));
  });

  test("shows hostile text as it is, not as it acts", async () => {
    const steps = [...TERMINAL_ATTACKS, ...MARKDOWN_ATTACKS].map((attack) =>
      stepOf({
        action: "update",
        address: `vercel.rule.${attack}`,
        reason: "changed",
        changes: [changeOf(attack, attack, null)],
      }),
    );
    await expect(text(planOf({ steps }))).toMatchFileSnapshot(golden("hostile"));
  });

  test("with verbose also shows ids, what each step waits for and what stays", async () => {
    const plan = planOf({ steps: everyStep.slice(0, 4), unchanged: ["vercel.rule.same"] });
    await expect(renderPlanText(plan, { style: PLAIN, verbose: true })).toMatchFileSnapshot(
      golden("verbose"),
    );
  });

  test("says how to allow the deletes that the brake stops, and says it once", () => {
    const diagnostics = [
      { severity: "warning" as const, code: "DELETES_BRAKED", message: "the plan deletes 1" },
    ];
    const rendered = text(planOf({ steps: [deleteGateway], diagnostics, summary: { counted_deletes: 1 } }));
    expect(rendered).toContain(
      "Brake: 1 delete, 0 allowed: apply will not start. To allow them, run with `--allow-deletes 1`",
    );
    expect(rendered).not.toContain("DELETES_BRAKED");
  });

  test("says nothing of the brake when the deletes are allowed", () => {
    const plan = planOf({ steps: [deleteGateway], allowed_deletes: 1, summary: { counted_deletes: 1 } });
    expect(text(plan)).not.toContain("Brake");
  });

  test("says what a delete takes away when it knows the kind", () => {
    const rules = new Map([["cloudflare.gateway", { delete_takes: "its logs" }]]) as unknown as RulesByKind;
    const rendered = renderPlanText(planOf({ steps: [deleteGateway] }), { style: PLAIN, rules });
    expect(rendered).toContain("# takes its logs with it");
  });

  test("says that only the ledger changes when nothing else does", () => {
    const line = "Only the ledger changes: nothing is written at a vendor.";
    expect(text(planOf({ steps: [forgetGone, recordLifecycle, checkSecret] }))).toContain(line);
    expect(text(planOf({ steps: [forgetGone, updateRule] }))).not.toContain(line);
    expect(text(planOf({ steps: [checkSecret] }))).not.toContain(line);
  });

  test("says that there is no ledger", () => {
    expect(text(planOf({ lineage: null, serial: null }))).toContain("no ledger yet");
    expect(text(planOf({}))).not.toContain("no ledger");
  });
});

describe("the last line of a plan", () => {
  test("counts what will be done and what will not", () => {
    const plan = planOf({
      steps: [createGateway, updateRule],
      unchanged: ["vercel.rule.a", "vercel.rule.b", "vercel.rule.c"],
      unmanaged: [{ kind: "vercel.key", id: "k", name: "k" }],
    });
    expect(lastLine(plan)).toBe(
      "Plan: 1 to create, 1 to update, 0 to replace, 0 to delete. 3 unchanged, 1 unmanaged.",
    );
  });

  test("does not count a secret check as a change", () => {
    const plan = planOf({ steps: [checkSecret], unchanged: [checkSecret.address] });
    expect(lastLine(plan)).toBe("No changes. 1 resource matches. 1 secret will be checked at apply.");
  });

  test("does not claim that all matches when resources are refused", () => {
    const refused = [{ address: "vercel.rule.a", code: "NOT_OWNED", message: "m" }];
    expect(lastLine(planOf({ refused, unchanged: ["vercel.rule.b"] }))).toBe(
      "Nothing can be done. 1 unchanged, 1 refused.",
    );
  });

  test("does not claim that all matches when an error stopped the plan", () => {
    const diagnostics = [{ severity: "error" as const, code: "DEPENDENCY_CYCLE", message: "a → b → a" }];
    expect(lastLine(planOf({ diagnostics }))).toBe("Nothing can be done. 1 error to correct first.");
  });
});
