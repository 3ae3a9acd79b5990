import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layoutOf } from "../../../src/config/layout.ts";
import { parseYaml } from "../../../src/config/parse.ts";
import { readDocument } from "../../../src/config/read.ts";
import { createReport } from "../../../src/config/report.ts";
import { providers } from "./sample-providers.ts";
import { at, diagnose, document, loadFiles, loadGood, mistake } from "./support.ts";

const rules = (text: string) => `beta:\n  rules:\n${text}`;

describe("YAML", () => {
  test("is read as version 1.2: on, yes and 0o17 mean text, text and 15", async () => {
    const { desired } = await loadGood(
      "alpha: { account_id: on, gardens: { a: { size: 0o17, labels: { x: yes } } } }",
    );
    expect(desired.resources[0]?.fields).toMatchObject({ size: 15, labels: { x: "yes" } });
  });

  test("anchors and << fill what a map leaves out, and explicit keys win", async () => {
    const { desired } = await loadGood(
      "alpha:\n  account_id: a\n  gardens:\n    a: &base { open: true, size: 3 }\n    b: { <<: *base, size: 4 }\n    c: { <<: [{ size: 1 }, *base] }",
    );
    expect(desired.resources.map(({ fields }) => [fields.open, fields.size])).toEqual([
      [true, 3],
      [true, 4],
      [true, 1],
    ]);
  });

  test("a key that stands twice is an error that names both places", async () => {
    const found = await mistake(
      rules("    r: { type: deny, source: a/b }\n    r: { type: deny, source: a/c }"),
    );
    expect(found).toMatchObject({ code: "DUPLICATE_KEY", message: '"r" stands here a second time' });
    expect(at(found)).toBe("6:5");
    expect(found.hint).toContain("gateform.yaml:5:5");
  });

  test("duplicate keys do not hide other mistakes of the same file", async () => {
    const found = await diagnose("alpha: { account_id: a, account_id: b }\nbeta: { ruls: {} }");
    expect(found.map(({ code }) => code)).toEqual(["DUPLICATE_KEY", "UNKNOWN_KEY"]);
  });

  test("a syntax error is reported where it is", async () => {
    const found = await mistake("beta:\n  rules: {\n    r: 1\nalpha: 2");
    expect(found.code).toBe("BAD_YAML");
    expect(found.position).toMatchObject({ file: "gateform.yaml", line: 6 });
    expect(found.snippet).toBe("alpha: 2");
  });

  test.each([
    ["a second document", "beta: {}\n---\nbeta: {}", "a second document begins here"],
    ["a %YAML 1.1 line", "", "asks for YAML 1.1"],
    ["a tag of its own", "beta: !mine {}", "Unresolved tag"],
    [
      "an infinite number",
      "beta: { keys: { a: { budget: { limit: .inf } } } }",
      "no number that JSON can carry",
    ],
    ["a key that is a list", "? [a]\n: b", "a key must be text"],
  ])("%s is refused", async (_, body, message) => {
    const text = body === "" ? `%YAML 1.1\n---\n${document("beta: {}")}` : document(body);
    const { diagnostics } = await loadFiles({ "gateform.yaml": text });
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code: "BAD_YAML" });
    expect(diagnostics[0]?.message).toContain(message);
  });

  test("an expression inside { } gets the hint to quote it", async () => {
    const [found] = await diagnose("beta: { team: ${env:VERCEL_TEAM} }");
    expect(found?.hint).toContain("needs quotes");
  });

  test("a file that is no map is refused", async () => {
    const { diagnostics } = await loadFiles({ "gateform.yaml": "- version: 1\n" });
    expect(diagnostics).toMatchObject([{ code: "WRONG_TYPE", position: { line: 1, column: 1 } }]);
  });

  test("CRLF, a byte order mark and comments change nothing", async () => {
    const { diagnostics, config } = await loadFiles({
      "gateform.yaml": `\uFEFF# hello\r\nversion: 1\r\nstack: test\r\nbeta: { rules: {} }\r\n`,
    });
    expect(diagnostics).toEqual([]);
    expect(config?.desired.stack).toBe("test");
  });

  test("text that is not UTF-8 is refused", async () => {
    const { diagnostics } = await loadFiles({ "gateform.yaml": new Uint8Array([0x61, 0xff, 0xfe]) });
    expect(diagnostics).toMatchObject([{ code: "FILE_UNREADABLE" }]);
    expect(diagnostics[0]?.message).toContain("not UTF-8");
  });
});

