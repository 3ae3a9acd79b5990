// How long to wait before a request is tried again: the clock and the dice are given. And the waiting itself.

/** Tries per request, the first one included. */
export const MAX_TRIES = 4;

/** Base of the exponential back-off and its cap, in milliseconds. */
const BASE = 200;
const CAP = 5_000;

/** The longest time a vendor may tell us to wait; Cloudflare blocks for up to five minutes (docs "Rate limits", 2026). */
export const LONGEST_WAIT = 300_000;

/**
 * Milliseconds to wait after try number `tries` (from 1), or `null` when the vendor asks for more than
 * `LONGEST_WAIT`.
 * @param retryAfter what the vendor asks for, in milliseconds.
 * @param random a number from 0 to 1.
 */
export function backOff(tries: number, retryAfter: number | undefined, random: number): number | null {
  if (retryAfter !== undefined && retryAfter > LONGEST_WAIT) return null;
  const own = Math.min(CAP, BASE * 2 ** (tries - 1)) * (0.75 + random / 4);
  return Math.max(own, retryAfter ?? 0);
}

/** An HTTP date begins with a day's name; of other texts `Date.parse` makes some date as well. */
const HTTP_DATE = /^\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/i;

/** Milliseconds that a `Retry-After` header asks for: seconds or an HTTP date. `now` is the vendor's clock. */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const date = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Now by the clock of the server that sent a `Date` header at `now`. The header counts whole seconds, so a difference
 * of one is none.
 */
export function serverTime(date: string | undefined, now: number): number {
  const theirs = date === undefined ? Number.NaN : Date.parse(date) + 500;
  return Number.isNaN(theirs) || Math.abs(theirs - now) <= 1000 ? now : theirs;
}

/** Waits; ends early when the signal fires. */
export function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
  });
}
