// A server in between that spoils answers: what it does to a request is plain data, so that the same run can be had
// again. It plays a broken server, a proxy with pages of its own, and a peer that means harm.

import { Agent, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import type { JsonValue } from "../../src/base/json.ts";
import { type Carried, forward } from "../stand-ins/forward.ts";
import { text } from "./hostile.ts";
import { type Edit, edited, gentle, rough } from "./json-edits.ts";

/** What becomes of a request. All but `page`, `refused` and what is dropped before are carried out. */
export type Spoiling =
  | { readonly how: "dropped"; readonly when: "before" | "after" }
  | { readonly how: "never answered" }
  /** A page of somebody in between. */
  | { readonly how: "page"; readonly status: number; readonly text: string }
  | { readonly how: "refused"; readonly status: number; readonly text: string }
  /** Refused with everything that it held. */
  | { readonly how: "echo"; readonly status: number }
  | { readonly how: "status"; readonly status: number }
  | { readonly how: "edited"; readonly edits: readonly Edit[] }
  | { readonly how: "text"; readonly text: string }
  | { readonly how: "header"; readonly name: string; readonly value: string };

/** The request with this number, among all or among those of a method, and so many more. */
export interface Strike {
  readonly on: string;
  readonly at: number;
  readonly times: number;
  readonly spoiling: Spoiling;
}

const refusals = fc.constantFrom(
  301,
  307,
  400,
  401,
  403,
  404,
  405,
  409,
  412,
  418,
  422,
  423,
  429,
  500,
  501,
  503,
  599,
);
const HEADERS: readonly (readonly [string, string])[] = [
  ...[
    "0",
    "0.05",
    "-1",
    "soon",
    "1e9",
    "999",
    "Fri, 01 Jan 2100 00:00:00 GMT",
    "Fri, 01 Jan 1999 00:00:00 GMT",
  ].map((value) => ["retry-after", value] as const),
  ["x-ratelimit-remaining", "0"],
  ["ratelimit", '"default";r=0;t=0'],
  ["ratelimit", '"default";r=5;t=99999999999999999999'],
  ["date", "Fri, 01 Jan 2100 00:00:00 GMT"],
  ["date", "yesterday"],
  ["content-type", "text/html"],
  ["content-type", "\x9b31m"],
  ["content-encoding", "gzip"],
  ["location", "http://evil.example/\x9b31m"],
  ["x-github-request-id", "\x9b31m"],
  ["x-vercel-id", "x".repeat(4000)],
];

const quick: fc.Arbitrary<Spoiling> = fc.oneof(
  fc.record({
    how: fc.constant("dropped" as const),
    when: fc.constantFrom("before" as const, "after" as const),
  }),
  fc.record({
    how: fc.constant("page" as const),
    status: fc.constantFrom(200, 201, 404, 502),
    text: text.map((inner) => `<!DOCTYPE html><title>${inner}</title>`),
  }),
  fc.record({ how: fc.constant("refused" as const), status: refusals, text }),
  fc.record({ how: fc.constant("echo" as const), status: refusals }),
  fc.record({
    how: fc.constant("status" as const),
    status: fc.oneof(refusals, fc.constantFrom(200, 202, 204, 206)),
  }),
  fc.record({
    how: fc.constant("edited" as const),
    edits: fc.array(fc.oneof(gentle, rough), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ how: fc.constant("text" as const), text }),
  fc.constantFrom(...HEADERS).map(([name, value]) => ({ how: "header" as const, name, value })),
);

const spoiling: fc.Arbitrary<Spoiling> = fc.oneof(
  { weight: 40, arbitrary: quick },
  // Each takes a second: undici looks at its clocks twice in one.
  { weight: 1, arbitrary: fc.record({ how: fc.constant("never answered" as const) }) },
);

/**
 * @param requests how many a run has about.
 * @param methods those of which a run has few, and which matter.
 */
export function strikes(requests: number, methods: readonly string[]): fc.Arbitrary<Strike> {
  const struck = { times: fc.constantFrom(1, 1, 2, 4), spoiling };
  return fc.oneof(
    fc.record({ on: fc.constant(""), at: fc.nat({ max: requests }), ...struck }),
    fc.record({ on: fc.constantFrom(...methods), at: fc.nat({ max: 3 }), ...struck }),
  );
}

/** A network that does not wait long for what never comes, and for what a server asks to be waited for not at all. */
export const AT_ONCE = {
  timeouts: { connect: 1000, answer: 150, body: 150 },
  wait: () => new Promise<void>((done) => setImmediate(done)),
};

export interface Meddler {
  readonly origin: string;
  /** Spoils the requests from now on; nothing without strikes. */
  readonly strike: (strikes: readonly Strike[]) => void;
  /** What was done since then, with the method of the request. */
  readonly done: readonly { readonly method: string; readonly spoiling: Spoiling }[];
  readonly close: () => Promise<void>;
}

/** @param concerns says of a path whether its requests count. */
export async function openMeddler(target: string, concerns: (path: string) => boolean): Promise<Meddler> {
  const agent = new Agent({ keepAlive: true });
  const done: { method: string; spoiling: Spoiling }[] = [];
  let current: readonly Strike[] = [];
  const counts = new Map<string, number>();

  function strikeOf(method: string): Spoiling | undefined {
    for (const of of ["", method]) counts.set(of, (counts.get(of) ?? -1) + 1);
    const strike = current.find(({ on, at, times }) => {
      const number = counts.get(on) ?? -1;
      return (on === "" || on === method) && number >= at && number < at + times;
    });
    return strike?.spoiling;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const body = await buffer(request);
    const struck = concerns(url) ? strikeOf(method) : undefined;
    if (struck !== undefined) done.push({ method, spoiling: struck });
    const answer = (status: number, content: string | Buffer, more: Carried["headers"] = {}): void =>
      void response.writeHead(status, more).end(content);
    switch (struck?.how) {
      case "page":
        return answer(struck.status, struck.text, { "content-type": "text/html" });
      case "refused":
        return answer(struck.status, refusal(struck.text));
      case "echo":
        return answer(struck.status, refusal(`${headers.authorization} ${body.toString()}`), {
          location: `/${encodeURIComponent(headers.authorization ?? "")}`,
          "x-github-request-id": headers.authorization ?? "",
        });
      case "dropped":
        if (struck.when === "before") return void request.socket.destroy();
    }
    const real = await forward(agent, new URL(url, target), request, body);
    switch (struck?.how) {
      case undefined:
        return answer(real.status, real.body, real.headers);
      case "dropped":
        return void request.socket.destroy();
      case "never answered":
        return;
      case "status":
        return answer(struck.status, real.body, real.headers);
      case "edited":
        return answer(real.status, changed(real.body, struck.edits));
      case "text":
        return answer(real.status, struck.text);
      case "header":
        return answer(real.status, real.body, { ...real.headers, [struck.name]: struck.value });
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // listening on a port
    strike: (strikes) => {
      current = strikes;
      counts.clear();
      done.length = 0;
    },
    done,
    close: () =>
      new Promise<void>((closed) => {
        agent.destroy();
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** In the forms of GitHub's and of Vercel's errors. */
function refusal(message: string): string {
  return JSON.stringify({ message, error: { code: message, message } });
}

function changed(body: Buffer, edits: readonly Edit[]): string {
  try {
    return edited(JSON.parse(body.toString()) as JsonValue, edits);
  } catch {
    return edited(null, edits);
  }
}
