// What `adopt` may take into the ledger: by id, by identity, by name, and when it must ask.

import { describe, expect, test } from "vitest";
import { findAdoptions } from "../../../src/engine/adoption.ts";
import type { PlanOptions } from "../../../src/engine/plan.ts";
import { declare, entry, inputOf, inSeconds, live, NOW, planOf, refusalOf, type Setting } from "./kit.ts";

const rule = declare("m.rule.r", { source: "x", dest: 1 });
const liveRule = live("m.rule", "rule_1", { source: "x", dest: 1, target: null });
const key = declare("m.key.k", { name: "k" });
const keys = ["key_1", "key_2"].map((id) => live("m.key", id, { name: "k" }));
const gate = declare("m.gate.a", { id: "a" });
const liveGate = live("m.gate", "a", { id: "a" }, { children: [] });
const conf = declare("m.conf.a/x", { slug: "x", alias: "default" }, { parent: "m.gate.a" });
const liveConf = live("m.conf", "conf_1", { slug: "x", alias: "default" }, { parent_id: "a" });

function adoptions(setting: Setting, adopt_ids: PlanOptions["adopt_ids"] = {}) {
  const { possible, refused } = findAdoptions(inputOf({ ...setting, options: { adopt_ids } }));
  return {
    possible: possible.map(({ address, vendor_id }) => `${address}=${vendor_id}`),
    refused: refused.map(({ address, code }) => `${address} ${code}`),
  };
}

describe("of all that is declared", () => {
  test.each<[string, Setting, string[]]>([
    ["what is live and unowned can be adopted", { declared: [rule], live: [liveRule] }, ["m.rule.r=rule_1"]],
    ["what is not live cannot, which is no refusal", { declared: [rule] }, []],
    [
      "what is owned already is left alone",
      { declared: [rule], live: [liveRule], ledger: { "m.rule.r": entry("m.rule", "rule_1") } },
      [],
    ],
    ["what nobody declares is left alone", { live: [liveRule] }, []],
    [
      "what is shared is left alone",
      { declared: [declare("m.store.one")], live: [live("m.store", "s")] },
      [],
    ],
    [
      "what vanished and was made again by somebody else can be adopted",
      {
        declared: [gate],
        live: [{ ...liveGate, mark: "2026-02" }],
        ledger: { "m.gate.a": entry("m.gate", "a", {}, { mark: "2026-01" }) },
      },
      ["m.gate.a=a"],
    ],
    [
      "what lives in something unowned can be adopted with it",
      { declared: [gate, conf], live: [liveGate, liveConf] },
      ["m.conf.a/x=conf_1", "m.gate.a=a"],
    ],
    [
      "what an interrupted run of ours made is no adoption",
      {
        declared: [rule],
        live: [{ ...liveRule, created_at: NOW - 1000, created_by: "me" }],
        ledger: {
          "m.rule.r": entry(
            "m.rule",
            null,
            {},
            {
              status: "creating",
              intent: {
                identity: "m.rule /identity x",
                known_ids: [],
                not_before: NOW - 2000,
                not_after: NOW,
                creator: "me",
              },
            },
          ),
        },
      },
      [],
    ],
  ])("%s", (_, setting, possible) => {
    expect(adoptions(setting)).toEqual({ possible, refused: [] });
  });

  test("the refusal of one keeps none of the others, nor what depends on it", () => {
    const user = declare("m.rule.r", { source: "x", target: { $ref: "m.key.k" } }, { needs: ["m.key.k"] });
    expect(adoptions({ declared: [key, user], live: [...keys, liveRule] })).toEqual({
      possible: ["m.rule.r=rule_1"],
      refused: ["m.key.k AMBIGUOUS"],
    });
  });

  test("a refusal that only concerns what is owned is not named", () => {
    const setting: Setting = {
      declared: [declare("m.rule.r", { source: "y" }, { lifecycle: { prevent_destroy: true } })],
      live: [liveRule],
      ledger: { "m.rule.r": entry("m.rule", "rule_1") },
    };
    expect(refusalOf(planOf(setting), "m.rule.r")).toBe("PREVENT_DESTROY");
    expect(adoptions(setting)).toEqual({ possible: [], refused: [] });
  });

  test.each([
    ["a key by its name", key, keys[0]],
    ["a rule by its identity", rule, liveRule],
  ])("%s is not adopted from half a list, which may hide another one", (_, declared, found) => {
    const setting: Setting = { declared: [declared], live: found === undefined ? [] : [found] };
    const unread = [declared.kind];
    expect(adoptions({ ...setting, unread }).refused).toEqual([`${declared.address} READ_INCOMPLETE`]);
    expect(adoptions({ ...setting, unread }, { [declared.address]: found?.id ?? "" }).possible).toHaveLength(
      1,
    );
  });

  test("what would be replaced at once is refused", () => {
    const setting = { declared: [declare("m.solid.f", { code: "c", size: 2 })] };
    expect(adoptions({ ...setting, live: [live("m.solid", "s", { code: "c", size: 1 })] })).toEqual({
      possible: [],
      refused: ["m.solid.f ADOPT_REPLACES"],
    });
  });

  test("what was renamed and made again by somebody else is renamed in the ledger, then adopted", () => {
    const setting: Setting = {
      declared: [declare("m.rule.new", { source: "x", dest: 1 })],
      moved: [{ from: "m.rule.old", to: "m.rule.new" }],
      live: [live("m.rule", "rule_2", { source: "x", dest: 1 })],
      ledger: { "m.rule.old": entry("m.rule", "rule_1", { source: "x" }) },
      absent: ["m.rule /rule_1"],
    };
    const [one] = findAdoptions(inputOf(setting)).possible;
    expect([one?.move?.from, one?.step.needs]).toEqual(["m.rule.old", [one?.move?.id]]);
  });

  test("what the next plan changes on it stands beside it", () => {
    const [one] = findAdoptions(
      inputOf({ declared: [{ ...rule, fields: { source: "x", dest: 2 } }], live: [liveRule] }),
    ).possible;
    expect(one?.update?.changes.map(({ path, before, after }) => [path, before, after])).toEqual([
      ["dest", 1, 2],
    ]);
  });
});

