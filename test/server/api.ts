/**
 * A small HTTP client for the server's tests. Every good answer is checked against the shape that the endpoint
 * declares, so a test of behaviour is a test of the wire too.
 */
import { expect, onTestFinished } from "vitest";
import { failureWire } from "../../src/reference-server/cloudflare/envelopes.ts";
import { endpoints } from "../../src/reference-server/endpoints.ts";
import {
  type Connection,
  type ReferenceServerOptions,
  startReferenceServer,
} from "../../src/reference-server/index.ts";
import { createRouter } from "../../src/reference-server/router.ts";
import { profiles } from "../../src/reference-server/switches.ts";
import { errorWire } from "../../src/reference-server/vercel/shapes.ts";

// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the test expects of it
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface Api {
  readonly connection: Connection;
  readonly origin: string;
  /** Path below the account, e.g. `/ai-gateway/gateways`. */
  cloudflare(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** Path below the host. */
  vercel(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** Path below `/_control`. */
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

const everything = { ...profiles.live, v1_ai_gateway: true, key_rename: true };
const route = createRouter(endpoints);

/** Starts a server that ends with the test. */
export async function start(options: ReferenceServerOptions = {}): Promise<Api> {
  const server = await startReferenceServer(options);
  onTestFinished(() => server.close());
  const { connection } = server;
  const account = `${connection.cloudflare.base_url}/accounts/${connection.cloudflare.account_id}`;
  return {
    connection,
    origin: connection.vercel.base_url,
    cloudflare: (method, path, body, token = connection.cloudflare.api_token) =>
      call(method, `${account}${path}`, body, token),
    vercel: (method, path, body, token = connection.vercel.token) =>
      call(method, `${connection.vercel.base_url}${path}`, body, token),
    control: (method, path, body) => call(method, `${connection.control_url}${path}`, body, undefined),
    close: server.close,
  };
}

/** One request. An empty token sends no authorization header. */
export async function call(
  method: string,
  url: string,
  body: unknown,
  token: string | undefined,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = { status: response.status, headers: response.headers, text, body: parsed(text) };
  if (!url.includes("/_control")) checkShape(method, new URL(url).pathname, answer);
  return answer;
}

function parsed(text: string): Body {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkShape(method: string, path: string, { status, text, body }: Answer): void {
  if (text === "" || body === undefined || body.result === "malformed") return;
  if (status >= 400) {
    const failure = path.startsWith("/client/v4") ? failureWire : errorWire;
    expect(failure.safeParse(body).error?.issues, text).toBeUndefined();
    return;
  }
  const reply = route(method, path, everything)?.endpoint.reply;
  const result = reply?.safeParse(body);
  expect(result?.error?.issues, text).toBeUndefined();
  expect(result?.data, text).toEqual(body);
}

/** The five fields that Cloudflare demands of every gateway. */
export const settings = {
  cache_invalidate_on_update: false,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
};

/** Makes a gateway and answers it. */
export async function makeGateway(api: Api, id: string, more: object = {}): Promise<Body> {
  const answer = await api.cloudflare("POST", "/ai-gateway/gateways", { id, ...settings, ...more });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.result;
}

/** Makes the account's store and answers its id. */
export async function makeStore(api: Api): Promise<string> {
  const answer = await api.cloudflare("POST", "/secrets_store/stores", { name: "default_secrets_store" });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.result.id;
}

/** A Cloudflare token with these permission groups. */
export async function cloudflareToken(api: Api, ...permissions: string[]): Promise<string> {
  const made = await api.control("POST", "/tokens", { vendor: "cloudflare", permissions });
  return made.body.token;
}

/** A token of a new Vercel user with this role in the first team. */
export async function vercelToken(api: Api, role: string, more: object = {}): Promise<string> {
  const made = await api.control("POST", "/tokens", { vendor: "vercel", role, ...more });
  return made.body.token;
}

/** A clock that a test moves. */
export function clock(start = Date.UTC(2026, 10, 2)): { now: () => number; pass(ms: number): void } {
  let time = start;
  return {
    now: () => time,
    pass(ms) {
      time += ms;
    },
  };
}
