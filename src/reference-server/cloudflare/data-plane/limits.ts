/**
 * Limits of a gateway: requests (docs *Rate limiting*, 2026), US dollars by rule (docs *Spend limits*, 2026), requests
 * through one stored key, and the vendor's own on Unified Billing (docs *Limits*, 2026). Fixed windows begin at
 * multiples of their length.
 */
import type { World } from "../../world.ts";
import type { GatewayRecord } from "../gateway-shapes.ts";
import type { Credential } from "./credentials.ts";
import { overSpent, rateLimited } from "./errors.ts";
import type { Metadata } from "./options.ts";
import type { Window } from "./windows.ts";

/** What a spend rule can be narrowed to. */
export interface Spender {
  readonly gateway: GatewayRecord;
  readonly provider: string;
  readonly model: string;
  readonly metadata: Metadata;
}

/** A gateway that is deleted and made again starts from nothing. */
export function incarnation({ id, created_at }: GatewayRecord): string {
  return `${id}@${created_at}`;
}

/** Counts a request against the gateway's limit; refused ones do not count (our choice). @throws Refusal 2003 */
export function takeRate(world: World, gateway: GatewayRecord): void {
  const { rate_limiting_interval: seconds, rate_limiting_limit: limit } = gateway;
  if (!seconds || !limit) return;
  const technique = gateway.rate_limiting_technique ?? "fixed";
  take(world, `rate ${incarnation(gateway)}`, { seconds, technique }, limit);
}

/** Counts a call against the limits of the key it is made with. @throws Refusal 2003 */
export function takeKey(world: World, gateway: GatewayRecord, provider: string, key: Credential): void {
  if (key.source === "unified") {
    // 200 requests in 60 seconds per gateway; not for stored keys (docs 2026).
    take(world, `unified ${incarnation(gateway)}`, { seconds: 60, technique: "sliding" }, 200);
  }
  if (key.source !== "byok") return;
  const config = world.store.cloudflare.provider_configs.find(
    (candidate) =>
      candidate.gateway_id === gateway.id &&
      [provider, provider.replace(/^custom-/, "")].includes(candidate.provider_slug) &&
      candidate.alias === key.alias &&
      candidate.listed_until === undefined,
  );
  if (config?.rate_limit == null) return;
  const window: Window = { seconds: config.rate_limit_period, technique: "sliding" };
  take(world, `key ${config.id}`, window, config.rate_limit);
}

function take(world: World, key: string, window: Window, limit: number): void {
  const now = world.now();
  if (world.traffic.windows.sum(key, window, now) >= limit) throw rateLimited();
  world.traffic.windows.add(key, 1, now);
}

/** @throws Refusal 2041 when what was spent under a rule has reached its limit */
export function checkSpend(world: World, spender: Spender): void {
  for (const { id, limit, window, technique, bucket } of bucketsOf(spender)) {
    const spent = world.traffic.windows.sum(bucket, { seconds: window, technique }, world.now());
    const what = `${spender.provider} ${spender.provider}/${spender.model}`;
    if (spent >= limit) throw overSpent(id, limit, window, technique, what);
  }
}

/** Adds the cost of a finished request, in US dollars, to every rule that covers it. */
export function addSpend(world: World, spender: Spender, cost: number): void {
  if (cost === 0) return;
  for (const { bucket } of bucketsOf(spender)) world.traffic.windows.add(bucket, cost, world.now());
}

type Rule = NonNullable<GatewayRecord["spend_limits"]>["rules"][number];

function bucketsOf(spender: Spender): (Rule & { id: string; bucket: string })[] {
  const { gateway, provider, model, metadata } = spender;
  const { enabled, rules } = gateway.spend_limits ?? { enabled: false, rules: [] };
  if (!enabled) return [];
  return rules.flatMap((rule, index) => {
    const covers =
      rule.enabled &&
      (rule.provider === undefined || rule.provider.values.includes(provider)) &&
      // The docs write models with their provider, callers of a provider's own path do not.
      (rule.model === undefined ||
        [model, `${provider}/${model}`].some((name) => rule.model?.values.includes(name)));
    if (!covers) return [];
    const parts: string[] = [];
    for (const [key, dimension] of Object.entries(rule.metadata ?? {})) {
      const value = Object.hasOwn(metadata, key) ? String(metadata[key]) : "";
      if (dimension.mode === "partition") parts.push(`${key}=${value}`);
      else if (!dimension.values.includes(value)) return [];
    }
    const id = rule.id ?? String(index);
    return [{ ...rule, id, bucket: `spend ${incarnation(gateway)} ${id} ${parts.join("&")}` }];
  });
}
