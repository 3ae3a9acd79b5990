// A name that only one may have, whatever it lives in: what takes it over comes after what gives it up.

import { describe, expect, test } from "vitest";
import { makePlan } from "../../../src/engine/plan.ts";
import type { Fields, KindRules } from "../../../src/model/kind-rules.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { RULES_BY_KIND } from "../../laws/kinds.ts";
import { declare, entry, inputOf, live, refusalOf, type Setting } from "./kit.ts";

/** Confs, whose slug and alias together are such a name here. */
const conf = RULES_BY_KIND.get("m.conf") as KindRules; // it is one of them
const rules = new Map(RULES_BY_KIND).set("m.conf", {
  ...conf,
  unique_name: ({ slug, alias }, parent) => (slug === "of" ? `${parent}_${alias}` : `${slug}_${alias}`),
});

const plan = (setting: Setting): Plan =>
  makePlan({ ...inputOf({ ...setting, options: { allow_deletes: 9 } }), rules });

const gate = (id: string) => declare(`m.gate.${id}`, { id });
const liveGate = (id: string) => live("m.gate", id, { id }, { children: [] });
const ownGate = (id: string) => entry("m.gate", id, { id });
const confOf = (gateId: string, key: string, fields: Fields) =>
  declare(`m.conf.${gateId}/${key}`, fields, { parent: `m.gate.${gateId}` });
const liveConf = (gateId: string, id: string, fields: Fields) =>
  live("m.conf", id, fields, { parent_id: gateId });
const ownConf = (gateId: string, id: string, fields: Fields) =>
  entry(
    "m.conf",
    id,
    { ...fields },
    { parent_id: gateId, parent: `m.gate.${gateId}`, needs: [`m.gate.${gateId}`] },
  );

const A: Fields = { slug: "a", alias: "x" };
const needsOf = (made: Plan, id: string) => made.steps.find((step) => step.id === id)?.needs;

describe("a name that is unique over all parents", () => {
  const ledger = { "m.gate.old": ownGate("old"), "m.conf.old/a": ownConf("old", "1", A) };

  test("is given up in one parent before it is taken in another", () => {
    const made = plan({
      declared: [gate("old"), gate("another"), confOf("another", "a", A)],
      live: [liveGate("old"), liveGate("another"), liveConf("old", "1", A)],
      ledger: { ...ledger, "m.gate.another": ownGate("another") },
    });
    expect(made.refused).toEqual([]);
    expect(needsOf(made, "create m.conf.another/a")).toEqual(["delete m.conf.old/a"]);
  });

  test("is given up before it is taken in a parent that is yet to be made, while the old one goes", () => {
    const made = plan({
      declared: [gate("another"), confOf("another", "a", A)],
      live: [liveGate("old"), liveConf("old", "1", A)],
      ledger,
    });
    expect(made.refused).toEqual([]);
    expect(needsOf(made, "create m.conf.another/a")).toEqual([
      "create m.gate.another",
      "delete m.conf.old/a",
    ]);
    expect(needsOf(made, "delete m.gate.old")).toEqual(["delete m.conf.old/a"]);
  });

  test("is refused while what has it stays, ours or not", () => {
    const declared = [gate("old"), gate("another"), confOf("another", "a", A)];
    const lives = [liveGate("old"), liveGate("another"), liveConf("old", "1", A)];
    const gates = { "m.gate.old": ownGate("old"), "m.gate.another": ownGate("another") };
    const kept = plan({
      declared,
      live: lives,
      ledger: { ...gates, "m.conf.old/a": { ...ownConf("old", "1", A), on_remove: "retain" } },
    });
    const foreign = plan({ declared, live: lives, ledger: gates });
    for (const made of [kept, foreign]) expect(refusalOf(made, "m.conf.another/a")).toBe("IDENTITY_TAKEN");
    expect(kept.refused[0]).toMatchObject({ because: "m.conf.old/a" });
    expect(foreign.refused[0]?.message).toContain(
      'the conf "1" in the gate "old", which is not in the ledger',
    );
    expect(foreign.steps).toEqual([]);
  });

  test("makes a gap where a replacement has another identity and the same name", () => {
    const before: Fields = { slug: "of", alias: "x" };
    const made = plan({
      declared: [gate("old"), confOf("old", "a", { slug: "old", alias: "x" })],
      live: [liveGate("old"), liveConf("old", "1", before)],
      ledger: { "m.gate.old": ownGate("old"), "m.conf.old/a": ownConf("old", "1", before) },
    });
    expect(made.steps.map(({ id, replacement }) => `${id} ${replacement}`)).toEqual([
      "delete m.conf.old/a gap",
      "create m.conf.old/a gap",
    ]);
  });

  test("can be exchanged between two parents: both go before either is made anew", () => {
    const B: Fields = { slug: "b", alias: "x" };
    const both = [gate("old"), gate("another")];
    const gates = { "m.gate.old": ownGate("old"), "m.gate.another": ownGate("another") };
    const made = plan({
      declared: [...both, confOf("old", "k", B), confOf("another", "k", A)],
      live: [liveGate("old"), liveGate("another"), liveConf("old", "1", A), liveConf("another", "2", B)],
      ledger: {
        ...gates,
        "m.conf.old/k": ownConf("old", "1", A),
        "m.conf.another/k": ownConf("another", "2", B),
      },
    });
    expect(made.diagnostics).toEqual([]);
    expect(needsOf(made, "create m.conf.old/k")).toEqual(["delete m.conf.another/k", "delete m.conf.old/k"]);
    expect(needsOf(made, "create m.conf.another/k")).toEqual([
      "delete m.conf.another/k",
      "delete m.conf.old/k",
    ]);
  });
});
