// HTTP to a server that is no vendor's: any method, any address, text as it comes. Sends each request once; what an
// answer means and whether to ask again is the caller's business.

import { openConnections } from "./agent.ts";
import { headerOf, readText } from "./body.ts";
import type { RequestEvent } from "./provider.ts";
import { readRetryAfter } from "./retry.ts";
import type { Secret } from "./secret.ts";
import { connectionVerdict, type TransportVerdict } from "./transport.ts";

export interface PlainRequest {
  readonly method: string;
  /** Whole; its query is not shown anywhere. */
  readonly url: URL;
  /** JSON text. */
  readonly body?: string;
}

export interface PlainAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
  /** Milliseconds that the server asks to wait. */
  readonly retry_after?: number;
}

export interface PlainOptions {
  /** For events: `ledger`. */
  readonly name: string;
  /** Value of the `Authorization` header; asked for once per request. */
  readonly authorization: () => Promise<Secret | undefined>;
  /** Largest answer that is read, in bytes. */
  readonly max_answer: number;
  readonly onRequest?: (event: RequestEvent) => void;
}

/**
 * Opens connections as they are needed. Redirects are not followed: they would carry the credential elsewhere.
 * @returns sends one request; where there is no whole answer, why, and whether it may have been carried out. Rejects
 * only as `authorization` does.
 */
export function openPlainHttp(
  options: PlainOptions,
): (request: PlainRequest) => Promise<PlainAnswer | TransportVerdict> {
  const connections = openConnections({});
  return async ({ method, url, body }) => {
    const authorization = await options.authorization();
    const started = Date.now();
    const event = { provider: options.name, method, path: url.pathname, attempt: 1 };
    try {
      const response = await connections.send(url, {
        method,
        headers: {
          accept: "application/json",
          "user-agent": "gateform",
          ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body,
      });
      const text = await readText(response, options.max_answer);
      const header = headerOf(response);
      const retry_after = readRetryAfter(header("retry-after"), Date.now());
      options.onRequest?.({ ...event, status: response.statusCode, duration: Date.now() - started });
      return {
        status: response.statusCode,
        header,
        text,
        ...(retry_after === undefined ? {} : { retry_after }),
      };
    } catch (error) {
      const verdict = connectionVerdict(error, method);
      options.onRequest?.({ ...event, duration: Date.now() - started, error: verdict.message });
      return verdict;
    }
  };
}
