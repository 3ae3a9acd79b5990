// Plans that are about a part of the stack: `--target`, and `destroy` with addresses.

import { describe, expect, test } from "vitest";
import { declare, entry, idsOf, live, planOf, refusalOf } from "./kit.ts";

const gate = (id: string) => live("m.gate", id, { id });
const conf = (id: string, slug: string) =>
  live("m.conf", id, { slug, alias: "default" }, { parent_id: "a", name: slug });
const confEntry = (id: string) => entry("m.conf", id, {}, { parent: "m.gate.a", parent_id: "a" });
const declareConf = (slug: string) =>
  declare(`m.conf.a/${slug}`, { slug, alias: "default", secret: { $secret: {} } }, { parent: "m.gate.a" });
const targets = (...names: string[]) => ({ options: { targets: names } });

describe("a targeted plan", () => {
  const declared = [
    declare("m.gate.a", { id: "a" }),
    declareConf("x"),
    declareConf("y"),
    declare("m.rule.r", { source: "s" }),
  ];

  test("holds the matches and what they need, never dependants, and says that it is partial", () => {
    const plan = planOf({ declared, ...targets("m.conf.a/x") });
    expect(idsOf(plan)).toEqual(["create m.gate.a", "create m.conf.a/x"]);
    expect(plan.partial).toEqual(["m.conf.a/x"]);
    expect(idsOf(planOf({ declared, ...targets("m.gate.a") }))).toEqual(["create m.gate.a"]);
  });

  test("takes patterns", () => {
    const plan = planOf({ declared, ...targets("m.conf.a/*") });
    expect(plan.summary.create).toBe(3);
  });

  test("counts, lists and refuses only within its selection", () => {
    const plan = planOf({
      declared,
      live: [gate("a"), live("m.rule", "other", { source: "s" })],
      ledger: { "m.gate.a": entry("m.gate", "a", { id: "a" }) },
      ...targets("m.gate.a"),
    });
    expect(plan).toMatchObject({ steps: [], refused: [], unmanaged: [], unchanged: ["m.gate.a"] });
  });

  test("deletes what is no longer declared only by its own name", () => {
    const scene = {
      declared: [declare("m.rule.r", { source: "s" })],
      live: [live("m.rule", "1", { source: "s" }), live("m.rule", "2", { source: "t" })],
      ledger: {
        "m.rule.r": entry("m.rule", "1", { source: "s" }),
        "m.rule.old": entry("m.rule", "2", { source: "t" }),
      },
    };
    expect(idsOf(planOf({ ...scene, ...targets("m.rule.r") }))).toEqual([]);
    expect(idsOf(planOf({ ...scene, ...targets("m.rule.old") }))).toEqual(["delete m.rule.old"]);
  });

  test("refuses to delete a parent whose children's deletes are not targeted, and says what to add", () => {
    const scene = {
      live: [{ ...gate("a"), children: [] }, conf("c1", "x")],
      ledger: { "m.gate.a": entry("m.gate", "a", { id: "a" }), "m.conf.a/x": confEntry("c1") },
    };
    const half = planOf({ ...scene, ...targets("m.gate.a") });
    expect(half.steps).toEqual([]);
    expect(half.refused[0]).toMatchObject({
      address: "m.gate.a",
      code: "NOT_TARGETED",
      hint: expect.stringContaining("--target m.conf.a/x"),
    });
    const whole = planOf({ ...scene, ...targets("m.gate.a", "m.conf.a/x") });
    expect(idsOf(whole)).toEqual(["delete m.conf.a/x", "delete m.gate.a"]);
  });

  test("refuses what is needed and would have to be replaced for it", () => {
    const plan = planOf({
      declared: [
        declare("m.solid.s", { code: "c", size: 2 }),
        declare("m.rule.r", { source: "s", target: { $ref: "m.solid.s" } }, { needs: ["m.solid.s"] }),
      ],
      live: [live("m.solid", "1", { code: "c", size: 1 })],
      ledger: { "m.solid.s": entry("m.solid", "1", { code: "c", size: 1 }) },
      ...targets("m.rule.r"),
    });
    expect(refusalOf(plan, "m.solid.s")).toBe("NOT_TARGETED");
    expect(refusalOf(plan, "m.rule.r")).toBe("BLOCKED");
  });

  test("has an error with a suggestion for a target that matches nothing", () => {
    const plan = planOf({ declared, ...targets("m.rule.rr") });
    expect(plan.steps).toEqual([]);
    expect(plan.diagnostics).toMatchObject([
      { severity: "error", code: "TARGET_UNMATCHED", hint: "did you mean m.rule.r?" },
    ]);
  });

  test("moves an entry only where its new address is selected", () => {
    const scene = {
      declared: [declare("m.rule.b", { source: "x" }), declare("m.rule.c", { source: "y" })],
      live: [live("m.rule", "1", { source: "x" })],
      ledger: { "m.rule.a": entry("m.rule", "1", { source: "x" }) },
      moved: [{ from: "m.rule.a", to: "m.rule.b" }],
    };
    expect(idsOf(planOf({ ...scene, ...targets("m.rule.c") }))).toEqual(["create m.rule.c"]);
    expect(idsOf(planOf({ ...scene, ...targets("m.rule.b") }))).toEqual(["record m.rule.b"]);
  });
});

