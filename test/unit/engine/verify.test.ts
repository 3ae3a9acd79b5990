// The proof after an apply: what a second plan still wants, and what it may want without being an error.

import { describe, expect, test } from "vitest";
import { restAfterApply, succeeded } from "../../../src/engine/verify.ts";
import type { Outcome, StepResult } from "../../../src/model/report.ts";
import { declare, entry, live, planOf } from "./kit.ts";

const result = (address: string, outcome: Outcome): StepResult => ({
  step: `update ${address}`,
  action: "update",
  address,
  outcome,
  duration: 1,
});
const done = [result("m.rule.r", "done")];
const liveRule = live("m.rule", "rule_1", { source: "x", dest: 1, target: null });
const rest = planOf({
  declared: [declare("m.rule.r", { source: "x", dest: 2 })],
  live: [liveRule],
  ledger: { "m.rule.r": entry("m.rule", "rule_1", { source: "x", dest: 2 }) },
});

describe("the rest after an apply", () => {
  test("is nothing where a second plan is empty", () => {
    expect(restAfterApply(done, planOf({}))).toEqual([]);
  });

  test("names the field, what was planned, what is live, and the line that would silence it", () => {
    expect(restAfterApply(done, rest)).toMatchObject([
      {
        severity: "error",
        code: "NOT_CONVERGED",
        address: "m.rule.r",
        message: "m.rule.r: dest was set to 2, but reads back as 1",
        hint: expect.stringContaining("ignore_changes: [dest]"),
      },
    ]);
  });

  test("does not blame addresses that were not applied, or whose steps failed", () => {
    expect(restAfterApply([], rest)).toEqual([]);
    expect(restAfterApply([result("m.rule.r", "failed")], rest)).toEqual([]);
    expect(restAfterApply([...done, result("m.rule.r", "blocked")], rest)).toEqual([]);
  });

  test("says that something made is still wanted", () => {
    const again = planOf({ declared: [declare("m.rule.r", { source: "x" })] });
    expect(restAfterApply(done, again)).toMatchObject([
      { message: "m.rule.r was applied, but reading it back asks for another create (new)" },
    ]);
  });

  test("says that something applied cannot be proved", () => {
    const unread = planOf({
      declared: [declare("m.rule.r", { source: "x" })],
      ledger: { "m.rule.r": entry("m.rule", "rule_1", { source: "x" }) },
    });
    expect(restAfterApply(done, unread)).toMatchObject([{ code: "NOT_CONVERGED", address: "m.rule.r" }]);
  });

  test("shows no sensitive value, not even one that is none", () => {
    const steps = rest.steps.map((step) => ({
      ...step,
      changes: step.changes.map((change) => ({ ...change, before: "hunter2", sensitive: true as const })),
    }));
    const [found] = restAfterApply(done, { ...rest, steps });
    expect(found?.message).toBe("m.rule.r: dest was set to (sensitive), but reads back as (sensitive)");
  });

  test("is not a secret that is only to be looked at", () => {
    const secret = { $secret: { source: { command: ["pass"] } } };
    const gate = live("m.gate", "a", { id: "a" });
    const again = planOf({
      declared: [
        declare("m.gate.a", { id: "a" }),
        declare("m.conf.a/x", { slug: "x", alias: "d", secret }, { parent: "m.gate.a", needs: ["m.gate.a"] }),
      ],
      live: [gate, live("m.conf", "conf_1", { slug: "x", alias: "d" }, { parent_id: "a" })],
      ledger: {
        "m.gate.a": entry("m.gate", "a", { id: "a" }),
        "m.conf.a/x": entry(
          "m.conf",
          "conf_1",
          { slug: "x", alias: "d", secret: { $secret: {} } },
          { parent: "m.gate.a", parent_id: "a" },
        ),
      },
    });
    expect(again.steps.map((step) => step.action)).toEqual(["check-secret"]);
    expect(restAfterApply([result("m.conf.a/x", "done")], again)).toEqual([]);
  });
});

describe("an outcome", () => {
  test.each([
    ["done", true],
    ["already", true],
    ["written", true],
    ["unchecked", true],
    ["unverified", true],
    ["failed", false],
    ["blocked", false],
    ["cancelled", false],
  ] as const)("%s lets dependants start: %s", (outcome, goes) => {
    expect(succeeded({ outcome })).toBe(goes);
  });
});
