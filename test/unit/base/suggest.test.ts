import { describe, expect, test } from "vitest";
import { suggest } from "../../../src/base/suggest.ts";

const KEYS = [
  "cache_ttl",
  "collect_logs",
  "rate_limiting_limit",
  "rate_limiting_interval",
  "authentication",
  "id",
  "zdr",
];

describe("suggest", () => {
  test.each([
    ["cachettl", "cache_ttl"],
    ["cache_tll", "cache_ttl"],
    ["authentification", "authentication"],
    ["Collect_Logs", "collect_logs"],
    ["rate_limitng_limit", "rate_limiting_limit"],
    ["idd", "id"],
    ["zrd", "zdr"],
  ])("takes %s for %s", (found, meant) => {
    expect(suggest(found, KEYS)).toBe(meant);
  });

  test.each(["spend", "xxxxxxxx", "collections_of_all_the_logs", ""])("finds nothing near %j", (found) => {
    expect(suggest(found, KEYS)).toBeUndefined();
  });

  test("counts a swap of neighbours as one slip", () => {
    expect(suggest("aide", ["aied", "bcde"])).toBe("aied");
  });

  test("takes the first by name of two that are equally near, in whatever order they come", () => {
    expect(suggest("bat", ["rat", "cat"])).toBe("cat");
    expect(suggest("bat", ["cat", "rat"])).toBe("cat");
  });
});
