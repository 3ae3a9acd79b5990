import { describe, expect, test } from "vitest";
import { changesOf, MAX_CHANGES, MAX_RUNS, type RunFacts, withRun } from "../../../src/engine/history.ts";
import type { HistoryChange, Ledger } from "../../../src/model/ledger.ts";
import type { Action } from "../../../src/model/plan.ts";
import type { Outcome, StepResult } from "../../../src/model/report.ts";

const ledger: Ledger = {
  format: 1,
  stack: "a",
  lineage: "l",
  serial: 7,
  accounts: {},
  salt: "0123456789abcdef",
  resources: {},
};
const run: RunFacts = { at: "2026-10-05T09:30:00.000Z", command: "apply", by: "alice@laptop" };
const change = (index: number, more: Partial<HistoryChange> = {}): HistoryChange => ({
  address: `vercel.rule.r${index}`,
  action: "update",
  outcome: "done",
  ...more,
});
const result = (action: Action, outcome: Outcome): StepResult => ({
  step: `${action} vercel.rule.a`,
  action,
  address: "vercel.rule.a",
  outcome,
  vendor_id: "rule_1",
  duration: 1,
});

describe("the history of a ledger", () => {
  test("gets a run at its end, with the serial of the write that stores it", () => {
    const once = withRun(ledger, run, [change(1)]);
    const twice = withRun({ ...once, serial: 9 }, { ...run, command: "destroy", job: "https://ci/1" }, [
      change(2),
    ]);
    expect(twice.history).toMatchObject([
      { serial: 8, command: "apply", by: "alice@laptop", changes: [{ address: "vercel.rule.r1" }] },
      { serial: 10, command: "destroy", job: "https://ci/1", changes: [{ address: "vercel.rule.r2" }] },
    ]);
  });

  test("is left as it is by a run that changed nothing, so that nothing is written", () => {
    expect(withRun(ledger, run, [])).toBe(ledger);
  });

  test("keeps a bounded number of runs, the latest", () => {
    let current = ledger;
    for (let index = 0; index < MAX_RUNS + 3; index++) current = withRun(current, run, [change(index)]);
    expect(current.history).toHaveLength(MAX_RUNS);
    expect(current.history?.at(-1)?.changes[0]?.address).toBe(`vercel.rule.r${MAX_RUNS + 2}`);
  });

  test("keeps of a large run what somebody will ask for, in order, and counts the rest", () => {
    const telling = [
      change(5000, { action: "create", delivered: ["file out/a"] }),
      change(5001, { action: "delete" }),
      change(5002, { outcome: "failed" }),
    ];
    const changes = [...Array.from({ length: 300 }, (_, index) => change(index)), ...telling];
    const [kept] = withRun(ledger, run, changes).history ?? [];
    expect(kept?.changes).toHaveLength(MAX_CHANGES);
    expect(kept?.changes.slice(-3)).toEqual(telling);
    expect(kept?.changes[0]).toEqual(changes[0]);
    expect(kept?.more).toBe(303 - MAX_CHANGES);
  });
});

describe("a step in the history", () => {
  test.each<[Action, Outcome]>([
    ["create", "done"],
    ["delete", "already"],
    ["update", "failed"],
    ["check-secret", "written"],
    ["forget", "done"],
  ])("%s, %s is a change", (action, outcome) => {
    expect(changesOf([result(action, outcome)])).toEqual([
      { address: "vercel.rule.a", action, outcome, id: "rule_1" },
    ]);
  });

  test.each<[Action, Outcome]>([
    ["create", "blocked"],
    ["update", "cancelled"],
    ["check-secret", "already"],
    ["check-secret", "unchecked"],
    ["check-secret", "unverified"],
  ])("%s, %s is none", (action, outcome) => {
    expect(changesOf([result(action, outcome)])).toEqual([]);
  });

  test("says where a value went, and why it failed", () => {
    const delivered = [
      { sink: "file", target: "out/ci.key", at: run.at },
      { sink: "stdout", target: "", at: run.at },
    ];
    expect(changesOf([{ ...result("create", "failed"), code: "DELIVERY_FAILED", delivered }])).toMatchObject([
      { code: "DELIVERY_FAILED", delivered: ["file out/ci.key", "stdout"] },
    ]);
  });
});
