/**
 * Gateways: create, list, get, full-object PUT, delete with cascade, and the data-plane URL.
 * Evidence: OAS 2026-10; ALC live tests 2026 for what the server fills in by itself.
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { alphanumeric } from "../ids.ts";
import { replaced } from "../store.ts";
import type { Switches } from "../switches.ts";
import { aiGateway, gatewayReaders, gatewayWriters } from "./endpoints.ts";
import { item, itemWire, list, listWire, notFound } from "./envelopes.ts";
import {
  type GatewayPutBody,
  type GatewayRecord,
  type GatewaySettings,
  gatewayPostBody,
  gatewayPutBody,
  gatewayWire,
} from "./gateway-shapes.ts";
import { gatewayPageRequest, pageOf } from "./paging.ts";
import type { CloudflareState } from "./state.ts";
import { given, invalid } from "./validation.ts";

/** The gateway named in the path; refuses with 404/7002. */
export function gatewayOf(context: Context, parameter = "gateway_id"): GatewayRecord {
  const id = param(context, parameter);
  const gateway = context.store.cloudflare.gateways.find((candidate) => candidate.id === id);
  if (gateway === undefined) throw notFound("Gateway");
  return gateway;
}

const rateFields = ["cache_ttl", "rate_limiting_interval", "rate_limiting_limit"] as const;

/** What a gateway has before a body says anything; open question 4. The five required fields always come by body. */
export function defaultSettings(switches: Switches): GatewaySettings {
  return {
    cache_invalidate_on_update: false,
    cache_ttl: 0,
    collect_logs: true,
    rate_limiting_interval: 0,
    rate_limiting_limit: 0,
    rate_limiting_technique: "fixed",
    authentication: false,
    byok_only: false,
    guardrails: null,
    log_classification: false,
    log_management: switches.log_management_default,
    log_management_strategy: switches.log_management_strategy_default,
    logpush: false,
    logpush_public_key: null,
    otel: null,
    retry_max_attempts: null,
    retry_delay: null,
    retry_backoff: null,
    spend_limits: null,
    store_id: null,
    stripe: null,
    workers_ai_billing_mode: "postpaid",
    zdr: false,
  };
}

/** `base` with the fields that the body names; spend rules without an id get one of 8 hex digits (open question 30). */
function merged(context: Context, base: GatewaySettings, body: GatewayPutBody): GatewaySettings {
  const settings = { ...base, ...given(body) };
  if (context.switches.rate_nulls_as_zero) {
    for (const field of rateFields) settings[field] ??= 0;
  }
  if (settings.spend_limits) {
    const rules = settings.spend_limits.rules.map((rule) => ({ ...rule, id: rule.id ?? ruleId(context) }));
    settings.spend_limits = { ...settings.spend_limits, rules };
  }
  return settings;
}

function ruleId(context: Context): string {
  const text = alphanumeric("spend-rule", context.store.nextSequence(), 4);
  return Buffer.from(text).toString("hex").slice(0, 8);
}

/** A gateway as this profile answers it. */
function presentGateway(record: GatewayRecord, switches: Switches): z.infer<typeof gatewayWire> {
  const wire = { ...record, is_default: record.id === "default" };
  if (switches.gateway_unset_as === "empty") {
    wire.store_id ??= "";
    wire.otel ??= [];
    wire.spend_limits ??= { enabled: false, rules: [] };
  }
  if (switches.gateway_unset_as !== "absent") return wire;
  const always = new Set<string>(rateFields);
  const kept = Object.entries(wire).filter(([name, value]) => value !== null || always.has(name));
  return gatewayWire.parse(Object.fromEntries(kept));
}

