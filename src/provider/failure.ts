// An answer that is no success, and the error that it becomes: the vendor's words, safe to print, and our hint.

import { ProviderError, type Refused } from "./error.ts";
import { readRetryAfter } from "./retry.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** An answer as a provider's `classify` sees it. */
export interface RawAnswer {
  readonly method: Method;
  readonly path: string;
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Parsed JSON; `undefined` when the body is empty or no JSON. */
  readonly body: unknown;
  /** False when there is a body that is no JSON. */
  readonly json: boolean;
}

/** Why an answer is no success. */
export interface Verdict {
  readonly refused: Refused;
  readonly outcome: "not-applied" | "unknown";
  /** The vendor's words, not yet scrubbed. */
  readonly message: string;
  readonly vendor_code?: string;
  /** What to do about it, in our own words. */
  readonly hint?: string;
}

export interface FailureContext {
  readonly request_id: string | undefined;
  /** Makes the vendor's text safe to print. */
  readonly clean: (text: string) => string;
  /** By the vendor's clock, ms since 1970. */
  readonly now: number;
}

/** Makes the error of a refused request. A read never leaves an outcome open. */
export function failureOf(
  title: string,
  answer: RawAnswer,
  verdict: Verdict,
  { request_id, clean, now }: FailureContext,
): ProviderError {
  const words = clean(verdict.message);
  const code = verdict.vendor_code === undefined ? undefined : clean(verdict.vendor_code);
  const retry_after = readRetryAfter(answer.header("retry-after"), now);
  const parts = [
    `${title} answered ${answer.status} to ${answer.method} ${answer.path}`,
    words === "" ? "" : `: ${words}`,
    code === undefined ? "" : ` (code ${code})`,
    verdict.hint === undefined ? "" : `; ${verdict.hint}`,
  ];
  return new ProviderError(parts.join(""), {
    refused: verdict.refused,
    outcome: answer.method === "GET" ? "not-applied" : verdict.outcome,
    status: answer.status,
    ...(code === undefined ? {} : { vendor_code: code }),
    ...(request_id === undefined ? {} : { request_id }),
    ...(retry_after === undefined ? {} : { retry_after }),
  });
}
