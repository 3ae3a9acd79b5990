// A field that neither an update nor another resource in its place can change.

import { expect, test } from "vitest";
import { makePlan } from "../../../src/engine/plan.ts";
import type { KindRules } from "../../../src/model/kind-rules.ts";
import { RULES_BY_KIND } from "../../laws/kinds.ts";
import { declare, entry, inputOf, live, refusalOf, type Setting } from "./kit.ts";

/** Plans with rules whose target a deleted one keeps. */
function planOf(setting: Setting) {
  const input = inputOf(setting);
  const known = RULES_BY_KIND.get("m.rule") as KindRules; // it is one of them
  const rules: KindRules = {
    ...known,
    fields: { ...known.fields, target: { immutable: true, irreplaceable: true } },
  };
  return makePlan({ ...input, rules: new Map([...input.rules, ["m.rule", rules]]) });
}

const liveRule = live("m.rule", "rule_1", { source: "x", dest: 1, target: "old" });
const owned = { "m.rule.r": entry("m.rule", "rule_1", { source: "x", dest: 1, target: "old" }) };

test("a change of it is refused and deletes nothing", () => {
  const declared = [declare("m.rule.r", { source: "x", dest: 2, target: "new" })];
  const plan = planOf({ declared, live: [liveRule], ledger: owned });
  expect(plan.steps).toEqual([]);
  expect(refusalOf(plan, "m.rule.r")).toBe("NOT_REPLACEABLE");
});

test("a change of another field is made, and one of an immutable field beside it replaces", () => {
  const actions = (fields: Record<string, string | number>) =>
    planOf({ declared: [declare("m.rule.r", fields)], live: [liveRule], ledger: owned }).steps.map(
      ({ action }) => action,
    );
  expect(actions({ source: "x", dest: 2, target: "old" })).toEqual(["update"]);
  expect(actions({ source: "y", dest: 1, target: "old" })).toEqual(["create", "delete"]);
});

test("one that is new gets any value", () => {
  const plan = planOf({ declared: [declare("m.rule.r", { source: "z", target: "new" })] });
  expect(plan.steps.map(({ action }) => action)).toEqual(["create"]);
});
