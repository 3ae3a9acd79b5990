// The order of steps: what waits for what, and what gives way where identities pass from one resource to another.

import { describe, expect, test } from "vitest";
import { declare, entry, idsOf, inSeconds, live, planOf } from "./kit.ts";

const solid = (key: string, code: string, size = 1) => declare(`m.solid.${key}`, { code, size });
const liveSolid = (id: string, code: string, size = 1) => live("m.solid", id, { code, size });
const ownSolid = (id: string, code: string, size = 1, more = {}) =>
  entry("m.solid", id, { code, size }, more);
const rule = (key: string, source: string, more: object = {}, needs: string[] = []) =>
  declare(`m.rule.${key}`, { source, ...more }, { needs });
const liveRule = (id: string, source: string, more: object = {}) =>
  live("m.rule", id, { source, dest: 1, target: null, ...more });

/** All steps in order, each with the ids it needs. */
const needsOf = (plan: ReturnType<typeof planOf>) =>
  Object.fromEntries(plan.steps.map((step) => [step.id, [...step.needs]]));

describe("making", () => {
  test("starts with what is needed, and breaks ties by address", () => {
    const plan = planOf({
      declared: [
        declare(
          "m.conf.a/x",
          { slug: "x", alias: "default" },
          { parent: "m.gate.a", needs: ["m.gate.a", "m.store.main"] },
        ),
        declare("m.gate.a", { id: "a" }),
        declare("m.gate.b", { id: "b" }),
        declare("m.store.main", {}, { implied: true }),
      ],
    });
    expect(idsOf(plan)).toEqual([
      "create m.gate.a",
      "create m.gate.b",
      "create m.store.main",
      "create m.conf.a/x",
    ]);
    expect(needsOf(plan)["create m.conf.a/x"]).toEqual(["create m.gate.a", "create m.store.main"]);
  });

  test("of a reference waits for its target, whose id is known then", () => {
    const plan = planOf({
      declared: [rule("r", "x", { target: { $ref: "m.solid.f" } }, ["m.solid.f"]), solid("f", "c")],
    });
    expect(idsOf(plan)).toEqual(["create m.solid.f", "create m.rule.r"]);
    expect(plan.steps[1]?.body?.fields.target).toEqual({ $ref: "m.solid.f" });
  });

  test("of a reference to what is live has its id in the plan", () => {
    const plan = planOf({
      declared: [rule("r", "x", { target: { $ref: "m.solid.f" } }, ["m.solid.f"]), solid("f", "c")],
      live: [liveSolid("solid_1", "c")],
      ledger: { "m.solid.f": ownSolid("solid_1", "c") },
    });
    expect(plan.steps[0]?.body?.fields.target).toBe("solid_1");
  });

  test("in a circle is an error that says the path", () => {
    const plan = planOf({
      declared: [
        rule("r", "x", {}, ["m.rule.s"]),
        rule("s", "y", {}, ["m.rule.t"]),
        rule("t", "z", {}, ["m.rule.r"]),
      ],
    });
    expect(plan.steps).toEqual([]);
    expect(plan.diagnostics).toMatchObject([
      {
        code: "DEPENDENCY_CYCLE",
        severity: "error",
        message: "these depend on each other in a circle: m.rule.r → m.rule.s → m.rule.t → m.rule.r",
      },
    ]);
  });
});

