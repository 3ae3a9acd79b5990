// What a failure below HTTP means: whether the request can have reached the vendor, and whether trying again can
// help. Judged by error codes of Node and undici 7.

import type { Refused } from "./error.ts";
import { ProxyError } from "./proxy-error.ts";

/** In milliseconds. */
export interface Timeouts {
  /** Until a connection must stand. */
  readonly connect: number;
  /** For the answer's head, and between two parts of its body. */
  readonly answer: number;
}

/** Cloudflare's SDK waits as long for an answer. */
export const TIMEOUTS: Timeouts = { connect: 10_000, answer: 60_000 };

export interface TransportVerdict {
  readonly refused: Refused;
  readonly outcome: "not-applied" | "unknown";
  /** Continues "Cloudflare …". */
  readonly message: string;
}

/** Failures before a connection is there: nothing was sent. */
const NOT_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection",
  ENOTFOUND: "cannot be reached, its host name was not found",
  EAI_AGAIN: "cannot be reached, its host name cannot be looked up now",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "cannot be reached",
  UND_ERR_CONNECT_TIMEOUT: "did not take the connection in time",
  UND_ERR_HEADERS_TIMEOUT: "did not answer in time",
  UND_ERR_BODY_TIMEOUT: "did not finish its answer in time",
  ECONNRESET: "closed the connection",
  UND_ERR_SOCKET: "closed the connection",
};

/** TLS refuses a certificate before anything is sent, and will again. */
const CERTIFICATE = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** An answer that is larger than we are willing to hold. */
export class OversizeError extends Error {
  override readonly name = "OversizeError";
}

/** Judges an error thrown while a request was sent or its answer read. */
export function connectionVerdict(error: unknown, method: string): TransportVerdict {
  if (error instanceof ProxyError) return error.verdict;
  const code = codeOf(error);
  const maybe = method === "GET" ? "not-applied" : "unknown";
  if (error instanceof OversizeError)
    return { refused: "malformed", outcome: maybe, message: `answered too much: ${error.message}` };
  if (isCertificateError(code))
    return { refused: "invalid", outcome: "not-applied", message: wordsFor(code) };
  if (code === "UND_ERR_INVALID_ARG") {
    const message = "was not asked: the credential holds characters that a header cannot carry";
    return { refused: "authentication", outcome: "not-applied", message };
  }
  const message = wordsFor(code);
  if (NOT_CONNECTED.has(code)) return { refused: "unavailable", outcome: "not-applied", message };
  return { refused: "unavailable", outcome: maybe, message };
}

/** True for a certificate that is not trusted. */
export function isCertificateError(code: string): boolean {
  return CERTIFICATE.test(code);
}

/** An error code in words that continue the name of who was to be talked to. */
export function wordsFor(code: string): string {
  if (isCertificateError(code)) {
    return `showed a certificate that is not trusted (${code}); if a company's own authority signed it, NODE_EXTRA_CA_CERTS names the file with that authority's certificate`;
  }
  return `${WORDS[code] ?? "could not be talked to"} (${code === "" ? "unknown network error" : code})`;
}

/** The first code in an error, its causes and, of several attempts at addresses of one host, the parts. */
export function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string") return at.code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return "";
}
