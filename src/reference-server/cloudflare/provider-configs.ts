/**
 * Provider configs (bring your own key) of a gateway and their tie to the Secrets Store: a key is found by its
 * name `{gateway}_{provider_slug}_{alias}`, scope `ai_gateway`, in the gateway's store (docs *BYOK* 2026-07-31).
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { uuid } from "../ids.ts";
import { replaced } from "../store.ts";
import { aiGateway, gatewayReaders, secretWriters } from "./endpoints.ts";
import { item, itemWire, list, listWire, notFound } from "./envelopes.ts";
import { gatewayId } from "./gateway-shapes.ts";
import { gatewayOf } from "./gateways.ts";
import { gatewayPageRequest, pageOf } from "./paging.ts";
import { addSecret, isActive, rewriteSecret } from "./secret-records.ts";
import type { ProviderConfigRecord, SecretRecord } from "./state.ts";
import { invalid } from "./validation.ts";

const createBody = z.object({
  /** No enum in OAS 2026-10: any string. */
  provider_slug: z.string().min(1),
  alias: z.string().min(1),
  default_config: z.boolean(),
  /** Both optional in OAS 2026-10; the reference page of mid-2026 listed both as required. */
  secret: z.string().min(1).optional(),
  secret_id: z.string().min(1).optional(),
  rate_limit: z.number().nullable().optional(),
  rate_limit_period: z.number().nullable().optional(),
});

const rotateBody = z.object({ secret: z.string().min(1) });

export const providerConfigWire = z.strictObject({
  id: z.string(),
  gateway_id: gatewayId,
  provider_slug: z.string(),
  alias: z.string(),
  /** 0/1 on the live wire (observed 2026; open question 15), boolean in OAS 2026-10. */
  default_config: z.union([z.boolean(), z.literal(0), z.literal(1)]),
  secret_id: z.string(),
  secret_preview: z.string(),
  rate_limit: z.number().nullable().optional(),
  rate_limit_period: z.number().nullable().optional(),
  modified_at: z.iso.datetime(),
});

const PATH = "/ai-gateway/gateways/:gateway_id/provider_configs";

/** A fixed mask plus the last four characters, empty when the server has no value (format unpublished; open question 18). */
function preview(secret: SecretRecord | undefined): string {
  if (secret === undefined) return "";
  return `********${secret.value.length >= 12 ? secret.value.slice(-4) : ""}`;
}

function present(context: Context, config: ProviderConfigRecord): z.infer<typeof providerConfigWire> {
  const { listed_until: _, rate_limit, rate_limit_period, default_config, ...rest } = config;
  return {
    ...rest,
    default_config: context.switches.numeric_default_config ? (default_config ? 1 : 0) : default_config,
    rate_limit,
    rate_limit_period,
    secret_preview: preview(secretOf(context, config)),
  };
}

function secretOf(context: Context, config: ProviderConfigRecord): SecretRecord | undefined {
  return context.store.cloudflare.secrets.find((secret) => secret.id === config.secret_id);
}

/** Configs of the gateway in the path that the list shows: live ones and those deleted within the lag. */
function listed(context: Context): ProviderConfigRecord[] {
  const gateway = param(context, "gateway_id");
  return context.store.cloudflare.provider_configs.filter(
    (config) => config.gateway_id === gateway && (config.listed_until ?? Infinity) > context.now,
  );
}

/** The live config in the path; also 404/7002 when the gateway is the one that is missing (DIS 2026; open question 17). */
function configOf(context: Context): ProviderConfigRecord {
  const id = param(context, "id");
  const found = listed(context).find((config) => config.id === id && config.listed_until === undefined);
  if (found === undefined) throw notFound("Provider config");
  return found;
}

/** The secret a new config will use: made from `secret`, or found by `secret_id`, or by the contract name alone. */
function settleSecret(
  context: Context,
  storeId: string,
  name: string,
  body: z.infer<typeof createBody>,
): string {
  if (
    body.secret !== undefined &&
    body.secret_id !== undefined &&
    context.switches.secret_and_secret_id === "refuse"
  ) {
    throw invalid("Give either secret or secret_id, not both");
  }
  const named = context.store.cloudflare.secrets.find(
    (secret) => secret.store_id === storeId && secret.name === name,
  );
  const candidate = named?.scopes.includes("ai_gateway") ? named : undefined;
  if (body.secret !== undefined && body.secret_id === undefined) {
    if (named === undefined) {
      return addSecret(context, {
        store_id: storeId,
        name,
        value: body.secret,
        scopes: ["ai_gateway"],
        comment: null,
      }).id;
    }
    // Names are unique per store, so one of another scope stands in the way.
    if (candidate === undefined || context.switches.existing_contract_secret === "refuse") {
      throw invalid(`Secret ${name} already exists`);
    }
    rewriteSecret(context, candidate, { value: body.secret });
    return candidate.id;
  }
  const fits = candidate !== undefined && (body.secret_id === undefined || candidate.id === body.secret_id);
  // A pending secret is "not found" too; ALC 2026 retries every 5 s, up to 10 times (open questions 11, 14).
  if (!fits || !isActive(candidate, context.now)) throw invalid(`Secret ${name} was not found`);
  return candidate.id;
}