describe("removing", () => {
  test("takes children before their parent", () => {
    const plan = planOf({
      live: [
        live("m.gate", "a", { id: "a" }, { children: [] }),
        live("m.conf", "conf_1", { slug: "x", alias: "default" }, { parent_id: "a" }),
      ],
      ledger: {
        "m.gate.a": entry("m.gate", "a", { id: "a" }),
        "m.conf.a/x": entry(
          "m.conf",
          "conf_1",
          {},
          { parent: "m.gate.a", parent_id: "a", needs: ["m.gate.a"] },
        ),
      },
    });
    expect(idsOf(plan)).toEqual(["delete m.conf.a/x", "delete m.gate.a"]);
    expect(plan.steps.map((step) => step.reason)).toEqual(["child", "removed"]);
    expect(needsOf(plan)["delete m.gate.a"]).toEqual(["delete m.conf.a/x"]);
  });

  test("waits for the update that stops using it", () => {
    const plan = planOf({
      declared: [rule("r", "x", { target: null })],
      live: [liveRule("rule_1", "x", { target: "solid_1" }), liveSolid("solid_1", "c")],
      ledger: {
        "m.rule.r": entry("m.rule", "rule_1", { source: "x", target: "solid_1" }, { needs: ["m.solid.f"] }),
        "m.solid.f": ownSolid("solid_1", "c"),
      },
    });
    expect(needsOf(plan)).toEqual({ "update m.rule.r": [], "delete m.solid.f": ["update m.rule.r"] });
  });

  test("takes users before what they used, three in a row", () => {
    const used = (key: string) => ({ needs: [`m.rule.${key}`] });
    const plan = planOf({
      live: [liveRule("rule_1", "x"), liveRule("rule_2", "y"), liveRule("rule_3", "z")],
      ledger: {
        "m.rule.a": entry("m.rule", "rule_1", {}),
        "m.rule.b": entry("m.rule", "rule_2", {}, used("a")),
        "m.rule.c": entry("m.rule", "rule_3", {}, used("b")),
      },
    });
    expect(idsOf(plan)).toEqual(["delete m.rule.c", "delete m.rule.b", "delete m.rule.a"]);
  });

  test("takes earlier ids before the entry that remembers them", () => {
    const plan = planOf({
      live: [liveSolid("solid_1", "c"), liveSolid("solid_0", "b")],
      ledger: {
        "m.solid.f": ownSolid("solid_1", "c", 1, { retiring: [{ id: "solid_0", due: inSeconds(900) }] }),
      },
    });
    expect(needsOf(plan)).toEqual({
      "delete m.solid.f": ["delete m.solid.f#solid_0"],
      "delete m.solid.f#solid_0": [],
    });
  });

  test("forgets an address after its earlier ids have gone", () => {
    const plan = planOf({
      live: [liveSolid("solid_0", "b")],
      absent: ["m.solid /solid_1"],
      ledger: {
        "m.solid.f": ownSolid("solid_1", "c", 1, { retiring: [{ id: "solid_0", due: inSeconds(-1) }] }),
      },
    });
    expect(idsOf(plan)).toEqual(["delete m.solid.f#solid_0", "forget m.solid.f"]);
  });
});

describe("replacing", () => {
  const f = { "m.solid.f": ownSolid("solid_1", "c") };

  test("makes the new one first where the identity is free", () => {
    const plan = planOf({ declared: [solid("f", "d")], live: [liveSolid("solid_1", "c")], ledger: f });
    expect(needsOf(plan)).toEqual({ "create m.solid.f": [], "delete m.solid.f": ["create m.solid.f"] });
    expect(plan.steps.map((step) => step.replacement)).toEqual(["create-first", "create-first"]);
  });

  test("deletes first where the identity stays, and says that there is a gap", () => {
    const plan = planOf({ declared: [solid("f", "c", 2)], live: [liveSolid("solid_1", "c")], ledger: f });
    expect(needsOf(plan)).toEqual({ "delete m.solid.f": [], "create m.solid.f": ["delete m.solid.f"] });
    expect(plan.steps.map((step) => step.replacement)).toEqual(["gap", "gap"]);
  });

  test("with a gap deletes only when its successor can be made", () => {
    const plan = planOf({
      declared: [declare("m.solid.f", { code: "c", size: 2 }, { needs: ["m.solid.g"] }), solid("g", "e")],
      live: [liveSolid("solid_1", "c")],
      ledger: f,
    });
    expect(idsOf(plan)).toEqual(["create m.solid.g", "delete m.solid.f", "create m.solid.f"]);
    expect(needsOf(plan)["delete m.solid.f"]).toEqual(["create m.solid.g"]);
  });

  test("without a gap moves users over before the old one goes", () => {
    const plan = planOf({
      declared: [solid("f", "d"), rule("r", "x", { target: { $ref: "m.solid.f" } }, ["m.solid.f"])],
      live: [liveSolid("solid_1", "c"), liveRule("rule_1", "x", { target: "solid_1" })],
      ledger: {
        ...f,
        "m.rule.r": entry("m.rule", "rule_1", { source: "x", target: "solid_1" }, { needs: ["m.solid.f"] }),
      },
    });
    expect(idsOf(plan)).toEqual(["create m.solid.f", "update m.rule.r", "delete m.solid.f"]);
  });

  test("with a gap moves users over when the new one is there", () => {
    const plan = planOf({
      declared: [solid("f", "c", 2), rule("r", "x", { target: { $ref: "m.solid.f" } }, ["m.solid.f"])],
      live: [liveSolid("solid_1", "c"), liveRule("rule_1", "x", { target: "solid_1" })],
      ledger: {
        ...f,
        "m.rule.r": entry("m.rule", "rule_1", { source: "x", target: "solid_1" }, { needs: ["m.solid.f"] }),
      },
    });
    expect(idsOf(plan)).toEqual(["delete m.solid.f", "create m.solid.f", "update m.rule.r"]);
  });
});

