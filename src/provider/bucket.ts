// Keeps one credential within the vendor's rate limit by what the vendor itself reports: requests left in the
// window, and when it starts again. Until a header says otherwise nothing is held back.

import { readRetryAfter } from "./retry.ts";

export interface Bucket {
  /** Milliseconds to wait before the next request may go; 0 takes one from the window. */
  readonly take: (now: number) => number;
  /** Learns from an answer's headers. */
  readonly observe: (header: (name: string) => string | undefined, status: number, now: number) => void;
}

/** An empty bucket is one that knows of no limit. Times are ms since 1970 by one clock. */
export function createBucket(): Bucket {
  let left = Number.POSITIVE_INFINITY;
  let resetAt = 0;
  /** End of a wait that a 429 asked for. It may be much shorter than the window that other answers report. */
  let blockedUntil = 0;
  return {
    take(now) {
      if (now < blockedUntil) return blockedUntil - now;
      if (now >= resetAt) left = Number.POSITIVE_INFINITY;
      if (left < 1) return resetAt - now;
      left -= 1;
      return 0;
    },
    observe(header, status, now) {
      const retryAfter = status === 429 ? readRetryAfter(header("retry-after"), now) : undefined;
      if (retryAfter !== undefined) {
        blockedUntil = Math.max(blockedUntil, now + retryAfter);
        return;
      }
      const report = readReport(header, now);
      if (report === null) return;
      // Answers arrive out of order: within one window the smaller number is the later one.
      left = now < resetAt ? Math.min(left, report.left) : report.left;
      resetAt = report.resetAt;
    },
  };
}

/**
 * `Ratelimit: "default";r=1150;t=274` (Cloudflare, since 2025-09-03), or `X-RateLimit-Remaining` and `-Reset`
 * (seconds since 1970; Vercel, general API lore).
 */
function readReport(
  header: (name: string) => string | undefined,
  now: number,
): { readonly left: number; readonly resetAt: number } | null {
  const ratelimit = header("ratelimit");
  if (ratelimit !== undefined) {
    const left = /\br=(\d+)/.exec(ratelimit)?.[1];
    const seconds = /\bt=(\d+)/.exec(ratelimit)?.[1];
    return left === undefined || seconds === undefined
      ? null
      : { left: Number(left), resetAt: now + Number(seconds) * 1000 };
  }
  const left = header("x-ratelimit-remaining");
  const reset = header("x-ratelimit-reset");
  if (left === undefined || reset === undefined) return null;
  const parsed = { left: Number(left), resetAt: Number(reset) * 1000 };
  return Number.isFinite(parsed.left) && Number.isFinite(parsed.resetAt) ? parsed : null;
}
