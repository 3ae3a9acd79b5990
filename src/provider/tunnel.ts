// The way to an https address through a proxy: CONNECT by Node's own client, and TLS with the target inside. undici's
// ProxyAgent does the same, but tells neither the proxy's refusals from the target's nor who is not reachable.

import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import { buildConnector } from "undici";
import { codeOf, wordsFor } from "./error-codes.ts";
import type { ProxyServer } from "./proxy.ts";
import { notConnected, notReached, refusedBy } from "./proxy-error.ts";

/** @param timeout milliseconds for a connection to the proxy, for its answer, and for TLS with the target. */
export function tunnelThrough(proxy: ProxyServer, timeout: number): buildConnector.connector {
  const secured = buildConnector({ timeout });
  return (options, callback) => {
    const target = options.port === "" ? `${options.host}:443` : (options.host ?? options.hostname);
    open(proxy, target, timeout).then(
      (httpSocket) => secured({ ...options, httpSocket }, callback),
      (error: Error) => callback(error, null),
    );
  };
}

/** Rejects with `ProxyError`. */
function open(proxy: ProxyServer, target: string, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { url } = proxy;
    const send = url.protocol === "https:" ? secureRequest : plainRequest;
    const request = send({
      method: "CONNECT",
      hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      ...(url.port === "" ? {} : { port: url.port }),
      path: target,
      headers: { host: target, ...proxy.headers() },
      // A tunnel is one connection's own.
      agent: false,
    });
    // Two steps: the proxy connects to the target before it answers.
    const timer = setTimeout(() => {
      reject(notReached(proxy, "unavailable", "did not answer in time"));
      request.destroy();
    }, 2 * timeout);
    request.once("connect", ({ statusCode = 0 }, socket, head) => {
      clearTimeout(timer);
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        // Over TLS to the proxy as well, it is a TLSSocket; both are sockets of Node's.
        resolve(socket as Socket);
        return;
      }
      socket.on("error", () => undefined).destroy();
      reject(refusedBy(proxy, statusCode, target));
    });
    request.on("error", (error) => {
      clearTimeout(timer);
      // Whatever it is, the target has not been asked.
      reject(notConnected(proxy, error) ?? notReached(proxy, "unavailable", wordsFor(codeOf(error))));
    });
    request.end();
  });
}