/** Of an entry: a run was cut off over it, so that nothing changes its address until that is cleared up. */
const CUT_OFF = {
  intent: { identity: "m.solid /identity z", known_ids: [], creator: "me", not_before: 0, not_after: 0 },
};

describe("identities that pass on", () => {
  test("from a removed address to a new one: the old one goes first", () => {
    const plan = planOf({
      declared: [solid("g", "c")],
      live: [liveSolid("solid_1", "c")],
      ledger: { "m.solid.f": ownSolid("solid_1", "c") },
    });
    expect(needsOf(plan)).toEqual({ "delete m.solid.f": [], "create m.solid.g": ["delete m.solid.f"] });
  });

  test("from a removed address to a new one, while a third moves from the one to the other", () => {
    const plan = planOf({
      declared: [solid("g", "c"), rule("r", "x", { target: { $ref: "m.solid.g" } }, ["m.solid.g"])],
      live: [liveSolid("solid_1", "c"), liveRule("rule_1", "x", { target: "solid_1" })],
      ledger: {
        "m.solid.f": ownSolid("solid_1", "c"),
        "m.rule.r": entry("m.rule", "rule_1", { source: "x", target: "solid_1" }, { needs: ["m.solid.f"] }),
      },
    });
    expect(plan.diagnostics.map(({ code }) => code)).toEqual(["MAYBE_MOVED"]);
    expect(idsOf(plan)).toEqual(["delete m.solid.f", "create m.solid.g", "update m.rule.r"]);
  });

  test("between two addresses that swap and may have more than is known: both old ones go, then both new ones come", () => {
    const plan = planOf({
      declared: [solid("f", "d"), solid("g", "c")],
      live: [liveSolid("solid_1", "c"), liveSolid("solid_2", "d")],
      ledger: {
        "m.solid.f": ownSolid("solid_1", "c", 1, CUT_OFF),
        "m.solid.g": ownSolid("solid_2", "d", 1, CUT_OFF),
      },
    });
    expect(plan.diagnostics).toEqual([]);
    expect(idsOf(plan)).toEqual([
      "delete m.solid.f",
      "delete m.solid.g",
      "create m.solid.f",
      "create m.solid.g",
    ]);
    expect(needsOf(plan)["create m.solid.f"]).toEqual(["delete m.solid.f", "delete m.solid.g"]);
  });

  test("around three addresses", () => {
    const plan = planOf({
      declared: [solid("f", "d"), solid("g", "e"), solid("h", "c")],
      live: [liveSolid("solid_1", "c"), liveSolid("solid_2", "d"), liveSolid("solid_3", "e")],
      ledger: {
        "m.solid.f": ownSolid("solid_1", "c", 1, CUT_OFF),
        "m.solid.g": ownSolid("solid_2", "d", 1, CUT_OFF),
        "m.solid.h": ownSolid("solid_3", "e", 1, CUT_OFF),
      },
    });
    expect(plan.diagnostics).toEqual([]);
    expect(plan.refused).toEqual([]);
    expect(plan.steps).toHaveLength(6);
  });

  test("back to an earlier id of the same address that is still live: that one goes first", () => {
    const plan = planOf({
      declared: [solid("f", "c")],
      live: [liveSolid("solid_2", "d"), liveSolid("solid_1", "c")],
      ledger: {
        "m.solid.f": ownSolid("solid_2", "d", 1, { retiring: [{ id: "solid_1", due: inSeconds(-1) }] }),
      },
    });
    expect(plan.diagnostics).toEqual([]);
    expect(idsOf(plan)).toEqual(["delete m.solid.f#solid_1", "delete m.solid.f", "create m.solid.f"]);
  });

  test("are refused where their holder stays", () => {
    const plan = planOf({
      declared: [solid("g", "c"), solid("f", "c")],
      live: [liveSolid("solid_1", "c")],
      ledger: { "m.solid.f": ownSolid("solid_1", "c") },
    });
    expect(plan.refused).toMatchObject([
      { address: "m.solid.g", code: "IDENTITY_TAKEN", because: "m.solid.f" },
    ]);
  });
});
