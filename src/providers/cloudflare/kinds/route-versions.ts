// Puts a graph into effect: a version is made, then deployed (OpenAPI 2026-10). Versions and deployments cannot be
// deleted, so a run that finds the version that an earlier one has made deploys it instead of making another.

import * as z from "zod";
import { canonicalText, type JsonValue } from "../../../base/json.ts";
import { ProviderError } from "../../../provider/error.ts";
import { segment } from "../../../provider/shape.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { readDataPages } from "../pages.ts";
import { elementsOf, graphToWire, readGraph } from "./route-graph.ts";

const versionShape = z.looseObject({
  version_id: z.string(),
  data: z.unknown().optional(),
  // A boolean live, a text in OpenAPI 2026-10.
  active: z.unknown().optional(),
  created_at: z.string().nullish(),
});

export const routeShape = z.looseObject({
  id: z.string(),
  name: z.string(),
  // Required in OpenAPI 2026-10, missing live (Alchemy's live tests, 2026).
  elements: z.unknown().optional(),
  version: versionShape.nullish(),
  deployment: z.looseObject({ version_id: z.string() }).nullish(),
  created_at: z.string().nullish(),
});

export type Route = z.output<typeof routeShape>;

const oneVersion = z.looseObject({ data: z.unknown().optional(), elements: z.unknown().optional() });
/** The live API answers the id, OpenAPI 2026-10 does not. */
const madeShape = z.looseObject({ version_id: z.string().nullish() });
const anything = z.unknown().optional();

/** Tries of a request whose answers get lost. */
const TRIES = 3;
/** Versions to read one by one where their list has no graphs. */
const MOST_READ = 3;

/** The version that requests follow; `undefined` where none was ever deployed. */
export function deployedVersion({ deployment, version }: Route): string | undefined {
  if (deployment !== undefined && deployment !== null) return deployment.version_id;
  return version?.active === true || version?.active === "true" ? version.version_id : undefined;
}

/** The graph that requests follow; `null` where none was ever deployed. */
export async function deployedGraph(api: CloudflareReader, path: string, route: Route): Promise<JsonValue> {
  const id = deployedVersion(route);
  if (id === undefined) return null;
  const { version, elements } = route;
  const shown = version?.version_id === id ? (readGraph(version.data) ?? readGraph(elements)) : null;
  return shown ?? versionGraph(api, path, id);
}

/** The graph of one version. Unlike the route's own it does not lag behind a deployment. */
async function versionGraph(api: CloudflareReader, path: string, id: string): Promise<JsonValue> {
  const { data, elements } = await api.get(`${path}/versions/${segment(id)}`, resultOf(oneVersion));
  return readGraph(data) ?? readGraph(elements);
}

/**
 * Makes this graph the deployed one. Can be repeated at any point: what an interrupted run has left is used.
 * @returns the graph as the API has stored it.
 */
export async function deployGraph(api: CloudflareWriter, path: string, graph: JsonValue): Promise<JsonValue> {
  const id = (await storedVersion(api, path, graph)) ?? (await makeVersion(api, path, graph));
  await deploy(api, path, id);
  return versionGraph(api, path, id);
}

/** The newest version with this graph. */
async function storedVersion(
  api: CloudflareReader,
  path: string,
  graph: JsonValue,
): Promise<string | undefined> {
  const wanted = signature(graph);
  const { items } = await readDataPages(
    api,
    `${path}/versions`,
    "versions",
    versionShape,
    ({ version_id }) => version_id,
  );
  const age = ({ created_at }: (typeof items)[number]): number => Date.parse(created_at ?? "") || 0;
  let reads = 0;
  for (const { version_id, data } of [...items].sort((a, b) => age(b) - age(a))) {
    let found = readGraph(data);
    if (found === null && reads < MOST_READ) {
      reads += 1;
      found = await versionGraph(api, path, version_id);
    }
    if (found !== null && signature(found) === wanted) return version_id;
  }
  return undefined;
}

/** Two graphs are one if they have the same elements in whatever order. */
function signature(graph: JsonValue): string {
  return elementsOf(graph)
    .map((element) => canonicalText(element as unknown as JsonValue)) // an element is plain JSON
    .sort()
    .join("\n");
}

async function makeVersion(api: CloudflareWriter, path: string, graph: JsonValue): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    let lost: ProviderError | undefined;
    try {
      const body = { elements: graphToWire(graph) };
      const { version_id } = await api.post(`${path}/versions`, body, madeShape);
      if (typeof version_id === "string") return version_id;
    } catch (error) {
      if (!(error instanceof ProviderError) || error.outcome !== "unknown") throw error;
      lost = error;
    }
    const found = await storedVersion(api, path, graph);
    if (found !== undefined) return found;
    if (attempt >= TRIES || lost === undefined) {
      throw (
        lost ??
        new ProviderError("the route's new version was accepted, and is not in the list of its versions", {
          refused: "malformed",
          outcome: "unknown",
        })
      );
    }
  }
}

/** Deploying twice what is deployed changes nothing, so a lost answer may be followed by another try. */
async function deploy(api: CloudflareWriter, path: string, version_id: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const route = await api.get(path, resultOf(routeShape));
    if (deployedVersion(route) === version_id) return;
    try {
      await api.post(`${path}/deployments`, { version_id }, anything);
      return;
    } catch (error) {
      if (!(error instanceof ProviderError) || error.outcome !== "unknown" || attempt >= TRIES) throw error;
    }
  }
}
