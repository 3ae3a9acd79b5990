// A ledger in which two entries name one object, as when git merges a renamed address with the old one: nothing that
// happens to the one may take the object away from the other.

import { describe, expect, test } from "vitest";
import { declare, entry, inSeconds, live, planOf, refusalOf, type Setting } from "./kit.ts";

const rule = live("m.rule", "r1", { source: "x", dest: 1 });
const owned = entry("m.rule", "r1", { source: "x", dest: 1 });
const both = { "m.rule.a": owned, "m.rule.b": owned };
const declared = (key: string, dest = 1) => declare(`m.rule.${key}`, { source: "x", dest });

describe("an object that two entries name", () => {
  test.each<[string, Setting, string]>([
    ["the first is declared", { declared: [declared("a")] }, "m.rule.b"],
    ["the second is declared", { declared: [declared("b")] }, "m.rule.a"],
    ["both are declared", { declared: [declared("a"), declared("b", 2)] }, "m.rule.b"],
  ])("is neither deleted nor changed for the other one where %s", (_, setting, refused) => {
    const plan = planOf({ ...setting, live: [rule], ledger: both });
    expect(plan.steps).toEqual([]);
    expect(plan.refused.map(({ address, code }) => [address, code])).toEqual([[refused, "OWNED_ELSEWHERE"]]);
  });

  test("is deleted at most once by a destroy", () => {
    const plan = planOf({ live: [rule], ledger: both, options: { destroy: true } });
    expect(plan.steps.map(({ vendor_id }) => vendor_id)).toEqual(["r1"]);
    expect(refusalOf(plan, "m.rule.b")).toBe("OWNED_ELSEWHERE");
  });

  test.each(["m.key.k", "m.key.other"])(
    "is not retired at %s while it is the key of an address",
    (address) => {
      const key = entry("m.key", "k1", { name: "k" });
      const retiring = [{ id: "k1", due: inSeconds(-10) }];
      const plan = planOf({
        declared: [declare("m.key.k", { name: "k" }), declare("m.key.other", { name: "other" })],
        live: [live("m.key", "k1", { name: "k" }), live("m.key", "k2", { name: "other" })],
        ledger: {
          "m.key.k": key,
          "m.key.other": entry("m.key", "k2", { name: "other" }),
          [address]:
            address === "m.key.k"
              ? { ...key, retiring }
              : entry("m.key", "k2", { name: "other" }, { retiring }),
        },
      });
      expect(plan.steps).toEqual([]);
    },
  );
});
