/**
 * The data plane: finds out what a request is for, lets it into its gateway, and answers it. Unlike the management
 * API it keeps what a request did when it is refused: counts and logs stay.
 */
import * as z from "zod";
import { type Incoming, Refusal, type Reply } from "../../http.ts";
import { uuid } from "../../ids.ts";
import type { World } from "../../world.ts";
import { authorize, checkAccount, identify, noRoute } from "../auth.ts";
import { type Access, enter, gatewayFor, RUN } from "./access.ts";
import type { Address } from "./address.ts";
import { callRoute } from "./dynamic.ts";
import { badRequest, noGateway } from "./errors.ts";
import { type Call, exchange, type Target } from "./exchange.ts";
import { takeRate } from "./limits.ts";
import { backoffOf, MOST_ATTEMPTS, optionsOf } from "./options.ts";
import { nativeModel, providerOf, wantedModel } from "./targets.ts";

/** Answers a request to `address`, with an id of its own on every answer. */
export function answerDataPlane(world: World, incoming: Incoming, address: Address): Reply {
  const reply = refusing(() => answered(world, incoming, address));
  const id = uuid("aig-request", world.store.nextSequence());
  return { ...reply, headers: { ...reply.headers, "cf-aig-request-id": id } };
}

function refusing(run: () => Reply): Reply {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function answered(world: World, incoming: Incoming, address: Address): Reply {
  if (address.kind === "nowhere") throw noGateway();
  if (address.kind === "rest") return rest(world, incoming, address.account);
  // What another account's path gets is unpublished; it has no gateway of this name at any rate.
  if (address.account !== world.store.cloudflare.account_id) throw noGateway();
  const access = enter(world, address.gateway, incoming);
  const call = callOf(world, incoming, access, true);
  if (address.kind === "universal") return universal(call, posted(incoming));
  const headers = incoming.headers;
  if (address.provider === "compat" && address.path === "chat/completions") {
    return chat(call, posted(incoming), headers);
  }
  const { slug: provider, custom } = providerOf(world, address.provider);
  const { path } = address;
  const body = incoming.payload.kind === "json" ? incoming.payload.value : undefined;
  const model = nativeModel(path, body);
  const { retries } = call.options;
  return exchange(call, { provider, model, path, custom, headers, body, retries, step: 0 }).reply;
}

function callOf(world: World, incoming: Incoming, access: Access, aliases: boolean): Call {
  takeRate(world, access.gateway);
  return { world, incoming, ...access, options: optionsOf(incoming, access.gateway), aliases };
}

/**
 * The REST API (docs *REST API*, 2026-05-21): the management API's own authentication, no provider keys in headers,
 * and the `default` gateway unless a header names one. That the token needs AI Gateway Run is our reading of
 * "AI Gateway permission".
 */
function rest(world: World, incoming: Incoming, account: string): Reply {
  if (incoming.method !== "POST") throw noRoute(incoming.path);
  const { store, switches, pageSize } = world;
  const context = { incoming, params: {}, store, switches, now: world.now(), pageSize };
  const caller = identify(context);
  checkAccount(store.cloudflare, account, incoming.path);
  authorize(context, caller, [RUN]);
  const body = posted(incoming);
  const named = incoming.headers["cf-aig-gateway-id"];
  const wanted = wantedModel(world, body);
  if (named === undefined && wanted.kind === "model" && wanted.provider.slug === "workers-ai") {
    throw badRequest("Workers AI models need the header cf-aig-gateway-id");
  }
  const gateway = gatewayFor(world, named ?? "default", true);
  return chat(callOf(world, incoming, { gateway, authenticated: true }, false), body, {});
}

/** One OpenAI-shaped request whose model says where it goes. */
function chat(call: Call, body: unknown, headers: Target["headers"], more: Partial<Target> = {}): Reply {
  const wanted = wantedModel(call.world, body);
  if (wanted.kind === "route") return callRoute(call, wanted.name, body, headers);
  const { slug: provider, custom } = wanted.provider;
  const { retries } = call.options;
  const path = "chat/completions";
  const target = { provider, model: wanted.model, path, custom, headers, body, retries, step: 0, ...more };
  return exchange(call, target).reply;
}

const universalBody = z
  .array(
    z.object({
      provider: z.string(),
      endpoint: z.string(),
      headers: z.record(z.string(), z.string()).default({}),
      query: z.unknown(),
      /** Per provider (docs *Request handling*, 2026-06-15). */
      config: z
        .object({
          requestTimeout: z.number().min(0).optional(),
          maxAttempts: z.number().optional(),
          retryDelay: z.number().min(0).optional(),
          backoff: z.string().optional(),
        })
        .default({}),
    }),
  )
  .min(1);

/** Candidates in order until one answers; else the last error (docs *Fallbacks*, 2026). */
function universal(call: Call, body: unknown): Reply {
  const parsed = universalBody.safeParse(body);
  if (!parsed.success) {
    throw badRequest("the universal endpoint takes a list of {provider, endpoint, headers, query}");
  }
  let reply: Reply | undefined;
  for (const [step, { provider, endpoint, query, config, ...rest }] of parsed.data.entries()) {
    const headers = lowerCased(rest.headers);
    const path = endpoint.replace(/^\//, "");
    const usual = call.options.retries;
    const retries = {
      ...usual,
      attempts: Math.min(config.maxAttempts ?? usual.attempts, MOST_ATTEMPTS),
      delay: config.retryDelay ?? usual.delay,
      backoff: backoffOf(config.backoff) ?? usual.backoff,
      timeout: config.requestTimeout ?? usual.timeout,
    };
    reply = refusing(() => {
      if (provider === "compat") return chat(call, query, headers, { retries, step });
      const { slug, custom } = providerOf(call.world, provider);
      const model = nativeModel(path, query);
      return exchange(call, { provider: slug, model, path, custom, headers, body: query, retries, step })
        .reply;
    });
    if (reply.status < 400) return reply;
  }
  if (reply === undefined) throw badRequest("the list is empty");
  return reply;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The JSON body of a request that must be a POST with one. @throws Refusal 400 */
function posted({ method, payload }: Incoming): unknown {
  if (method !== "POST") throw badRequest(`${method} is not possible here: use POST`);
  if (payload.kind !== "json") throw badRequest("the body is not JSON");
  return payload.value;
}