describe("hostile YAML", () => {
  test.each([
    ["lists", `beta: ${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["maps", `beta: ${"{a: ".repeat(5_000)}1${"}".repeat(5_000)}`],
    ["blocks", Array.from({ length: 500 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ])("%s nested too deep are one error", async (_, body) => {
    expect((await mistake(body)).code).toBe("TOO_DEEP");
  });

  test("depth that aliases build up counts as well", async () => {
    const lines = ["x0: &x0 [1]"];
    for (let index = 1; index < 200; index++) lines.push(`x${index}: &x${index} [*x${index - 1}]`);
    const found = await diagnose(lines.join("\n"));
    expect(found.map(({ code }) => code)).toContain("TOO_DEEP");
  });

  test("aliases that multiply are refused before they are expanded", async () => {
    const lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
    for (let index = 1; index < 12; index++) {
      lines.push(
        `a${index}: &a${index} [${Array(10)
          .fill(`*a${index - 1}`)
          .join(", ")}]`,
      );
    }
    const found = await diagnose(lines.join("\n"));
    expect(found.map(({ code }) => code)).toContain("TOO_LARGE");
  });

  test.each([
    ["an anchor that is not there", "beta: *nobody"],
    ["its own surroundings", "beta: &b { rules: *b }"],
  ])("an alias to %s is refused", async (_, body) => {
    expect((await mistake(body)).code).toBe("BAD_ALIAS");
  });

  test.each(["__proto__", "constructor", "toString"])("%s is an unknown key like any other", async (key) => {
    expect(
      await mistake(`beta: { rules: { r: { type: deny, source: a/b, ${key}: { x: 1 } } } }`),
    ).toMatchObject({
      code: "UNKNOWN_KEY",
      message: expect.stringContaining(`"${key}"`),
    });
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test("a resource may be called constructor", async () => {
    const { desired } = await loadGood("beta: { rules: { constructor: { type: deny, source: a/b } } }");
    expect(desired.resources.map(({ address }) => address)).toEqual(["beta.rule.constructor"]);
  });

  test("control characters and terminal codes of the file reach neither message nor snippet", async () => {
    const found = await diagnose(
      'beta: { rules: { r: { type: "\\e[31mred\\u202e", source: a/b, "\x1b[2Jx": 1 } } }',
    );
    const shown = found.map(({ message, hint, snippet }) => `${message} ${hint} ${snippet}`).join(" ");
    expect(shown).toContain("[31mred");
    expect(shown).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  test("long text is shortened in messages and left out of snippets", async () => {
    const found = await mistake(`beta: { rules: { r: { source: a/b, type: ${"x".repeat(5000)} } } }`);
    expect(found.message.length).toBeLessThan(150);
    expect(found.snippet?.length).toBeLessThanOrEqual(200);
  });

  test("no text at all makes the reader throw", () => {
    const layout = layoutOf(providers);
    const words = fc.constantFrom(
      ..."version: stack: alpha: beta: gardens: rules: keys: lifecycle: deliver: secret: a b 1 - ? : [ ] { } , & * &a *a <<: ! !!str | > ' \" # % --- ... ${env:A} null ~ .inf 0x1".split(
        " ",
      ),
      "\n",
      "\n  ",
      "\n    ",
      "\t",
      " ",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(words, { maxLength: 60 }).map((list) => list.join(" ")),
          fc.string(),
        ),
        (text) => {
          const report = createReport();
          const tree = parseYaml({ name: "a", directory: "/", text }, report);
          if (tree?.type === "map") readDocument(tree, layout, report);
          expect(tree !== undefined || report.failed()).toBe(true);
          report.diagnostics();
        },
      ),
      { numRuns: 500 },
    );
  });
});
