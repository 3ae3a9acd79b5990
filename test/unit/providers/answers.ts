// A web server of the tests' own, so that what is tested goes over real HTTP. It ends with the test.

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Received {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed; `undefined` when there was none. */
  readonly body: unknown;
}

/** A status with a JSON body, or full control over the socket. */
export type Reaction =
  | {
      readonly status: number;
      readonly body?: unknown;
      /** Sent as it is, in place of `body`. */
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | ((response: ServerResponse) => void);

export interface AnsweringServer {
  readonly url: string;
  readonly received: Received[];
}

/** Starts a server that answers with what `react` gives for each request. */
export async function serve(
  react: (request: Received, number: number) => Reaction,
): Promise<AnsweringServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://test");
      const text = Buffer.concat(parts).toString();
      const seen: Received = {
        method: request.method ?? "",
        url: request.url ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: text === "" ? undefined : JSON.parse(text),
      };
      received.push(seen);
      const reaction = react(seen, received.length);
      if (typeof reaction === "function") return reaction(response);
      const { status, body, text: raw, headers } = reaction;
      const out = raw ?? (body === undefined ? "" : JSON.stringify(body));
      response.writeHead(status, {
        ...(out === "" ? {} : { "content-type": "application/json" }),
        ...headers,
      });
      response.end(out);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  // A server that listens on a port has an address of this kind.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** Drops the connection without an answer. */
export function drop(response: ServerResponse): void {
  response.destroy();
}
