// What a failure below HTTP means: whether the request can have reached the vendor, and whether trying again can
// help. Judged by error codes of Node and undici 7.

import type { Refused } from "./error.ts";

/** Milliseconds until a connection must stand. */
export const CONNECT_TIMEOUT = 10_000;
/** For the answer's head and between two parts of its body, in milliseconds; Cloudflare's SDK waits as long. */
export const ANSWER_TIMEOUT = 60_000;

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
  const code = codeOf(error);
  const maybe = method === "GET" ? "not-applied" : "unknown";
  if (error instanceof OversizeError)
    return { refused: "malformed", outcome: maybe, message: `answered too much: ${error.message}` };
  if (CERTIFICATE.test(code)) {
    return {
      refused: "invalid",
      outcome: "not-applied",
      message: `showed a certificate that is not trusted (${code})`,
    };
  }
  if (code === "UND_ERR_INVALID_ARG") {
    const message = "was not asked: the credential holds characters that a header cannot carry";
    return { refused: "authentication", outcome: "not-applied", message };
  }
  const message = `${WORDS[code] ?? "could not be talked to"} (${code === "" ? "unknown network error" : code})`;
  if (NOT_CONNECTED.has(code)) return { refused: "unavailable", outcome: "not-applied", message };
  return { refused: "unavailable", outcome: maybe, message };
}

/** The first code in an error, its causes and, of several attempts at addresses of one host, the parts. */
function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string") return at.code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return "";
}
