// `moved` and `removed` in the head: what a line may say, and what it is read as.

import { describe, expect, test } from "vitest";
import { document, loadFiles } from "./support.ts";

const RULES = "beta: { rules: { b: { type: deny, source: x/b }, c: { type: deny, source: x/c } } }\n";

async function load(head: string, body = RULES) {
  return loadFiles({ "gateform.yaml": document(`${head}\n${body}`) });
}

const move = (from: string, to: string): string => `moved: [{ from: ${from}, to: ${to} }]`;

describe("moved", () => {
  test("is read as written", async () => {
    const { config, diagnostics } = await load(move("beta.rule.a", "beta.rule.b"));
    expect(diagnostics).toEqual([]);
    expect(config?.desired.moved).toEqual([{ from: "beta.rule.a", to: "beta.rule.b" }]);
  });

  test("leads over a chain of lines to what is declared", async () => {
    const chain = "[{ from: beta.rule.x, to: beta.rule.y }, { from: beta.rule.y, to: beta.rule.b }]";
    const { config } = await load(`moved: ${chain}`);
    expect(config?.desired.moved).toEqual([
      { from: "beta.rule.x", to: "beta.rule.b" },
      { from: "beta.rule.y", to: "beta.rule.b" },
    ]);
  });

  test.each([
    ["what is still declared", move("beta.rule.c", "beta.rule.b"), "MOVED_DECLARED", "still declared"],
    ["an end that nobody declares", move("beta.rule.a", "beta.rule.bb"), "MOVED_UNDECLARED", "not declared"],
    ["an address to itself", move("beta.rule.a", "beta.rule.a"), "BAD_MOVE", "itself"],
    ["another kind", move("beta.key.a", "beta.rule.b"), "BAD_MOVE", "stays what it is"],
    ["another parent", move("alpha.plant.f/rose", "alpha.plant.g/rose"), "BAD_MOVE", "cannot leave it"],
    ["no address", move("rule-a", "beta.rule.b"), "BAD_ADDRESS", "is no address"],
    ["a kind that does not exist", move("beta.rool.a", "beta.rule.b"), "UNKNOWN_KIND", "beta.rool"],
    [
      "a number of keys that the kind does not have",
      move("beta.rule.a/x", "beta.rule.b"),
      "BAD_ADDRESS",
      "2 keys",
    ],
    [
      "one address twice as from",
      "moved: [{ from: beta.rule.a, to: beta.rule.b }, { from: beta.rule.a, to: beta.rule.c }]",
      "BAD_MOVE",
      "twice",
    ],
    [
      "one address twice as to",
      "moved: [{ from: beta.rule.a, to: beta.rule.b }, { from: beta.rule.d, to: beta.rule.b }]",
      "BAD_MOVE",
      "twice",
    ],
    [
      "a circle",
      "moved: [{ from: beta.rule.x, to: beta.rule.y }, { from: beta.rule.y, to: beta.rule.x }]",
      "BAD_MOVE",
      "circle",
    ],
  ])("refuses %s, with its place", async (_, head, code, message) => {
    const { config, diagnostics } = await load(head);
    expect(config).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({
      code,
      message: expect.stringContaining(message),
      position: { file: "gateform.yaml", line: 3 },
    });
  });

  test("suggests the address that was meant", async () => {
    const { diagnostics } = await load(move("beta.rule.a", "beta.rule.bb"));
    expect(diagnostics[0]?.hint).toBe("did you mean beta.rule.b?");
  });
});

describe("removed", () => {
  test("warns of an address that is still declared, and takes it all the same", async () => {
    const { config, diagnostics } = await load("removed: [beta.rule.b, beta.rule.gone]");
    expect(config?.desired.removed).toEqual(["beta.rule.b", "beta.rule.gone"]);
    expect(diagnostics).toMatchObject([
      { severity: "warning", code: "REMOVED_DECLARED", position: { line: 3 } },
    ]);
  });
});
