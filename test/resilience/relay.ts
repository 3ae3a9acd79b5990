// Stands between a run and everything it talks to, on sockets of its own: counts the requests, and at a chosen one has
// the run killed, before the request goes on or after it was carried out and before its answer goes back.

import { Agent, createServer, type IncomingMessage, type Server, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import type { Peer, SetOptions } from "./scenes/set-scene.ts";

export interface Passed {
  readonly peer: Peer;
  readonly method: string;
  readonly path: string;
  /** What `begin`'s `note` said when it came. */
  readonly note: number;
}

export interface Cut {
  /** Counted from 0. */
  readonly at: number;
  /** `after`: it was carried out. */
  readonly when: "before" | "after";
}

export interface Watch {
  readonly cut?: Cut;
  /** Called once, when the cut is reached. */
  readonly strike?: () => void;
  readonly note?: () => number;
}

export interface Relay {
  readonly through: NonNullable<SetOptions["through"]>;
  /** Counts from 0 again. */
  readonly begin: (watch?: Watch) => void;
  /** Requests since then. */
  readonly passed: () => readonly Passed[];
  /** Resolves when nothing is under way: what had come before a strike may still be carried out after it. */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export function openRelay(): Relay {
  const servers: Server[] = [];
  const agent = new Agent({ keepAlive: true });
  let watch: Watch = {};
  let passed: Passed[] = [];
  let underway = 0;
  let rested = (): void => undefined;

  async function carry(peer: Peer, url: string, request: IncomingMessage): Promise<Carried | undefined> {
    const body = await read(request);
    // What the run printed before it sent this is in its pipe; one turn of the loop reads that.
    await turn();
    const at = passed.length;
    const { method = "", url: path = "" } = request;
    passed.push({ peer, method, path, note: watch.note?.() ?? 0 });
    const { cut, strike } = watch;
    const struck = cut?.at === at;
    if (struck && cut.when === "before") {
      strike?.();
      return undefined;
    }
    const answer = await forward(agent, new URL(path, url), request, body);
    if (!struck) return answer;
    strike?.();
    return undefined;
  }

  return {
    through: async (peer, url) => {
      const server = createServer((request, response) => {
        underway += 1;
        carry(peer, url, request)
          .then(
            (answer) => {
              if (answer === undefined) request.socket.destroy();
              else response.writeHead(answer.status, answer.headers).end(answer.body);
            },
            () => request.socket.destroy(),
          )
          .finally(() => {
            underway -= 1;
            if (underway === 0) rested();
          });
      });
      servers.push(server);
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on a port
    },
    begin: (next = {}) => {
      watch = next;
      passed = [];
    },
    passed: () => passed,
    idle: () =>
      new Promise((resolve) => {
        rested = resolve;
        if (underway === 0) resolve();
      }),
    close: async () => {
      agent.destroy();
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((done) => server.close(done));
        }),
      );
    },
  };
}

interface Carried {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

function forward(agent: Agent, url: URL, asked: IncomingMessage, body: Buffer): Promise<Carried> {
  const { host: _, connection: __, "transfer-encoding": ___, ...headers } = asked.headers;
  const options = { method: asked.method, agent, headers: { ...headers, "content-length": body.length } };
  return new Promise((resolve, reject) => {
    const request = send(url, options, (answer) => {
      const { connection: _, "transfer-encoding": __, ...kept } = answer.headers;
      read(answer).then(
        (text) => resolve({ status: answer.statusCode ?? 502, headers: kept, body: text }),
        reject,
      );
    });
    request.once("error", reject);
    request.end(body);
  });
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer); // no encoding is set
  return Buffer.concat(parts);
}

async function turn(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((done) => setImmediate(done));
}
