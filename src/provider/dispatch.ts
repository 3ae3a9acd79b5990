// Puts requests on the wire with undici: directly, or through the proxy that the environment names for the address.

import { Agent, type Dispatcher } from "undici";
import type { Connections, Outgoing } from "./agent.ts";
import { type ProxyServer, proxyFor } from "./proxy.ts";
import { notConnected, refusedBy } from "./proxy-error.ts";
import { SlowAnswerError, TIMEOUTS, type Timeouts } from "./transport.ts";
import { tunnelThrough } from "./tunnel.ts";

export interface DispatchOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connections at a time, per origin. */
  readonly parallelism: number;
  readonly timeouts?: Timeouts;
}

/** Connections for all addresses. */
export function openDispatch({ env, parallelism, timeouts = TIMEOUTS }: DispatchOptions): Connections {
  const agents = new Map<string, Agent>();

  /** One for direct connections and for plain HTTP by a proxy, one per proxy for tunnels. */
  function agentFor(tunnel: ProxyServer | undefined): Agent {
    const key = tunnel?.variable ?? "";
    const agent =
      agents.get(key) ??
      new Agent({
        connections: parallelism,
        pipelining: 1,
        connect:
          tunnel === undefined ? { timeout: timeouts.connect } : tunnelThrough(tunnel, timeouts.connect),
        headersTimeout: timeouts.answer,
        bodyTimeout: timeouts.answer,
      });
    agents.set(key, agent);
    return agent;
  }

  function sent(
    url: URL,
    { method, headers, body }: Outgoing,
    patience: Patience,
  ): Promise<Dispatcher.ResponseData> {
    const proxy = proxyFor(url, env);
    const rest = {
      ...patience,
      // undici's types list the methods of RFC 9110; a ledger's server may lock by another.
      method: method as Dispatcher.HttpMethod,
      body: body ?? null,
    };
    const path = url.pathname + url.search;
    if (proxy === undefined || url.protocol === "https:")
      return agentFor(proxy).request({ ...rest, origin: url.origin, path, headers });
    // RFC 9112, 3.2.2: a proxy for plain HTTP is given the whole address.
    return agentFor(undefined)
      .request({
        ...rest,
        origin: proxy.url.origin,
        path: url.origin + path,
        headers: { ...headers, ...proxy.headers(), host: url.host },
      })
      .then(
        async (response) => {
          if (response.statusCode !== 407) return response;
          response.body.on("error", () => undefined).destroy();
          throw refusedBy(proxy, 407, url.host);
        },
        (error: unknown) => {
          throw notConnected(proxy, error) ?? error;
        },
      );
  }

  return {
    send: async (url, request) => {
      const { patience, end } = patienceOf(timeouts.answer);
      const response = await sent(url, request, patience).finally(end);
      const { body } = response;
      const timer = setTimeout(
        () => body.destroy(new SlowAnswerError("UND_ERR_BODY_TIMEOUT")),
        timeouts.body,
      );
      body.once("close", () => clearTimeout(timer));
      return response;
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.close()));
    },
  };
}

/** What ends a request whose answer is announced again and again (1xx) and never comes. */
interface Patience {
  readonly signal: AbortSignal;
  readonly onInfo: () => void;
}

/** undici begins its wait for the answer's head anew with every 1xx; from the first one on, this one does not. */
function patienceOf(milliseconds: number): { readonly patience: Patience; readonly end: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    patience: {
      signal: controller.signal,
      onInfo: () => {
        timer ??= setTimeout(
          () => controller.abort(new SlowAnswerError("UND_ERR_HEADERS_TIMEOUT")),
          milliseconds,
        );
      },
    },
    end: () => clearTimeout(timer),
  };
}
