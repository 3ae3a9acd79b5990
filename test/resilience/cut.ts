// A relay before a server that a run's requests go through. At a request of the test's choice the connection ends, before
// the server has seen it or after it has carried it out, and the test does something then, such as killing the run.

import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type When = "before" | "after";

export interface Cut {
  readonly method: string;
  /** Part of the path, as a pattern. */
  readonly path: RegExp;
  /** `before`: the server never sees the request; `after`: it has carried it out. */
  readonly when: When;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly when: When;
}

export interface Relay {
  readonly origin: string;
  /** At the next request that fits, calls `act`, once. */
  readonly cutAt: (cut: Cut, act: () => void) => void;
  /** Called around every request, which waits for it; true ends the connection there. */
  watch: (asked: Asked) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** @param target origin of the server behind it. */
export async function openRelay(target: string): Promise<Relay> {
  const self = { watch: async (_: Asked): Promise<boolean> => false };
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const { method = "", url = "" } = incoming;
    const path = url.split("?")[0] ?? "";
    if (await self.watch({ method, path, when: "before" })) return void incoming.socket.destroy();
    const { host: _, ...headers } = incoming.headers;
    const passed = ask(`${target}${url}`, { method, headers }, async (answer) => {
      const body: Buffer[] = [];
      for await (const part of answer) body.push(part as Buffer);
      if (await self.watch({ method, path, when: "after" })) return void incoming.socket.destroy();
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.end(Buffer.concat(body));
    });
    passed.on("error", () => incoming.socket.destroy());
    passed.end(Buffer.concat(parts));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return Object.assign(self, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutAt: (cut: Cut, act: () => void) => {
      self.watch = async ({ method, path, when }) => {
        if (method !== cut.method || !cut.path.test(path) || when !== cut.when) return false;
        self.watch = async () => false;
        act();
        return true;
      };
    },
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  });
}
