// A relay before a server that a run's requests go through. Before the server has seen a request, and after it has carried
// it out, the test does something, such as killing the run, and may end the connection there.

import { Agent, createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type Carried, forward } from "../stand-ins/forward.ts";

/** A request: the same object before and after it is carried out. */
export interface Asked {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
}

/** `before`: the server has not seen the request; `after`: it has carried it out, and nobody has its answer. */
export type When = "before" | "after";

export interface Cut {
  readonly method: string;
  /** Part of the path, as a pattern. */
  readonly path: RegExp;
  readonly when: When;
}

export interface Relay {
  readonly origin: string;
  /** Called around every request, which waits for it; true ends the connection there. */
  watch: (asked: Asked, when: When) => Promise<boolean>;
  /** At the next request that fits, calls `act`, once. */
  readonly cutAt: (cut: Cut, act: () => void) => void;
  /** Resolves when nothing is under way: what had come before a cut may still be carried out after it. */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param target an address of the server behind it. */
export async function openRelay(target: string): Promise<Relay> {
  const self = { watch: async (_: Asked, __: When): Promise<boolean> => false };
  const agent = new Agent({ keepAlive: true });
  let underway = 0;
  let rested = (): void => undefined;

  async function carry(request: IncomingMessage): Promise<Carried | undefined> {
    const body = await buffer(request);
    const { method = "", url = "" } = request;
    const asked = { method, path: url.split("?")[0] ?? "" };
    if (await self.watch(asked, "before")) return undefined;
    const answer = await forward(agent, new URL(url, target), request, body);
    return (await self.watch(asked, "after")) ? undefined : answer;
  }

  const server = createServer((request, response) => {
    underway += 1;
    carry(request)
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
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return Object.assign(self, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // listening on a port
    cutAt: (cut: Cut, act: () => void) => {
      self.watch = async ({ method, path }, when) => {
        if (method !== cut.method || !cut.path.test(path) || when !== cut.when) return false;
        self.watch = async () => false;
        act();
        return true;
      };
    },
    idle: () =>
      new Promise<void>((resolve) => {
        rested = resolve;
        if (underway === 0) resolve();
      }),
    close: () =>
      new Promise<void>((done) => {
        agent.destroy();
        server.close(() => done());
        server.closeAllConnections();
      }),
  });
}
