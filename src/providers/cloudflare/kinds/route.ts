// Kind `cloudflare.route`: a dynamic route of a gateway, a graph that chooses the model of each request. A changed
// graph is a new version and its deployment; compared is what is deployed. Labelled beta by Cloudflare (2026).

import * as z from "zod";
import type { JsonValue } from "../../../base/json.ts";
import type { Fields } from "../../../model/kind-rules.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, unlessGone } from "../../../provider/error.ts";
import {
  type Created,
  type CreateInput,
  defineKind,
  type Listing,
  type LiveRef,
  type ResolvedValue,
  type UpdateInput,
} from "../../../provider/kind.ts";
import { segment } from "../../../provider/shape.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { readDataPages } from "../pages.ts";
import { canonicalGraph, elementsOf, graphToWire, inReadingOrder, readGraph } from "./route-graph.ts";
import { routeExample, routeSpec } from "./route-spec.ts";
import { deployedGraph, deployedVersion, deployGraph, type Route, routeShape } from "./route-versions.ts";

export const route = defineKind({
  kind: "cloudflare.route",
  noun: "dynamic route",
  description:
    "A dynamic route of a gateway: a graph of conditions, shares, limits and models that requests for dynamic/<name> follow.",
  parent: "cloudflare.gateway",
  section: "routes",
  spec: routeSpec,
  example: { elements: routeExample },
  example_key: "tiered",
  docs: [{ title: "Dynamic routing" }, { title: "Dynamic routing – JSON configuration" }],
  fields: {
    elements: { collection: { keyed: "id" }, canonical: canonicalGraph, shorten: inReadingOrder },
  },
  fromKey: (key) => ({ name: key }),
  inferNeeds: customProviders,
  identity: ({ name }) => String(name),
  identity_fields: ["name"],
  write_permission: "AI Gateway Write",
  // The graph that is read can lag behind its deployment; Alchemy's live tests (2026) wait for up to two minutes.
  settles_within: 120,
  delete_takes: "its versions",
  api: {
    list,
    get,
    create,
    update,
    delete: async (api: CloudflareWriter, ref) => unlessGone(api.delete(routePath(ref))),
  },
});

/** A model's provider `custom-<slug>` is a custom provider of the account (OpenAPI 2026-10). */
function customProviders({ elements = null }: Fields): readonly string[] {
  return elementsOf(elements).flatMap(({ properties: { provider } }) =>
    typeof provider === "string" && provider.startsWith("custom-")
      ? [`cloudflare.custom_provider.${provider.slice("custom-".length)}`]
      : [],
  );
}

function routesPath(gateway: string | undefined): string {
  return `/ai-gateway/gateways/${segment(gateway ?? "")}/routes`;
}

function routePath({ id, parent_id }: LiveRef): string {
  return `${routesPath(parent_id)}/${segment(id)}`;
}

function toLive(
  { id, name, created_at }: Route,
  gateway: string | undefined,
  graph: JsonValue,
): LiveResource {
  const created = Date.parse(created_at ?? "");
  return {
    kind: "cloudflare.route",
    id,
    ...(gateway === undefined ? {} : { parent_id: gateway }),
    name,
    fields: { name, elements: graph },
    ...(Number.isNaN(created) ? {} : { created_at: created }),
  };
}

const listed = z.looseObject({ id: z.string() });

/** The items of the list have no graph live, and what a list has need not be what is deployed: each is read by its id. */
async function list(api: CloudflareReader, { parent_id }: { readonly parent_id?: string }): Promise<Listing> {
  const path = routesPath(parent_id);
  const { items, ...rest } = await readDataPages(api, path, "routes", listed, ({ id }) => id);
  const scope = parent_id === undefined ? {} : { parent_id };
  const found = await Promise.all(items.map(({ id }) => get(api, { id, ...scope })));
  return { ...rest, resources: found.filter((item) => item !== null) };
}

async function get(api: CloudflareReader, ref: LiveRef): Promise<LiveResource | null> {
  const path = routePath(ref);
  try {
    const found = await api.get(path, resultOf(routeShape));
    return toLive(found, ref.parent_id, await deployedGraph(api, path, found));
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

/**
 * Creating deploys the first version too (Alchemy's live tests, 2026). Where the answer shows none deployed, a second
 * step does it; should that fail the route is reported as it is, so that its id is kept and the difference shows.
 */
async function create(api: CloudflareWriter, { parent_id, fields }: CreateInput): Promise<Created> {
  const graph = graphIn(fields.elements);
  const body = { name: fields.name ?? null, elements: graphToWire(graph) };
  const made = await api.post(routesPath(parent_id), body, routeShape);
  if (deployedVersion(made) !== undefined) {
    return { live: toLive(made, parent_id, readGraph(made.version?.data) ?? readGraph(made.elements)) };
  }
  try {
    const path = routePath({ id: made.id, ...(parent_id === undefined ? {} : { parent_id }) });
    return { live: toLive(made, parent_id, await deployGraph(api, path, graph)) };
  } catch (error) {
    if (error instanceof ProviderError) return { live: toLive(made, parent_id, null) };
    throw error;
  }
}

/** PATCH takes the name and nothing else; a graph goes through a version (OpenAPI 2026-10). */
async function update(api: CloudflareWriter, ref: UpdateInput): Promise<LiveResource> {
  const path = routePath(ref);
  const differs = (name: string): boolean => ref.changed.length === 0 || ref.changed.includes(name);
  const { name, elements } = ref.fields;
  if (name !== undefined && differs("name")) await api.patch(path, { name }, z.unknown().optional());
  const stored =
    elements !== undefined && differs("elements")
      ? await deployGraph(api, path, graphIn(elements))
      : undefined;
  const now = await api.get(path, resultOf(routeShape));
  return toLive(now, ref.parent_id, stored ?? (await deployedGraph(api, path, now)));
}

/** A graph holds no secrets, so that what is to be sent is what the file says. */
function graphIn(value: ResolvedValue | undefined): JsonValue {
  return canonicalGraph((value ?? null) as JsonValue);
}
