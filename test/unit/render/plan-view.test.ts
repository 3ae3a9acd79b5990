import { describe, expect, test } from "vitest";
import type { Step } from "../../../src/model/plan.ts";
import { blockNotes, blocksOf, blockVerb } from "../../../src/render/plan-view.ts";
import { changeOf, stepOf } from "../../golden/sample-plan.ts";
import { adoptAndUpdate, checkSecret, replaceWithGap, retireKey } from "../../golden/sample-steps.ts";

const actions = (steps: readonly Step[]) =>
  blocksOf({ steps }).map((block) => `${block.action} ${block.address}`);
const create = (address: string) => stepOf({ action: "create", address, reason: "new" });

describe("the blocks of a plan", () => {
  test("come in the order of the first step of each address", () => {
    const [first, second] = replaceWithGap as [Step, Step];
    expect(actions([create("b"), first, create("a"), second])).toEqual([
      "create b",
      "replace vercel.rule.rewrite",
      "create a",
    ]);
  });

  test("make one of adoption and the update after it", () => {
    const [block] = blocksOf({ steps: adoptAndUpdate });
    expect(block && blockVerb(block)).toBe("adopt, then update");
    expect(block?.changes.map((change) => change.path)).toEqual(["budget.limit"]);
  });

  test("keep an earlier live one of the same address apart", () => {
    expect(actions([create("vercel.key.ci"), retireKey])).toEqual([
      "create vercel.key.ci",
      "delete vercel.key.ci",
    ]);
  });

  test("have each path once", () => {
    const steps = (["update", "check-secret"] as const).map((action) =>
      stepOf({ action, address: "a", reason: "changed", changes: [changeOf("x", 1, 2)] }),
    );
    expect(blocksOf({ steps })[0]?.changes).toHaveLength(1);
  });
});

describe("the notes of a block", () => {
  test("say that only one half of a replacement is left", () => {
    const [, half] = replaceWithGap as [Step, Step];
    const [block] = blocksOf({ steps: [half] });
    expect(block?.action).toBe("replace");
    expect(block && blockNotes(block)).toEqual(["gap: the old one goes before the new one is there"]);
  });

  test.each([
    ["has its source here and nothing to compare it with", "hmac:1", "cannot be compared"],
    ["is not here", undefined, "can only be told at apply"],
  ])("of a stored secret that %s say so", (_, fingerprint, words) => {
    const $secret = { source: { env: "KEY" }, ...(fingerprint === undefined ? {} : { fingerprint }) };
    const changes = [changeOf("secret", { $secret: {} }, { $secret }, { sensitive: true })];
    const [block] = blocksOf({ steps: [{ ...checkSecret, changes }] });
    expect(block && blockNotes(block)).toEqual([expect.stringContaining(words)]);
  });

  test("say what goes before, and what is so until its successor is there", () => {
    const risks = [
      { code: "rule-gap", path: "source", message: "Requests get through", meanwhile: true as const },
      { code: "other", path: "x", message: "For good" },
    ];
    const [block] = blocksOf({
      steps: [stepOf({ action: "create", address: "b", reason: "new", instead_of: "a", risks })],
    });
    expect(block && blockNotes(block)).toEqual([
      "gap: a goes before this one is there",
      "Requests get through",
    ]);
  });

  test("tell an exchange of entries from a new name", () => {
    const notes = (more: Partial<Step>) => {
      const [block] = blocksOf({
        steps: [stepOf({ action: "record", address: "b", reason: "moved", ...more })],
      });
      return block && blockNotes(block).at(-1);
    };
    expect(notes({ from: "a" })).toMatch(/^renamed from a/);
    expect(notes({ from: "a", exchange: "rule_2" })).toMatch(/^changes places with a:/);
  });

  test("count what goes with a delete by its noun and name the first five", () => {
    const children = ["a", "b", "c", "d", "e", "f"].map((name) => ({ noun: "dataset", id: name, name }));
    const [block] = blocksOf({
      steps: [stepOf({ action: "delete", address: "a", reason: "replaced", children })],
    });
    expect(block && blockNotes(block)).toEqual(["takes with it 6 datasets (a, b, c, d, e and 1 more)"]);
  });
});