const create = aiGateway({
  method: "POST",
  path: "/ai-gateway/gateways",
  needs: gatewayWriters,
  request: gatewayPostBody,
  reply: itemWire(gatewayWire),
  handle(context, { id, ...body }) {
    const { gateways } = context.store.cloudflare;
    if (gateways.some((gateway) => gateway.id === id)) {
      throw invalid("A gateway with this id already exists", ["body", "id"]);
    }
    if (gateways.length >= context.switches.max_gateways) {
      throw invalid(`Gateway limit of ${context.switches.max_gateways} per account reached`);
    }
    const at = new Date(context.now).toISOString();
    const settings = merged(context, defaultSettings(context.switches), body);
    const record: GatewayRecord = { id, ...settings, created_at: at, modified_at: at };
    context.store.writeCloudflare({ gateways: [...gateways, record] });
    return item(presentGateway(record, context.switches));
  },
});

const listAll = aiGateway({
  method: "GET",
  path: "/ai-gateway/gateways",
  needs: gatewayReaders,
  reply: listWire(gatewayWire),
  handle(context) {
    const request = gatewayPageRequest(context);
    const search = context.incoming.query.get("search")?.toLowerCase() ?? "";
    // Substring on the id, any case, ids ascending (inferred from chanfana 3.4.0).
    const found = context.store.cloudflare.gateways
      .filter((gateway) => gateway.id.includes(search))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = pageOf(found, request);
    return list({ ...page, items: page.items.map((gateway) => presentGateway(gateway, context.switches)) });
  },
});

const getOne = aiGateway({
  method: "GET",
  path: "/ai-gateway/gateways/:id",
  needs: gatewayReaders,
  reply: itemWire(gatewayWire),
  handle: (context) => item(presentGateway(gatewayOf(context, "id"), context.switches)),
});

const put = aiGateway({
  method: "PUT",
  path: "/ai-gateway/gateways/:id",
  needs: gatewayWriters,
  request: gatewayPutBody,
  reply: itemWire(gatewayWire),
  handle(context, body) {
    const { id, created_at, modified_at: _, ...stored } = gatewayOf(context, "id");
    const base = context.switches.put_resets_omitted ? defaultSettings(context.switches) : stored;
    const modified_at = new Date(context.now).toISOString();
    const record: GatewayRecord = { id, ...merged(context, base, body), created_at, modified_at };
    const gateways = replaced(context.store.cloudflare.gateways, (gateway) => gateway.id === id, record);
    context.store.writeCloudflare({ gateways });
    return item(presentGateway(record, context.switches));
  },
});

/** Children go with their gateway; its secrets stay in the store unless switched (open question 8). */
function withoutGateway(state: CloudflareState, id: string, switches: Switches): Partial<CloudflareState> {
  const others = <T extends { gateway_id: string }>(children: readonly T[]) =>
    children.filter((child) => child.gateway_id !== id);
  const keys = new Set(
    state.provider_configs.filter((config) => config.gateway_id === id).map((config) => config.secret_id),
  );
  return {
    gateways: state.gateways.filter((gateway) => gateway.id !== id),
    provider_configs: others(state.provider_configs),
    routes: others(state.routes),
    custom_domains: others(state.custom_domains),
    datasets: others(state.datasets),
    evaluations: others(state.evaluations),
    logs: others(state.logs),
    ...(switches.gateway_delete_drops_secrets
      ? { secrets: state.secrets.filter((secret) => !keys.has(secret.id)) }
      : {}),
  };
}

const remove = aiGateway({
  method: "DELETE",
  path: "/ai-gateway/gateways/:id",
  needs: gatewayWriters,
  reply: itemWire(gatewayWire),
  handle(context) {
    const gateway = gatewayOf(context, "id");
    context.store.writeCloudflare(withoutGateway(context.store.cloudflare, gateway.id, context.switches));
    return item(presentGateway(gateway, context.switches));
  },
});

const url = aiGateway({
  method: "GET",
  path: "/ai-gateway/gateways/:gateway_id/url/:provider",
  needs: gatewayReaders,
  reply: itemWire(z.string()),
  handle(context) {
    const { account_id } = context.store.cloudflare;
    const gateway = gatewayOf(context).id;
    return item(
      `https://gateway.ai.cloudflare.com/v1/${account_id}/${gateway}/${param(context, "provider")}`,
    );
  },
});

export const gatewayEndpoints: readonly Endpoint[] = [create, listAll, getOne, put, remove, url];
