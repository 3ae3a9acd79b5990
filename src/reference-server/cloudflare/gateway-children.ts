/**
 * What else hangs on a gateway: datasets and evaluations, deprecated in OAS 2026-10. Lists only, enough to count what
 * a gateway's delete would take with it; tests make them over the control endpoint.
 */
import * as z from "zod";
import type { Context, Endpoint } from "../endpoint.ts";
import { aiGateway, gatewayReaders } from "./endpoints.ts";
import { list, listWire } from "./envelopes.ts";
import { gatewayOf } from "./gateways.ts";
import { gatewayPageRequest, pageOf } from "./paging.ts";
import { searched } from "./queries.ts";

const timestamp = z.iso.datetime();
const children = { gateway_id: z.string(), created_at: timestamp, modified_at: timestamp };

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

function inGateway<T extends { gateway_id: string }>(context: Context, all: readonly T[]): T[] {
  const { id } = gatewayOf(context);
  return all.filter((child) => child.gateway_id === id);
}

function matches(context: Context, name: string, actual: string): boolean {
  const wanted = context.incoming.query.get(name);
  return wanted === null || wanted === actual;
}

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

export const gatewayChildEndpoints: readonly Endpoint[] = [datasets, evaluations];
