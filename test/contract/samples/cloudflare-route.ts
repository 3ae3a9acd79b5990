import type { JsonObject, JsonValue } from "../../../src/base/json.ts";
import type { Body, FieldChange, Sample } from "../sample.ts";
import type { Vendors } from "../stage.ts";

const ROUTES = "/ai-gateway/gateways/base/routes";

type Element = Readonly<Record<string, JsonValue>>;

const model = (name: string): Element => ({ provider: "openai", model: name, timeout: 30_000, retries: 1 });
const rate: Element = { limitType: "count", key: "metadata.user_id", limit: 100, window: 3600 };

/** One element of every type. */
const whole: readonly Element[] = [
  { id: "start", type: "start", outputs: { next: "plan" } },
  {
    id: "plan",
    type: "conditional",
    properties: { conditions: { "metadata.plan": { $eq: "paid" } } },
    outputs: { true: "budget", false: "split" },
  },
  { id: "budget", type: "rate", properties: rate, outputs: { success: "large", fallback: "small" } },
  { id: "split", type: "percentage", outputs: { "10%": "large", else: "small" } },
  {
    id: "large",
    type: "model",
    properties: model("gpt-5.1"),
    outputs: { success: "end", fallback: "small" },
  },
  {
    id: "small",
    type: "model",
    properties: model("gpt-5.1-mini"),
    outputs: { success: "end", fallback: "end" },
  },
  { id: "end", type: "end" },
];

const short = (name: string): Element[] => [
  { id: "start", type: "start", outputs: { next: "model" } },
  { id: "model", type: "model", properties: model(name), outputs: { success: "end", fallback: "end" } },
  { id: "end", type: "end" },
];

const minimal: Body = { elements: short("gpt-5.1") };

/** The graph with one element put otherwise. */
const otherwise = (id: string, change: Element): JsonValue =>
  whole.map((element) => (element.id === id ? { ...element, ...change } : element)) as JsonValue;

/** The graph with its edges in the API's own form. */
const edged = (elements: readonly Element[]): JsonObject[] =>
  elements.map(({ outputs, ...rest }) => ({
    ...rest,
    ...(outputs === undefined
      ? {}
      : {
          outputs: Object.fromEntries(
            Object.entries(outputs as JsonObject).map(([label, elementId]) => [label, { elementId }]),
          ),
        }),
  })) as JsonObject[];

const ELSEWHERE: Readonly<Record<string, Element>> = {
  plan: { outputs: { true: "split", false: "budget" } },
  budget: { outputs: { success: "small", fallback: "large" } },
  split: { outputs: { "10%": "small", else: "large" } },
};

/** The graph as the server keeps it; the order is nobody's business. */
const kept = (elements: JsonValue): JsonObject[] =>
  [...(elements as readonly JsonObject[])]
    .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
    .map((element): JsonObject => {
      const entries = Object.entries((element.outputs ?? {}) as JsonObject);
      const edge = (to: JsonValue) => (typeof to === "string" ? { elementId: to } : to);
      return { ...element, outputs: Object.fromEntries(entries.map(([label, to]) => [label, edge(to)])) };
    });

const change = (from: JsonValue, to: JsonValue): FieldChange => ({
  path: "elements",
  from,
  to,
  held: ["elements", kept(to)],
});
const changed = (id: string, to: Element): FieldChange => change(whole as JsonValue, otherwise(id, to));

/** Almost every edge leads elsewhere, written as the API does. */
const led = edged(whole.map((element) => ({ ...element, ...(ELSEWHERE[String(element.id)] ?? {}) })));

async function deploy({ cloudflare, control }: Vendors, id: string, elements: JsonValue): Promise<void> {
  await control("POST", "/switches", { route_graph_lag_ms: 0 });
  await cloudflare("POST", `${ROUTES}/${id}/versions`, { elements: kept(elements) });
  const { data } = await cloudflare("GET", `${ROUTES}/${id}/versions?per_page=100`);
  const made = ((data as JsonObject).versions as JsonObject[]).at(-1);
  await cloudflare("POST", `${ROUTES}/${id}/deployments`, { version_id: made?.version_id });
}