describe("an entry whose key may only be missing from the list", () => {
  const owned = entry("m.key", "key_1", { name: "k" });
  const absent = ["m.key /key_1"];
  const settling = { until: inSeconds(30), before: {}, created: true } as const;

  test.each<[string, Partial<Setting>, string[]]>([
    ["is not let go of while nothing confirms that it is gone", {}, ["m.key.k UNKNOWN"]],
    ["is not let go of when half a list lacks it", { unread: ["m.key"] }, ["m.key.k UNKNOWN"]],
    [
      "is not let go of while its creation settles",
      { absent, ledger: { "m.key.k": { ...owned, settling } } },
      ["m.key.k UNKNOWN"],
    ],
    ["gives way to another one once it is known to be gone", { absent }, []],
  ])("%s", (_, more, refused) => {
    const setting = { declared: [key], live: keys.slice(1), ledger: { "m.key.k": owned }, ...more };
    for (const id of ["key_2", null])
      expect(adoptions(setting, { "m.key.k": id }).refused, `${id}`).toEqual(refused);
  });
});

describe("one key that two addresses could mean", () => {
  const two = [key, declare("m.key.other", { name: "k" })];
  const live = keys.slice(0, 1);

  test("is adopted by neither, and each is told how", () => {
    expect(adoptions({ declared: two, live })).toEqual({
      possible: [],
      refused: ["m.key.k AMBIGUOUS", "m.key.other AMBIGUOUS"],
    });
    const plan = planOf({ declared: two, live, options: { adopt: true } });
    expect(plan.steps).toEqual([]);
    expect(plan.refused.map(({ hint }) => hint)).toEqual([
      "run `gateform adopt m.key.k=key_1` if it is this one",
      "run `gateform adopt m.key.other=key_1` if it is this one",
    ]);
  });

  test("is adopted by the one that is named with its id", () => {
    expect(adoptions({ declared: two, live }, { "m.key.other": "key_1" }).possible).toEqual([
      "m.key.other=key_1",
    ]);
  });

  test("is adopted by neither where both are named with its id", () => {
    const named = { "m.key.k": "key_1", "m.key.other": "key_1" };
    expect(adoptions({ declared: two, live }, named).possible).toEqual([]);
  });
});

describe("an address without an id", () => {
  const by = (setting: Setting, address: string) => adoptions(setting, { [address]: null });

  test.each<[string, Setting, string, ReturnType<typeof adoptions>]>([
    [
      "takes the only one of its identity",
      { declared: [rule], live: [liveRule] },
      "m.rule.r",
      { possible: ["m.rule.r=rule_1"], refused: [] },
    ],
    [
      "takes the only one of its name",
      { declared: [key], live: keys.slice(1) },
      "m.key.k",
      { possible: ["m.key.k=key_2"], refused: [] },
    ],
    [
      "takes the only one of its name that nobody owns",
      { declared: [key], live: keys, ledger: { "m.key.old": entry("m.key", "key_1") } },
      "m.key.k",
      { possible: ["m.key.k=key_2"], refused: [] },
    ],
    [
      "is refused where nothing is live",
      { declared: [rule] },
      "m.rule.r",
      { possible: [], refused: ["m.rule.r NOT_FOUND"] },
    ],
    [
      "is refused where the list is cut, as there might be one",
      { declared: [rule], unread: ["m.rule"] },
      "m.rule.r",
      { possible: [], refused: ["m.rule.r READ_INCOMPLETE"] },
    ],
    [
      "is refused where several are live",
      { declared: [key], live: keys },
      "m.key.k",
      { possible: [], refused: ["m.key.k AMBIGUOUS"] },
    ],
    [
      "is refused where another address owns the only one",
      { declared: [key], live: keys.slice(0, 1), ledger: { "m.key.old": entry("m.key", "key_1") } },
      "m.key.k",
      { possible: [], refused: ["m.key.k OWNED_ELSEWHERE"] },
    ],
    [
      "is refused where it owns one already",
      { declared: [rule], live: [liveRule], ledger: { "m.rule.r": entry("m.rule", "rule_1") } },
      "m.rule.r",
      { possible: [], refused: ["m.rule.r ALREADY_OWNED"] },
    ],
    [
      "is refused where it is shared",
      { declared: [declare("m.store.one")], live: [live("m.store", "s")] },
      "m.store.one",
      { possible: [], refused: ["m.store.one NEVER_OWNED"] },
    ],
    [
      "takes what stands where a replacement was cut off",
      {
        declared: [rule],
        live: [liveRule],
        ledger: {
          "m.rule.r": entry("m.rule", null, {}, { status: "deleted", changed_at: inSeconds(-5) }),
        },
      },
      "m.rule.r",
      { possible: ["m.rule.r=rule_1"], refused: [] },
    ],
  ])("%s", (_, setting, address, expected) => {
    expect(by(setting, address)).toEqual(expected);
  });

  test("is answered with the exact commands where several are live", () => {
    const { refused } = findAdoptions(
      inputOf({ declared: [key], live: keys, options: { adopt_ids: { "m.key.k": null } } }),
    );
    expect(refused[0]?.hint).toContain("`gateform adopt m.key.k=key_1`, `gateform adopt m.key.k=key_2`");
  });
});
