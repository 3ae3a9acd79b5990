import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/base/json.ts";
import type { Change } from "../../../src/model/plan.ts";
import { type ChangeView, viewChange } from "../../../src/render/change-view.ts";

function view(before: JsonValue, after: JsonValue, rest: Partial<Change> = {}): ChangeView {
  return viewChange({ path: "x", before, after, moved: "config", ...rest }, { width: 40, cut: true });
}

const sides = (shown: ChangeView) => [shown.before, shown.after];
const lines = (shown: ChangeView) => shown.lines?.map(({ mark, text }) => `${mark} ${text}`);

describe("a changed value", () => {
  test("stands on one line while it is short", () => {
    expect(sides(view(300, { b: [true, null], a: "x" }))).toEqual(["300", '{ a: "x", b: [true, null] }']);
  });

  test("is (none) when absent, and null inside something", () => {
    expect(sides(view(null, { a: null }))).toEqual(["(none)", "{ a: null }"]);
  });

  test("tells a string from what looks like it", () => {
    expect(sides(view("true", true))).toEqual(['"true"', "true"]);
  });

  test("is a line diff when it has several lines", () => {
    expect(lines(view("a\nb", "a\nc"))).toEqual(["  a", "- b", "+ c"]);
  });

  test("shows that only the last line break differs", () => {
    expect(lines(view("a\nb", "a\nb\n"))).toEqual(["  a", "  b", "+ "]);
  });

  test("is laid out when it is a long structure, equal members together whatever their order", () => {
    const before = { first: "some long text here", second: "another long text" };
    const after = { second: "another long text", first: "some other text here" };
    expect(lines(view(before, after))).toEqual([
      "  {",
      '-   first: "some long text here"',
      '+   first: "some other text here"',
      '    second: "another long text"',
      "  }",
    ]);
  });

  test("has lines left out that are far from any difference", () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const shown = lines(view(text.join("\n"), text.with(0, "new").with(29, "new").join("\n")));
    expect(shown).toContain("… 22 equal lines");
    expect(shown).toHaveLength(2 + 3 + 1 + 3 + 2);
  });

  test("is shown whole on both sides when nearly all lines differ and there are very many", () => {
    const many = (prefix: string) =>
      Array.from({ length: 3_000 }, (_, index) => `${prefix}${index}`).join("\n");
    expect(view(many("a"), many("b")).lines).toHaveLength(6_000);
  });

  test("is told apart from one whose unsafe character is written out", () => {
    expect(lines(view("a\nx\u202e", "a\nx\\u202e"))).toEqual(["  a", "- x\\u202e", "+ x\\u202e"]);
  });
});

describe("a secret", () => {
  const mark = (secret: object): JsonValue => ({ $secret: secret }) as JsonValue;
  const sourced = mark({ source: { env: "KEY" }, fingerprint: "k:1" });

  test("shows where it comes from and neither value nor fingerprint", () => {
    expect(sides(view(mark({ fingerprint: "k:2" }), sourced))).toEqual(["(sensitive)", "(secret, env KEY)"]);
  });

  test("shows that it changed when nothing says where it comes from", () => {
    expect(sides(view(mark({ fingerprint: "k:1" }), mark({ fingerprint: "k:2" })))).toEqual([
      "(sensitive)",
      "(sensitive, changed)",
    ]);
  });

  test("looks the same on both sides of a structure when its fingerprints agree", () => {
    const before = { url: "a", auth: mark({ fingerprint: "k:1" }) };
    expect(sides(view(before, { url: "b", auth: sourced }, { sensitive: true }))).toEqual([
      '{ auth: (secret, env KEY), url: "a" }',
      '{ auth: (secret, env KEY), url: "b" }',
    ]);
  });

  test("is hidden whole where the field is sensitive and nothing in it is marked", () => {
    expect(sides(view("hunter2", { a: "hunter3" }, { sensitive: true }))).toEqual([
      "(sensitive)",
      "(sensitive, changed)",
    ]);
    expect(sides(view(null, ["hunter2"], { sensitive: true }))).toEqual(["(none)", "(sensitive)"]);
  });

  test("says that the vendor masks it", () => {
    expect(view(mark({ masked: true }), sourced).before).toBe("(sensitive, masked by the vendor)");
  });
});

describe("a reference", () => {
  test("names what it waits for", () => {
    expect(view(null, { $ref: "cloudflare.gateway.a" }).after).toBe(
      "(known after apply: cloudflare.gateway.a)",
    );
  });
});

describe("the notes of a change", () => {
  test("say who moved and what is forced", () => {
    expect(view(1, 2).notes).toEqual([]);
    expect(view(1, 2, { moved: "unknown" }).notes).toEqual([]);
    expect(view(1, 2, { moved: "world" }).notes).toEqual(["drift"]);
    expect(view(1, 2, { moved: "both", forces_replacement: true }).notes).toEqual([
      "forces replacement",
      "drift and config",
    ]);
  });
});
