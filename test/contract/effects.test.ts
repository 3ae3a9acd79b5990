// What an apply sets up takes effect: requests through the gateways show it. Beside the cases of the kinds, which
// look at the management API alone.

import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { Profile } from "../../src/reference-server/index.ts";
import { canary } from "../canary/values.ts";
import { expectConverged, openStage, type Stage } from "./stage.ts";

const CHAT = "support/openai/chat/completions";

async function applied(profile: Profile, gateway: JsonObject): Promise<Stage> {
  // A route whose reads lag would leave its apply settling.
  const server = { switches: { route_graph_lag_ms: 0 } };
  const env = { KEY: canary("provider old", "sk-") };
  const stage = await openStage({ profile, env, server }, onTestFinished);
  await change(stage, gateway);
  return stage;
}

async function change(stage: Stage, gateway: JsonObject): Promise<void> {
  await stage.declare({ cloudflare: { gateways: { support: gateway } } });
  expectConverged(await stage.apply());
  // A stored secret is pending at first.
  stage.pass(1000);
}

const statuses = async (stage: Stage, signed: boolean, times: number): Promise<number[]> => {
  const found: number[] = [];
  for (let index = 0; index < times; index++) found.push((await stage.ask(CHAT, "gpt-4o", signed)).status);
  return found;
};

describe.each(["live", "spec"] as const)("in the profile %s", (profile) => {
  test("a gateway with authentication refuses callers without a token", async () => {
    const stage = await applied(profile, { authentication: true });
    expect(await statuses(stage, false, 1)).toEqual([401]);
    expect(await statuses(stage, true, 1)).toEqual([200]);
  });

  test("a provider config's key is the one that the provider gets, before and after its rotation", async () => {
    const gateway = { authentication: true, provider_configs: { openai: { secret: { env: "KEY" } } } };
    const stage = await applied(profile, gateway);
    const credential = async () => (await stage.ask(CHAT, "gpt-4o", true)).echo;
    expect(await credential()).toMatchObject({ credential: `byok:default …${stage.env.KEY?.slice(-4)}` });
    stage.env.KEY = canary("provider new", "sk-");
    await change(stage, gateway);
    expect(await credential()).toMatchObject({ credential: `byok:default …${stage.env.KEY.slice(-4)}` });
  });

  test("a gateway that takes own keys only refuses a provider without one", async () => {
    const stage = await applied(profile, { authentication: true });
    expect((await stage.ask(CHAT, "gpt-4o", true)).echo).toMatchObject({ credential: "unified" });
    await change(stage, { authentication: true, byok_only: true });
    expect(await statuses(stage, true, 1)).toEqual([400]);
  });

  test.each([
    [
      "rate limit",
      { rate_limiting_interval: 3600, rate_limiting_limit: 2, rate_limiting_technique: "sliding" },
    ],
    [
      "spend limit",
      {
        spend_limits: { enabled: true, rules: [{ id: "cap", limitType: "cost", limit: 0.04, window: 3600 }] },
      },
    ],
  ])("a %s stops the third request", async (_, limit) => {
    expect(await statuses(await applied(profile, limit), true, 3)).toEqual([200, 200, 429]);
  });

  test("a route sends requests where its graph leads, and elsewhere once that has changed", async () => {
    const graph = (name: string) => [
      { id: "start", type: "start", outputs: { next: "split" } },
      { id: "split", type: "percentage", outputs: { "100%": "model" } },
      {
        id: "model",
        type: "model",
        properties: { provider: "openai", model: name, timeout: 0, retries: 0 },
        outputs: { success: "end", fallback: "end" },
      },
      { id: "end", type: "end" },
    ];
    const routes = (name: string) => ({
      authentication: true,
      routes: { tiered: { elements: graph(name) } },
    });
    const asked = async (stage: Stage) =>
      (await stage.ask("support/compat/chat/completions", "dynamic/tiered", true)).echo;
    const stage = await applied(profile, routes("gpt-5.1"));
    expect(await asked(stage)).toMatchObject({ provider: "openai", model: "gpt-5.1" });
    await change(stage, routes("gpt-5.1-mini"));
    expect(await asked(stage)).toMatchObject({ provider: "openai", model: "gpt-5.1-mini" });
  });
});
