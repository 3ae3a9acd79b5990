// Identities that pass from one address to another: what is live stays, and the ledger's entries change their places.

import { describe, expect, test } from "vitest";
import { moveEntries, movesOfSteps } from "../../../src/engine/moves.ts";
import { makePlan } from "../../../src/engine/plan.ts";
import type { Lifecycle } from "../../../src/model/desired.ts";
import type { GapRisk, KindRules } from "../../../src/model/kind-rules.ts";
import type { LedgerEntry } from "../../../src/model/ledger.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { RULES_BY_KIND } from "../../laws/kinds.ts";
import { declare, entry, idsOf, inputOf, ledgerOf, live, planOf, refusalOf, type Setting } from "./kit.ts";

const rule = (key: string, source: string, more: object = {}) =>
  declare(`m.rule.${key}`, { source, dest: 1, ...more });

/** Rules with these sources, each ours under its key: `rule_a` is that of `a`. */
function owned(
  sources: Readonly<Record<string, string>>,
  more: Readonly<Record<string, Partial<LedgerEntry>>> = {},
): Required<Pick<Setting, "live">> & { readonly ledger: Readonly<Record<string, LedgerEntry>> } {
  const keys = Object.entries(sources);
  return {
    live: keys.map(([key, source]) => live("m.rule", `rule_${key}`, { source, dest: 1 })),
    ledger: Object.fromEntries(
      keys.map(([key, source]) => [
        `m.rule.${key}`,
        entry("m.rule", `rule_${key}`, { source, dest: 1 }, more[key]),
      ]),
    ),
  };
}

const needsOf = (plan: Plan, id: string) => plan.steps.find((step) => step.id === id)?.needs;

/** Address → id, as the plan's records leave the ledger. */
function recorded(plan: Plan, { ledger }: ReturnType<typeof owned>): Readonly<Record<string, string | null>> {
  const { resources } = moveEntries(ledgerOf(ledger), movesOfSteps(plan.steps));
  return Object.fromEntries(Object.entries(resources).map(([address, { id }]) => [address, id]));
}

describe("an identity that passes to another address", () => {
  test("leaves what is live to that one, and the address that gives it up makes another", () => {
    const plan = planOf({ ...owned({ a: "x" }), declared: [rule("a", "y"), rule("b", "x")] });
    expect(plan.refused).toEqual([]);
    expect(plan.steps).toMatchObject([
      { id: "record m.rule.b", from: "m.rule.a", vendor_id: "rule_a" },
      { id: "create m.rule.a", needs: ["record m.rule.b"] },
    ]);
    expect(plan.summary).toMatchObject({ create: 1, delete: 0, replace: 0, counted_deletes: 0 });
  });

  test("in a swap is one exchange of entries, and no write", () => {
    const before = owned({ a: "x", b: "y" });
    const plan = planOf({ ...before, declared: [rule("a", "y"), rule("b", "x")] });
    expect(plan.steps).toMatchObject([{ action: "record", exchange: expect.any(String) }]);
    expect(plan.steps).toHaveLength(1);
    expect(recorded(plan, before)).toEqual({ "m.rule.a": "rule_b", "m.rule.b": "rule_a" });
  });

  test("goes round any number of addresses, in records that make room for each other", () => {
    const before = owned({ a: "w", b: "x", c: "y", d: "z" });
    const declared = [rule("a", "x"), rule("b", "y"), rule("c", "z"), rule("d", "w")];
    const plan = planOf({ ...before, declared });
    expect(plan.steps.map(({ action }) => action)).toEqual(["record", "record", "record"]);
    expect(recorded(plan, before)).toEqual({
      "m.rule.a": "rule_b",
      "m.rule.b": "rule_c",
      "m.rule.c": "rule_d",
      "m.rule.d": "rule_a",
    });
    const [first, second, third] = plan.steps;
    expect([second?.needs, third?.needs]).toEqual([[first?.id], [second?.id]]);
  });

  test("along a chain leaves what nobody declares any more to the first address, which replaces it", () => {
    const before = owned({ a: "x", b: "y", c: "z" });
    const declared = [rule("a", "w"), rule("b", "x"), rule("c", "y")];
    const plan = planOf({ ...before, declared });
    expect(recorded(plan, before)).toEqual({
      "m.rule.a": "rule_c",
      "m.rule.b": "rule_a",
      "m.rule.c": "rule_b",
    });
    expect(idsOf(plan)).toEqual(["record m.rule.c", "record m.rule.b", "create m.rule.a", "delete m.rule.a"]);
    expect(plan.steps.at(-1)).toMatchObject({ vendor_id: "rule_c", replacement: "create-first" });
    expect(needsOf(plan, "create m.rule.a")).toContain("record m.rule.b");
  });

  test("along a chain to a new address leaves nothing over", () => {
    const before = owned({ a: "x", b: "y" });
    const plan = planOf({ ...before, declared: [rule("a", "z"), rule("b", "x"), rule("c", "y")] });
    expect(idsOf(plan)).toEqual(["record m.rule.c", "record m.rule.b", "create m.rule.a"]);
    expect(recorded(plan, before)).toEqual({ "m.rule.b": "rule_a", "m.rule.c": "rule_b" });
  });

  test("from an address that is gone leaves that what is left over, to be deleted once the other has it", () => {
    const before = owned({ a: "x", c: "y" });
    const plan = planOf({ ...before, declared: [rule("a", "y")], options: { allow_deletes: 0 } });
    expect(idsOf(plan)).toEqual(["record m.rule.a", "delete m.rule.c"]);
    expect(plan.steps[1]).toMatchObject({ vendor_id: "rule_a", needs: ["record m.rule.a"] });
    expect(plan.summary.counted_deletes).toBe(1);
    const seen = planOf({ ...before, declared: [rule("a", "y")], removed: ["m.rule.c"] });
    expect(seen.summary.counted_deletes, "nobody has named what a has until then").toBe(1);
  });

  test("is for `moved` to say where an address is gone and another is new", () => {
    const plan = planOf({ ...owned({ a: "x" }), declared: [rule("b", "x")] });
    expect(idsOf(plan)).toEqual(["delete m.rule.a", "create m.rule.b"]);
    expect(plan.diagnostics).toMatchObject([{ code: "MAYBE_MOVED" }]);
  });

  test("is blocked with what it gives up its object for: nothing is made under an entry that stays", () => {
    const rules = new Map(RULES_BY_KIND).set("m.rule", { ...ruleKind, can_update: false });
    const before = owned({ a: "x" }, { a: { prevent_destroy: true } });
    const declared = [rule("a", "y"), rule("b", "x", { dest: 2 })];
    const plan = makePlan({ ...inputOf({ ...before, declared }), rules });
    expect(plan.steps).toEqual([]);
    expect([refusalOf(plan, "m.rule.b"), refusalOf(plan, "m.rule.a")]).toEqual([
      "PREVENT_DESTROY",
      "BLOCKED",
    ]);
  });
});

