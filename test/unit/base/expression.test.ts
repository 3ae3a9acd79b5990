import { describe, expect, test } from "vitest";
import {
  compareFingerprints,
  describeSource,
  isRefMark,
  isSecretMark,
  listMarks,
  mapMarks,
} from "../../../src/base/expression.ts";

const secret = { $secret: { source: { env: "KEY" } } };
const ref = { $ref: "vercel.key.ci" };

describe("marks", () => {
  test("are objects of their own form only", () => {
    expect([secret, { $secret: {} }, { $secret: "x" }, ref, null, []].map(isSecretMark)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect([ref, { $ref: 1 }, secret].map(isRefMark)).toEqual([true, false, false]);
  });

  test("are found at every depth, with their paths, in document order", () => {
    const found = listMarks({ a: [1, secret], b: { c: ref, d: "x" } });
    expect(found.map((item) => item.path.join("."))).toEqual(["a.1", "b.c"]);
  });

  test("are replaced and everything else is copied", () => {
    const value = { a: [1, secret], b: { c: ref } };
    expect(mapMarks(value, (mark) => ("$ref" in mark ? "id" : "hidden"))).toEqual({
      a: [1, "hidden"],
      b: { c: "id" },
    });
    expect(value.a[1]).toBe(secret);
  });

  test("name their source and never a value", () => {
    expect(describeSource({ env: "KEY" })).toBe("env KEY");
    expect(describeSource({ file: "k.txt" })).toBe("file k.txt");
    expect(describeSource({ command: ["pass", "show", "x"] })).toBe("command pass");
  });
});

describe("compareFingerprints", () => {
  test.each([
    ["k:1", "k:1", "same"],
    ["k:1", "k:2", "different"],
    ["k:1", "j:1", "not-comparable"],
    [undefined, "k:1", "not-comparable"],
    [undefined, undefined, "not-comparable"],
  ] as const)("%s and %s: %s", (a, b, result) => {
    expect(compareFingerprints(a, b)).toBe(result);
    expect(compareFingerprints(b, a)).toBe(result);
  });
});
