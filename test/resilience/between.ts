// A relay between the command line and the reference server, which lets something happen at a certain request and no
// other: tests that count requests need no timing.

import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "../e2e/support.ts";

/** A request, from 1 within the relay's life. */
export interface Passing {
  readonly number: number;
  /** Among those that could change something, from 1; 0 for reads. */
  readonly write: number;
  readonly method: string;
  readonly path: string;
}

export interface Relay {
  /** What a client needs to go through it. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** @param before happens before a request is passed on. */
export async function startRelay(
  { env, connection }: Pick<Server, "env" | "connection">,
  before: (passing: Passing) => void | Promise<void>,
): Promise<Relay> {
  const target = new URL(connection.vercel.base_url);
  let requests = 0;
  let writes = 0;
  const server = createServer((request, response) => {
    // A request that could not be passed on is one without an answer.
    pass(request, response).catch(() => response.destroy());
  });
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    requests += 1;
    if (method !== "GET") writes += 1;
    const body = await bytesOf(request);
    await before({ number: requests, write: method === "GET" ? 0 : writes, method, path: url });
    const asked = forward(
      { host: target.hostname, port: target.port, method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on("error", () => response.destroy());
      },
    );
    asked.on("error", () => response.destroy());
    asked.end(body);
  }
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace(target.origin, origin)]),
    ),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
