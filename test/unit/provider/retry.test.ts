import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBucket, type Quota } from "../../../src/provider/bucket.ts";
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
    ["Fri Nov 20 10:00:09 2026 GMT", 9_000],
    ["soon", undefined],
    ["-5", undefined],
    ["soon 2050", undefined],
    ["1,5", undefined],
    [undefined, undefined],
  ])("%s is %s ms", (header, expected) => {
    expect(readRetryAfter(header, now)).toBe(expected);
  });
});

describe("a bucket", () => {
  type Headers = Readonly<Record<string, string>>;

  /** One that is asked and told at given times: each request is answered with its headers, or goes unanswered. */
  function bucket(published?: Quota) {
    const it = createBucket(published);
    const take = (now: number): number => {
      const turn = it.take(now);
      return "wait" in turn ? turn.wait : 0;
    };
    const request = (now: number): number => {
      const turn = it.take(now);
      if ("wait" in turn) throw new Error(`held back for ${turn.wait} ms`);
      return turn.ticket;
    };
    const answer = (ticket: number, now: number, headers: Headers, status = 200): void =>
      it.observe(ticket, { status, header: (name) => headers[name] }, now);
    return {
      take,
      request,
      answer,
      told: (now: number, headers: Headers) => answer(request(now), now, headers),
    };
  }

  const many = <T>(length: number, make: (index: number) => T): T[] =>
    Array.from({ length }, (_, index) => make(index));

  test("that knows no limit holds nothing back", () => {
    const { take } = bucket();
    expect(many(5000, () => take(0)).some((wait) => wait > 0)).toBe(false);
  });

  test("lets through what Cloudflare reports as left, then waits for the reset", () => {
    const { take, told } = bucket();
    told(0, { ratelimit: '"default";r=2;t=10' });
    expect([take(0), take(0), take(0)]).toEqual([0, 0, 10_000]);
    expect(take(10_000)).toBe(0);
  });

  test("leaves a twentieth of the window to others, where the window's size is told", () => {
    const { take, told } = bucket();
    told(0, { ratelimit: '"default";r=62;t=10', "ratelimit-policy": '"default";q=1200;w=300' });
    expect([take(0), take(0), take(0)]).toEqual([0, 0, 10_000]);
  });

  test("leaves nothing to others where it would have to wait for longer than a run does", () => {
    const { take, told } = bucket();
    told(0, { "x-ratelimit-limit": "1000", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "3600" });
    expect([take(0), take(0), take(0)]).toEqual([0, 0, 3_600_000]);
  });

  test("takes a limit of nothing for none", () => {
    const { take, told } = bucket();
    told(0, { "x-ratelimit-limit": "0", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "3600" });
    expect(take(0)).toBe(0);
  });

  test("reads moments by the clock of the server that names them, whatever ours says", () => {
    const now = 1_790_000_000_000;
    const date = new Date(now - 3_600_000).toUTCString();
    const limited = bucket();
    limited.told(now, {
      date,
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(now / 1000 - 3_595),
    });
    expect(limited.take(now)).toBeGreaterThan(4_000);
    expect(limited.take(now)).toBeLessThan(6_000);
    const asked = bucket();
    const retryAfter = new Date(now - 3_595_000).toUTCString();
    asked.answer(asked.request(now), now, { date, "retry-after": retryAfter }, 429);
    expect(asked.take(now)).toBeGreaterThan(4_000);
    expect(asked.take(now)).toBeLessThan(6_000);
  });

  test.each([
    ["since 1970", "1790000005"],
    ["from now", "5"],
  ])("reads X-RateLimit headers with a reset in seconds %s", (_, reset) => {
    const now = 1_790_000_000_000;
    const { take, told } = bucket();
    told(now, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset });
    expect(take(now + 1_000)).toBe(4_000);
  });

  test("counts requests that are under way as used", () => {
    const { take, request, answer } = bucket();
    const first = request(0);
    many(3, () => request(0));
    answer(first, 1, { ratelimit: '"default";r=4;t=10' });
    expect([take(2), take(2)]).toEqual([0, 9_999]);
  });

  test("is not refilled by an older answer that arrives late", () => {
    const { take, request, answer } = bucket();
    const [older, newer] = [request(0), request(0)];
    answer(newer, 0, { ratelimit: '"default";r=1;t=10' });
    answer(older, 1, { ratelimit: '"default";r=9;t=10' });
    expect([take(2), take(2)]).toEqual([0, 9_998]);
  });

  test("is refilled by a newer answer, as a window that slides is", () => {
    const { take, told } = bucket();
    told(0, { ratelimit: '"default";r=1;t=10' });
    told(1, { ratelimit: '"default";r=500;t=10' });
    expect(many(400, () => take(2)).some((wait) => wait > 0)).toBe(false);
  });

  test.each([429, 503, 403])("holds everything back after a %d until Retry-After", (status) => {
    const { take, request, answer } = bucket();
    answer(request(0), 0, { "retry-after": "3" }, status);
    expect(take(1_000)).toBe(2_000);
  });

  test("without a word from the vendor stays below what the vendor publishes", () => {
    const published = { requests: 1200, milliseconds: 300_000, per_second: 200 };
    const { take } = bucket(published);
    const sent: number[] = [];
    for (let now = 0; now < 900_000; ) {
      const wait = take(now);
      if (wait === 0) sent.push(now);
      now += wait;
    }
    const most = (window: number): number =>
      Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + window).length));
    expect(sent.length).toBeGreaterThan(3000);
    expect(most(1000)).toBeLessThanOrEqual(200);
    expect(most(299_000)).toBeLessThanOrEqual(1200);
  });
});
