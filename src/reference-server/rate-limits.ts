/**
 * Requests per token in a fixed window, and the headers both vendors tell about it. Without a limit nothing is
 * counted and Cloudflare's headers, which it always sends, show an idle account.
 */
import { bearerOf } from "./cloudflare/auth.ts";
import { classicFailure } from "./cloudflare/envelopes.ts";
import type { Incoming, Reply, Vendor } from "./http.ts";
import type { Switches } from "./switches.ts";
import { failure } from "./vercel/endpoints.ts";

export interface Verdict {
  /** Goes on every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The answer when the limit is exceeded. */
  readonly refusal: Reply | undefined;
}

export type RateLimits = (vendor: Vendor, incoming: Incoming, switches: Switches, now: number) => Verdict;

/** 1200 requests in 5 minutes per token (docs *Rate limits*, 2026). */
const CLOUDFLARE_QUOTA = 1200;
/** Of a fault's answer alone: Vercel publishes none for these endpoints (2026). */
const VERCEL_QUOTA = 100;
const windows: Readonly<Record<Vendor, number>> = { cloudflare: 300, vercel: 60 };

export function createRateLimits(): RateLimits {
  const used = new Map<string, { start: number; count: number }>();
  return (vendor, incoming, switches, now) => {
    const seconds = windows[vendor];
    const limit = vendor === "cloudflare" ? switches.cloudflare_rate_limit : switches.vercel_rate_limit;
    if (limit === null)
      return { headers: headersOf(vendor, undefined, undefined, seconds), refusal: undefined };
    const key = `${vendor} ${bearerOf(incoming) ?? incoming.headers["x-auth-email"] ?? ""}`;
    const known = used.get(key);
    const window =
      known !== undefined && now < known.start + seconds * 1000 ? known : { start: now, count: 0 };
    window.count += 1;
    used.set(key, window);
    const reset = Math.max(1, Math.ceil((window.start + seconds * 1000 - now) / 1000));
    const headers = headersOf(vendor, limit, Math.max(0, limit - window.count), reset);
    if (window.count <= limit) return { headers, refusal: undefined };
    return { headers, refusal: { ...tooMany(vendor), headers: { "retry-after": String(reset) } } };
  };
}

/** The answer to one request too many: Cloudflare's body may be empty (DIS 2026). */
function tooMany(vendor: Vendor): Reply {
  return vendor === "cloudflare" ? { status: 429 } : failure(429, "rate_limited", "Too many requests");
}

/**
 * The answer to one request too many, by a fault.
 * @param seconds until the window begins anew.
 * @param form how Retry-After says so: RFC 9110, 10.2.3 allows both.
 */
export function throttled(
  vendor: Vendor,
  seconds: number,
  form: "seconds" | "date" | "none",
  now: number,
): Reply {
  const retryAfter =
    form === "seconds"
      ? String(seconds)
      : new Date(Math.ceil(now / 1000) * 1000 + seconds * 1000).toUTCString();
  return {
    ...tooMany(vendor),
    headers: {
      ...headersOf(vendor, vendor === "cloudflare" ? CLOUDFLARE_QUOTA : VERCEL_QUOTA, 0, seconds),
      ...(form === "none" ? {} : { "retry-after": retryAfter }),
    },
  };
}

/** The vendor's error envelope for a status that a fault asks for. */
export function faultReply(vendor: Vendor, status: number): Reply {
  // 971 is Cloudflare's "throttled" (DIS 2026); the other codes are ours.
  const code = status === 429 ? 971 : status >= 500 ? 10001 : 1000;
  const reply =
    vendor === "cloudflare"
      ? classicFailure(status, code, `Injected fault ${status}`)
      : failure(status, status === 429 ? "rate_limited" : "injected_fault", `Injected fault ${status}`);
  return status === 429 ? { ...reply, headers: { "retry-after": "1" } } : reply;
}

function headersOf(
  vendor: Vendor,
  limit: number | undefined,
  remaining: number | undefined,
  reset: number,
): Record<string, string> {
  if (vendor === "cloudflare") {
    const quota = limit ?? CLOUDFLARE_QUOTA;
    return {
      ratelimit: `"default";r=${remaining ?? quota - 1};t=${reset}`,
      "ratelimit-policy": `"default";q=${quota};w=${windows.cloudflare}`,
    };
  }
  // Vercel's headers are API lore, unconfirmed (2026), so they come only with the limit.
  if (limit === undefined || remaining === undefined) return {};
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(reset),
  };
}
