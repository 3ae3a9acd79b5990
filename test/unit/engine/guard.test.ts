// What stops a plan or parts of it: refusals that spread, children that nobody manages, the brake.

import { describe, expect, test } from "vitest";
import { blockingRefusals, isBraked } from "../../../src/engine/guard.ts";
import { declare, entry, idsOf, inSeconds, live, planOf, refusalOf, type Setting } from "./kit.ts";

const gate = declare("m.gate.a", { id: "a" });
const conf = declare(
  "m.conf.a/x",
  { slug: "x", alias: "default", secret: { $secret: {} } },
  { parent: "m.gate.a", needs: ["m.gate.a"] },
);
const liveGate = live("m.gate", "a", { id: "a" }, { children: [] });
const liveConf = live("m.conf", "conf_1", { slug: "x", alias: "default" }, { parent_id: "a", name: "x" });
const ownGate = entry("m.gate", "a", { id: "a" });
const ownConf = entry("m.conf", "conf_1", {}, { parent: "m.gate.a", parent_id: "a", needs: ["m.gate.a"] });
const liveRule = (id: string, source: string) => live("m.rule", id, { source, dest: 1, target: null });

describe("a refusal", () => {
  test("blocks what needs the refused address, and says which one that is", () => {
    const plan = planOf({ declared: [gate, conf, declare("m.rule.r", { source: "x" })], live: [liveGate] });
    expect(plan.refused).toMatchObject([
      { address: "m.conf.a/x", code: "BLOCKED", because: "m.gate.a" },
      { address: "m.gate.a", code: "NOT_OWNED" },
    ]);
    expect(idsOf(plan)).toEqual(["create m.rule.r"]);
    expect(plan.summary.refused).toBe(2);
  });

  test("of a child blocks the delete of its parent", () => {
    const plan = planOf({
      live: [liveGate, liveConf],
      ledger: { "m.gate.a": ownGate, "m.conf.a/x": { ...ownConf, prevent_destroy: true } },
    });
    expect(refusalOf(plan, "m.conf.a/x")).toBe("PREVENT_DESTROY");
    expect(refusalOf(plan, "m.gate.a")).toBe("BLOCKED");
    expect(plan.steps).toEqual([]);
  });

  test("stops neither what is unrelated nor an earlier id of the refused address whose time is over", () => {
    const plan = planOf({
      declared: [declare("m.solid.f", { code: "d" })],
      live: [
        live("m.solid", "solid_1", { code: "c" }),
        live("m.solid", "solid_0", { code: "b" }),
        live("m.solid", "solid_9", { code: "d" }),
      ],
      ledger: {
        "m.solid.f": entry(
          "m.solid",
          "solid_1",
          { code: "c" },
          { retiring: [{ id: "solid_0", due: inSeconds(-1) }] },
        ),
      },
    });
    expect(refusalOf(plan, "m.solid.f")).toBe("NOT_OWNED");
    expect(idsOf(plan)).toEqual(["delete m.solid.f#solid_0"]);
  });

  test("blocks also where a thing has been changed, not only where it is made", () => {
    const plan = planOf({
      declared: [
        declare("m.rule.r", { source: "x", target: { $ref: "m.solid.f" } }, { needs: ["m.solid.f"] }),
        declare("m.solid.f", { code: "c" }),
      ],
      live: [liveRule("rule_1", "x"), live("m.solid", "solid_1", { code: "c" })],
      ledger: { "m.rule.r": entry("m.rule", "rule_1", { source: "x" }) },
    });
    expect(refusalOf(plan, "m.rule.r")).toBe("BLOCKED");
  });

  test("that only says that ownership is unknown does not make a plan fail, nor does what it blocks", () => {
    const unknown = planOf({ declared: [gate, conf], live: [liveGate], ledger: null });
    expect(unknown.refused).toHaveLength(2);
    expect(blockingRefusals(unknown)).toEqual([]);
    expect(blockingRefusals(planOf({ declared: [gate, conf], live: [liveGate] }))).toHaveLength(2);
  });
});

describe("a delete of something that holds others", () => {
  const removal: Setting = { live: [liveGate], ledger: { "m.gate.a": ownGate } };
  const chair = { noun: "chair", id: "c1", name: "blue" };

  test("goes ahead where it holds nothing", () => {
    expect(idsOf(planOf(removal))).toEqual(["delete m.gate.a"]);
  });

  test("is refused while it holds what nobody manages, naming that", () => {
    const plan = planOf({ ...removal, live: [{ ...liveGate, children: [chair] }] });
    expect(plan.refused).toMatchObject([{ address: "m.gate.a", code: "CHILDREN_UNMANAGED" }]);
    expect(plan.refused[0]?.message).toContain('chair "blue"');
  });

  test("is refused while it holds something of a managed kind that nobody owns", () => {
    const plan = planOf({ ...removal, live: [liveGate, liveConf] });
    expect(refusalOf(plan, "m.gate.a")).toBe("CHILDREN_UNMANAGED");
  });

  test("is refused while it holds what is to be kept on removal", () => {
    const plan = planOf({
      live: [liveGate, liveConf],
      ledger: { "m.gate.a": ownGate, "m.conf.a/x": { ...ownConf, on_remove: "retain" } },
    });
    expect(refusalOf(plan, "m.gate.a")).toBe("CHILDREN_UNMANAGED");
  });

  test("is refused where its children could not be read", () => {
    const unread = live("m.gate", "a", { id: "a" });
    expect(refusalOf(planOf({ ...removal, live: [unread] }), "m.gate.a")).toBe("READ_INCOMPLETE");
  });

  test("is refused where the list of a managed kind in it is incomplete", () => {
    expect(refusalOf(planOf({ ...removal, unread: ["m.conf"] }), "m.gate.a")).toBe("READ_INCOMPLETE");
  });

  test("goes ahead where `removed` names it: lists what goes, and takes managed children one by one first", () => {
    const plan = planOf({
      live: [{ ...liveGate, children: [chair] }, liveConf],
      ledger: { "m.gate.a": ownGate },
      removed: ["m.gate.a"],
    });
    expect(idsOf(plan)).toEqual(["delete m.conf.a/x", "delete m.gate.a"]);
    expect(plan.steps[1]?.children).toEqual([chair]);
    expect(plan.steps[1]?.expects).toMatchObject({ children: ["c1"] });
    expect(plan.summary.counted_deletes).toBe(0);
  });
});

