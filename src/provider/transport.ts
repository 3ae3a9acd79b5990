// What a failure below HTTP means: whether the request can have reached the vendor, and whether trying again can
// help.

import type { Refused } from "./error.ts";
import { codeOf, isCertificateError, isUnconnected, wordsFor } from "./error-codes.ts";
import { ProxyError } from "./proxy-error.ts";

/** In milliseconds. */
export interface Timeouts {
  /** Until a connection must stand. */
  readonly connect: number;
  /** For the answer's head, and between two parts of its body. */
  readonly answer: number;
  /** For the whole body: one that trickles in must not hold up a run for ever. */
  readonly body: number;
}

/** Cloudflare's SDK waits as long for an answer. */
export const TIMEOUTS: Timeouts = { connect: 10_000, answer: 60_000, body: 120_000 };

export interface TransportVerdict {
  readonly refused: Refused;
  readonly outcome: "not-applied" | "unknown";
  /** Continues "Cloudflare …". */
  readonly message: string;
  /** Nothing came for as long as there is time. */
  readonly silent?: true;
}

/** An answer that is not read: too large, or no text. The message continues "Cloudflare …". */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}

/** undici's, for a part of an answer that stops coming. */
type SlowCode = "UND_ERR_HEADERS_TIMEOUT" | "UND_ERR_BODY_TIMEOUT";

/** A head or a body that took too long, however steadily it came. */
export class SlowAnswerError extends Error {
  override readonly name = "SlowAnswerError";
  readonly code: SlowCode;

  constructor(code: SlowCode) {
    super("the answer came too slowly");
    this.code = code;
  }
}

/** Judges an error thrown while a request was sent or its answer read. */
export function connectionVerdict(error: unknown, method: string): TransportVerdict {
  if (error instanceof ProxyError) return error.verdict;
  const code = codeOf(error);
  const maybe = method === "GET" ? "not-applied" : "unknown";
  if (error instanceof UnreadableError)
    return { refused: "malformed", outcome: maybe, message: error.message };
  if (code === "UND_ERR_INVALID_ARG") {
    const message = "was not asked: the credential holds characters that a header cannot carry";
    return { refused: "authentication", outcome: "not-applied", message };
  }
  const message = wordsFor(code);
  if (isCertificateError(code)) return { refused: "invalid", outcome: "not-applied", message };
  return {
    refused: "unavailable",
    outcome: isUnconnected(code) ? "not-applied" : maybe,
    message,
    ...(code.endsWith("_TIMEOUT") ? { silent: true } : {}),
  };
}
