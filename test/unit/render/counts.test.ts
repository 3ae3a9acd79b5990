import { describe, expect, test } from "vitest";
import { counted, firstOf, listed, verbFor } from "../../../src/render/counts.ts";

describe("counts in words", () => {
  test.each([
    [0, "resource", "0 resources"],
    [1, "resource", "1 resource"],
    [2, "resource", "2 resources"],
    [2, "policy", "2 policies"],
    [2, "key", "2 keys"],
    [2, "live child", "2 live children"],
    [2, "match", "2 matches"],
    [2, "dynamic route", "2 dynamic routes"],
  ])("%i %s is written %s", (count, noun, text) => {
    expect(counted(count, noun)).toBe(text);
  });

  test("a verb agrees with its number", () => {
    expect([verbFor(1, "match"), verbFor(2, "match"), verbFor(1, "differ")]).toEqual([
      "matches",
      "match",
      "differs",
    ]);
  });

  test("a list ends in and", () => {
    expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])]).toEqual([
      "",
      "a",
      "a and b",
      "a, b and c",
    ]);
  });

  test("a long list is cut and the rest is counted", () => {
    expect(firstOf(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
    expect(firstOf(["a", "b"], 2)).toBe("a, b");
  });
});
