// How many requests a plan without changes makes, and that none of them can be left out: blind to any one of them it
// misses a change. docs/plan-and-apply.md gives the numbers and says why they are what they are.

import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { Profile } from "../../src/reference-server/index.ts";
import { canary } from "../canary/values.ts";
import { expectConverged, expectEmpty, openStage, type Stage } from "./stage.ts";

const PAGE = new URL("../../docs/plan-and-apply.md", import.meta.url);

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

const times = (count: number, prefix: string, body: (index: number) => JsonObject): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, body(index)]));

async function applied(profile: Profile, gateways: number, inEach: number): Promise<Stage> {
  const stage = await openStage({ profile, env: { KEY: canary("provider old", "sk-") } }, onTestFinished);
  const gateway: JsonObject = {
    authentication: true,
    provider_configs: times(inEach, "key", (index) => ({
      provider_slug: "openai",
      alias: `a${index}`,
      secret: { env: "KEY" },
    })),
    routes: times(inEach, "route", () => ({ elements: graph("gpt-5.1") })),
  };
  await stage.declare({ cloudflare: { gateways: times(gateways, "gw", () => gateway) } });
  expectConverged(await stage.apply());
  // Neither secrets that are pending nor graphs that lag are left over.
  stage.pass(1000);
  return stage;
}

/** The requests of a plan by path, in which names stand for ids. */
async function requestsOf(stage: Stage): Promise<Readonly<Record<string, number>>> {
  const from = (await stage.requests()).length;
  expectEmpty(await stage.plan());
  const counts: Record<string, number> = {};
  for (const { method, path } of (await stage.requests()).slice(from)) {
    const at = path
      .replace(/^.*\/accounts\/[^/]+/, "")
      .replace(/\/gateways\/[^/]+/, "/gateways/{gateway}")
      .replace(/\/routes\/[^/]+/, "/routes/{route}");
    counts[`${method} ${at}`] = (counts[`${method} ${at}`] ?? 0) + 1;
  }
  return counts;
}

/** The page's table: path → how often. */
function documented(): Readonly<Record<string, number>> {
  const rows = readFileSync(PAGE, "utf8").matchAll(/^\| `(GET [^`]+)` \| (\d+) \|/gm);
  return Object.fromEntries([...rows].map(([, request, count]) => [request, Number(count)]));
}

test.each([
  ["live", 20, 5, 142],
  ["spec", 2, 2, 10],
] as const)(
  "a plan without changes makes the requests that the page counts (%s, %i gateways with %i keys and routes each: %i)",
  async (profile, gateways, inEach, total) => {
    const found = await requestsOf(await applied(profile, gateways, inEach));
    expect(found).toEqual({
      "GET /ai-gateway/gateways": 1,
      "GET /secrets_store/stores": 1,
      "GET /ai-gateway/gateways/{gateway}/provider_configs": gateways,
      "GET /ai-gateway/gateways/{gateway}/routes": gateways,
      "GET /ai-gateway/gateways/{gateway}/routes/{route}": gateways * inEach,
    });
    expect(Object.values(found).reduce((sum, count) => sum + count)).toBe(total);
    if (total === 142) expect(documented()).toEqual(found);
  },
);

test("the Secrets Store is asked for once by each reading, and not again by what writes into it", async () => {
  const stage = await openStage(
    { profile: "live", env: { KEY: canary("provider old", "sk-") } },
    onTestFinished,
  );
  const declare = (comment: string) =>
    stage.declare({
      cloudflare: {
        gateways: { support: { provider_configs: { openai: { secret: { env: "KEY" } } } } },
        secrets: times(3, "hook", () => ({ value: { env: "KEY" }, comment })),
      },
    });
  const asked = async (work: () => Promise<unknown>): Promise<number> => {
    const from = (await stage.requests()).length;
    await work();
    return (await stage.requests()).slice(from).filter(({ path }) => /\/stores$/.test(path)).length;
  };
  await declare("one");
  expectConverged(await stage.apply());
  expect(await asked(async () => expectEmpty(await stage.plan()))).toBe(1);
  await declare("two");
  expect(await asked(async () => expectConverged(await stage.apply()))).toBe(2);
});

const ROUTES = "/ai-gateway/gateways/gw0/routes";

/** Something that happens to a stack of one gateway with one key and one route. */
type Change = (stage: Stage, state: Awaited<ReturnType<Stage["state"]>>["cloudflare"]) => Promise<unknown>;

/** A change that the plan knows from one request alone. */
const TOLD: readonly (readonly [request: string, path: string, change: Change])[] = [
  [
    "the list of gateways",
    "/gateways$",
    ({ vendors }, { gateways: [gateway] }) =>
      vendors.cloudflare("PUT", "/ai-gateway/gateways/gw0", { ...gateway, authentication: false }),
  ],
  [
    "the list of Secrets Stores",
    "/stores$",
    ({ vendors }, { stores: [store] }) =>
      vendors.cloudflare("DELETE", `/secrets_store/stores/${store?.id}?force=true`),
  ],
  [
    "a gateway's list of provider configs",
    "/provider_configs$",
    ({ vendors }) =>
      vendors.cloudflare("POST", "/ai-gateway/gateways/gw0/provider_configs", {
        provider_slug: "anthropic",
        alias: "default",
        default_config: true,
        secret: canary("foreign", "sk-"),
      }),
  ],
  [
    "a gateway's list of routes",
    "/routes$",
    ({ vendors }) =>
      vendors.cloudflare("POST", ROUTES, { name: "foreign", elements: wired(graph("gpt-5.1-mini")) }),
  ],
  [
    "a route by its id",
    "/routes/[^/]+$",
    async ({ vendors }, { gateways: [gateway], routes: [route] }) => {
      // Before its first write there was no gateway, and so no route of it; this is another one that changes nothing.
      await vendors.cloudflare("PUT", "/ai-gateway/gateways/gw0", gateway);
      const at = `${ROUTES}/${route?.id}`;
      await vendors.cloudflare("POST", `${at}/versions`, { elements: wired(graph("gpt-5.1-mini")) });
      const { data } = (await vendors.cloudflare("GET", `${at}/versions`)) as {
        data: { versions: { version_id: string; active: boolean }[] };
      };
      const made = data.versions.find(({ active }) => !active);
      await vendors.cloudflare("POST", `${at}/deployments`, { version_id: made?.version_id });
    },
  ],
];

test.each(TOLD)("without what %s shows, a change goes unseen", async (_, path, change) => {
  const stage = await applied("live", 1, 1);
  const seen = ({ steps, unmanaged, refused }: Plan) => steps.length + unmanaged.length + refused.length;
  expect(seen(await stage.plan())).toBe(0);
  await change(stage, (await stage.state()).cloudflare);
  stage.pass(1000);
  await stage.fault({ method: "GET", path, effect: { kind: "stale_list" } });
  expect(seen(await stage.plan()), "as if nothing had happened").toBe(0);
  await stage.clearFaults();
  expect(seen(await stage.plan())).toBeGreaterThan(0);
});

/** A graph in the API's own form. */
function wired(elements: JsonValue): JsonValue {
  return (elements as JsonObject[]).map(({ outputs = {}, ...rest }) => ({
    ...rest,
    outputs: Object.fromEntries(
      Object.entries(outputs as JsonObject).map(([label, elementId]) => [label, { elementId }]),
    ),
  }));
}
