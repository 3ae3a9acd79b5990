// What the checks of dynamic routes share: every declared graph, and the file of their examples.

import type { Address } from "../../../base/address.ts";
import type { Desired } from "../../../model/desired.ts";
import { route } from "../kinds/route.ts";
import { elementsOf, type RouteElement } from "../kinds/route-graph.ts";

export interface DeclaredGraph {
  readonly address: Address;
  /** In the order of the file, so that an index is a place in it. */
  readonly elements: readonly RouteElement[];
}

/** The graphs that the files declare. Each is declared whole, so that nothing live adds to it. */
export function declaredGraphs(desired: Desired): readonly DeclaredGraph[] {
  return desired.resources
    .filter(({ kind }) => kind === route.rules.kind)
    .map(({ address, fields }) => ({ address, elements: elementsOf(fields.elements ?? null) }));
}

/** A whole file with one route of these elements, one per line. */
export function routeFile(...elements: readonly string[]): string {
  return `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      authentication: true
      routes:
        tiered:
          elements:
${elements.map((element) => `            - ${element}\n`).join("")}`;
}

/** A model element for an example. */
export function modelLine(id: string, model: string, success: string, fallback: string): string {
  return `{ id: ${id}, type: model, properties: { provider: openai, model: ${model}, timeout: 30000, retries: 1 }, outputs: { success: ${success}, fallback: ${fallback} } }`;
}

export const START_LINE = "{ id: start, type: start, outputs: { next: large } }";
export const END_LINE = "{ id: end, type: end }";
