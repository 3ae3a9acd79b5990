/**
 * Makes and removes the children of gateways that the API itself only lists so far.
 */
import type { z } from "zod";
import { domainRecord } from "../cloudflare/custom-domain-shapes.ts";
import { addRoute } from "../cloudflare/route-records.ts";
import type { CloudflareState } from "../cloudflare/state.ts";
import { hexId, uuid } from "../ids.ts";
import type { Store } from "../store.ts";
import type { childBody, childDeleteBody } from "./shapes.ts";

type ChildKind = z.infer<typeof childBody>["kind"];

/** The new record; undefined when there is no such gateway. */
export function addChild(store: Store, body: z.infer<typeof childBody>, now: number): object | undefined {
  const { kind, gateway_id, name } = body;
  const { gateways, custom_domains, datasets, evaluations } = store.cloudflare;
  if (!gateways.some((gateway) => gateway.id === gateway_id)) return undefined;
  const at = new Date(now).toISOString();
  const dates = { created_at: at, modified_at: at };
  const id = uuid(kind, store.nextSequence());
  switch (kind) {
    case "route":
      return addRoute(store, { gateway_id, name, elements: body.elements ?? [], is_valid: true }, now);
    case "custom_domain": {
      const zone_id = hexId("zone", store.nextSequence());
      const times = { created_at: now, modified_at: now };
      const domain = domainRecord.parse({ hostname: name, gateway_id, zone_id, ...times });
      store.writeCloudflare({ custom_domains: [...custom_domains, domain] });
      return domain;
    }
    case "dataset": {
      const dataset = { id, gateway_id, name, enable: true, filters: [], ...dates };
      store.writeCloudflare({ datasets: [...datasets, dataset] });
      return dataset;
    }
    case "evaluation": {
      const evaluation = { id, gateway_id, name, processed: false, total_logs: 0, ...dates };
      store.writeCloudflare({ evaluations: [...evaluations, evaluation] });
      return evaluation;
    }
    default:
      return kind satisfies never;
  }
}

export function removeChild(store: Store, { kind, id }: z.infer<typeof childDeleteBody>): void {
  store.writeCloudflare(withoutChild(store.cloudflare, kind, id));
}

function withoutChild(state: CloudflareState, kind: ChildKind, id: string): Partial<CloudflareState> {
  const others = <T extends { id: string }>(list: readonly T[]) => list.filter((child) => child.id !== id);
  switch (kind) {
    case "route":
      return { routes: others(state.routes) };
    case "custom_domain":
      return { custom_domains: state.custom_domains.filter((domain) => domain.hostname !== id) };
    case "dataset":
      return { datasets: others(state.datasets) };
    case "evaluation":
      return { evaluations: others(state.evaluations) };
    default:
      return kind satisfies never;
  }
}
