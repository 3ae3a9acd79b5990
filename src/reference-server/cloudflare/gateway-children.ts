/**
 * What hangs on a gateway beside provider configs: dynamic routes, custom domains, datasets, evaluations. Lists
 * only, enough to count what a gateway's delete would take with it; tests make them over the control endpoint.
 */
import { z } from "zod";
import type { Context, Endpoint } from "../endpoint.ts";
import { json } from "../http.ts";
import { aiGateway, gatewayReaders } from "./endpoints.ts";
import { list, listWire } from "./envelopes.ts";
import { gatewayOf } from "./gateways.ts";
import { gatewayPageRequest, lenientPageRequest, pageOf } from "./paging.ts";
import { searched } from "./queries.ts";
import type { RouteRecord } from "./state.ts";

const timestamp = z.iso.datetime();
const children = { gateway_id: z.string(), created_at: timestamp, modified_at: timestamp };

const deploymentWire = z.strictObject({
  deployment_id: z.string(),
  version_id: z.string(),
  created_at: timestamp,
});

/** OAS 2026-10: `active` a string, `data` a string, `elements` there. Live (ALC, DIS 2026): a boolean, and in lists neither. */
export const routeListItemWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  ...children,
  elements: z.array(z.record(z.string(), z.unknown())).optional(),
  version: z.strictObject({
    version_id: z.string(),
    active: z.union([z.boolean(), z.enum(["true", "false"])]),
    data: z.string().optional(),
    created_at: timestamp,
  }),
  deployment: deploymentWire,
});

/** Envelope B: `data` instead of `result`, and no total. */
const routeListWire = z.strictObject({
  success: z.literal(true),
  data: z.strictObject({
    routes: z.array(routeListItemWire),
    page: z.int(),
    per_page: z.int(),
    order_by: z.string(),
    order_by_direction: z.enum(["asc", "desc"]),
  }),
});

const datasetWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  enable: z.boolean(),
  filters: z.array(z.record(z.string(), z.unknown())),
  ...children,
});

const evaluationWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  processed: z.boolean(),
  total_logs: z.number(),
  datasets: z.array(z.unknown()),
  results: z.array(z.unknown()),
  ...children,
});

function presentRoute(route: RouteRecord, graph: boolean): z.infer<typeof routeListItemWire> {
  const { elements, version_id, deployment_id, ...rest } = route;
  const { created_at } = route;
  return {
    ...rest,
    ...(graph ? { elements } : {}),
    version: {
      version_id,
      active: graph ? "true" : true,
      ...(graph ? { data: JSON.stringify(elements) } : {}),
      created_at,
    },
    deployment: { deployment_id, version_id, created_at },
  };
}

function inGateway<T extends { gateway_id: string }>(context: Context, all: readonly T[]): T[] {
  const { id } = gatewayOf(context);
  return all.filter((child) => child.gateway_id === id);
}

function matches(context: Context, name: string, actual: string): boolean {
  const wanted = context.incoming.query.get(name);
  return wanted === null || wanted === actual;
}

const routes = aiGateway({
  method: "GET",
  path: "/ai-gateway/gateways/:gateway_id/routes",
  needs: gatewayReaders,
  reply: routeListWire,
  handle(context) {
    const found = inGateway(context, context.store.cloudflare.routes);
    const { items, page, per_page } = pageOf(found, lenientPageRequest(context, 20, 100));
    const shown = items.map((route) => presentRoute(route, context.switches.route_list_graph));
    const data = { routes: shown, page, per_page, order_by: "created_at", order_by_direction: "asc" };
    return json(200, { success: true, data });
  },
});

const datasets = aiGateway({
  method: "GET",
  path: "/ai-gateway/gateways/:gateway_id/datasets",
  needs: gatewayReaders,
  reply: listWire(datasetWire),
  handle(context) {
    const found = inGateway(context, context.store.cloudflare.datasets).filter(
      (dataset) =>
        matches(context, "name", dataset.name) &&
        matches(context, "enable", String(dataset.enable)) &&
        searched(context, dataset.name),
    );
    return list(pageOf(found, gatewayPageRequest(context)));
  },
});

const evaluations = aiGateway({
  method: "GET",
  path: "/ai-gateway/gateways/:gateway_id/evaluations",
  needs: gatewayReaders,
  reply: listWire(evaluationWire),
  handle(context) {
    const found = inGateway(context, context.store.cloudflare.evaluations)
      .filter(
        (evaluation) =>
          matches(context, "name", evaluation.name) &&
          matches(context, "processed", String(evaluation.processed)) &&
          searched(context, evaluation.name),
      )
      .map((evaluation) => ({ ...evaluation, datasets: [], results: [] }));
    return list(pageOf(found, gatewayPageRequest(context)));
  },
});

export const gatewayChildEndpoints: readonly Endpoint[] = [routes, datasets, evaluations];
