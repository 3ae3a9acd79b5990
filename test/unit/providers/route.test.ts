// Dynamic routes: the forms of a graph, and how one comes into effect over the real client on the reference server.

import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/base/json.ts";
import { canonicalLive } from "../../../src/engine/normalise.ts";
import type { ProviderError } from "../../../src/provider/error.ts";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";
import { route } from "../../../src/providers/cloudflare/kinds/route.ts";
import {
  canonicalGraph,
  graphToWire,
  readGraph,
} from "../../../src/providers/cloudflare/kinds/route-graph.ts";
import {
  type FaultRule,
  type ReferenceServerOptions,
  startReferenceServer,
} from "../../../src/reference-server/index.ts";
import { type Events, writeCloudflare } from "./sessions.ts";

const graph = (model: string): JsonObject[] => [
  { id: "start", type: "start", outputs: { next: "ask" } },
  {
    id: "ask",
    type: "model",
    properties: { provider: "openai", model, timeout: 1000, retries: 1 },
    outputs: { success: "end", fallback: "end" },
  },
  { id: "end", type: "end" },
];

describe("a graph", () => {
  const conditions = { "metadata.plan": { $eq: "paid" } };
  const conditional = (properties: JsonObject): JsonObject => ({
    id: "plan",
    type: "conditional",
    properties,
    outputs: { true: { elementId: "a" }, false: { elementId: "b" } },
  });

  test.each([
    ["condition", { condition: conditions }],
    ["conditions", { conditions }],
    ["conditions as text", { conditions: JSON.stringify(conditions) }],
  ])("is the same with %s", (_, properties) => {
    expect(canonicalGraph([conditional(properties)])).toEqual([
      { id: "plan", type: "conditional", properties: { conditions }, outputs: { true: "a", false: "b" } },
    ]);
  });

  test("with the docs' rate_limit and interval is written as rate and window", () => {
    const limit = { limitType: "count", key: "metadata.user_id", limit: 5 };
    const outputs = { success: { elementId: "a" }, fallback: { elementId: "b" } };
    const ofDocs = {
      id: "rate",
      type: "rate_limit",
      properties: { ...limit, interval: 60, technique: "fixed" },
      outputs,
    };
    expect(graphToWire([ofDocs])).toEqual([
      { id: "rate", type: "rate", properties: { ...limit, window: 60 }, outputs },
    ]);
  });

  test("is the same in any order, and with what the dashboard keeps beside it", () => {
    const rules = route.rules;
    const plain = canonicalLive(rules, { name: "r", elements: graph("m") });
    const dressed = graph("m").map((element) => ({
      ...element,
      position: { x: 1, y: 2 },
      ...("properties" in element
        ? { properties: { ...(element.properties as JsonObject), label: "x" } }
        : {}),
    }));
    expect(canonicalLive(rules, { name: "r", elements: dressed.reverse() as JsonValue })).toEqual(plain);
  });

  test("is read from an array and from text, and null from anything else", () => {
    expect(readGraph(JSON.stringify(graph("m")))).toEqual(readGraph(graph("m")));
    expect(["", "{", "{}", null, 7].map(readGraph)).toEqual([null, null, null, null, null]);
  });

  test("keeps an element of a type that nobody knows yet as it is", () => {
    const later = { id: "x", type: "cache", properties: { ttl: 5 }, outputs: { hit: { elementId: "y" } } };
    expect(graphToWire([later])).toEqual([later]);
  });

  test("is exported from its start to its end, whatever the order of its ids", () => {
    const { shorten } = route.rules.fields.elements ?? {};
    const ids = (value: JsonValue | undefined) => (value as JsonObject[]).map(({ id }) => id);
    expect(ids(shorten?.(canonicalLive(route.rules, { elements: graph("m") }).elements ?? null, {}))).toEqual(
      ["start", "ask", "end"],
    );
  });
});