/** Two resources whose identities are swapped, each with a secret that nobody can read. */
function secretly(known: string | undefined, lifecycle: Lifecycle = {}, at_hand = true): Setting {
  const conf = (key: string, alias: string) => {
    const secret = { $secret: { source: { env: key }, ...(at_hand ? { fingerprint: `k1:${key}` } : {}) } };
    return declare(`m.conf.g/${key}`, { slug: "s", alias, secret }, { parent: "m.gate.g", lifecycle });
  };
  const applied = (alias: string) => ({
    slug: "s",
    alias,
    secret: { $secret: known === undefined ? {} : { fingerprint: known } },
  });
  const place = { parent: "m.gate.g", parent_id: "g" };
  const listed = (alias: string) => live("m.conf", `conf_${alias}`, { slug: "s", alias }, { parent_id: "g" });
  return {
    live: [live("m.gate", "g", { id: "g" }, { children: [] }), listed("a"), listed("b")],
    ledger: {
      "m.gate.g": entry("m.gate", "g", { id: "g" }),
      "m.conf.g/a": entry("m.conf", "conf_a", applied("a"), place),
      "m.conf.g/b": entry("m.conf", "conf_b", applied("b"), place),
    },
    declared: [declare("m.gate.g", { id: "g" }), conf("a", "b"), conf("b", "a")],
  };
}

const ruleKind = RULES_BY_KIND.get("m.rule") as KindRules; // it is one of them

