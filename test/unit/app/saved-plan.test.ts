// Which plans are not for this stack, as a whole.

import { describe, expect, test } from "vitest";
import { misfitPlan, misfitStack } from "../../../src/app/saved-plan.ts";
import type { Ledger } from "../../../src/model/ledger.ts";
import { InternalError } from "../../../src/provider/error.ts";
import { RULES_BY_KIND } from "../../laws/kinds.ts";
import { declare, planOf } from "../engine/kit.ts";

const plan = planOf({ declared: [declare("m.rule.r", { source: "x" })] });
const ledger: Ledger = {
  format: 1,
  stack: "unit",
  lineage: "line",
  serial: 3,
  accounts: {},
  salt: "salt",
  resources: {},
};

describe("a plan of a stack and a ledger", () => {
  const code = (its: Partial<typeof plan>, stored: Ledger | null, stack = "unit") =>
    misfitPlan({ ...plan, ...its }, stack, { ledger: stored, place: "the ledger" })?.code;

  test("fits them, also when the ledger was written since", () => {
    expect(code({}, ledger)).toBeUndefined();
    expect(code({}, { ...ledger, serial: 9 })).toBeUndefined();
    expect(code({ lineage: null, serial: null }, null)).toBeUndefined();
  });

  test("does not fit another stack", () => {
    expect(code({}, ledger, "other")).toBe("PLAN_STACK");
  });

  test("does not fit another ledger, an older copy of it, one that has come since, or none", () => {
    expect(code({}, { ...ledger, lineage: "other" })).toBe("PLAN_LINEAGE");
    expect(code({}, { ...ledger, serial: 2 })).toBe("PLAN_LINEAGE");
    expect(code({ lineage: null, serial: null }, ledger)).toBe("PLAN_LINEAGE");
    expect(code({}, null)).toBe("PLAN_LINEAGE");
  });
});

describe("a plan of an account", () => {
  const session = {
    account: "account",
    actor: null,
    api: undefined,
    now: () => 0,
    hide: () => undefined,
    close: () => Promise.reject(new InternalError("nobody closes it")),
  };
  const codes = (its: Partial<typeof plan>, account: string | null = "account") => {
    const sessions = new Map(account === null ? [] : [["m", { ...session, account }]]);
    return misfitStack({ ...plan, ...its }, { sessions, rules: RULES_BY_KIND }).map((item) => item.code);
  };

  test("fits the one that the credentials lead to, and no other", () => {
    expect(codes({})).toEqual([]);
    expect(codes({}, "other")).toEqual(["PLAN_ACCOUNT"]);
    expect(codes({}, null)).toEqual(["PLAN_ACCOUNT"]);
  });

  test("does not fit any where it names none", () => {
    expect(codes({ accounts: {} })).toEqual(["PLAN_ACCOUNT"]);
    expect(codes({ accounts: {}, steps: [] })).toEqual([]);
  });

  test("does not fit where a kind of it is not known", () => {
    const steps = plan.steps.map((step) => ({ ...step, kind: "m.unheard" }));
    expect(codes({ steps })).toEqual(["PLAN_UNREADABLE"]);
  });
});