describe.each(["live", "spec"] as const)("a route, profile %s", (profile) => {
  async function start(options: ReferenceServerOptions = {}) {
    const server = await startReferenceServer({ profile, ...options });
    onTestFinished(() => server.close());
    const events: Events = [];
    const { api } = await writeCloudflare(server.connection.cloudflare, events);
    await gateway.api.create(api, { fields: { id: "g" } });
    const { live } = await route.api.create(api, {
      parent_id: "g",
      fields: { name: "tiered", elements: graph("old") },
    });
    const { control_url } = server.connection;
    const versions = async () => {
      const state = (await (await fetch(`${control_url}/state`)).json()) as {
        cloudflare: { routes: { versions: unknown[]; deployments: unknown[] }[] };
      };
      const [only] = state.cloudflare.routes;
      return [only?.versions.length, only?.deployments.length];
    };
    const fault = (...rules: FaultRule[]) =>
      fetch(`${control_url}/faults`, { method: "POST", body: JSON.stringify(rules) });
    const calm = () => fetch(`${control_url}/faults`, { method: "DELETE" });
    const ref = { id: live.id, parent_id: "g" };
    const put = (model: string) =>
      route.api.update?.(api, {
        ...ref,
        fields: { name: "tiered", elements: graph(model) },
        changed: ["elements"],
      });
    return { api, ref, events, versions, fault, calm, put };
  }

  const refused: FaultRule = {
    method: "POST",
    path: "/deployments$",
    effect: { kind: "status", status: 403, when: "before" },
  };

  test("whose version was made and not deployed is deployed by the next run, without another version", async () => {
    const { put, fault, calm, versions } = await start();
    await fault(refused);
    const error: unknown = await put("new")?.catch((refusal: ProviderError) => refusal);
    expect(error).toMatchObject({ outcome: "not-applied" });
    expect(await versions()).toEqual([2, 1]);
    await calm();
    await put("new");
    expect(await versions()).toEqual([2, 2]);
  });

  test("put back to an earlier graph deploys the earlier version", async () => {
    const { put, versions } = await start();
    await put("new");
    await put("old");
    expect(await versions()).toEqual([2, 3]);
  });

  test("is read as deployed while a newer version waits", async () => {
    const { put, fault, api, ref } = await start({ switches: { route_graph_lag_ms: 0 } });
    await fault(refused);
    await put("new")?.catch(() => undefined);
    expect((await route.api.get?.(api, ref))?.fields.elements).toEqual(canonicalGraph(graph("old")));
  });

  test("answers an update with the graph that it has stored, while reads still show the old one", async () => {
    const { put, api, ref } = await start({ switches: { route_graph_lag_ms: 60_000 } });
    expect((await put("new"))?.fields.elements).toEqual(canonicalGraph(graph("new")));
    expect((await route.api.get?.(api, ref))?.fields.elements).toEqual(canonicalGraph(graph("old")));
  });

  test("with another graph is sent a version and a deployment, and nothing else", async () => {
    const { put, events } = await start();
    const before = events.length;
    await put("new");
    const written = events.slice(before).filter(({ method }) => method !== "GET");
    expect(written.map(({ method, path }) => `${method} ${path.split("/").at(-1)}`)).toEqual([
      "POST versions",
      "POST deployments",
    ]);
  });

  test("is renamed by one PATCH and keeps id and version", async () => {
    const { api, ref, events, versions } = await start();
    const before = events.length;
    const changed = { fields: { name: "by-plan", elements: graph("old") }, changed: ["name"] };
    expect((await route.api.update?.(api, { ...ref, ...changed }))?.name).toBe("by-plan");
    const written = events.slice(before).filter(({ method }) => method !== "GET");
    expect(written.map(({ method }) => method)).toEqual(["PATCH"]);
    expect(await versions()).toEqual([1, 1]);
  });

  test("that was deleted is null to get and can be deleted again", async () => {
    const { api, ref } = await start();
    await route.api.delete?.(api, ref);
    await route.api.delete?.(api, ref);
    expect(await route.api.get?.(api, ref)).toBeNull();
    expect((await route.api.list(api, { parent_id: "g" })).resources).toEqual([]);
  });

  test("of a taken name is refused as existing", async () => {
    const { api } = await start();
    const twin = route.api.create(api, { parent_id: "g", fields: { name: "tiered", elements: graph("m") } });
    await expect(twin).rejects.toMatchObject({ refused: "exists" });
  });
});

test("a model of a custom provider needs that provider", () => {
  const elements = graph("m").map((element) =>
    element.type === "model" ? { ...element, properties: { provider: "custom-acme-llm" } } : element,
  );
  const needs = (list: JsonValue) => route.definition.inferNeeds?.({ elements: list }, () => []);
  expect(needs(elements)).toEqual(["cloudflare.custom_provider.acme-llm"]);
  expect(needs(graph("m"))).toEqual([]);
});
