import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBucket } from "../../../src/provider/bucket.ts";
import { backOff, LONGEST_WAIT, readRetryAfter } from "../../../src/provider/retry.ts";

const dice = fc.double({ min: 0, max: 1, noNaN: true });

describe("backing off", () => {
  test("never waits less than the vendor asks for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: LONGEST_WAIT }),
        dice,
        (tries, asked, random) => (backOff(tries, asked, random) ?? -1) >= asked,
      ),
    );
  });

  test("waits between 150 and 200 ms at first and doubles from try to try", () => {
    fc.assert(
      fc.property(dice, (random) => {
        const first = backOff(1, undefined, random) ?? 0;
        expect(first).toBeGreaterThanOrEqual(150);
        expect(first).toBeLessThanOrEqual(200);
        expect(backOff(2, undefined, random)).toBeCloseTo(2 * first);
      }),
    );
  });

  test("refuses to wait longer than five minutes", () => {
    expect(backOff(1, LONGEST_WAIT + 1, 0)).toBeNull();
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-11-20T10:00:00Z");

  test.each([
    ["2", 2_000],
    ["0", 0],
    ["1.5", 1_500],
    ["Fri, 20 Nov 2026 10:00:09 GMT", 9_000],
    ["Fri, 20 Nov 2026 09:00:00 GMT", 0],
    ["soon", undefined],
    [undefined, undefined],
  ])("%s is %s ms", (header, expected) => {
    expect(readRetryAfter(header, now)).toBe(expected);
  });
});

describe("a bucket", () => {
  const headers = (values: Record<string, string>) => (name: string) => values[name];

  test("that knows no limit holds nothing back", () => {
    const bucket = createBucket();
    expect(Array.from({ length: 5000 }, () => bucket.take(0)).some((wait) => wait > 0)).toBe(false);
  });

  test("lets through what Cloudflare reports as left, then waits for the reset", () => {
    const bucket = createBucket();
    bucket.observe(headers({ ratelimit: '"default";r=2;t=10' }), 200, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 10_000]);
    expect(bucket.take(10_000)).toBe(0);
  });

  test("reads X-RateLimit headers with a reset in seconds since 1970", () => {
    const bucket = createBucket();
    bucket.observe(headers({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "5" }), 200, 1_000);
    expect(bucket.take(1_000)).toBe(4_000);
  });

  test("is not refilled by an older answer that arrives late", () => {
    const bucket = createBucket();
    bucket.observe(headers({ ratelimit: '"default";r=1;t=10' }), 200, 0);
    bucket.observe(headers({ ratelimit: '"default";r=9;t=10' }), 200, 1);
    expect([bucket.take(2), bucket.take(2)]).toEqual([0, 9_999]);
  });

  test("holds everything back after a 429 until Retry-After", () => {
    const bucket = createBucket();
    bucket.observe(headers({ "retry-after": "3" }), 429, 0);
    expect(bucket.take(1_000)).toBe(2_000);
  });
});
