/**
 * Dynamic routes as kept, and as each profile answers them. A route has versions of its graph, and deployments that
 * say which version is in effect; the newest of each is the last.
 */
import type { z } from "zod";
import { type Context, param } from "../endpoint.ts";
import { uuid } from "../ids.ts";
import { replaced, type Store } from "../store.ts";
import { refuseRoute } from "./envelopes.ts";
import { gatewayOf } from "./gateways.ts";
import type {
  bareRouteWire,
  DeploymentRecord,
  RouteRecord,
  routeVersionWire,
  routeWire,
  taggedRouteWire,
  VersionRecord,
} from "./route-shapes.ts";

type Graph = VersionRecord["elements"];

/** The route in the path; refuses with 404/7002 for its gateway and with 404/7005 for itself. */
export function routeOf(context: Context): RouteRecord {
  const gateway = gatewayOf(context);
  const id = param(context, "id");
  const found = context.store.cloudflare.routes.find(
    (route) => route.gateway_id === gateway.id && route.id === id,
  );
  if (found === undefined) throw refuseRoute(404, "Route not found");
  return found;
}

/** A new version of a graph; not in effect before it is deployed. */
export function newVersion(store: Store, elements: Graph, is_valid: boolean, now: number): VersionRecord {
  const version_id = uuid("version", store.nextSequence());
  return { version_id, elements, is_valid, created_at: new Date(now).toISOString() };
}

export function newDeployment(store: Store, version_id: string, now: number): DeploymentRecord {
  const deployment_id = uuid("deployment", store.nextSequence());
  return { deployment_id, version_id, created_at: new Date(now).toISOString() };
}

/** Makes a route and deploys its first version (ALC 2026). */
export function addRoute(
  store: Store,
  fields: { gateway_id: string; name: string; elements: Graph; is_valid: boolean },
  now: number,
): RouteRecord {
  const { gateway_id, name } = fields;
  const id = uuid("route", store.nextSequence());
  const version = newVersion(store, fields.elements, fields.is_valid, now);
  const deployment = newDeployment(store, version.version_id, now);
  const at = new Date(now).toISOString();
  const dates = { created_at: at, modified_at: at };
  const route = { id, gateway_id, name, versions: [version], deployments: [deployment], ...dates };
  store.writeCloudflare({ routes: [...store.cloudflare.routes, route] });
  return route;
}

/** Puts a changed route in the place of the old one. */
export function rewriteRoute(
  context: Context,
  route: RouteRecord,
  changes: Partial<RouteRecord>,
): RouteRecord {
  const changed = { ...route, ...changes, modified_at: new Date(context.now).toISOString() };
  const routes = replaced(context.store.cloudflare.routes, (other) => other.id === route.id, changed);
  context.store.writeCloudflare({ routes });
  return changed;
}

/** The graph that requests follow: that of the newest deployment. */
export function deployedElements(route: RouteRecord): Graph {
  return versionNamed(route, deployed(route).version_id).elements;
}

/** The newest deployment. */
function deployed({ id, deployments }: RouteRecord): DeploymentRecord {
  const last = deployments.at(-1);
  if (last === undefined) throw new Error(`route ${id} has no deployment`);
  return last;
}

function versionNamed(route: RouteRecord, id: string): VersionRecord {
  const found = route.versions.find((version) => version.version_id === id);
  if (found === undefined) throw new Error(`route ${route.id} has no version ${id}`);
  return found;
}

/** The graph that reads show: for a while after a deployment the one before (ALC 2026; open question 21). */
function visibleElements(context: Context, route: RouteRecord): Graph {
  const until = context.now - context.switches.route_graph_lag_ms;
  const seen = route.deployments.findLast((deployment) => Date.parse(deployment.created_at) <= until);
  return versionNamed(route, (seen ?? route.deployments[0] ?? deployed(route)).version_id).elements;
}

/** A route without version and deployment. */
export function presentBare(context: Context, route: RouteRecord): z.infer<typeof bareRouteWire> {
  const { versions: _, deployments: __, ...fields } = route;
  const elements = context.switches.route_elements ? { elements: visibleElements(context, route) } : {};
  return { ...fields, ...elements };
}

/** A version with this graph. */
export function presentVersion(
  context: Context,
  route: RouteRecord,
  { version_id, is_valid, created_at }: VersionRecord,
  elements: Graph,
): z.infer<typeof routeWire>["version"] {
  const texts = context.switches.route_version_as === "strings";
  const inEffect = version_id === deployed(route).version_id;
  return {
    version_id,
    data: texts ? JSON.stringify(elements) : elements,
    active: texts ? (inEffect ? "true" : "false") : inEffect,
    is_valid,
    created_at,
  };
}

/** A route with the version in effect and its deployment. */
export function presentRoute(context: Context, route: RouteRecord): z.infer<typeof routeWire> {
  const deployment = deployed(route);
  const version = versionNamed(route, deployment.version_id);
  return {
    ...presentBare(context, route),
    version: presentVersion(context, route, version, visibleElements(context, route)),
    deployment,
  };
}

/** A route with its account, as PATCH answers it. */
export function presentTagged(context: Context, route: RouteRecord): z.infer<typeof taggedRouteWire> {
  return { ...presentRoute(context, route), account_tag: context.store.cloudflare.account_id };
}

/** A route in a list, which live has no graph. */
export function presentListed(context: Context, route: RouteRecord): z.infer<typeof taggedRouteWire> {
  const full = presentTagged(context, route);
  if (context.switches.route_list_graph) return full;
  const { elements: _, ...fields } = full;
  const { data: __, ...version } = fields.version;
  return { ...fields, version };
}

/** One version with its route's fields around it; both have a `created_at`, and the version's wins. */
export function presentRouteVersion(
  context: Context,
  route: RouteRecord,
  version: VersionRecord,
): z.infer<typeof routeVersionWire> {
  const bare = presentBare(context, route);
  const own = bare.elements === undefined ? {} : { elements: version.elements };
  return { ...bare, ...own, ...presentVersion(context, route, version, version.elements) };
}
