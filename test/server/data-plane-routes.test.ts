import { describe, expect, test } from "vitest";
import { type Api, clock, makeGateway, start } from "./api.ts";
import { ask, bearer, logs, misbehave, refusal, type Sent } from "./plane.ts";

const to = (elementId: string) => ({ elementId });
const begin = { id: "start", type: "start", outputs: { next: to("first") } };
const end = { id: "end", type: "end", outputs: {} };
const model = (id: string, name: string, properties: object = {}, fallback = "end") => ({
  id,
  type: "model",
  properties: {
    provider: name.split("/")[0],
    model: name.split("/")[1],
    timeout: 0,
    retries: 0,
    ...properties,
  },
  outputs: { success: to("end"), fallback: to(fallback) },
});
const two = [
  begin,
  model("first", "openai/gpt-4o", {}, "second"),
  model("second", "anthropic/claude-haiku-4.5"),
  end,
];

async function stage(elements: object[], more: object = {}) {
  const time = clock();
  const api = await start({ now: time.now });
  await makeGateway(api, "support", more);
  await deploy(api, elements);
  return { api, ...time };
}

async function deploy(api: Api, elements: object[]): Promise<void> {
  const route = { kind: "route", gateway_id: "support", name: "tiered", elements };
  expect((await api.control("POST", "/children", route)).status).toBe(200);
}

const call = (api: Api, headers: Sent = {}, name = "tiered") => {
  const signed = bearer(api.connection.cloudflare.api_token);
  return ask(api, "support/compat/chat/completions", { ...signed, ...headers }, { model: `dynamic/${name}` });
};
const metadata = (value: object): Sent => ({ "cf-aig-metadata": JSON.stringify(value) });
const models = async (api: Api, headers: Sent[]): Promise<string[]> => {
  const found: string[] = [];
  for (const sent of headers) found.push((await call(api, sent)).headers.get("cf-aig-model") ?? "none");
  return found;
};

test("a route answers with its model's answer and says which model it was", async () => {
  const { api } = await stage(two);
  const { headers, echo } = await call(api);
  expect(echo).toMatchObject({ provider: "openai", model: "gpt-4o", path: "/chat/completions" });
  expect([headers.get("cf-aig-model"), headers.get("cf-aig-provider")]).toEqual(["gpt-4o", "openai"]);
});

test("a route that the gateway does not have is 400 with 2005 and leaves no log row", async () => {
  const { api } = await stage(two);
  expect(refusal(await call(api, {}, "other"))).toEqual([400, 2005]);
  expect(await logs(api)).toEqual([]);
  await makeGateway(api, "twin");
  const signed = bearer(api.connection.cloudflare.api_token);
  expect((await ask(api, "twin/compat/chat/completions", signed, { model: "dynamic/tiered" })).code).toBe(
    2005,
  );
});

test("a model that fails after its retries leads to the fallback, which is the next step", async () => {
  const elements = [
    begin,
    model("first", "openai/gpt-4o", { retries: 2 }, "second"),
    model("second", "mistral/small"),
    end,
  ];
  const { api } = await stage(elements);
  await misbehave(api, { provider: "openai", status: 500 });
  const answer = await call(api);
  expect([answer.echo.provider, answer.headers.get("cf-aig-step")]).toEqual(["mistral", "1"]);
  expect((await logs(api)).map(({ provider, attempts, success }) => [provider, attempts, success])).toEqual([
    ["openai", 3, false],
    ["mistral", 1, true],
  ]);
});

test("a model's timeout holds for every try, the last one included", async () => {
  const elements = [
    begin,
    model("first", "openai/gpt-4o", { timeout: 500, retries: 1 }, "second"),
    model("second", "mistral/small"),
    end,
  ];
  const { api } = await stage(elements);
  await misbehave(api, { provider: "openai", delay_ms: 501 });
  expect((await call(api)).echo.provider).toBe("mistral");
  expect((await logs(api))[0]).toMatchObject({ attempts: 2, duration: 1000 });
});

test("a spent budget leads to the fallback", async () => {
  const rules = [
    { limitType: "cost", limit: 0.01, window: 60, model: { mode: "filter", values: ["openai/gpt-4o"] } },
  ];
  const { api } = await stage(two, { spend_limits: { enabled: true, rules } });
  expect(await models(api, [{}, {}])).toEqual(["gpt-4o", "claude-haiku-4.5"]);
});

test("a route without an answer is 2002", async () => {
  const { api } = await stage(two);
  await misbehave(api, { status: 500 });
  expect(refusal(await call(api))).toEqual([400, 2002]);
});

test("a circle of fallbacks calls each model once and is 2002", async () => {
  const { api } = await stage([
    begin,
    model("first", "openai/a", {}, "second"),
    model("second", "openai/b", {}, "first"),
  ]);
  await misbehave(api, { status: 500 });
  expect(refusal(await call(api))).toEqual([400, 2002]);
  expect((await logs(api)).map((row) => row.model)).toEqual(["a", "b"]);
});

describe("elements", () => {
  const leaves = [model("yes", "openai/gpt-4o"), model("no", "anthropic/claude-haiku-4.5"), end];

  test("conditions see metadata, body and headers", async () => {
    const outputs = { true: to("yes"), false: to("no") };
    const conditions = { $or: [{ "metadata.plan": { $eq: "paid" } }, { "headers.x-beta": { $eq: "1" } }] };
    const { api } = await stage([
      begin,
      { id: "first", type: "conditional", properties: { conditions }, outputs },
      ...leaves,
    ]);
    expect(
      await models(api, [metadata({ plan: "paid" }), metadata({ plan: "free" }), { "x-beta": "1" }]),
    ).toEqual(["gpt-4o", "claude-haiku-4.5", "gpt-4o"]);
  });

  test("percentages draw the same in every run, or where a switch says", async () => {
    const split = { id: "first", type: "percentage", outputs: { "50%": to("yes"), else: to("no") } };
    const runs: string[][] = [];
    for (const _ of [1, 2]) {
      const { api } = await stage([begin, split, ...leaves]);
      runs.push(
        await models(
          api,
          Array.from({ length: 12 }, () => ({})),
        ),
      );
      await api.control("POST", "/switches", { route_draw: 0.5 });
      expect(await models(api, [{}, {}])).toEqual(["claude-haiku-4.5", "claude-haiku-4.5"]);
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(new Set(runs[0]).size).toBe(2);
  });

  test.each([
    ["count", 2],
    ["cost", 0.03],
  ])("a rate of %s %d is counted per key and over when its window is", async (limitType, limit) => {
    const properties = { limitType, key: "metadata.user", limit, window: 60 };
    const outputs = { success: to("yes"), fallback: to("no") };
    const { api, pass } = await stage([begin, { id: "first", type: "rate", properties, outputs }, ...leaves]);
    const a = metadata({ user: "a" });
    expect(await models(api, [a, a, a, metadata({ user: "b" })])).toEqual([
      "gpt-4o",
      "gpt-4o",
      "claude-haiku-4.5",
      "gpt-4o",
    ]);
    pass(60_000);
    expect(await models(api, [a])).toEqual(["gpt-4o"]);
  });
});
