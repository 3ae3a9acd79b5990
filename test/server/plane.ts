/**
 * Calls to the data plane of a server under test. Every refusal of a gateway is checked against its declared shape.
 */
import { expect } from "vitest";
import { gatewayErrorWire } from "../../src/reference-server/cloudflare/data-plane/errors.ts";
import { type Api, type Body, makeStore } from "./api.ts";

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  /** What the provider says it was called with. */
  readonly echo: Body;
  /** The gateway's own code for a refusal. */
  readonly code: number | undefined;
}

export type Sent = Readonly<Record<string, string>>;

/** The header by which a caller shows its token. */
export const bearer = (token: string): Sent => ({ "cf-aig-authorization": `Bearer ${token}` });

export const question = { model: "gpt-4o", messages: [{ role: "user", content: "What is a gateway?" }] };

/** POSTs to a path below the account on the gateway host, e.g. `support/openai/chat/completions`. */
export function ask(api: Api, path: string, headers: Sent = {}, body: unknown = question): Promise<Called> {
  const { gateway_base_url, account_id } = api.connection.cloudflare;
  return post(`${gateway_base_url}/${account_id}/${path}`, headers, body);
}

/** POSTs a chat completion to the REST API on the management host. */
export function askRest(api: Api, headers: Sent, body: unknown): Promise<Called> {
  const { base_url, account_id } = api.connection.cloudflare;
  return post(`${base_url}/accounts/${account_id}/ai/v1/chat/completions`, headers, body);
}

async function post(url: string, headers: Sent, body: unknown): Promise<Called> {
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const answer: Body = await response.json();
  if (answer.name === "AiGatewayError") {
    expect(gatewayErrorWire.safeParse(answer).error?.issues).toBeUndefined();
    expect(answer.httpCode).toBe(response.status);
  }
  const { status } = response;
  return { status, headers: response.headers, body: answer, echo: answer.echo, code: answer.internalCode };
}

/** Status and code of a refusal. */
export const refusal = ({ status, code }: Called) => [status, code];

/** Puts these keys into the account's store by name and makes the store. Answers the store's id. */
export async function storeKeys(api: Api, keys: Readonly<Record<string, string>>): Promise<string> {
  const store = await makeStore(api);
  const secrets = Object.entries(keys).map(([name, value]) => ({ name, value, scopes: ["ai_gateway"] }));
  const made = await api.cloudflare("POST", `/secrets_store/stores/${store}/secrets`, secrets);
  expect(made.status, made.text).toBe(200);
  return store;
}

/** A rule by which a provider misbehaves. */
export function misbehave(api: Api, effect: object, times?: number): Promise<unknown> {
  return api.control("POST", "/faults", {
    effect: { kind: "upstream", ...effect },
    ...(times === undefined ? {} : { times }),
  });
}

/** The log rows of all gateways. */
export async function logs(api: Api): Promise<Body[]> {
  return (await api.control("GET", "/state")).body.cloudflare.logs;
}
