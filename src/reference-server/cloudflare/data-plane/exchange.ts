/**
 * One request to one provider through a gateway: spend limits, cache, credential, tries, cost, log, and the headers
 * that tell of it. Where a request has several candidates – a list, a dynamic route – each is an exchange of its own.
 */
import { createHash } from "node:crypto";
import { USAGE } from "../../echo.ts";
import { type Incoming, json, type Reply } from "../../http.ts";
import { uuid } from "../../ids.ts";
import type { World } from "../../world.ts";
import type { ProviderRecord } from "../custom-provider-shapes.ts";
import type { Access } from "./access.ts";
import { attempt, type RetryPolicy } from "./attempts.ts";
import { type Credential, callerKey, credentialFor } from "./credentials.ts";
import { noAnswer } from "./errors.ts";
import { addSpend, checkSpend, incarnation, type Spender, takeKey } from "./limits.ts";
import { addLog } from "./logs.ts";
import type { CallOptions } from "./options.ts";
import { costOf } from "./prices.ts";
import { echo, providerError } from "./upstream.ts";

/** A client's request to a gateway that let it in. */
export interface Call extends Access {
  readonly world: World;
  readonly incoming: Incoming;
  readonly options: CallOptions;
  /** Whether `cf-aig-byok-alias` is heard: not on the REST API (docs *BYOK*, 2026-07-31). */
  readonly aliases: boolean;
}

export interface Target {
  readonly provider: string;
  readonly model: string;
  /** Of the provider, without a leading slash. */
  readonly path: string;
  readonly custom: ProviderRecord | undefined;
  /** Headers for the provider by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly retries: RetryPolicy;
  /** Which candidate of the request this is, from 0. */
  readonly step: number;
}

export interface Exchanged {
  readonly reply: Reply;
  /** US dollars. */
  readonly cost: number;
}

/** @throws Refusal when the gateway itself refuses; a provider's error is a reply like any other */
export function exchange(call: Call, target: Target): Exchanged {
  const { world, gateway, options } = call;
  const { provider, model } = target;
  const spender: Spender = { gateway, provider, model, metadata: options.metadata };
  checkSpend(world, spender);
  const slot = options.cache.skip || options.cache.ttl === 0 ? undefined : cacheKey(call, target);
  const hit = slot === undefined ? undefined : world.traffic.cache.get(slot);
  if (hit !== undefined && hit.until > world.now()) {
    return {
      reply: told(call, target, json(200, hit.body), { cached: true, cost: 0, attempts: 0, duration: 0 }),
      cost: 0,
    };
  }
  const credential = credentialFor(world, {
    gateway,
    provider,
    authenticated: call.authenticated,
    headers: target.headers,
    alias: call.aliases ? options.alias : undefined,
    ownCredentialsOnly: options.ownCredentialsOnly,
  });
  takeKey(world, gateway, provider, credential);
  const { attempts, duration, outcome } = attempt(target.retries, () => {
    const effect = world.faults.takeUpstream("cloudflare", call.incoming, provider, model);
    return { status: effect?.status ?? refusalOf(target, credential), delay: effect?.delay_ms ?? 0 };
  });
  if (outcome !== "answered") {
    const reply = outcome === "timeout" ? noAnswer().reply : providerError(outcome.status);
    return { reply: told(call, target, reply, { cached: false, cost: 0, attempts, duration }), cost: 0 };
  }
  const body = echo({ ...target, credential }, uuid("completion", world.store.nextSequence()), world.now());
  const cost = costOf(world, target, options.cost);
  addSpend(world, spender, cost);
  if (slot !== undefined) {
    world.traffic.cache.set(slot, { body, until: world.now() + options.cache.ttl * 1000 });
  }
  return { reply: told(call, target, json(200, body), { cached: false, cost, attempts, duration }), cost };
}

/** A provider that is called without a key refuses; a custom one may have its key in the headers set up for it. */
function refusalOf({ custom }: Target, { source }: Credential): number | undefined {
  return source === "none" && custom === undefined ? 401 : undefined;
}

interface Telling {
  readonly cached: boolean;
  readonly cost: number;
  readonly attempts: number;
  readonly duration: number;
}

/** Logs an exchange and puts the gateway's headers on its reply (docs *Header glossary*, 2026). */
function told(call: Call, target: Target, reply: Reply, { cached, ...telling }: Telling): Reply {
  const { world, gateway, options } = call;
  const { provider, model, path, step } = target;
  const success = reply.status < 400;
  const tokens = success && !cached ? USAGE : undefined;
  const row = {
    provider,
    model,
    path,
    status_code: reply.status,
    success,
    cached,
    step,
    tokens_in: tokens?.prompt_tokens ?? 0,
    tokens_out: tokens?.completion_tokens ?? 0,
    metadata: { ...options.metadata },
    ...telling,
  };
  const log = options.log ? addLog(world, gateway, row) : undefined;
  const headers = {
    ...reply.headers,
    ...(log === undefined ? {} : { "cf-aig-log-id": log }),
    "cf-aig-step": String(step),
    "cf-aig-cache-status": cached ? "HIT" : "MISS",
    "cf-aig-model": model,
    "cf-aig-provider": provider,
  };
  return { ...reply, headers };
}

/**
 * Provider, endpoint, model, the provider's auth header and the body, hashed; or the caller's own key (docs
 * *Caching*, 2026). A change of the gateway empties its cache where `cache_invalidate_on_update` says so.
 */
function cacheKey({ gateway, options }: Call, { provider, path, model, headers, body }: Target): string {
  const key =
    options.cache.key ?? JSON.stringify([provider, path, model, callerKey(provider, headers) ?? "", body]);
  const age = gateway.cache_invalidate_on_update ? gateway.modified_at : "";
  const whole = JSON.stringify([incarnation(gateway), age, key]);
  return createHash("sha256").update(whole).digest("hex");
}
