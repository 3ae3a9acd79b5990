// A relay before the reference server that a run's requests go through. At a request of the test's choice it does
// something first, such as killing the run, and lets the request through or not; the answer then never arrives.

import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Cut {
  readonly method: string;
  /** Part of the path, as a pattern. */
  readonly path: RegExp;
  /** `before`: the server never sees the request; `after`: it has carried it out. */
  readonly when: "before" | "after";
}

export interface Relay {
  readonly origin: string;
  /** At the next request that fits, calls `act`, once. */
  readonly cutAt: (cut: Cut, act: () => void) => void;
  /** Called before every request is passed on; the request waits for it. */
  watch: (line: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param target origin of the server behind it. */
export async function openRelay(target: string): Promise<Relay> {
  let pending: { readonly cut: Cut; readonly act: () => void } | undefined;
  const self = { watch: async (_: string): Promise<void> => undefined };
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const { method = "", url = "" } = incoming;
    await self.watch(`${method} ${url}`);
    const hit =
      pending?.cut.method === method && pending.cut.path.test(url.split("?")[0] ?? "") ? pending : undefined;
    if (hit !== undefined) pending = undefined;
    if (hit?.cut.when === "before") {
      hit.act();
      return void incoming.socket.destroy();
    }
    const { host: _, ...headers } = incoming.headers;
    const passed = ask(`${target}${url}`, { method, headers }, async (answer) => {
      const body: Buffer[] = [];
      for await (const part of answer) body.push(part as Buffer);
      if (hit !== undefined) {
        hit.act();
        return void incoming.socket.destroy();
      }
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
      pending = { cut, act };
    },
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  });
}
