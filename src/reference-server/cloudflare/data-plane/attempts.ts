/**
 * Tries at one provider: retries, delays between them and timeouts (docs *Request handling*, 2026-06-15). Time is
 * reckoned, not spent, so that a test of a minute's retries takes none.
 */

export interface RetryPolicy {
  /** All tries, the first one included. */
  readonly attempts: number;
  /** Milliseconds before the second try. */
  readonly delay: number;
  readonly backoff: "constant" | "linear" | "exponential";
  /** Milliseconds; undefined: none. */
  readonly timeout: number | undefined;
  /** The last of several tries is waited for however long it takes (docs 2026-06-15). */
  readonly lastWaits: boolean;
}

/** What the provider does with one try. */
export interface Behaviour {
  /** An error status; undefined: it answers. */
  readonly status: number | undefined;
  /** Milliseconds until it does either. */
  readonly delay: number;
}

export interface Attempted {
  readonly attempts: number;
  /** Milliseconds, delays between tries included. */
  readonly duration: number;
  /** How the last try ended. */
  readonly outcome: "answered" | "timeout" | { readonly status: number };
}

/** Tries until the provider answers or the policy is used up. Errors other than 429 and 5xx are not retried (our choice). */
export function attempt(policy: RetryPolicy, next: () => Behaviour): Attempted {
  let duration = 0;
  for (let attempts = 1; ; attempts++) {
    const last = attempts >= policy.attempts;
    const { status, delay } = next();
    const patient = policy.timeout === undefined || (last && attempts > 1 && policy.lastWaits);
    const late = !patient && delay > policy.timeout;
    duration += late ? policy.timeout : delay;
    const outcome: Attempted["outcome"] = late ? "timeout" : status === undefined ? "answered" : { status };
    const again = late || (status !== undefined && (status === 429 || status >= 500));
    if (last || !again) return { attempts, duration, outcome };
    duration += pause(policy, attempts);
  }
}

function pause({ delay, backoff }: RetryPolicy, retry: number): number {
  if (backoff === "linear") return delay * retry;
  return backoff === "exponential" ? delay * 2 ** (retry - 1) : delay;
}
