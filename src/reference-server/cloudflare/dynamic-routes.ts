/**
 * Dynamic routes of a gateway: create, list, get, rename, delete. Envelope B, which is another one for almost every
 * method. Evidence: OAS 2026-10; ALC live tests and DIS 2026 for what the live API answers instead.
 */
import type { Context, Endpoint } from "../endpoint.ts";
import { json, type Reply } from "../http.ts";
import { aiGateway, gatewayReaders, gatewayWriters } from "./endpoints.ts";
import { item, itemWire, refuse, refuseRoute } from "./envelopes.ts";
import { gatewayOf } from "./gateways.ts";
import { lenientPageRequest, pageOf } from "./paging.ts";
import { graphErrors } from "./route-graph.ts";
import {
  addRoute,
  presentBare,
  presentListed,
  presentRoute,
  presentTagged,
  rewriteRoute,
  routeOf,
} from "./route-records.ts";
import {
  bareRouteWire,
  patchedRouteWire,
  type RouteElement,
  routeListWire,
  routePatchBody,
  routePostBody,
  routeWire,
} from "./route-shapes.ts";

const PATH = "/ai-gateway/gateways/:gateway_id/routes";

/** Whether a graph may be followed; refuses one that may not unless it is to be stored all the same. */
export function checkedGraph(context: Context, elements: readonly RouteElement[]): boolean {
  const errors = graphErrors(elements);
  if (errors.length > 0 && context.switches.broken_graph === "refuse") throw refuse(400, errors);
  return errors.length === 0;
}

/** Envelope B, list: oldest first (our choice), no declared bounds for the page. */
export function dataList<T>(
  context: Context,
  name: string,
  all: readonly T[],
  show: (row: T) => object,
): Reply {
  const { items, page, per_page } = pageOf(all, lenientPageRequest(context, 20, 100));
  const order = { order_by: "created_at", order_by_direction: "asc" };
  return json(200, { success: true, data: { [name]: items.map(show), page, per_page, ...order } });
}

/** Names are unique per gateway (DIS 2026); the status is a guess (open question 23). */
function checkName(context: Context, name: string, own?: string): void {
  const { id } = gatewayOf(context);
  const taken = context.store.cloudflare.routes.some(
    (route) => route.gateway_id === id && route.name === name && route.id !== own,
  );
  if (taken) throw refuseRoute(400, "A route with this name already exists");
}

const create = aiGateway({
  method: "POST",
  path: PATH,
  needs: gatewayWriters,
  request: routePostBody,
  reply: itemWire(routeWire),
  handle(context, { name, elements }) {
    const gateway_id = gatewayOf(context).id;
    const is_valid = checkedGraph(context, elements);
    checkName(context, name);
    const route = addRoute(context.store, { gateway_id, name, elements, is_valid }, context.now);
    return item(presentRoute(context, route));
  },
});

const listAll = aiGateway({
  method: "GET",
  path: PATH,
  needs: gatewayReaders,
  reply: routeListWire,
  handle(context) {
    const { id } = gatewayOf(context);
    const found = context.store.cloudflare.routes.filter((route) => route.gateway_id === id);
    return dataList(context, "routes", found, (route) => presentListed(context, route));
  },
});

const getOne = aiGateway({
  method: "GET",
  path: `${PATH}/:id`,
  needs: gatewayReaders,
  reply: itemWire(routeWire),
  handle: (context) => item(presentRoute(context, routeOf(context))),
});

/** Takes a name and nothing else, and answers `route` instead of `result` (OAS 2026-10). */
const patch = aiGateway({
  method: "PATCH",
  path: `${PATH}/:id`,
  needs: gatewayWriters,
  request: routePatchBody,
  reply: patchedRouteWire,
  handle(context, { name }) {
    const route = routeOf(context);
    checkName(context, name, route.id);
    return json(200, {
      success: true,
      route: presentTagged(context, rewriteRoute(context, route, { name })),
    });
  },
});

const remove = aiGateway({
  method: "DELETE",
  path: `${PATH}/:id`,
  needs: gatewayWriters,
  reply: itemWire(bareRouteWire),
  handle(context) {
    const route = routeOf(context);
    const answer = item(presentBare(context, route));
    const routes = context.store.cloudflare.routes.filter((other) => other.id !== route.id);
    context.store.writeCloudflare({ routes });
    return answer;
  },
});

export const routeEndpoints: readonly Endpoint[] = [create, listAll, getOne, patch, remove];
