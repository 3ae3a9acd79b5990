// Renamed addresses: what a plan makes of `moved`, and what becomes of the ledger.

import { describe, expect, test } from "vitest";
import { moveEntries } from "../../../src/engine/moves.ts";
import type { Ledger, LedgerEntry } from "../../../src/model/ledger.ts";
import { declare, entry, idsOf, inSeconds, live, planOf, refusalOf, stepsOf } from "./kit.ts";

const rule = (id: string, source: string) => live("m.rule", id, { source });
const MOVE = [{ from: "m.rule.a", to: "m.rule.b" }];

function ledger(resources: Readonly<Record<string, LedgerEntry>>): Ledger {
  return { format: 1, stack: "s", lineage: "l", serial: 1, accounts: {}, salt: "salt", resources };
}

describe("a moved address", () => {
  test("keeps its object: the plan only records the new address", () => {
    const plan = planOf({
      declared: [declare("m.rule.b", { source: "x" })],
      live: [rule("r1", "x")],
      ledger: { "m.rule.a": entry("m.rule", "r1", { source: "x" }) },
      moved: MOVE,
    });
    expect(plan.refused).toEqual([]);
    expect(plan.steps).toMatchObject([
      { id: "record m.rule.b", from: "m.rule.a", reason: "moved", vendor_id: "r1" },
    ]);
    expect(plan.summary).toMatchObject({ record: 1, create: 0, delete: 0 });
  });

  test("is updated after the record, where fields differ as well", () => {
    const plan = planOf({
      declared: [declare("m.rule.b", { source: "x", note: "new" })],
      live: [live("m.rule", "r1", { source: "x", note: "old" })],
      ledger: { "m.rule.a": entry("m.rule", "r1", { source: "x", note: "old" }) },
      moved: MOVE,
    });
    expect(idsOf(plan)).toEqual(["record m.rule.b", "update m.rule.b"]);
    expect(plan.steps[1]?.needs).toEqual(["record m.rule.b"]);
    expect(plan.steps[1]?.changes).toMatchObject([{ path: "note", moved: "config" }]);
  });

  test("that the ledger does not have, or has under its new name, changes nothing", () => {
    const scene = { declared: [declare("m.rule.b", { source: "x" })], live: [rule("r1", "x")], moved: MOVE };
    const done = planOf({ ...scene, ledger: { "m.rule.b": entry("m.rule", "r1", { source: "x" }) } });
    expect(done.steps).toEqual([]);
    const fresh = planOf({ ...scene, live: [], ledger: {} });
    expect(idsOf(fresh)).toEqual(["create m.rule.b"]);
  });

  test("that is refused keeps its earlier keys, too: the ledger has them under the old name", () => {
    const plan = planOf({
      declared: [declare("m.key.b", { name: "b", project: "q" }, { lifecycle: { prevent_destroy: true } })],
      live: [live("m.key", "k1", { name: "b", project: "p" }), live("m.key", "k0", { name: "b" })],
      ledger: {
        "m.key.a": entry(
          "m.key",
          "k1",
          { name: "b", project: "p" },
          { retiring: [{ id: "k0", due: inSeconds(-10) }] },
        ),
      },
      moved: [{ from: "m.key.a", to: "m.key.b" }],
    });
    expect(refusalOf(plan, "m.key.b")).toBe("PREVENT_DESTROY");
    expect(plan.steps).toEqual([]);
  });

  test("is refused with the other one where the ledger has both: neither is deleted", () => {
    const plan = planOf({
      declared: [declare("m.rule.b", { source: "y" })],
      live: [rule("r1", "x"), rule("r2", "y")],
      ledger: {
        "m.rule.a": entry("m.rule", "r1", { source: "x" }),
        "m.rule.b": entry("m.rule", "r2", { source: "y" }),
      },
      moved: MOVE,
    });
    expect(plan.steps).toEqual([]);
    expect(refusalOf(plan, "m.rule.a")).toBe("MOVED_TAKEN");
    expect(refusalOf(plan, "m.rule.b")).toBe("MOVED_TAKEN");
  });

  test("that is gone at the vendor is made anew under its new address", () => {
    const plan = planOf({
      declared: [declare("m.rule.b", { source: "x" })],
      ledger: { "m.rule.a": entry("m.rule", "r1", { source: "x" }) },
      absent: ["m.rule /r1"],
      moved: MOVE,
    });
    expect(stepsOf(plan, "m.rule.b")).toEqual(["record moved", "create vanished"]);
  });

  test("takes what its lifecycle records into the same step", () => {
    const plan = planOf({
      declared: [declare("m.rule.b", { source: "x" }, { lifecycle: { prevent_destroy: true } })],
      live: [rule("r1", "x")],
      ledger: { "m.rule.a": entry("m.rule", "r1", { source: "x" }) },
      moved: MOVE,
    });
    expect(plan.steps).toMatchObject([
      { id: "record m.rule.b", from: "m.rule.a", changes: [{ path: "lifecycle.prevent_destroy" }] },
    ]);
  });
});

describe("the moved ledger", () => {
  const before = ledger({
    "m.gate.a": entry("m.gate", "g"),
    "m.conf.a/x": entry("m.conf", "c", {}, { parent: "m.gate.a", parent_id: "g", needs: ["m.gate.a"] }),
    "m.rule.r": entry("m.rule", "r", {}, { needs: ["m.conf.a/x"] }),
  });

  test("has what lives in a moved entry and every mention under the new address", () => {
    const after = moveEntries(before, [{ from: "m.gate.a", to: "m.gate.b" }]);
    expect(Object.keys(after.resources)).toEqual(["m.gate.b", "m.conf.b/x", "m.rule.r"]);
    expect(after.resources["m.conf.b/x"]).toMatchObject({ id: "c", parent: "m.gate.b", needs: ["m.gate.b"] });
    expect(after.resources["m.rule.r"]?.needs).toEqual(["m.conf.b/x"]);
  });

  test("is the same object when nothing moves, and the same ledger when it moves twice", () => {
    const moves = [{ from: "m.gate.a", to: "m.gate.b" }];
    expect(moveEntries(before, [{ from: "m.gate.c", to: "m.gate.d" }])).toBe(before);
    const once = moveEntries(before, moves);
    expect(moveEntries(once, moves)).toBe(once);
  });

  test("loses no entry, also where two lines lead to one address", () => {
    const two = ledger({ "m.rule.a": entry("m.rule", "1"), "m.rule.c": entry("m.rule", "2") });
    const moves = [...MOVE, { from: "m.rule.c", to: "m.rule.b" }];
    const ids = Object.values(moveEntries(two, moves).resources).map(({ id }) => id);
    expect(ids.sort()).toEqual(["1", "2"]);
  });
});
