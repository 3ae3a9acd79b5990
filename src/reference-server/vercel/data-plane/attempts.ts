/**
 * Calls the providers of one model, one after the other, until one answers, and keeps account of it as the gateway tells
 * it (docs *Provider Options* and *Provider Timeouts*, 2026-10; npm @ai-sdk/gateway 3.0.232). Time is reckoned, not
 * spent.
 */
import type { Incoming } from "../../http.ts";
import type { World } from "../../world.ts";
import { providersOf } from "./catalog.ts";
import { type Credential, credentialsFor } from "./credentials.ts";
import type { GatewayOptions, Way } from "./options.ts";

export interface Attempt {
  readonly provider: string;
  readonly credential: Credential;
  /** An error status; undefined: it answered. */
  readonly status: number | undefined;
  /** Milliseconds that it would have had, when it took longer. */
  readonly timeout?: number;
}

export interface ModelAttempts {
  readonly model: string;
  /** In the order in which they are tried. */
  readonly providers: readonly string[];
  readonly attempts: readonly Attempt[];
}

/** Ends with the first attempt that was answered, or after the last; without any provider there are none. */
export function attemptModel(
  world: World,
  incoming: Incoming,
  teamId: string,
  model: string,
  options: GatewayOptions,
  way: Way,
): ModelAttempts {
  const providers = ordered(providersOf(model, world.switches), way);
  const stored = world.store.vercel.byok_credentials.filter(({ ownerId }) => ownerId === teamId);
  const attempts: Attempt[] = [];
  for (const provider of providers) {
    for (const credential of credentialsFor(stored, options, way, provider)) {
      const attempt = attemptOnce(world, incoming, model, provider, credential, way);
      attempts.push(attempt);
      if (attempt.status === undefined) return { model, providers, attempts };
    }
  }
  return { model, providers, attempts };
}

/** `only` first, then those of `order` before the others. */
function ordered(providers: readonly string[], { order, only }: Way): string[] {
  const allowed = providers.filter((provider) => only?.includes(provider) ?? true);
  const first = order.filter((provider) => allowed.includes(provider));
  return [...new Set([...first, ...allowed])];
}

function attemptOnce(
  world: World,
  incoming: Incoming,
  model: string,
  provider: string,
  credential: Credential,
  way: Way,
): Attempt {
  const effect = world.faults.takeUpstream("vercel", incoming, provider, model);
  const timeout = credential.source === "system" ? undefined : way.timeouts[provider];
  if (timeout !== undefined && (effect?.delay_ms ?? 0) > timeout) {
    return { provider, credential, status: 504, timeout };
  }
  return { provider, credential, status: effect?.status };
}
