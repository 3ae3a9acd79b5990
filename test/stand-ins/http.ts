// What stand-ins of servers share: a server on a free port that reads JSON and answers it, keeps what it was asked, and
// can be told to fail. They check what the real ones check, and know nothing of the code that asks them.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { keepText } from "../canary/kept.ts";

export interface Asked {
  readonly method: string;
  /** Decoded segments. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly header: (name: string) => string;
  /** Parsed; `undefined` without one. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes; stand-ins check single members
  readonly body: any;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What happens to requests in place of what should. */
export interface StandInFault {
  /** `PUT`, or `PUT public-key`: a method, and how the path ends. */
  readonly on: string;
  /** Number of requests; without one all of them. */
  times?: number;
  /** In place of being carried out. */
  readonly answer?: Answer;
  /** A page of whoever stands in between, with a 200, in place of being carried out. */
  readonly page?: string;
  /** The connection ends, after the request was carried out or before. */
  readonly drop?: "before" | "after";
}

export interface StandIn {
  readonly url: string;
  /** `METHOD /path` of every request. */
  readonly log: readonly string[];
  readonly faults: StandInFault[];
  readonly close: () => Promise<void>;
}

/** @param serve gives `null` for what is `otherwise`'s business: the URL of a server that is asked then. */
export async function standIn(serve: (asked: Asked) => Answer | null, otherwise = ""): Promise<StandIn> {
  const log: string[] = [];
  const faults: StandInFault[] = [];
  const server = createServer(async (request, response) => {
    const asked = await read(request);
    keepText("URL at a stand-in", request.url ?? "");
    log.push(`${asked.method} /${asked.path.join("/")}`);
    const fault = faults.find(
      ({ on, times }) => times !== 0 && `${asked.method} ${asked.path.join("/")}`.match(patternOf(on)),
    );
    if (fault?.times !== undefined) fault.times -= 1;
    if (fault?.drop === "before") return void request.socket.destroy();
    if (fault?.page !== undefined)
      return void response.writeHead(200, { "content-type": "text/html" }).end(fault.page);
    const answer = fault?.answer ?? serve(asked);
    // Where that server breaks off, so does this one.
    if (answer === null)
      return void (await pass(otherwise, request, asked, response).catch(() => request.socket.destroy()));
    const { status, body, headers = {} } = answer;
    if (fault?.drop === "after") return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    faults,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function pass(url: string, request: IncomingMessage, asked: Asked, response: ServerResponse) {
  const answer = await fetch(`${url}${request.url}`, {
    method: asked.method,
    headers: { authorization: asked.header("authorization"), "content-type": asked.header("content-type") },
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  });
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
  response.end(await answer.text());
}

function patternOf(on: string): RegExp {
  const [method = "", end = ""] = on.split(" ");
  return new RegExp(`^${method} .*${end}$`);
}

async function read(request: IncomingMessage): Promise<Asked> {
  const content = await text(request);
  // Not URL: it would take "." and ".." for steps, which the real servers' frameworks do not undo.
  const [path = "", query = ""] = (request.url ?? "").split("?");
  return {
    method: request.method ?? "",
    path: path.split("/").slice(1).map(decodeURIComponent),
    query: new URLSearchParams(query),
    header: (name) => String(request.headers[name] ?? ""),
    body: content === "" ? undefined : JSON.parse(content),
  };
}
