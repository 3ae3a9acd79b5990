// What goes wrong at a proxy, before anything reached the one who was to be asked. Names the proxy without its user
// and password, and the variable that it comes from.

import { codeOf, isCertificateError, isUnconnected, wordsFor } from "./error-codes.ts";
import type { ProxyServer } from "./proxy.ts";
import type { TransportVerdict } from "./transport.ts";

export class ProxyError extends Error {
  override readonly name = "ProxyError";
  readonly verdict: TransportVerdict;

  constructor(verdict: TransportVerdict) {
    super(verdict.message);
    this.verdict = verdict;
  }
}

/** A proxy that answered a request for `target` with something else than the way there. */
export function refusedBy(proxy: ProxyServer, status: number, target: string): ProxyError {
  const answered = `answered ${status} to a request for ${target}`;
  if (status === 407) {
    const why = proxy.has_credential
      ? `it does not take the user and password in ${proxy.variable}`
      : `it wants a user and a password: ${proxy.variable}=${proxy.url.protocol}//USER:PASSWORD@${proxy.url.host}`;
    return notReached(proxy, "invalid", `${answered}: ${why}`);
  }
  // A gateway's 502 to 504 are about the way to the target, which may be there the next time.
  if (status >= 500) return notReached(proxy, "unavailable", answered);
  return notReached(
    proxy,
    "invalid",
    `${answered}; if it should not be asked for that host, name the host in NO_PROXY`,
  );
}

/** The error of a connection to the proxy that never stood; `undefined` for one that did. */
export function notConnected(proxy: ProxyServer, error: unknown): ProxyError | undefined {
  const code = codeOf(error);
  if (isCertificateError(code)) return notReached(proxy, "invalid", wordsFor(code));
  return isUnconnected(code) ? notReached(proxy, "unavailable", wordsFor(code)) : undefined;
}

/** A proxy that could not be reached, or not be talked to. `what` continues "the proxy HOST …". */
export function notReached(
  { url, variable }: ProxyServer,
  refused: TransportVerdict["refused"],
  what: string,
): ProxyError {
  return new ProxyError({
    refused,
    outcome: "not-applied",
    message: `was not reached: the proxy ${url.host} (${variable}) ${what}`,
  });
}
