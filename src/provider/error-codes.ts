// Error codes of Node and undici 7 below HTTP: what they say, and how far a request had got.

/** Failures before a connection is there: nothing was sent. */
const UNCONNECTED = new Set([
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
  UND_ERR_HTTP_PARSER: "answered with something that is not HTTP",
};

/** TLS refuses a certificate before anything is sent, and will again. Other errors of TLS may come at any time. */
const CERTIFICATE = /^(?:CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** True for a connection that never stood. */
export function isUnconnected(code: string): boolean {
  return UNCONNECTED.has(code);
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
  if (/^(?:ERR_SSL_|EPROTO$)/.test(code)) return `could not be talked to by TLS (${code})`;
  return `${WORDS[code] ?? "could not be talked to"} (${code === "" ? "unknown network error" : code})`;
}

/** The first code in an error, its causes and, of several attempts at addresses of one host, the parts. */
export function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string") return at.code;
    // Of undici's errors the only one that need not have a code.
    if (at.name === "HTTPParserError") return "UND_ERR_HTTP_PARSER";
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return "";
}
