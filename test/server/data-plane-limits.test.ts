import { describe, expect, test } from "vitest";
import { type Api, clock, makeGateway, settings, start } from "./api.ts";
import { ask, bearer, misbehave, question, refusal, type Sent } from "./plane.ts";

const OPENAI = "support/openai/chat/completions";
const own = { authorization: "Bearer sk-caller-0123456789-cccc" };
/** A multiple of every window below, so that fixed windows begin here. */
const noon = Date.UTC(2026, 10, 2, 12);

async function stage(more: object) {
  const time = clock(noon);
  const api = await start({ now: time.now });
  await makeGateway(api, "support", more);
  return { api, ...time };
}

async function statuses(api: Api, times: number, headers: Sent = own): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < times; index++) found.push((await ask(api, OPENAI, headers)).status);
  return found;
}

describe("the rate limit", () => {
  const limit = { rate_limiting_interval: 600, rate_limiting_limit: 2 };

  test("is 429 with 2003 and holds per gateway", async () => {
    const { api } = await stage(limit);
    await makeGateway(api, "other", limit);
    expect(await statuses(api, 3)).toEqual([200, 200, 429]);
    expect(refusal(await ask(api, OPENAI, own))).toEqual([429, 2003]);
    expect((await ask(api, "other/openai/chat/completions", own)).status).toBe(200);
  });

  test.each([
    ["fixed", [200, 200, 429]],
    ["sliding", [429, 429, 429]],
  ])("with %s windows two minutes around a boundary are %j", async (rate_limiting_technique, expected) => {
    const { api, pass } = await stage({ ...limit, rate_limiting_technique });
    pass(540_000);
    expect(await statuses(api, 2)).toEqual([200, 200]);
    pass(120_000);
    expect(await statuses(api, 3)).toEqual(expected);
  });

  test("changes at once with the gateway and goes with it", async () => {
    const { api, pass } = await stage(limit);
    expect(await statuses(api, 3)).toEqual([200, 200, 429]);
    await api.cloudflare("PUT", "/ai-gateway/gateways/support", {
      ...settings,
      ...limit,
      rate_limiting_limit: 3,
    });
    expect(await statuses(api, 2)).toEqual([200, 429]);
    await api.cloudflare("DELETE", "/ai-gateway/gateways/support");
    pass(1);
    await makeGateway(api, "support", limit);
    expect(await statuses(api, 3)).toEqual([200, 200, 429]);
  });

  test("is none where either number is 0", async () => {
    const { api } = await stage({ rate_limiting_interval: 60, rate_limiting_limit: 0 });
    expect(await statuses(api, 3)).toEqual([200, 200, 200]);
  });
});

test("Unified Billing takes 200 requests a minute from a gateway, other keys more", async () => {
  const { api, pass } = await stage({});
  const signed = bearer(api.connection.cloudflare.api_token);
  const all = await Promise.all(Array.from({ length: 200 }, () => ask(api, OPENAI, signed)));
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await statuses(api, 1, signed)).toEqual([429]);
  expect(await statuses(api, 1, { ...signed, ...own })).toEqual([200]);
  pass(60_000);
  expect(await statuses(api, 1, signed)).toEqual([200]);
});

describe("spend limits", () => {
  const rule = { id: "r1", limitType: "cost", limit: 0.04, window: 3600 };
  const spending = (more: object = {}, ...others: object[]) => ({
    spend_limits: { enabled: true, rules: [{ ...rule, ...more }, ...others] },
  });

  test("are 429 with 2041 and name the rule, once its limit is reached", async () => {
    const { api, pass } = await stage(spending());
    expect(await statuses(api, 2)).toEqual([200, 200]);
    const answer = await ask(api, OPENAI, own);
    expect(refusal(answer)).toEqual([429, 2041]);
    expect(answer.body.message).toBe(
      "Spend limit exceeded: rule 'r1' (cost limit 0.04 per 3600s, sliding) for openai openai/gpt-4o",
    );
    pass(3_600_000);
    expect(await statuses(api, 1)).toEqual([200]);
  });

  test("count what the caller says that a token or a request costs, and nothing without a price", async () => {
    const { api } = await stage(spending());
    const unknown = { model: "home-made" };
    for (let index = 0; index < 4; index++) {
      expect((await ask(api, OPENAI, own, unknown)).status).toBe(200);
    }
    const perToken = { ...own, "cf-aig-custom-cost": '{"per_token_in":0.00001,"per_token_out":0.00002}' };
    const whole = { ...own, "cf-aig-custom-cost": '{"total_cost":0.02}' };
    expect((await ask(api, OPENAI, perToken, unknown)).status).toBe(200);
    expect((await ask(api, OPENAI, whole, unknown)).status).toBe(200);
    expect((await ask(api, OPENAI, own, unknown)).code).toBe(2041);
  });

  test("of metadata split by value give each value its own budget, filters leave others alone", async () => {
    const split = { metadata: { team: { mode: "partition" } } };
    const filter = { ...rule, id: "r2", limit: 0.01, metadata: { team: { mode: "filter", values: ["c"] } } };
    const { api } = await stage(spending(split, filter));
    const team = (name: string) => ({ ...own, "cf-aig-metadata": JSON.stringify({ team: name }) });
    expect(await statuses(api, 3, team("a"))).toEqual([200, 200, 429]);
    expect(await statuses(api, 3, team("b"))).toEqual([200, 200, 429]);
    expect(await statuses(api, 2, team("c"))).toEqual([200, 429]);
  });

  test.each([
    [{ provider: { mode: "filter", values: ["mistral"] } }],
    [{ model: { mode: "filter", values: ["openai/gpt-5"] } }],
    [{ enabled: false }],
  ])("with %j do not hold for another request", async (more) => {
    const { api } = await stage(spending({ limit: 0.01, ...more }));
    expect(await statuses(api, 3)).toEqual([200, 200, 200]);
  });

  test.each(["gpt-4o", "openai/gpt-4o"])("know a model by the name %s", async (name) => {
    const { api } = await stage(spending({ limit: 0.01, model: { mode: "filter", values: [name] } }));
    expect(await statuses(api, 2)).toEqual([200, 429]);
  });

  test("hold only while they are enabled", async () => {
    const { api } = await stage({ spend_limits: { enabled: false, rules: [{ ...rule, limit: 0.01 }] } });
    expect(await statuses(api, 3)).toEqual([200, 200, 200]);
  });

  test("move a universal request on to its next candidate", async () => {
    const { api } = await stage(spending({ limit: 0.01, provider: { mode: "filter", values: ["openai"] } }));
    await ask(api, OPENAI, own);
    const entry = (provider: string) => ({ provider, endpoint: "chat", headers: own, query: question });
    const answer = await ask(api, "support", {}, [entry("openai"), entry("mistral")]);
    expect([answer.status, answer.echo.provider]).toEqual([200, "mistral"]);
  });
});