export const route: Sample = {
  kind: "cloudflare.route",
  key: "tiered",
  address: "cloudflare.route.base/tiered",
  block: (entries) => ({ cloudflare: { gateways: { base: { routes: entries } } } }),
  minimal,
  full: { name: "by-plan", elements: whole as JsonValue },
  several: {
    tiered: { elements: whole as JsonValue },
    cheap: { elements: short("gpt-5.1-mini") },
    second: { name: "large", elements: short("gpt-5.1") },
  },
  env: {},
  changes: [
    { path: "name", from: "tiered", to: "by-plan", beside: minimal },
    changed("plan", { properties: { conditions: { "metadata.plan": { $eq: "free" } } } }),
    changed("budget", { properties: { ...rate, limitType: "cost" } }),
    changed("budget", { properties: { ...rate, key: "metadata.team" } }),
    changed("budget", { properties: { ...rate, limit: 5 } }),
    changed("budget", { properties: { ...rate, window: 60 } }),
    changed("large", { properties: { ...model("claude-opus-4-7"), provider: "anthropic" } }),
    changed("large", { properties: { ...model("gpt-5.1"), timeout: 1000 } }),
    changed("large", { properties: { ...model("gpt-5.1"), retries: 3 } }),
    changed("split", { outputs: { "20%": "large", "80%": "small" } }),
    changed("split", { outputs: { "10%": "small", else: "large" } }),
    changed("plan", { outputs: { true: "split", false: "budget" } }),
    changed("budget", { outputs: { success: "small", fallback: "large" } }),
    // Another type and another id at the same place.
    change(
      whole as JsonValue,
      whole.map((element) =>
        element.id === "split"
          ? { id: "split", type: "rate", properties: rate, outputs: { success: "large", fallback: "small" } }
          : element,
      ) as JsonValue,
    ),
    change(
      short("gpt-5.1"),
      short("gpt-5.1")
        .map((element) => (element.id === "end" ? { ...element, id: "done" } : element))
        .map((element) =>
          element.id === "model" ? { ...element, outputs: { success: "done", fallback: "done" } } : element,
        ),
    ),
    change(
      edged(short("gpt-5.1")),
      edged([{ id: "start", type: "start", outputs: { next: "end" } }, ...short("gpt-5.1").slice(1)]),
    ),
    change(edged(whole), led),
  ],
  unvaried: {},
  forms: [
    [
      { elements: whole as JsonValue },
      { elements: [...whole].reverse() as JsonValue },
      { elements: edged(whole) },
      { name: "tiered", elements: whole as JsonValue },
    ],
  ],
  release: { na: "its elements must be declared, and its name follows from its key" },
  secret: { na: "it has no secret field" },
  live: ({ cloudflare }) =>
    cloudflare.routes
      .filter(({ gateway_id }) => gateway_id === "base")
      .map((record) => {
        const inEffect = record.deployments.at(-1)?.version_id;
        const graph = record.versions.find(({ version_id }) => version_id === inEffect)?.elements;
        // The state is JSON, as its control endpoint gave it.
        return { id: record.id, record: { name: record.name, elements: kept(graph as JsonValue) } };
      }),
  path: `${ROUTES}$`,
  switches: { route_graph_lag_ms: 0 },
  twin: {
    differing: { elements: short("gpt-5.1-mini") },
    writes: 2,
    make: async ({ cloudflare }) => {
      const { result } = await cloudflare("POST", ROUTES, {
        name: "tiered",
        elements: kept(minimal.elements as JsonValue),
      });
      return String((result as JsonObject).id);
    },
  },
  remove: ({ cloudflare }, { id }) => cloudflare("DELETE", `${ROUTES}/${id}`),
  drift: {
    path: "elements",
    change: (vendors, { id }) => deploy(vendors, id, short("gpt-5.1")),
    held: ["elements", kept(whole as JsonValue)],
  },
  undeclared: { na: "name and elements are always declared, and there is nothing else to set" },
  inside: { na: "nothing lives in it" },
  lag: {
    switches: { route_graph_lag_ms: 60_000 },
    before: minimal,
    after: { elements: short("gpt-5.1-mini") },
    settling: true,
  },
  not: {
    immutable: "a name changes in place, and a graph by a new version",
    ambiguous: "the name is unique in a gateway: there cannot be two",
    cut: "the list says neither how many routes there are nor which page is the last, so that a cut one looks whole: a route that is owned is asked for by its id, and one that is not cannot be made twice, as its name is taken",
    shared: "it is owned",
  },
};