describe("an identity stays with its address", () => {
  const stays = (setting: Setting, rules = RULES_BY_KIND): void => {
    const plan = makePlan({ ...inputOf(setting), rules });
    expect(plan.steps.filter(({ action }) => action === "record")).toEqual([]);
  };
  const declared = [rule("a", "y"), rule("b", "x")];

  test("where what is left over is protected by the address that had it", () => {
    stays({ ...owned({ a: "x", c: "y" }, { a: { prevent_destroy: true } }), declared: [rule("a", "y")] });
  });

  test("where what is left over is protected by the file, and was not before", () => {
    const lifecycle = { prevent_destroy: true };
    const setting = {
      ...owned({ a: "x", c: "y" }),
      declared: [declare("m.rule.a", { source: "y" }, { lifecycle })],
    };
    stays(setting);
    expect(refusalOf(planOf(setting), "m.rule.a")).toBe("PREVENT_DESTROY");
  });

  test.each(["a", "b"])("where changes of it are not acted on at %s", (key) => {
    const lifecycle = { ignore_changes: ["source"] };
    const ignoring = declared.map((one) => (one.address === `m.rule.${key}` ? { ...one, lifecycle } : one));
    stays({ ...owned({ a: "x", b: "z" }), declared: ignoring });
  });

  test.each([
    ["of which the ledger knows nothing", undefined, []],
    ["whose fingerprint has another key", "k2:one", []],
    ["that is not looked at", "k1:one", ["secret"]],
  ])("where it comes with a secret %s", (_, known, ignore_changes) => {
    const swap = secretly(known, { ignore_changes });
    stays(swap);
    expect(idsOf(planOf(swap)).slice(0, 2)).toEqual(["delete m.conf.g/a", "delete m.conf.g/b"]);
  });

  test("but passes on with a secret that can be compared, now or when it is at hand", () => {
    const recordsOf = (setting: Setting) =>
      planOf(setting).steps.filter(({ action }) => action === "record").length;
    expect(recordsOf(secretly("k1:one"))).toBe(1);
    expect(recordsOf(secretly("k2:one", {}, false))).toBe(1);
  });

  test("where it is to be let go of", () => {
    stays({ ...owned({ a: "x", c: "y" }, { c: { on_remove: "retain" } }), declared: [rule("a", "y")] });
  });

  test("where what the new address leaves out is weaker than what it would be made with", () => {
    const risk = { code: "r", message: "m", when: () => true };
    const rules = new Map(RULES_BY_KIND).set("m.rule", {
      ...ruleKind,
      fields: { ...ruleKind.fields, note: { risk } },
    });
    stays({ ...owned({ a: "x" }), declared }, rules);
  });

  test("where it can be changed in place, or the resource holds others", () => {
    const renamed = { ...ruleKind, fields: { dest: {} } };
    stays({ ...owned({ a: "x" }), declared }, new Map(RULES_BY_KIND).set("m.rule", renamed));
    stays(
      { ...owned({ a: "x" }), declared },
      new Map(RULES_BY_KIND).set("m.rule", { ...ruleKind, has_children: true }),
    );
  });

  test("where not both addresses are targeted", () => {
    stays({ ...owned({ a: "x" }), declared, options: { targets: ["m.rule.a"] } });
    const both = planOf({ ...owned({ a: "x" }), declared, options: { targets: ["m.rule.*"] } });
    expect(idsOf(both)).toEqual(["record m.rule.b", "create m.rule.a"]);
  });

  test("where nobody can tell what one of the kind stands for", () => {
    const unfound = { code: "NAME_UNKNOWN", message: "there is none of that name", hint: "write its id" };
    const unclear = declare("m.rule.c", { source: "w" }, { unfound });
    stays({ ...owned({ a: "x" }), declared: [...declared, unclear] });
  });

  test("where the file renames one of them", () => {
    const moved = [{ from: "m.rule.c", to: "m.rule.b" }];
    stays({ ...owned({ a: "x", c: "z" }), declared: [rule("a", "y"), rule("b", "z")], moved: [] });
    const plan = planOf({ ...owned({ a: "x", c: "z" }), declared, moved });
    expect(plan.steps.find(({ action }) => action === "record")).toMatchObject({ from: "m.rule.c" });
  });
});

describe("a gap", () => {
  const gap_risk: GapRisk = {
    code: "open",
    message: "It is open",
    of: ({ source }) => `${String(source)} is open`,
  };
  const rules = new Map(RULES_BY_KIND).set("m.rule", { ...ruleKind, can_update: false, gap_risk });
  const made = (setting: Setting) => makePlan({ ...inputOf(setting), rules });

  test("says what is so until the new one is there", () => {
    const plan = made({ ...owned({ a: "x" }), declared: [rule("a", "x", { dest: 2 })] });
    expect(plan.steps).toMatchObject([
      { action: "delete", replacement: "gap", risks: [] },
      {
        action: "create",
        replacement: "gap",
        risks: [{ code: "open", path: "source", message: "x is open", meanwhile: true }],
      },
    ]);
  });

  test("says what goes before, where that stands under another address", () => {
    const plan = made({ ...owned({ a: "x" }), declared: [rule("b", "x")] });
    expect(plan.steps).toMatchObject([
      { id: "delete m.rule.a" },
      { id: "create m.rule.b", instead_of: "m.rule.a", risks: [{ code: "open" }] },
    ]);
  });

  test("is none where the new one is made first", () => {
    const plan = made({ ...owned({ a: "x" }), declared: [rule("a", "y")] });
    expect(plan.steps.flatMap(({ risks }) => risks)).toEqual([]);
  });

  test("opens only when what closes it can be made", () => {
    const target = declare("m.solid.f", { code: "c" });
    const b = declare("m.rule.b", { source: "x", target: { $ref: "m.solid.f" } }, { needs: ["m.solid.f"] });
    const plan = made({ ...owned({ a: "x" }), declared: [target, b] });
    expect(idsOf(plan)).toEqual(["create m.solid.f", "delete m.rule.a", "create m.rule.b"]);
    expect(needsOf(plan, "delete m.rule.a")).toEqual(["create m.solid.f"]);
  });
});
