// Connections by undici, which loads with the first request: most commands only read files, and loading it takes a
// fifth of their start. Knows no vendor and no retries.

import type { Agent, Dispatcher } from "undici";
import { ANSWER_TIMEOUT, CONNECT_TIMEOUT } from "./transport.ts";

export interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string | undefined;
}

export interface Connections {
  /** Sends one request, once. Rejects with what undici throws. */
  readonly send: (url: URL, request: Outgoing) => Promise<Dispatcher.ResponseData>;
  /** Ends the connections when their requests have ended. */
  readonly close: () => Promise<void>;
}

/** Opens connections as they are needed; `limits` beside the time-outs that hold for all. */
export function openConnections(limits: Pick<Agent.Options, "connections" | "pipelining">): Connections {
  let opened: Promise<Agent> | undefined;
  const agent = (): Promise<Agent> => {
    opened ??= import("undici").then(
      (undici) =>
        new undici.Agent({
          ...limits,
          connect: { timeout: CONNECT_TIMEOUT },
          headersTimeout: ANSWER_TIMEOUT,
          bodyTimeout: ANSWER_TIMEOUT,
        }),
    );
    return opened;
  };
  return {
    send: async (url, { method, headers, body }) =>
      (await agent()).request({
        origin: url.origin,
        path: url.pathname + url.search,
        // undici's types list the methods of RFC 9110; a ledger's server may lock by another.
        method: method as Dispatcher.HttpMethod,
        headers,
        body: body ?? null,
      }),
    close: async () => (await opened)?.close(),
  };
}
