// A proxy of the tests' own, over real sockets: carries CONNECT and plain requests on, and remembers for whom.

import { createServer, type IncomingMessage, request as send } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";

export interface ProxyLog {
  readonly url: string;
  readonly host: string;
  /** What it was asked for: `CONNECT 127.0.0.1:443`, `GET http://127.0.0.1:80/`. */
  readonly asked: string[];
  /** Every header that it was sent. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>[];
}

export interface ProxyOptions {
  /** `user:password` that it wants. */
  readonly credential?: string;
  /** Answers every request with this status. */
  readonly refuses?: number;
  /** Takes requests and never answers. */
  readonly silent?: boolean;
}

/** Starts one; it ends with the test. */
export async function startProxy({ credential, refuses, silent }: ProxyOptions = {}): Promise<ProxyLog> {
  const asked: string[] = [];
  const headers: ProxyLog["headers"] = [];
  const sockets = new Set<Duplex>();
  const wanted = credential && `Basic ${Buffer.from(credential).toString("base64")}`;

  /** The status to refuse a request with. */
  function look(request: IncomingMessage): number | undefined {
    asked.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    if (refuses !== undefined) return refuses;
    return wanted !== undefined && request.headers["proxy-authorization"] !== wanted ? 407 : undefined;
  }

  const server = createServer((request, response) => {
    const refusal = look(request);
    if (silent) return;
    if (refusal !== undefined) {
      response.writeHead(refusal).end();
      return;
    }
    const { "proxy-authorization": _, ...rest } = request.headers;
    const onward = send(request.url ?? "", { method: request.method, headers: rest }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward.on("error", () => response.destroy()));
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = look(request);
    socket.on("error", () => undefined);
    if (silent) return;
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward);
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  // A server that listens on a port has an address of this kind.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, asked, headers };
}
