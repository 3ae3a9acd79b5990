import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { renderDiagnosticsJson } from "../../src/render/diagnostics-json.ts";
import { renderDiagnosticsMarkdown } from "../../src/render/diagnostics-markdown.ts";
import { renderDiagnosticsText, snippetOf } from "../../src/render/diagnostics-text.ts";
import { COLOURED, PLAIN } from "../../src/render/style.ts";

/** Marks `marked` in the line it stands in. */
function at(line: number, snippet: string, marked: string, rest: Partial<Diagnostic> = {}): Diagnostic {
  const column = snippet.indexOf(marked) + 1;
  return {
    severity: "error",
    code: "UNKNOWN_KEY",
    message: `unknown key ${marked}`,
    position: { file: "gateform.yaml", line, column, width: marked.length },
    snippet,
    ...rest,
  };
}

const all: readonly Diagnostic[] = [
  at(1024, "      日本語: { cach_ttl: 300 } # 👋", "cach_ttl", { hint: 'did you mean "cache_ttl"?' }),
  at(12, "\t\tauthentification: true", "authentification", { hint: 'did you mean "authentication"?' }),
  at(7, `${"a: 1, ".repeat(60)}oops: 1${", b: 2".repeat(60)}`, "oops", { severity: "warning" }),
  at(8, "name: \u001b[31mred\u202e # x", "# x"),
  { severity: "note", code: "DEFAULT_FILE", message: "gateform.yaml is read" },
  {
    severity: "error",
    code: "OUT_OF_SCOPE",
    message: "the ledger has 2 entries in vercel.rules, which no file opens",
    address: "vercel.rule.a",
    hint: "write `rules: {}`, or run `gateform ledger forget vercel.rule.a`",
  },
];

/** The part of the snippet that the caret stands under, where every character is one column wide. */
function marked(item: Diagnostic): string | undefined {
  const snippet = snippetOf(item);
  return snippet?.text.slice(snippet.indent, snippet.indent + snippet.width);
}

describe("the text of diagnostics", () => {
  test("has position, line, caret and hint, in file order", async () => {
    await expect(renderDiagnosticsText(all, { style: PLAIN })).toMatchFileSnapshot(
      "__snapshots__/diagnostics/all.txt",
    );
  });

  test("has colours where the style has them", async () => {
    const text = renderDiagnosticsText(all, { style: COLOURED });
    await expect(text).toMatchFileSnapshot("__snapshots__/diagnostics/coloured.txt");
  });

  test("is empty when there are none", () => {
    expect(renderDiagnosticsText([], { style: PLAIN })).toBe("");
  });

  test("puts the caret under the marked text behind tabs", () => {
    expect(marked(at(1, "\t\tkey:\tvalue", "value"))).toBe("value");
  });

  test("puts the caret under the marked text behind characters that are escaped", () => {
    expect(marked(at(1, "a\u001b[31mb: oops", "oops"))).toBe("oops");
  });

  test("counts two columns for a wide character and none for a combining one", () => {
    expect(snippetOf(at(1, "日本: x", "x"))?.indent).toBe(6);
    expect(snippetOf(at(1, "e\u0301: x", "x"))?.indent).toBe(3);
    expect(snippetOf(at(1, "👋: x", "x"))?.indent).toBe(4);
  });

  test("cuts a long line around the marked text", () => {
    const item = at(1, `${"a: 1, ".repeat(60)}oops: 1${", b: 2".repeat(60)}`, "oops");
    expect(marked(item)).toBe("oops");
    expect(snippetOf(item)?.text.length).toBeLessThan(150);
  });

  test("keeps a caret when the position is behind the end of the line", () => {
    const position = { file: "gateform.yaml", line: 1, column: 99, width: 5 };
    const snippet = snippetOf({ severity: "error", code: "X", message: "x", position, snippet: "short" });
    expect(snippet).toEqual({ text: "short", indent: 5, width: 1 });
  });

  test("does not repeat an address that the message names", () => {
    const item: Diagnostic = {
      severity: "error",
      code: "X",
      message: "vercel.rule.a is odd",
      address: "vercel.rule.a",
    };
    expect(renderDiagnosticsText([item], { style: PLAIN })).toContain("error: vercel.rule.a is odd [X]");
  });
});

describe("the markdown of diagnostics", () => {
  test("has position, line, caret and hint", async () => {
    await expect(renderDiagnosticsMarkdown(all)).toMatchFileSnapshot("__snapshots__/diagnostics/all.md");
  });

  test("fits one comment however many there are", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => at(index + 1, "key: value", "key"));
    const rendered = renderDiagnosticsMarkdown(many);
    expect(Buffer.byteLength(rendered)).toBeLessThanOrEqual(65_536);
    expect(rendered).toMatch(/… and \d+ more/);
  });
});

describe("the JSON of diagnostics", () => {
  test("says whether the files are valid: warnings do not make them invalid", () => {
    const warning: Diagnostic = { severity: "warning", code: "X", message: "x" };
    expect(JSON.parse(renderDiagnosticsJson([warning]))).toEqual({
      format: 1,
      valid: true,
      diagnostics: [warning],
    });
    expect(JSON.parse(renderDiagnosticsJson(all))).toMatchObject({ valid: false });
  });
});
