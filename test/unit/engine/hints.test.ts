// What a plan says beside its steps: renames without `moved`, twins of what is owned.

import { describe, expect, test } from "vitest";
import { makePlan } from "../../../src/engine/plan.ts";
import type { KindRules } from "../../../src/model/kind-rules.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { RULES, RULES_BY_KIND } from "../../laws/kinds.ts";
import { declare, entry, inputOf, inSeconds, live, planOf } from "./kit.ts";

const codes = (plan: Plan) => plan.diagnostics.map(({ code }) => code);

describe("a renamed resource", () => {
  const rule = (id: string, source: string, dest = 1) => live("m.rule", id, { source, dest });

  test("gets the line for moved, where its body stayed the same", () => {
    const plan = planOf({
      declared: [declare("m.rule.b", { source: "x", dest: 1 })],
      live: [rule("1", "x")],
      ledger: { "m.rule.a": entry("m.rule", "1", { source: "x", dest: 1 }) },
    });
    expect(plan.summary).toMatchObject({ create: 1, delete: 1 });
    expect(plan.diagnostics).toMatchObject([
      { code: "MAYBE_MOVED", hint: expect.stringContaining("moved: [{ from: m.rule.a, to: m.rule.b }]") },
    ]);
  });

  test("gets it where its body differs, too, and not what identifies it", () => {
    const plan = planOf({
      declared: [declare("m.rule.b", { source: "x", dest: 2 })],
      live: [rule("1", "x")],
      ledger: { "m.rule.a": entry("m.rule", "1", { source: "x", dest: 1 }) },
    });
    expect(plan.diagnostics).toMatchObject([
      { code: "MAYBE_MOVED", hint: expect.stringContaining("moved: [{ from: m.rule.a, to: m.rule.b }]") },
    ]);
  });

  test("gets none where it is another one, where it is moved, and where several could be meant", () => {
    const ledger = { "m.rule.a": entry("m.rule", "1", { source: "x", dest: 1 }) };
    const scene = { live: [rule("1", "x")], ledger };
    const other = planOf({ ...scene, declared: [declare("m.rule.b", { source: "y", dest: 1 })] });
    expect(codes(other)).toEqual([]);
    const moved = planOf({
      ...scene,
      declared: [declare("m.rule.b", { source: "x", dest: 1 })],
      moved: [{ from: "m.rule.a", to: "m.rule.b" }],
    });
    expect(codes(moved)).toEqual([]);
    const keys = planOf({
      declared: [declare("m.key.c", { name: "c" }), declare("m.key.d", { name: "d" })],
      live: [live("m.key", "1", { name: "a" })],
      ledger: { "m.key.a": entry("m.key", "1", { name: "a" }) },
    });
    expect(codes(keys)).toEqual([]);
  });

  test("is told from one whose name is the key's own, and from one whose key is its id", () => {
    const key = planOf({
      declared: [declare("m.key.b", { name: "b", budget: 5 }, { deliver: [{ stdout: {} }] })],
      live: [live("m.key", "1", { name: "a", budget: 5 })],
      ledger: { "m.key.a": entry("m.key", "1", { name: "a", budget: 5 }) },
    });
    expect(codes(key)).toEqual(["MAYBE_MOVED"]);
    const gate = planOf({
      declared: [declare("m.gate.b", { id: "b", limit: 5 })],
      live: [live("m.gate", "a", { id: "a", limit: 5 }, { children: [] })],
      ledger: { "m.gate.a": entry("m.gate", "a", { id: "a", limit: 5 }) },
    });
    expect(gate.diagnostics).toMatchObject([{ code: "NOT_A_RENAME", address: "m.gate.b" }]);
  });
});

test("a new key that is the vendor's name is no rename, and one beside the same name is", () => {
  const rule = RULES.find(({ kind }) => kind === "m.rule") as KindRules; // it is one of them
  const rules = new Map(RULES_BY_KIND).set("m.rule", { ...rule, key_is_name: true });
  const codesFor = (source: string) =>
    codes(
      makePlan({
        ...inputOf({
          declared: [declare("m.rule.b", { source, dest: 1 })],
          live: [live("m.rule", "1", { source: "a", dest: 1 })],
          ledger: { "m.rule.a": entry("m.rule", "1", { source: "a", dest: 1 }) },
        }),
        rules,
      }),
    );
  expect(codesFor("b")).toEqual(["NOT_A_RENAME"]);
  expect(codesFor("a")).toEqual(["MAYBE_MOVED"]);
});

test("a reference, which the ledger has as an id, hides no renamed resource", () => {
  const plan = planOf({
    declared: [
      declare("m.store.s", { name: "s" }),
      declare("m.gate.b", { id: "b", limit: 5, store: { $ref: "m.store.s" } }),
    ],
    live: [
      live("m.store", "9", { name: "s" }),
      live("m.gate", "a", { id: "a", limit: 5, store: "9" }, { children: [] }),
    ],
    ledger: { "m.gate.a": entry("m.gate", "a", { id: "a", limit: 5, store: "9" }) },
  });
  expect(codes(plan)).toContain("NOT_A_RENAME");
});

describe("a twin", () => {
  const declared = [declare("m.key.k", { name: "k" }, { deliver: [{ stdout: {} }] })];
  const ledger = {
    "m.key.k": entry(
      "m.key",
      "1",
      { name: "k" },
      { delivered: [{ sink: "stdout", target: "", at: inSeconds(-1) }] },
    ),
  };

  test("of an owned key is named with its id and left alone", () => {
    const keys = [live("m.key", "1", { name: "k" }), live("m.key", "2", { name: "k" })];
    const plan = planOf({ declared, ledger, live: keys });
    expect(plan.steps).toEqual([]);
    expect(plan.refused).toEqual([]);
    expect(plan.diagnostics).toMatchObject([
      { severity: "warning", code: "TWIN", address: "m.key.k", message: expect.stringContaining("(id 2)") },
    ]);
  });

  test("is nothing that has another name", () => {
    const keys = [live("m.key", "1", { name: "k" }), live("m.key", "2", { name: "other" })];
    expect(codes(planOf({ declared, ledger, live: keys }))).toEqual([]);
  });
});