describe("the cache", () => {
  const hit = async (api: Api, headers: Sent = own, body: unknown = question, path = OPENAI) =>
    (await ask(api, path, headers, body)).headers.get("cf-aig-cache-status");

  test("answers the same request again until its time is over, at no cost", async () => {
    const { api, pass } = await stage({ cache_ttl: 300 });
    const first = await ask(api, OPENAI, own);
    const second = await ask(api, OPENAI, own);
    expect([first, second].map(({ headers }) => headers.get("cf-aig-cache-status"))).toEqual(["MISS", "HIT"]);
    expect(second.body).toEqual(first.body);
    const { logs } = (await api.control("GET", "/state")).body.cloudflare;
    expect(logs[1]).toMatchObject({ cached: true, cost: 0, attempts: 0 });
    pass(299_999);
    expect(await hit(api)).toBe("HIT");
    pass(1);
    expect(await hit(api)).toBe("MISS");
  });

  test.each([
    ["key", { authorization: "Bearer other" }, question, OPENAI],
    ["body", own, { ...question, temperature: 0 }, OPENAI],
    ["path", own, question, "support/openai/responses"],
    ["provider", own, question, "support/mistral/chat/completions"],
  ])("does not answer a request with another %s", async (_, headers, body, path) => {
    const { api } = await stage({ cache_ttl: 300 });
    await hit(api);
    expect(await hit(api, headers, body, path)).toBe("MISS");
  });

  test("is off without a time, and on by header from a minute to a month", async () => {
    const { api, pass } = await stage({});
    expect([await hit(api), await hit(api)]).toEqual(["MISS", "MISS"]);
    const short = { ...own, "cf-aig-cache-ttl": "1" };
    expect([await hit(api, short), await hit(api, short)]).toEqual(["MISS", "HIT"]);
    pass(59_999);
    expect(await hit(api, short)).toBe("HIT");
    pass(1);
    expect(await hit(api, short)).toBe("MISS");
  });

  test("is passed by on request, and shared by requests with one key of their own for five minutes", async () => {
    const { api, pass } = await stage({});
    const keyed = { ...own, "cf-aig-cache-key": "answer" };
    expect([await hit(api, keyed), await hit(api, keyed, { model: "gpt-5" })]).toEqual(["MISS", "HIT"]);
    expect(await hit(api, { ...keyed, "cf-aig-skip-cache": "true" })).toBe("MISS");
    pass(300_000);
    expect(await hit(api, keyed)).toBe("MISS");
  });

  test.each([
    [true, "MISS"],
    [false, "HIT"],
  ])(
    "after an update of a gateway with cache_invalidate_on_update %s is a %s",
    async (cache_invalidate_on_update, expected) => {
      const more = { cache_ttl: 300, cache_invalidate_on_update };
      const { api, pass } = await stage(more);
      await hit(api);
      pass(1);
      await api.cloudflare("PUT", "/ai-gateway/gateways/support", { ...settings, ...more });
      expect(await hit(api)).toBe(expected);
    },
  );

  test("keeps no errors, and nothing after a reset of the server", async () => {
    const { api } = await stage({ cache_ttl: 300 });
    await misbehave(api, { status: 500 }, 1);
    expect([(await ask(api, OPENAI, own)).status, await hit(api), await hit(api)]).toEqual([
      500,
      "MISS",
      "HIT",
    ]);
    await api.control("POST", "/reset");
    await makeGateway(api, "support", { cache_ttl: 300 });
    expect(await hit(api)).toBe("MISS");
  });
});
