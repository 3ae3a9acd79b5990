/**
 * Calls to Vercel's data plane of a server under test. Every refusal is checked against its declared shape.
 */
import { expect } from "vitest";
import { aiGatewayErrorWire } from "../../src/reference-server/vercel/data-plane/errors.ts";
import type { Api, Body } from "./api.ts";

export interface Prompted {
  readonly status: number;
  readonly body: Body;
  /** What the provider says it was called with. */
  readonly echo: Body;
  /** The gateway's account of who served it. */
  readonly routing: Body;
  /** Of a refusal. */
  readonly type: string | undefined;
  readonly message: string | undefined;
}

/** Asks for a chat completion. `token` is an API key or a project's token; `gateway` goes into `providerOptions`. */
export async function prompt(api: Api, token: string, model: string, gateway?: object): Promise<Prompted> {
  const response = await fetch(`${api.connection.vercel.gateway_base_url}/v1/chat/completions`, {
    method: "POST",
    headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model, ...(gateway === undefined ? {} : { providerOptions: { gateway } }) }),
  });
  const body: Body = await response.json();
  if (response.status >= 400) {
    expect(aiGatewayErrorWire.safeParse(body).error?.issues, JSON.stringify(body)).toBeUndefined();
  }
  const { type, message } = body.error ?? {};
  const routing = body.choices?.[0].message.provider_metadata.gateway.routing;
  return { status: response.status, body, echo: body.echo, routing, type, message };
}

/** Makes a key and answers it with its plaintext as `secret`. */
export async function makeKey(api: Api, more: object = {}): Promise<Body> {
  const made = await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", ...more });
  expect(made.status, made.text).toBe(200);
  return { ...made.body.apiKey, secret: made.body.apiKeyString };
}

/** Makes a rule: `destination` of a rewrite, or none for a deny. Answers it. */
export async function makeRule(
  api: Api,
  model: string,
  destination?: string,
  more: object = {},
): Promise<Body> {
  const rewrite = { type: "rewrite", action: { rewriteModel: destination } };
  const kind = destination === undefined ? { type: "deny" } : rewrite;
  const made = await api.vercel("POST", "/ai-gateway/rules", { match: { model }, ...kind, ...more });
  expect(made.status, made.text).toBe(201);
  return made.body;
}

/** Makes a virtual model. */
export async function makeVirtual(api: Api, slug: string, more: object): Promise<void> {
  const body = { virtualModelSlug: slug, ...more };
  const made = await api.vercel("POST", "/ai-gateway/virtual-model-configs", body);
  expect(made.status, made.text).toBe(201);
}
