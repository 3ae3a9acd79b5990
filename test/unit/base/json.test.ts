import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonicalText,
  compareText,
  deepFreeze,
  isObject,
  type JsonValue,
  jsonEqual,
  record,
} from "../../../src/base/json.ts";

const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;

function turned(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(turned);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, turned(item)]),
  );
}

describe("canonicalText", () => {
  test("sorts keys at every depth and keeps the order of lists", () => {
    expect(canonicalText({ b: [2, 1], a: { d: null, c: "x" } })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}');
  });

  test("is JSON of the value, the same for every order of keys", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalText(turned(value))).toBe(canonicalText(value));
        expect(
          jsonEqual(
            JSON.parse(canonicalText(value)) as JsonValue,
            JSON.parse(JSON.stringify(value)) as JsonValue,
          ),
        ).toBe(true);
      }),
    );
  });

  test("tells different values apart as equality does", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const [one, two] = [a, b].map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
        expect(canonicalText(one as JsonValue) === canonicalText(two as JsonValue)).toBe(jsonEqual(one, two));
      }),
    );
  });

  test("leaves keys out that hold undefined", () => {
    expect(canonicalText({ a: 1, b: undefined } as unknown as JsonValue)).toBe('{"a":1}');
  });
});

describe("jsonEqual", () => {
  const rows: [JsonValue, JsonValue, boolean][] = [
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [[1, 2], [2, 1], false],
    [{}, [], false],
    [null, {}, false],
    [0, null, false],
    ["1", 1, false],
    [{ a: null }, {}, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: 1 }, { a: 1, b: 1 }, false],
    [[1], [1, 2], false],
  ];
  test.each(rows)("%j and %j: %s", (a, b, equal) => {
    expect(jsonEqual(a, b)).toBe(equal);
    expect(jsonEqual(b, a)).toBe(equal);
  });

  test("takes undefined for equal to itself only", () => {
    expect(jsonEqual(undefined, undefined)).toBe(true);
    expect(jsonEqual(undefined, null)).toBe(false);
  });

  test("does not find inherited keys", () => {
    expect(jsonEqual({ toString: 1 }, { valueOf: 1 })).toBe(false);
  });
});

describe("the small ones", () => {
  test("compareText orders by code unit, not by locale", () => {
    expect(["b", "a", "Z", "ä", "_"].sort(compareText)).toEqual(["Z", "_", "a", "b", "ä"]);
  });

  test("record has no prototype, so that __proto__ is a key like any", () => {
    const it = record<number>();
    const name = "__proto__";
    it[name] = 1;
    expect(Object.keys(it)).toEqual([name]);
  });

  test("deepFreeze freezes all the way down", () => {
    const it = deepFreeze({ a: [{ b: 1 }] });
    expect(() => {
      (it.a[0] as { b: number }).b = 2;
    }).toThrow(TypeError);
  });

  test("isObject takes neither null nor lists", () => {
    expect([{}, null, [], "x", 1].map(isObject)).toEqual([true, false, false, false, false]);
  });
});
