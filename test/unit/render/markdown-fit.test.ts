import { describe, expect, test } from "vitest";
import { fitMarkdown, type MarkdownSection } from "../../../src/render/markdown-fit.ts";

const section = (heading: string, items: readonly string[]): MarkdownSection => ({
  heading,
  items,
  between: "\n",
  rest: (count) => `${count} more`,
});

describe("markdown that must fit", () => {
  test("is head, sections and tail when it does", () => {
    const fitted = fitMarkdown("head", [section("# A", ["- a", "- b"]), section("# B", [])], "tail", 200);
    expect(fitted).toBe("head\n\n# A\n\n- a\n- b\n\ntail\n");
  });

  test("loses whole items from the end of a section and counts them", () => {
    const fitted = fitMarkdown(
      "head",
      [section("# A", ["1".repeat(20), "2".repeat(20), "3".repeat(20)])],
      "",
      70,
    );
    expect(fitted).toBe(`head\n\n# A\n\n${"1".repeat(20)}\n${"2".repeat(20)}\n\n1 more\n`);
  });

  test("keeps the heading and the count of a later section that has no space left", () => {
    const fitted = fitMarkdown(
      "head",
      [section("# A", ["x".repeat(40)]), section("# B", ["y".repeat(40)])],
      "",
      100,
    );
    expect(fitted).toContain("x".repeat(40));
    expect(fitted).toContain("# B\n\n1 more");
  });

  test("never exceeds the limit, in bytes and therefore in characters", () => {
    const items = Array.from({ length: 20 }, () => "世界👋");
    for (let limit = 80; limit < 300; limit += 7) {
      const fitted = fitMarkdown("head", [section("# A", items), section("# B", items)], "tail", limit);
      expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(limit);
    }
  });
});
