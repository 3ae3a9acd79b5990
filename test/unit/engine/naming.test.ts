// What live things are called that nobody has named.

import { describe, expect, test } from "vitest";
import { addressesOfLive } from "../../../src/engine/naming.ts";
import { type LiveResource, liveKey } from "../../../src/model/live.ts";
import { RULES_BY_KIND } from "../../laws/kinds.ts";
import { live } from "./kit.ts";

function named(
  resources: readonly LiveResource[],
  known: ReadonlyMap<string, string> = new Map(),
  taken: readonly string[] = [],
): Readonly<Record<string, string>> {
  const found = addressesOfLive({ live: resources, rules: RULES_BY_KIND, known, taken: new Set(taken) });
  return Object.fromEntries(
    resources.map((item) => [item.id, found.get(liveKey(item.kind, item.parent_id, item.id)) ?? ""]),
  );
}

const key = (id: string, name: string): LiveResource => live("m.key", id, { name });

describe("names of live things", () => {
  test("are made of what people call them, in letters that addresses have", () => {
    expect(
      named([
        key("k0", "__proto__"),
        key("k1", "web ci"),
        key("k2", "a/ü: b"),
        key("k3", ".hidden"),
        key("k4", "日本"),
      ]),
    ).toEqual({
      k0: "m.key.x__proto__",
      k1: "m.key.web-ci",
      k2: "m.key.a-b",
      k3: "m.key.x.hidden",
      k4: "m.key.x",
    });
  });

  test("carry the id where several have one name, all of them, so that none changes when another goes", () => {
    expect(named([key("k2", "ci"), key("k1", "ci"), key("k3", "web")])).toEqual({
      k1: "m.key.ci-k1",
      k2: "m.key.ci-k2",
      k3: "m.key.web",
    });
  });

  test("stay distinct where one name looks like another with its id, in any order", () => {
    const list = [key("k1", "ci"), key("k2", "ci"), key("k3", "ci-k1"), key("k4", "ci k1")];
    const names = named(list);
    expect(new Set(Object.values(names)).size).toBe(4);
    expect(named([...list].reverse())).toEqual(names);
  });

  test("keep the whole id however long the name is", () => {
    const names = Object.values(named([key("key_1", "n".repeat(200)), key("key_2", "n".repeat(200))]));
    expect(names.map((address) => address.slice(-6)).sort()).toEqual(["-key_1", "-key_2"]);
    expect(names.every((address) => address.length <= "m.key.".length + 128)).toBe(true);
  });

  test("are those of the ledger where it has one, and never what it calls something else", () => {
    const known = new Map([[liveKey("m.key", undefined, "k1"), "m.key.mine"]]);
    expect(named([key("k1", "ci"), key("k2", "old")], known, ["m.key.mine", "m.key.old"])).toEqual({
      k1: "m.key.mine",
      k2: "m.key.old-k2",
    });
  });

  test("begin with those of what they live in, as that is called", () => {
    const gate = live("m.gate", "g", { id: "g" });
    const conf = live("m.conf", "c1", { slug: "s", alias: "a" }, { name: "s", parent_id: "g" });
    const known = new Map([[liveKey("m.gate", undefined, "g"), "m.gate.front"]]);
    expect(named([conf, gate]).c1).toBe("m.conf.g/s");
    expect(named([conf, gate], known).c1).toBe("m.conf.front/s");
  });
});