describe("the brake", () => {
  const three: Setting = {
    live: [liveRule("rule_1", "x"), liveRule("rule_2", "y"), liveRule("rule_3", "z")],
    ledger: {
      "m.rule.a": entry("m.rule", "rule_1"),
      "m.rule.b": entry("m.rule", "rule_2"),
      "m.rule.c": entry("m.rule", "rule_3"),
    },
  };
  const allowing = (allow_deletes: number, more: Setting = {}) =>
    planOf({ ...three, ...more, options: { allow_deletes, ...more.options } });

  test("holds beyond what is allowed, and says so", () => {
    const plan = allowing(2);
    expect(isBraked(plan)).toBe(true);
    expect(plan.summary.counted_deletes).toBe(3);
    expect(plan.diagnostics).toMatchObject([{ code: "DELETES_BRAKED", severity: "warning" }]);
    expect(plan.diagnostics[0]?.hint).toContain("--allow-deletes 3");
  });

  test("lets exactly the allowed number go", () => {
    expect(isBraked(allowing(3))).toBe(false);
    expect(allowing(3).diagnostics).toEqual([]);
  });

  test("takes the larger of the file's number and the runner's", () => {
    expect(allowing(0, { policy: { max_deletes: 3 } }).allowed_deletes).toBe(3);
    expect(allowing(4, { policy: { max_deletes: 3 } }).allowed_deletes).toBe(4);
  });

  test("does not count what a reviewer has named", () => {
    const plan = allowing(1, { removed: ["m.rule.a", "m.rule.c"] });
    expect(plan.summary.counted_deletes).toBe(1);
    expect(isBraked(plan)).toBe(false);
  });

  test("does not count children of what a reviewer has named", () => {
    const plan = planOf({
      live: [liveGate, liveConf],
      ledger: { "m.gate.a": ownGate, "m.conf.a/x": ownConf },
      removed: ["m.gate.a"],
      options: { allow_deletes: 0 },
    });
    expect(isBraked(plan)).toBe(false);
  });

  test("counts replacements", () => {
    const plan = planOf({
      declared: [declare("m.rule.a", { source: "new" })],
      live: [liveRule("rule_1", "x")],
      ledger: { "m.rule.a": entry("m.rule", "rule_1", { source: "x" }) },
    });
    expect(plan.summary).toMatchObject({ replace: 1, delete: 0, create: 0, counted_deletes: 1 });
  });

  test("counts a destroy", () => {
    expect(allowing(0, { options: { destroy: true, allow_deletes: 0 } }).summary.counted_deletes).toBe(3);
  });

  test("does not count earlier ids whose time is over, nor left-overs of a cut-off run", () => {
    const plan = planOf({
      declared: [declare("m.rule.a", { source: "x" })],
      live: [liveRule("rule_1", "x"), liveRule("rule_0", "w")],
      ledger: {
        "m.rule.a": entry(
          "m.rule",
          "rule_1",
          { source: "x" },
          { retiring: [{ id: "rule_0", due: inSeconds(-1) }] },
        ),
      },
      options: { allow_deletes: 0 },
    });
    expect(idsOf(plan)).toEqual(["delete m.rule.a#rule_0"]);
    expect(isBraked(plan)).toBe(false);
  });

  test("is not passed by in a ledger that names earlier ids of what can have none", () => {
    const plan = planOf({
      declared: [gate],
      live: [liveGate, live("m.gate", "b", { id: "b" }, { children: [] })],
      ledger: { "m.gate.a": { ...ownGate, retiring: [{ id: "b", due: inSeconds(-1) }] } },
    });
    expect(idsOf(plan)).toEqual([]);
  });
});

test("an identity stays taken by what may not go, however many pass theirs on", () => {
  const rules = { a: "x", b: "y", c: "z" };
  const intent = {
    identity: "m.rule /identity w",
    known_ids: [],
    creator: "me",
    not_before: 0,
    not_after: 0,
  };
  const plan = planOf({
    // What an interrupted run may have left behind has to be looked at first, so nothing changes its address.
    declared: [declare("m.rule.b", { source: "x" }), declare("m.rule.c", { source: "y" })],
    live: Object.entries(rules).map(([name, source]) => liveRule(`rule_${name}`, source)),
    ledger: Object.fromEntries(
      Object.entries(rules).map(([name, source]) => [
        `m.rule.${name}`,
        entry("m.rule", `rule_${name}`, { source }, name === "a" ? { on_remove: "retain" } : { intent }),
      ]),
    ),
  });
  // a stays live with x, so b cannot take it and keeps y, so c cannot take that.
  expect(plan.refused.map(({ address, code }) => [address, code])).toEqual([
    ["m.rule.b", "IDENTITY_TAKEN"],
    ["m.rule.c", "IDENTITY_TAKEN"],
  ]);
  expect(idsOf(plan)).toEqual(["forget m.rule.a"]);
});