describe("a destroy of addresses", () => {
  const scene = {
    live: [
      { ...gate("a"), children: [] },
      { ...gate("b"), children: [] },
      conf("c1", "x"),
      live("m.solid", "1", { code: "c" }),
      live("m.rule", "2", { source: "s" }),
    ],
    ledger: {
      "m.gate.a": entry("m.gate", "a", { id: "a" }),
      "m.gate.b": entry("m.gate", "b", { id: "b" }),
      "m.conf.a/x": confEntry("c1"),
      "m.solid.s": entry("m.solid", "1", { code: "c" }),
      "m.rule.r": entry("m.rule", "2", { source: "s" }, { needs: ["m.solid.s"] }),
    },
  };
  const destroy = (...names: string[]) => ({ options: { destroy: true, targets: names } });

  test("takes what lives in them and what uses them first, and nothing else", () => {
    expect(idsOf(planOf({ ...scene, ...destroy("m.gate.a") }))).toEqual([
      "delete m.conf.a/x",
      "delete m.gate.a",
    ]);
    expect(idsOf(planOf({ ...scene, ...destroy("m.solid.s") }))).toEqual([
      "delete m.rule.r",
      "delete m.solid.s",
    ]);
    expect(idsOf(planOf({ ...scene, ...destroy("m.rule.r") }))).toEqual(["delete m.rule.r"]);
  });

  test("counts every delete for the brake", () => {
    const plan = planOf({ ...scene, options: { destroy: true, targets: ["m.gate.a"], allow_deletes: 1 } });
    expect(plan.summary.counted_deletes).toBe(2);
    expect(plan.diagnostics).toMatchObject([{ code: "DELETES_BRAKED" }]);
  });

  test("is refused by a protection of a dependant", () => {
    const ledger = { ...scene.ledger, "m.conf.a/x": { ...confEntry("c1"), prevent_destroy: true } };
    const plan = planOf({ ...scene, ledger, ...destroy("m.gate.a") });
    expect(plan.steps).toEqual([]);
    expect(refusalOf(plan, "m.conf.a/x")).toBe("PREVENT_DESTROY");
    expect(refusalOf(plan, "m.gate.a")).toBe("BLOCKED");
  });

  test("is an error for what the ledger does not have", () => {
    const plan = planOf({ ...scene, ...destroy("m.gate.aa") });
    expect(plan.diagnostics).toMatchObject([{ code: "TARGET_UNMATCHED", severity: "error" }]);
  });
});
