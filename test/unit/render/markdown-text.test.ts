import { describe, expect, test } from "vitest";
import { codeHtml, codeSpan, fenced, marker, prose } from "../../../src/render/markdown-text.ts";

describe("text in markdown", () => {
  test("is fenced by more backticks than it has", () => {
    expect(codeSpan("plain")).toBe("`plain`");
    expect(codeSpan("a``b")).toBe("```a``b```");
    expect(codeSpan("`a`")).toBe("`` `a` ``");
    expect(fenced("diff", ["```"])).toBe("````diff\n```\n````");
  });

  test("is never an empty code span, which would be two literal backticks", () => {
    expect(codeSpan("")).toBe("` `");
  });

  test("is escaped in HTML", () => {
    expect(codeHtml('</code><b a="&">')).toBe("<code>&lt;/code&gt;&lt;b a=&quot;&amp;&quot;&gt;</code>");
  });

  test("loses the meaning of its punctuation", () => {
    expect(prose("a *b* [c] <d> | e_f")).toBe("a \\*b\\* \\[c\\] \\<d\\> \\| e\\_f");
  });

  test("mentions nobody, refers to nothing and links nowhere", () => {
    expect(prose("ask @octocat, see #12 or https://x.example.")).toBe(
      "ask `@octocat`, see `#12` or `https://x.example`.",
    );
  });

  test("begins no list", () => {
    expect(prose("- item")).toBe("\\- item");
    expect(prose("1. item")).toBe("1\\. item");
  });

  test("keeps what our own messages put between backticks as code", () => {
    expect(prose("run `gateform adopt a_b=c` now")).toBe("run `gateform adopt a_b=c` now");
  });

  test("takes a lone backtick for itself", () => {
    expect(prose("a `b_c")).toBe("a \\`b\\_c");
  });

  test("never joins two code spans into one", () => {
    expect(prose("see @a`b`")).toBe("see `@a` `b`");
  });
});

describe("the hidden marker", () => {
  test("names product and stack", () => {
    expect(marker("plan", "acme-prod")).toBe("<!-- gateform:plan stack=acme-prod -->");
    expect(marker("validate")).toBe("<!-- gateform:validate -->");
  });

  test("cannot be closed by a stack's name", () => {
    expect(marker("plan", "a --><b>")).toBe("<!-- gateform:plan stack=a_--__b_ -->");
  });
});
