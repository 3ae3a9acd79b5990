/**
 * Pricing rules of custom providers: create, list, get, PATCH, delete. Envelope A. Their path collides with that of
 * a custom provider with the id "costs"; the router prefers the literal one. OAS 2026-10.
 */
import type { z } from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { uuid } from "../ids.ts";
import { replaced } from "../store.ts";
import {
  type CostRecord,
  costPatchBody,
  costPostBody,
  costRecord,
  costWire,
  modelRules,
} from "./custom-provider-shapes.ts";
import { unset } from "./custom-providers.ts";
import { aiGateway, gatewayReaders, gatewayWriters } from "./endpoints.ts";
import { item, itemWire, list, listWire, notFound } from "./envelopes.ts";
import { gatewayPageRequest, pageOf } from "./paging.ts";
import { booleanQuery, enumQuery, fits, searched } from "./queries.ts";
import { given, invalid } from "./validation.ts";

const PATH = "/ai-gateway/custom-providers/costs";

function present(context: Context, cost: CostRecord): z.infer<typeof costWire> {
  const { token_pricing } = cost;
  const text = token_pricing === null ? null : JSON.stringify(token_pricing);
  return costWire.parse(unset(context, { ...cost, token_pricing: text }));
}

function costOf(context: Context): CostRecord {
  const id = param(context, "id");
  const found = context.store.cloudflare.provider_costs.find((cost) => cost.id === id);
  if (found === undefined) throw notFound("Pricing rule");
  return found;
}

const create = aiGateway({
  method: "POST",
  path: PATH,
  needs: gatewayWriters,
  request: costPostBody,
  reply: itemWire(costWire),
  handle(context, body) {
    const { custom_providers, provider_costs } = context.store.cloudflare;
    if (!custom_providers.some((provider) => provider.id === body.account_provider_id)) {
      // Not published; the code and text that a missing secret gets.
      throw invalid("Custom provider was not found", ["body", "account_provider_id"]);
    }
    const at = new Date(context.now).toISOString();
    const id = uuid("provider-cost", context.store.nextSequence());
    const cost = costRecord.parse({ id, ...body, created_at: at, modified_at: at });
    context.store.writeCloudflare({ provider_costs: [...provider_costs, cost] });
    return item(present(context, cost));
  },
});

const listAll = aiGateway({
  method: "GET",
  path: PATH,
  needs: gatewayReaders,
  reply: listWire(costWire),
  handle(context) {
    const request = gatewayPageRequest(context);
    const { query } = context.incoming;
    const literal = context.switches.cost_filter_defaults;
    const enable = booleanQuery(context, "enable");
    const provider = query.get("account_provider_id") ?? undefined;
    const rule = enumQuery(context, "model_rule", modelRules) ?? (literal ? "equals" : undefined);
    const type = query.get("cost_type") ?? (literal ? "tokens" : undefined);
    // The most recently modified first (OAS 2026-10); of several at one time, the later one.
    const found = context.store.cloudflare.provider_costs
      .filter(
        (cost) =>
          fits(enable, cost.enable) &&
          fits(provider, cost.account_provider_id) &&
          fits(rule, cost.model_rule) &&
          fits(type, cost.cost_type) &&
          searched(context, cost.model, cost.changed_by),
      )
      .reverse()
      .sort((a, b) => (a.modified_at > b.modified_at ? -1 : a.modified_at < b.modified_at ? 1 : 0));
    const page = pageOf(found, request);
    return list({ ...page, items: page.items.map((cost) => present(context, cost)) });
  },
});

const getOne = aiGateway({
  method: "GET",
  path: `${PATH}/:id`,
  needs: gatewayReaders,
  reply: itemWire(costWire),
  handle: (context) => item(present(context, costOf(context))),
});

const patch = aiGateway({
  method: "PATCH",
  path: `${PATH}/:id`,
  needs: gatewayWriters,
  request: costPatchBody,
  reply: itemWire(costWire),
  handle(context, body) {
    const cost = costOf(context);
    const changed = { ...cost, ...given(body), modified_at: new Date(context.now).toISOString() };
    const { provider_costs } = context.store.cloudflare;
    context.store.writeCloudflare({
      provider_costs: replaced(provider_costs, (other) => other.id === cost.id, changed),
    });
    return item(present(context, changed));
  },
});

const remove = aiGateway({
  method: "DELETE",
  path: `${PATH}/:id`,
  needs: gatewayWriters,
  reply: itemWire(costWire),
  handle(context) {
    const cost = costOf(context);
    const { provider_costs } = context.store.cloudflare;
    context.store.writeCloudflare({ provider_costs: provider_costs.filter((other) => other.id !== cost.id) });
    return item(present(context, cost));
  },
});

export const providerCostEndpoints: readonly Endpoint[] = [create, listAll, getOne, patch, remove];
