// The graph of a dynamic route as data: its one form for comparing, the API's form for writing, and what is to be
// said of its edges. Takes every spelling that Cloudflare's API, OpenAPI document and docs have; knows no requests.

import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";

/** One element in canonical form: edges as plain ids, nothing empty, the API's names. */
export interface RouteElement {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
  /** Output to id of the next element. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * A graph as it was answered: an array live, the same as text in OpenAPI 2026-10.
 * @returns `null` for none.
 */
export function readGraph(data: unknown): JsonValue {
  if (typeof data !== "string") return Array.isArray(data) ? canonicalGraph(data) : null;
  try {
    return readGraph(JSON.parse(data));
  } catch {
    return null;
  }
}

/** The one form of a graph, element by element in the order given; `null` for what is no graph. */
export function canonicalGraph(value: JsonValue): JsonValue {
  return Array.isArray(value) ? value.map(canonicalElement) : null;
}

/** What of an element counts. The rest, such as its place on the dashboard's canvas, is none of a file's business. */
function canonicalElement(element: JsonValue): JsonValue {
  if (!isObject(element)) return element;
  // The docs (2026-04-29) say `rate_limit` for what the API calls `rate`.
  const type = element.type === "rate_limit" ? "rate" : (element.type ?? null);
  const properties = canonicalProperties(type, isObject(element.properties) ? element.properties : {});
  const outputs = type === "end" || !isObject(element.outputs) ? {} : element.outputs;
  return {
    id: element.id ?? null,
    type,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(Object.keys(outputs).length === 0
      ? {}
      : { outputs: Object.fromEntries(Object.entries(outputs).map(([label, to]) => [label, edgeOf(to)])) }),
  };
}

const edgeOf = (to: JsonValue): JsonValue => (isObject(to) ? (to.elementId ?? null) : to);

/** OpenAPI 2026-10 and the live API say `conditions` and `window`, the docs of 2026-04-29 `condition` and `interval`. */
function canonicalProperties(type: JsonValue, given: JsonObject): JsonObject {
  switch (type) {
    case "conditional": {
      const conditions = parsed(given.conditions ?? given.condition ?? null);
      const empty = conditions === null || (isObject(conditions) && Object.keys(conditions).length === 0);
      return empty ? {} : { conditions };
    }
    case "rate":
      return picked({ ...given, window: given.window ?? given.interval ?? null }, [
        "limitType",
        "key",
        "limit",
        "window",
      ]);
    case "model":
      return picked(given, ["provider", "model", "timeout", "retries"]);
    case "start":
    case "percentage":
    case "end":
      return {};
    default:
      return given;
  }
}

/** Conditions have been seen as JSON in a text (notes on Terraform's provider, 2026). */
function parsed(value: JsonValue): JsonValue {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return value;
  }
}

function picked(given: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined || given[name] === null ? [] : [[name, given[name]]])),
  ) as JsonObject; // undefined values are left out just above
}

/** The elements of a graph in any form; what has no id or type is left out. */
export function elementsOf(graph: JsonValue): readonly RouteElement[] {
  const list = canonicalGraph(graph);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: JsonValue): RouteElement[] => {
    if (!isObject(item) || typeof item.id !== "string" || typeof item.type !== "string") return [];
    const outputs = Object.entries(isObject(item.outputs) ? item.outputs : {});
    return [
      {
        id: item.id,
        type: item.type,
        properties: isObject(item.properties) ? item.properties : {},
        outputs: Object.fromEntries(
          outputs.flatMap(([label, to]) => (typeof to === "string" ? [[label, to]] : [])),
        ),
      },
    ];
  });
}

/** Elements as the API takes them (OpenAPI 2026-10): edges as objects, `outputs` always there. */
export function graphToWire(graph: JsonValue): JsonValue {
  return elementsOf(graph).map(({ id, type, properties, outputs }) => ({
    id,
    type,
    ...(type === "conditional" || Object.keys(properties).length > 0 ? { properties } : {}),
    outputs: Object.fromEntries(Object.entries(outputs).map(([label, elementId]) => [label, { elementId }])),
  }));
}

/** The order in which a person reads a graph: from the start on, then what nothing reaches. */
export function inReadingOrder(graph: JsonValue): JsonValue {
  if (!Array.isArray(graph)) return graph;
  const place = new Map(walkFromStarts(elementsOf(graph)).map((id, index) => [id, index]));
  const placeOf = (item: JsonValue): number =>
    (isObject(item) ? place.get(String(item.id)) : undefined) ?? Number.POSITIVE_INFINITY;
  // Ends last: most paths lead there, and the nearest one may be short.
  const isEnd = (item: JsonValue): number => (isObject(item) && item.type === "end" ? 1 : 0);
  return [...graph].sort((a, b) => {
    const [x, y] = [placeOf(a), placeOf(b)];
    return isEnd(a) - isEnd(b) || (x === y ? 0 : x - y);
  });
}

/** Ids that a request can come to, nearest to the start first. */
export function walkFromStarts(elements: readonly RouteElement[]): readonly string[] {
  const byId = new Map(elements.map((element) => [element.id, element]));
  const seen = new Set(elements.filter(({ type }) => type === "start").map(({ id }) => id));
  for (const id of seen) {
    for (const to of Object.values(byId.get(id)?.outputs ?? {})) if (byId.has(to)) seen.add(to);
  }
  return [...seen];
}

/** One closed path per edge that leads back, each as ids from an element to itself. */
export function cyclesIn(elements: readonly RouteElement[]): readonly (readonly string[])[] {
  const byId = new Map(elements.map((element) => [element.id, element]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const { id: root } of elements) {
    if (done.has(root)) continue;
    // A stack of its own: a graph may be deeper than calls can be.
    const path: { readonly id: string; readonly left: string[] }[] = [];
    const enter = (id: string): void => {
      path.push({ id, left: Object.values(byId.get(id)?.outputs ?? {}).reverse() });
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = top.left.pop();
      if (to === undefined) {
        done.add(top.id);
        path.pop();
      } else if (byId.has(to) && !done.has(to)) {
        const at = path.findIndex(({ id }) => id === to);
        if (at === -1) enter(to);
        else cycles.push([...path.slice(at).map(({ id }) => id), to]);
      }
    }
  }
  return cycles;
}
