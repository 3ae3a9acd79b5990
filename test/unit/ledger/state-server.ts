// A server of Terraform's HTTP state protocol for tests, written from its description and from GitLab's source, and
// from nothing of ours. Two styles: `terraform` locks by LOCK and UNLOCK at the state's address and answers a refused
// lock with what the holder sent; `gitlab` locks by POST and DELETE below it, refuses with 409 and fills in the asker's
// own Operation, Info, Version and Path (lib/api/terraform/state.rb).

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { keepText } from "../../canary/kept.ts";

export type Style = "terraform" | "gitlab";

/** What happens to a request instead of, or beside, its being carried out. */
export type Effect =
  | { readonly answer: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks off, before or after it was carried out. */
  | { readonly drop: "before" | "after" }
  /** It is carried out, and answered by this status all the same. */
  | { readonly after: number };

export interface Seen {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly authorization: string | undefined;
}

export interface StateServer {
  readonly address: string;
  readonly lock_address: string;
  readonly unlock_address: string;
  readonly update_method: string;
  readonly lock_method: string;
  readonly unlock_method: string;
  /** The stored text, `null` when there is none; may be set. */
  state: string | null;
  /** The holder's lock info, `null` when it is not locked; may be set. */
  lock: Readonly<Record<string, string>> | null;
  /** Everything that arrived. */
  readonly seen: Seen[];
  /** Plays effects to the next requests of a method, one each; `undefined` lets one through. */
  readonly fault: (method: string, ...effects: (Effect | undefined)[]) => void;
  /** Only requests with one of these headers are let in. */
  accepts: readonly string[] | null;
  readonly close: () => Promise<void>;
}

export async function startStateServer(style: Style): Promise<StateServer> {
  const faults = new Map<string, (Effect | undefined)[]>();
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const path = style === "gitlab" ? "/api/v4/projects/42/terraform/state/acme" : "/state/acme";
  const lockPath = style === "gitlab" ? `${path}/lock` : path;
  const [lockMethod, unlockMethod] = style === "gitlab" ? ["POST", "DELETE"] : ["LOCK", "UNLOCK"];

  const self: StateServer = {
    address: origin + path,
    lock_address: origin + lockPath,
    unlock_address: origin + lockPath,
    update_method: "POST",
    lock_method: lockMethod as string,
    unlock_method: unlockMethod as string,
    state: null,
    lock: null,
    seen: [],
    accepts: null,
    fault: (method, ...effects) => {
      faults.set(method, [...(faults.get(method) ?? []), ...effects]);
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const body = await text(request);
    keepText(`${method} ${url} at a ledger's server`, body);
    self.seen.push({ method, url, authorization: headers.authorization });
    const effect = faults.get(method)?.shift();
    if (effect !== undefined && "drop" in effect && effect.drop === "before")
      return void request.socket.destroy();
    if (effect !== undefined && "answer" in effect) {
      response.writeHead(effect.answer, effect.headers).end(effect.body ?? "");
      return;
    }
    const answer = allowed(headers.authorization)
      ? carryOut(method, new URL(url, origin), body)
      : { status: 401 };
    if (effect !== undefined && "drop" in effect) return void request.socket.destroy();
    const status = effect === undefined ? answer.status : effect.after;
    response.writeHead(status, { "content-type": "application/json" }).end(answer.body ?? "");
  }

  function allowed(authorization: string | undefined): boolean {
    return self.accepts === null || (authorization !== undefined && self.accepts.includes(authorization));
  }

  function carryOut(method: string, url: URL, body: string): Answer {
    if (url.pathname === lockPath && method === lockMethod) return takeLock(JSON.parse(body));
    if (url.pathname === lockPath && method === unlockMethod) return giveBack(JSON.parse(body));
    if (url.pathname !== path) return { status: 404, body: '{"error":"404 Not Found"}' };
    if (method === "GET") return read();
    if (method === "POST") return store(url.searchParams.get("ID"), body);
    return { status: 405 };
  }

  function read(): Answer {
    if (self.state !== null) return { status: 200, body: self.state };
    // GitLab makes the state's record when it is locked for the first time.
    return { status: style === "gitlab" && self.lock !== null ? 204 : 404 };
  }

  function store(id: string | null, body: string): Answer {
    if (self.lock !== null && self.lock.ID !== id) return { status: style === "gitlab" ? 409 : 423 };
    if (self.lock === null && id !== null && style === "gitlab") return { status: 409 };
    // GitLab keeps versions by the document's own serial, and each once.
    if (
      style === "gitlab" &&
      self.state !== null &&
      JSON.parse(self.state).serial === JSON.parse(body).serial
    ) {
      return { status: 422 };
    }
    self.state = body;
    return { status: 200 };
  }

  function takeLock(asker: Record<string, string>): Answer {
    if (self.lock === null) {
      self.lock = style === "gitlab" ? { ...asker, Who: "alice", Created: "2026-11-20 12:00:00 UTC" } : asker;
      return { status: 200, body: JSON.stringify(self.lock) };
    }
    if (style === "terraform") return { status: 423, body: JSON.stringify(self.lock) };
    const { ID, Who, Created } = self.lock;
    return { status: 409, body: JSON.stringify({ ...asker, ID, Who, Created }) };
  }

  function giveBack(asker: Record<string, string>): Answer {
    if (self.lock === null && style === "terraform") return { status: 404 };
    if (self.lock?.ID !== asker.ID) return { status: 409 };
    self.lock = null;
    return { status: 200 };
  }

  return self;
}

interface Answer {
  readonly status: number;
  readonly body?: string;
}