const create = aiGateway({
  method: "POST",
  path: PATH,
  needs: secretWriters,
  request: createBody,
  reply: itemWire(providerConfigWire),
  handle(context, body) {
    const gateway = gatewayOf(context);
    const { provider_slug, alias, default_config } = body;
    const store = context.store.cloudflare.stores.find((candidate) => candidate.id === gateway.store_id);
    if (store === undefined) throw invalid("The gateway has no Secrets Store: set store_id first");
    if (listed(context).some((other) => other.provider_slug === provider_slug && other.alias === alias)) {
      throw invalid("A provider config with this provider and alias already exists");
    }
    const secret_id = settleSecret(context, store.id, `${gateway.id}_${provider_slug}_${alias}`, body);
    const config: ProviderConfigRecord = {
      id: uuid("provider-config", context.store.nextSequence()),
      gateway_id: gateway.id,
      provider_slug,
      alias,
      default_config,
      secret_id,
      rate_limit: body.rate_limit ?? null,
      rate_limit_period: body.rate_limit_period ?? 60,
      modified_at: new Date(context.now).toISOString(),
    };
    context.store.writeCloudflare({
      provider_configs: [...context.store.cloudflare.provider_configs, config],
    });
    return item(present(context, config));
  },
});

const listAll = aiGateway({
  method: "GET",
  path: PATH,
  needs: gatewayReaders,
  reply: listWire(providerConfigWire),
  // A missing gateway gives an empty list, not 404 (observed 2026; open question 17).
  handle(context) {
    const page = pageOf(listed(context), gatewayPageRequest(context));
    return list({ ...page, items: page.items.map((config) => present(context, config)) });
  },
});

const getOne = aiGateway({
  method: "GET",
  path: `${PATH}/:id`,
  needs: gatewayReaders,
  reply: itemWire(providerConfigWire),
  handle: (context) => item(present(context, configOf(context))),
});

/** Takes the key and nothing else; id and secret_id stay (open question 19). */
const rotate = aiGateway({
  method: "PUT",
  available: ({ provider_config_put }) => provider_config_put,
  path: `${PATH}/:id`,
  needs: secretWriters,
  request: rotateBody,
  reply: itemWire(providerConfigWire),
  handle(context, { secret }) {
    const config = configOf(context);
    const stored = secretOf(context, config);
    if (stored === undefined) throw invalid("The secret of this provider config was not found");
    rewriteSecret(context, stored, { value: secret });
    const changed = { ...config, modified_at: new Date(context.now).toISOString() };
    const { provider_configs } = context.store.cloudflare;
    context.store.writeCloudflare({
      provider_configs: replaced(provider_configs, (other) => other.id === config.id, changed),
    });
    return item(present(context, changed));
  },
});

/** The stored key goes with the config (OAS 2026-10; open question 20). */
const remove = aiGateway({
  method: "DELETE",
  path: `${PATH}/:id`,
  needs: secretWriters,
  reply: itemWire(providerConfigWire),
  handle(context) {
    const config = configOf(context);
    const answer = item(present(context, config));
    const lag = context.switches.provider_config_delete_lag_ms;
    const { provider_configs, secrets } = context.store.cloudflare;
    // Earlier ghosts whose lag is over are swept here, so that they do not pile up.
    const kept = provider_configs.filter((other) => (other.listed_until ?? Infinity) > context.now);
    context.store.writeCloudflare({
      secrets: secrets.filter((secret) => secret.id !== config.secret_id),
      provider_configs:
        lag === 0
          ? kept.filter((other) => other.id !== config.id)
          : replaced(kept, (other) => other.id === config.id, { ...config, listed_until: context.now + lag }),
    });
    return answer;
  },
});

export const providerConfigEndpoints: readonly Endpoint[] = [create, listAll, getOne, rotate, remove];
