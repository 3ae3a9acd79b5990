// Keeps one credential within a server's rate limit: by what the server itself reports – requests left in the window,
// and when it starts again – and, until it does, by what it publishes. A part of the window is left to others, as
// limits count everything that is done with a credential, on a dashboard too.

import { LONGEST_WAIT, readRetryAfter, serverTime } from "./retry.ts";

/** A limit that a vendor publishes. */
export interface Quota {
  readonly requests: number;
  /** Length of its window. */
  readonly milliseconds: number;
  /** Requests that may follow one another within a second. */
  readonly per_second: number;
}

/** Whether a request may go: how many milliseconds to wait, or the number that it goes by. */
export type Turn = { readonly wait: number } | { readonly ticket: number };

export interface Bucket {
  readonly take: (now: number) => Turn;
  /** Learns from the headers of the answer to the request that went by `ticket`. */
  readonly observe: (ticket: number, answer: Headed, now: number) => void;
}

export interface Headed {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
}

/** Part of a window that is left to others. */
const RESERVE = 0.05;

/** Answers that ask everybody to slow down, where they name a time. GitHub's secondary limits come as 403. */
const SLOW_DOWN = [403, 429, 503];

/**
 * Without `published` nothing is held back before a header says so. Times are ms since 1970 by this machine's clock;
 * moments that a server names are read by that server's own.
 */
export function createBucket(published?: Quota): Bucket {
  let left = Number.POSITIVE_INFINITY;
  let reserve = 0;
  let resetAt = 0;
  /** End of a wait that an answer asked for. It may be much shorter than the window that other answers report. */
  let blockedUntil = 0;
  let taken = 0;
  /** Ticket of the request whose answer `left` was learned from. */
  let learnedBy = 0;
  const spacing = published === undefined ? undefined : spacingOf(published.per_second);

  function openWindow(now: number): void {
    left = published?.requests ?? Number.POSITIVE_INFINITY;
    reserve = Math.floor((published?.requests ?? 0) * RESERVE);
    resetAt = now + (published?.milliseconds ?? 0);
  }

  return {
    take(now) {
      if (now < blockedUntil) return { wait: blockedUntil - now };
      if (now >= resetAt) openWindow(now);
      // Who would have to give up rather than wait does not leave anything to others.
      const kept = resetAt - now > LONGEST_WAIT ? 0 : reserve;
      if (left - kept < 1) return { wait: Math.max(1, resetAt - now) };
      const wait = spacing?.(now) ?? 0;
      if (wait > 0) return { wait };
      left -= 1;
      taken += 1;
      return { ticket: taken };
    },
    observe(ticket, answer, now) {
      const { status, header } = answer;
      const theirs = serverTime(header("date"), now);
      const retryAfter = SLOW_DOWN.includes(status)
        ? readRetryAfter(header("retry-after"), theirs)
        : undefined;
      if (retryAfter !== undefined) {
        blockedUntil = Math.max(blockedUntil, now + retryAfter);
        return;
      }
      const report = readReport(header, now, now - theirs);
      // Answers arrive out of order: of one window, the one to the latest request knows most.
      if (report === null || (ticket < learnedBy && now < resetAt)) return;
      learnedBy = ticket;
      // What went after it may not be counted in it.
      left = report.left - (taken - ticket);
      reserve = Math.floor((report.quota ?? published?.requests ?? 0) * RESERVE);
      resetAt = report.resetAt;
    },
  };
}

/** Lets a tenth of a second's worth of requests go at once and the others one by one. */
function spacingOf(perSecond: number): (now: number) => number {
  const most = Math.max(1, perSecond / 10);
  const rate = ((perSecond - most) * (1 - RESERVE)) / 1000;
  let tokens = most;
  let last = 0;
  return (now) => {
    tokens = Math.min(most, tokens + Math.max(0, now - last) * rate);
    last = now;
    if (tokens < 1) return Math.ceil((1 - tokens) / rate);
    tokens -= 1;
    return 0;
  };
}

interface Report {
  readonly left: number;
  readonly resetAt: number;
  readonly quota?: number;
}

/**
 * `Ratelimit: "default";r=1150;t=274` with `Ratelimit-Policy: "default";q=1200;w=300` (Cloudflare, since 2025-09-03),
 * or `X-RateLimit-Limit`, `-Remaining` and `-Reset` (GitHub; Vercel, general API lore).
 */
function readReport(header: Headed["header"], now: number, behind: number): Report | null {
  const ratelimit = header("ratelimit");
  return ratelimit === undefined
    ? reportOf(
        header("x-ratelimit-remaining"),
        momentOf(Number(header("x-ratelimit-reset")), now, behind),
        header("x-ratelimit-limit"),
      )
    : reportOf(
        /\br=(\d+)/.exec(ratelimit)?.[1],
        now + Number(/\bt=(\d+)/.exec(ratelimit)?.[1]) * 1000,
        /\bq=(\d+)/.exec(header("ratelimit-policy") ?? "")?.[1],
      );
}

function reportOf(left: string | undefined, resetAt: number, quota: string | undefined): Report | null {
  if (left === undefined || !/^\d+$/.test(left) || !Number.isFinite(resetAt)) return null;
  // A limit of nothing at all is none: its answer would not be there.
  if (quota === "0") return null;
  return {
    left: Number(left),
    resetAt,
    ...(quota === undefined || !/^\d+$/.test(quota) ? {} : { quota: Number(quota) }),
  };
}

/**
 * Seconds since 1970, or, where that would be long ago, from now: servers have been seen to do both.
 * @param behind milliseconds that the server's clock is behind ours.
 */
function momentOf(seconds: number, now: number, behind: number): number {
  return seconds < 1_000_000_000 ? now + seconds * 1000 : seconds * 1000 + behind;
}
