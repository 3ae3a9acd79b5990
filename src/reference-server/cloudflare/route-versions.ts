/**
 * Versions and deployments of a dynamic route: to change its graph, a version is made and deployed; deploying an older
 * one is the way back. Envelope B. OAS 2026-10; ALC and DIS 2026.
 */
import { type Endpoint, param } from "../endpoint.ts";
import { checkedGraph, dataList } from "./dynamic-routes.ts";
import { aiGateway, gatewayReaders, gatewayWriters } from "./endpoints.ts";
import { item, itemWire, refuseRoute } from "./envelopes.ts";
import {
  newDeployment,
  newVersion,
  presentBare,
  presentRouteVersion,
  presentVersion,
  rewriteRoute,
  routeOf,
} from "./route-records.ts";
import {
  bareRouteWire,
  deploymentListWire,
  deploymentPostBody,
  madeVersionWire,
  routeVersionWire,
  versionListWire,
  versionPostBody,
} from "./route-shapes.ts";

const PATH = "/ai-gateway/gateways/:gateway_id/routes/:id";

/** Deploys nothing (open question 26). */
const createVersion = aiGateway({
  method: "POST",
  path: `${PATH}/versions`,
  needs: gatewayWriters,
  request: versionPostBody,
  reply: itemWire(madeVersionWire),
  handle(context, { elements }) {
    const route = routeOf(context);
    const is_valid = checkedGraph(context, elements);
    const version = newVersion(context.store, elements, is_valid, context.now);
    const changed = rewriteRoute(context, route, { versions: [...route.versions, version] });
    const id = context.switches.version_id_in_post ? { version_id: version.version_id } : {};
    return item({ ...presentBare(context, changed), ...id });
  },
});

const listVersions = aiGateway({
  method: "GET",
  path: `${PATH}/versions`,
  needs: gatewayReaders,
  reply: versionListWire,
  handle(context) {
    const route = routeOf(context);
    return dataList(context, "versions", route.versions, (version) =>
      presentVersion(context, route, version, version.elements),
    );
  },
});

const getVersion = aiGateway({
  method: "GET",
  path: `${PATH}/versions/:version_id`,
  needs: gatewayReaders,
  reply: itemWire(routeVersionWire),
  handle(context) {
    const route = routeOf(context);
    const id = param(context, "version_id");
    const version = route.versions.find((candidate) => candidate.version_id === id);
    if (version === undefined) throw refuseRoute(404, "Route version not found");
    return item(presentRouteVersion(context, route, version));
  },
});

/** Answers the route without saying which deployment this made (OAS 2026-10). */
const createDeployment = aiGateway({
  method: "POST",
  path: `${PATH}/deployments`,
  needs: gatewayWriters,
  request: deploymentPostBody,
  reply: itemWire(bareRouteWire),
  handle(context, { version_id }) {
    const route = routeOf(context);
    if (!route.versions.some((version) => version.version_id === version_id)) {
      throw refuseRoute(400, "Route version not found");
    }
    const deployment = newDeployment(context.store, version_id, context.now);
    const deployments = [...route.deployments, deployment];
    return item(presentBare(context, rewriteRoute(context, route, { deployments })));
  },
});

const listDeployments = aiGateway({
  method: "GET",
  path: `${PATH}/deployments`,
  needs: gatewayReaders,
  reply: deploymentListWire,
  handle(context) {
    const { deployments } = routeOf(context);
    return dataList(context, "deployments", deployments, (deployment) => deployment);
  },
});

export const routeVersionEndpoints: readonly Endpoint[] = [
  createVersion,
  listVersions,
  getVersion,
  createDeployment,
  listDeployments,
];
