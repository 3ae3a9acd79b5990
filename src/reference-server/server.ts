/**
 * The socket side: reads requests, hands them to the dispatcher or the control endpoints, writes answers, and
 * closes promptly. Holds no vendor behaviour beyond the envelope of a 413.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { GATEWAY_PREFIX } from "./cloudflare/data-plane/address.ts";
import { classicFailure } from "./cloudflare/envelopes.ts";
import { control, isControl } from "./control/control.ts";
import { answer, vendorOf } from "./dispatch.ts";
import { type Incoming, json, type Payload } from "./http.ts";
import { hexId } from "./ids.ts";
import { send } from "./send.ts";
import type { Answer } from "./strikes.ts";
import { AI_GATEWAY_PREFIX } from "./vercel/data-plane/address.ts";
import { failure } from "./vercel/endpoints.ts";
import { createWorld, type ReferenceServerOptions, type World } from "./world.ts";

/** How to reach a running server: the settings of a client. */
export interface Connection {
  cloudflare: {
    base_url: string;
    /** Where the data plane is: `{gateway_base_url}/{account_id}/{gateway_id}/…`. */
    gateway_base_url: string;
    account_id: string;
    api_token: string;
  };
  vercel: {
    base_url: string;
    /** Where the data plane is: `{gateway_base_url}/v1/…`. */
    gateway_base_url: string;
    team: string;
    token: string;
  };
  control_url: string;
}

export interface RunningServer {
  connection: Connection;
  /** Ends open connections, waiting requests included. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** `PUT /_control/state` may carry a whole account. */
const MAX_CONTROL_BYTES = 256 * 1024 * 1024;

/**
 * Starts a server that answers like both vendors' management APIs and data planes.
 * @throws Error when the port is taken, or a data or seed file is not a state.
 */
export async function startReferenceServer(options: ReferenceServerOptions = {}): Promise<RunningServer> {
  const world = createWorld(options);
  const timers = new Set<NodeJS.Timeout>();
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  let served = 0;
  const server = createServer((request, response) => {
    served += 1;
    const requestId = hexId("request", served).slice(0, 16);
    serve(world, request, response, requestId, wait).catch((error: unknown) => {
      options.onFailure?.(error);
      const reply = json(500, { error: { code: "internal", message: "reference server failed" } });
      return send(response, reply, {}, wait);
    });
  });
  await listening(server, options.port ?? 0, options.host ?? "127.0.0.1");
  return {
    connection: connectionOf(world, server),
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function connectionOf(world: World, server: Server): Connection {
  const { address, family, port } = server.address() as AddressInfo; // listening on a port, never on a pipe
  const reachable = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  const origin = `http://${family === "IPv6" && reachable === address ? `[${address}]` : reachable}:${port}`;
  const { cloudflare, vercel } = world.store;
  return {
    cloudflare: {
      base_url: `${origin}/client/v4`,
      gateway_base_url: `${origin}${GATEWAY_PREFIX}`,
      account_id: cloudflare.account_id,
      api_token: cloudflare.tokens[0]?.value ?? "",
    },
    vercel: {
      base_url: origin,
      gateway_base_url: `${origin}${AI_GATEWAY_PREFIX}`,
      team: vercel.teams[0]?.slug ?? "",
      token: vercel.tokens[0]?.token ?? "",
    },
    control_url: `${origin}/_control`,
  };
}

async function serve(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://reference-server");
  const ours = isControl(url.pathname);
  const vendor = vendorOf(url.pathname);
  const idHeader: Record<string, string> = {
    ...(vendor === "cloudflare" ? { "cf-ray": requestId } : { "x-vercel-id": requestId }),
    // The clock that everything in its answers goes by.
    date: new Date(world.now()).toUTCString(),
  };
  const body = await readBody(request, ours ? MAX_CONTROL_BYTES : MAX_BODY_BYTES);
  if (body === "aborted") return;
  if (body === "too large") {
    const message = "Request body is too large";
    const reply =
      vendor === "cloudflare"
        ? classicFailure(413, 1000, message)
        : failure(413, "request_too_large", message);
    await send(response, reply, { ...idHeader, connection: "close" }, wait);
    return;
  }
  const incoming: Incoming = {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    address: request.socket.remoteAddress ?? "",
    authorization: request.headers.authorization,
    headers: headersOf(request),
    payload: body,
  };
  const result: Answer = ours ? control(world, incoming) : await answer(world, incoming, wait);
  if (result === undefined) request.socket.destroy();
  else await send(response, result, idHeader, wait);
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
  return Object.fromEntries(entries);
}

function readBody(request: IncomingMessage, limit: number): Promise<Payload | "too large" | "aborted"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        resolve("too large");
        chunks.length = 0;
      }
    });
    request.on("end", () => resolve(parse(Buffer.concat(chunks).toString("utf8"))));
    request.on("error", () => resolve("aborted"));
  });
}

function parse(text: string): Payload {
  if (text.trim() === "") return { kind: "none" };
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch {
    return { kind: "broken" };
  }
}
