// What is special about dynamic routes: their versions can neither be deleted nor changed, so none is made for nothing.
// Over the reference server, beside the cases of all kinds.

import { expect, onTestFinished, test } from "vitest";
import type { JsonValue } from "../../src/base/json.ts";
import type { FaultRule } from "../../src/reference-server/index.ts";
import { expectConverged, openStage, type Stage } from "./stage.ts";

const graph = (model: string): JsonValue => [
  { id: "start", type: "start", outputs: { next: "model" } },
  {
    id: "model",
    type: "model",
    properties: { provider: "openai", model, timeout: 0, retries: 0 },
    outputs: { success: "end", fallback: "end" },
  },
  { id: "end", type: "end" },
];

const declare = (stage: Stage, model: string): Promise<void> =>
  stage.declare({
    cloudflare: { gateways: { support: { routes: { tiered: { elements: graph(model) } } } } },
  });

/** Models of the versions in the order in which they were made, and the one that is deployed. */
async function versionsOf(stage: Stage): Promise<readonly [made: readonly string[], deployed: string]> {
  const [route] = (await stage.state()).cloudflare.routes;
  if (route === undefined) throw new Error("there is no route");
  const modelOf = (version: (typeof route.versions)[number]): string =>
    String(JSON.stringify(version.elements).match(/"model":"([^"]+)"/)?.[1]);
  const last = route.deployments.at(-1)?.version_id;
  const deployed = route.versions.find(({ version_id }) => version_id === last);
  return [route.versions.map(modelOf), deployed === undefined ? "none" : modelOf(deployed)];
}

test("no second version is made of a graph: one that could not be deployed, or was replaced, is deployed again", async () => {
  // How reads lag behind is another matter, and would leave each apply settling.
  const server = { switches: { route_graph_lag_ms: 0 } };
  const stage = await openStage({ profile: "live", env: {}, server }, onTestFinished);
  await declare(stage, "one");
  expectConverged(await stage.apply());
  await declare(stage, "two");
  const refused: FaultRule["effect"] = { kind: "status", status: 400, when: "before" };
  await stage.fault({ method: "POST", path: "/deployments$", effect: refused });
  const cut = await stage.apply();
  expect(cut.state === "applied" && cut.report.converged).toBe(false);
  expect(await versionsOf(stage)).toEqual([["one", "two"], "one"]);
  await stage.clearFaults();
  expectConverged(await stage.apply());
  expect(await versionsOf(stage)).toEqual([["one", "two"], "two"]);
  await declare(stage, "one");
  expectConverged(await stage.apply());
  expect(await versionsOf(stage)).toEqual([["one", "two"], "one"]);
});
