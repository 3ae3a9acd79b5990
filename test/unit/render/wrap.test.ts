import { describe, expect, test } from "vitest";
import { wrapped } from "../../../src/render/wrap.ts";

describe("wrapped text", () => {
  test("keeps to the width, later lines indented", () => {
    expect(wrapped("  ", "one two three four five six seven", 4, 30)).toEqual([
      "  one two three four five six",
      "    seven",
    ]);
  });

  test("stays one line without a width, or with one too small to be of use", () => {
    expect(wrapped("> ", "one two three", 4, undefined)).toEqual(["> one two three"]);
    expect(wrapped("> ", "one two three", 4, 20)).toEqual(["> one two three"]);
  });

  test("leaves a word whole that is longer than a line", () => {
    const word = "x".repeat(50);
    expect(wrapped("", `a ${word} b`, 2, 30)).toEqual(["a", `  ${word}`, "  b"]);
  });

  test("counts two columns for a wide character", () => {
    expect(wrapped("", "日本語日本語日本語 日本語日本語日本語", 0, 30)).toHaveLength(2);
  });
});
