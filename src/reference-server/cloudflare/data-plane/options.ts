/**
 * What a caller asks of the gateway for one request, by `cf-aig-*` headers (docs *Header glossary*, *Caching*,
 * *Custom costs*, *Custom metadata*, *Request handling*, 2026). They beat the gateway's settings, except
 * `cf-aig-no-wholesale`, which can only tighten them (changelog 2026-09-14). What cannot be read counts as not sent.
 */
import type { Incoming } from "../../http.ts";
import type { GatewayRecord } from "../gateway-shapes.ts";
import type { RetryPolicy } from "./attempts.ts";

export type Metadata = Readonly<Record<string, string | number | boolean>>;

export type CustomCost =
  | { readonly per_token_in: number; readonly per_token_out: number }
  | { readonly total_cost: number };

export interface CallOptions {
  readonly cache: {
    readonly skip: boolean;
    /** Seconds; 0: answers are not kept. */
    readonly ttl: number;
    readonly key: string | undefined;
  };
  readonly log: boolean;
  readonly metadata: Metadata;
  readonly cost: CustomCost | undefined;
  readonly alias: string | undefined;
  readonly ownCredentialsOnly: boolean;
  readonly retries: RetryPolicy;
}

const MONTH = 2_678_400;
/** With a custom key and no cache set up, answers are kept for five minutes (docs *Caching*, 2026). */
const CUSTOM_KEY_TTL = 300;

export function optionsOf({ headers }: Incoming, gateway: GatewayRecord): CallOptions {
  const key = headers["cf-aig-cache-key"];
  const ttl = number(headers["cf-aig-cache-ttl"]);
  const usual = gateway.cache_ttl || (key === undefined ? 0 : CUSTOM_KEY_TTL);
  return {
    cache: {
      skip: headers["cf-aig-skip-cache"] === "true",
      ttl: ttl === undefined ? usual : Math.min(Math.max(ttl, 60), MONTH),
      key,
    },
    log: switched(headers["cf-aig-collect-log"]) ?? gateway.collect_logs,
    metadata: metadataOf(headers["cf-aig-metadata"]),
    cost: costOf(headers["cf-aig-custom-cost"]),
    alias: headers["cf-aig-byok-alias"],
    ownCredentialsOnly: gateway.byok_only || headers["cf-aig-no-wholesale"] === "true",
    retries: {
      attempts: Math.min(
        number(headers["cf-aig-max-attempts"]) ?? gateway.retry_max_attempts ?? 1,
        MOST_ATTEMPTS,
      ),
      delay: number(headers["cf-aig-retry-delay"]) ?? gateway.retry_delay ?? 0,
      backoff: backoffOf(headers["cf-aig-backoff"]) ?? gateway.retry_backoff ?? "constant",
      timeout: number(headers["cf-aig-request-timeout"]),
      lastWaits: true,
    },
  };
}

/** At most five tries (docs *Request handling*, 2026-06-15). */
export const MOST_ATTEMPTS = 5;

/** The first five entries are kept; objects are no values (docs *Custom metadata*, 2026). */
function metadataOf(text: string | undefined): Metadata {
  const entries = Object.entries(object(text) ?? {}).filter(
    (entry): entry is [string, string | number | boolean] =>
      ["string", "boolean"].includes(typeof entry[1]) || Number.isFinite(entry[1]),
  );
  return Object.fromEntries(entries.slice(0, 5));
}

function costOf(text: string | undefined): CustomCost | undefined {
  const { per_token_in, per_token_out, total_cost } = object(text) ?? {};
  // `total_cost` is in the Workers types (4.20251118).
  if (isAmount(total_cost)) return { total_cost };
  if (!isAmount(per_token_in) && !isAmount(per_token_out)) return undefined;
  return {
    per_token_in: isAmount(per_token_in) ? per_token_in : 0,
    per_token_out: isAmount(per_token_out) ? per_token_out : 0,
  };
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

export function backoffOf(text: unknown): RetryPolicy["backoff"] | undefined {
  return text === "constant" || text === "linear" || text === "exponential" ? text : undefined;
}

function switched(text: string | undefined): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function object(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
