import { describe, expect, test } from "vitest";
import type { FaultRule } from "../../src/reference-server/index.ts";
import { type Api, type Body, makeGateway, settings, start } from "./api.ts";

const GATEWAYS = "/ai-gateway/gateways";
const post = (api: Api, id: string) => api.cloudflare("POST", GATEWAYS, { id, ...settings });

async function held(api: Api): Promise<string[]> {
  const { cloudflare } = (await api.control("GET", "/state")).body;
  return cloudflare.gateways.map((gateway: Body) => gateway.id);
}

async function started(...faults: FaultRule[]): Promise<Api> {
  return start({ faults });
}

describe("status", () => {
  test.each([
    ["before", []],
    ["after", ["a"]],
  ] as const)("%s the commit answers the error and the state holds %j", async (when, expected) => {
    const api = await started({ method: "POST", effect: { kind: "status", status: 504, when } });
    const answer = await post(api, "a");
    expect([answer.status, answer.body.success]).toEqual([504, false]);
    expect(await held(api)).toEqual(expected);
  });

  test("after the commit of a Vercel key leaves the key there", async () => {
    const api = await started({ path: "api-keys$", effect: { kind: "status", status: 500, when: "after" } });
    const answer = await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
    expect([answer.status, answer.body.error.code]).toEqual([500, "injected_fault"]);
    expect((await api.control("GET", "/state")).body.vercel.keys).toHaveLength(1);
  });

  test("429 brings Retry-After by itself, which headers override", async () => {
    const effect = { kind: "status", status: 429, when: "before" } as const;
    const api = await started(
      { times: 1, effect },
      { effect: { ...effect, headers: { "retry-after": "0" }, body: { odd: true } } },
    );
    expect((await api.vercel("GET", "/v2/user")).headers.get("retry-after")).toBe("1");
    const response = await fetch(`${api.origin}/v2/user`);
    expect([response.headers.get("retry-after"), await response.json()]).toEqual(["0", { odd: true }]);
  });
});

describe("drop", () => {
  test.each([
    ["before", []],
    ["after", ["a"]],
  ] as const)("%s the commit breaks the connection and the state holds %j", async (when, expected) => {
    const api = await started({ method: "POST", effect: { kind: "drop", when } });
    await expect(post(api, "a")).rejects.toThrow();
    expect(await held(api)).toEqual(expected);
  });

  test("is logged without a status", async () => {
    const api = await started({ effect: { kind: "drop", when: "before" } });
    await expect(post(api, "a")).rejects.toThrow();
    expect((await api.control("GET", "/requests")).body).toMatchObject([{ status: null, fault: "drop" }]);
  });
});

describe("latency", () => {
  test("delays the answer, and the request is handled all the same", async () => {
    const api = await started({ effect: { kind: "latency", ms: 20 } });
    const begin = performance.now();
    expect((await post(api, "a")).status).toBe(200);
    expect(performance.now() - begin).toBeGreaterThan(15);
  });

  test("adds to another fault that follows", async () => {
    const effect = { kind: "status", status: 503, when: "before" } as const;
    const api = await started({ effect: { kind: "latency", ms: 1 } }, { effect });
    expect((await post(api, "a")).status).toBe(503);
  });
});

describe("cut_list", () => {
  test("answers fewer items while result_info claims all", async () => {
    const api = await start();
    for (const id of ["a", "b", "c"]) await makeGateway(api, id);
    await api.control("POST", "/faults", { method: "GET", effect: { kind: "cut_list", keep: 1 } });
    const { status, body } = await api.cloudflare("GET", GATEWAYS);
    expect([status, body.result.length]).toEqual([200, 1]);
    expect(body.result_info).toMatchObject({ count: 3, total_count: 3 });
  });

  test("answers fewer keys while pagination.count claims all", async () => {
    const api = await start();
    for (const name of ["a", "b"]) await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name });
    await api.control("POST", "/faults", { method: "GET", effect: { kind: "cut_list", keep: 0 } });
    const { body } = await api.vercel("GET", "/v1/api-keys");
    expect([body.apiKeys, body.pagination.count]).toEqual([[], 2]);
  });

  test.each([
    ["rules", (api: Api) => api.vercel("GET", "/ai-gateway/rules")],
    ["routes", (api: Api) => api.cloudflare("GET", `${GATEWAYS}/a/routes`)],
  ])("cuts the %s, which have no total, in the middle of the text", async (_, read) => {
    const api = await start();
    await makeGateway(api, "a");
    await api.control("POST", "/faults", { method: "GET", effect: { kind: "cut_list", keep: 1 } });
    const { status, text } = await read(api);
    expect(status).toBe(200);
    expect(text).not.toBe("");
    expect(() => JSON.parse(text)).toThrow();
  });

  test("leaves what is no list as it is", async () => {
    const api = await start();
    await makeGateway(api, "a");
    await api.control("POST", "/faults", { method: "GET", effect: { kind: "cut_list", keep: 0 } });
    expect((await api.cloudflare("GET", `${GATEWAYS}/a`)).body.result.id).toBe("a");
    expect((await api.vercel("GET", "/v2/user")).status).toBe(200);
  });
});

describe("stale_list", () => {
  test("answers each list as it was before its own last write", async () => {
    const api = await start();
    await makeGateway(api, "a");
    await makeGateway(api, "b");
    await api.vercel("POST", "/ai-gateway/rules", { type: "deny", match: { model: "x/y" } });
    await api.control("POST", "/faults", { method: "GET", effect: { kind: "stale_list" } });
    const gateways = await api.cloudflare("GET", GATEWAYS);
    expect(gateways.body.result.map((gateway: Body) => gateway.id)).toEqual(["a"]);
    expect((await api.vercel("GET", "/ai-gateway/rules")).body.rules).toEqual([]);
    await api.control("DELETE", "/faults");
    expect((await api.cloudflare("GET", GATEWAYS)).body.result).toHaveLength(2);
  });

  test("still shows what the last write deleted", async () => {
    const api = await start();
    await makeGateway(api, "a");
    await api.cloudflare("DELETE", `${GATEWAYS}/a`);
    await api.control("POST", "/faults", { method: "GET", effect: { kind: "stale_list" } });
    expect((await api.cloudflare("GET", GATEWAYS)).body.result).toHaveLength(1);
  });

  test("does not touch writes, nor what the control endpoint made", async () => {
    const api = await started({ effect: { kind: "stale_list" } });
    const { token } = (
      await api.control("POST", "/tokens", { vendor: "cloudflare", permissions: ["AI Gateway Write"] })
    ).body;
    await api.cloudflare("POST", GATEWAYS, { id: "a", ...settings }, token);
    expect(await held(api)).toEqual(["a"]);
    expect((await api.cloudflare("GET", GATEWAYS, undefined, token)).status).toBe(200);
  });
});

describe("a list that others change between two pages", () => {
  /** Ids by page, then the totals that the pages claim. */
  async function pages(kind: "shrink_list" | "grow_list", ...numbers: readonly number[]) {
    const api = await start();
    for (const id of ["a", "b", "c", "d"]) await makeGateway(api, id);
    await api.control("POST", "/faults", { method: "GET", effect: { kind } });
    const read = numbers.map((page) => api.cloudflare("GET", `${GATEWAYS}?per_page=2&page=${page}`));
    const bodies = (await Promise.all(read)).map(({ body }) => body);
    return {
      ids: bodies.map(({ result }) => result.map(({ id }: Body) => id)),
      counts: bodies.map(({ result_info }) => result_info.count),
      totals: bodies.map(({ result_info }) => result_info.total_count),
    };
  }

  test("misses one after the first was deleted, and claims one less", async () => {
    const { ids, counts, totals } = await pages("shrink_list", 1, 2, 3);
    const [first = [], second = []] = ids;
    expect([first.length, second.length, ids[2]]).toEqual([2, 1, []]);
    expect([counts, totals]).toEqual([
      [2, 1, 0],
      [4, 3, 3],
    ]);
    expect(new Set(ids.flat()).size).toBe(3);
  });

  test("repeats one after another was put before it, and claims one more", async () => {
    const { ids, totals } = await pages("grow_list", 1, 2, 3);
    expect(ids[1]?.[0]).toBe(ids[0]?.[1]);
    expect(new Set(ids.flat()).size).toBe(4);
    expect(ids.flat()).toHaveLength(5);
    expect(totals).toEqual([4, 5, 5]);
  });

  test("moves routes, which have no total", async () => {
    const api = await start();
    await makeGateway(api, "a");
    for (const name of ["one", "two", "three"])
      await api.control("POST", "/children", { kind: "route", gateway_id: "a", name });
    await api.control("POST", "/faults", { method: "GET", effect: { kind: "shrink_list" } });
    const read = async (page: number) =>
      (await api.cloudflare("GET", `${GATEWAYS}/a/routes?per_page=2&page=${page}`)).body.data.routes;
    expect(await read(1)).toHaveLength(2);
    expect(await read(2)).toEqual([]);
  });

  test("leaves lists by cursor and single things as they are", async () => {
    const api = await start();
    for (const name of ["x", "y"]) await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name });
    const before = (await api.vercel("GET", "/v1/api-keys?limit=1")).body;
    await api.control("POST", "/faults", { effect: { kind: "grow_list" } });
    expect((await api.vercel("GET", "/v1/api-keys?limit=1")).body).toEqual(before);
    expect((await post(api, "a")).body.result.id).toBe("a");
  });
});

describe("throttle", () => {
  const limits = async (vendor: "cloudflare" | "vercel", effect: FaultRule["effect"]) => {
    const api = await started({ method: "POST", effect });
    const asked = vendor === "cloudflare" ? post(api, "a") : api.vercel("POST", "/ai-gateway/rules", {});
    const { status, headers } = await asked;
    return { status, headers, held: await held(api) };
  };

  test("answers 429 with Cloudflare's own headers, and does nothing", async () => {
    const { status, headers, held } = await limits("cloudflare", { kind: "throttle", seconds: 7 });
    expect([status, held, headers.get("retry-after")]).toEqual([429, [], "7"]);
    expect(headers.get("ratelimit")).toBe('"default";r=0;t=7');
    expect(headers.get("ratelimit-policy")).toBe('"default";q=1200;w=300');
  });

  test("answers 429 with Vercel's, and Retry-After as a date where it is told to", async () => {
    const { status, headers } = await limits("vercel", { kind: "throttle", seconds: 9, retry_after: "date" });
    expect([status, headers.get("x-ratelimit-remaining"), headers.get("x-ratelimit-reset")]).toEqual([
      429,
      "0",
      "9",
    ]);
    const wait = Date.parse(headers.get("retry-after") ?? "") - Date.now();
    expect(wait).toBeGreaterThan(5_000);
    expect(wait).toBeLessThanOrEqual(10_000);
  });

  test("leaves Retry-After out where it is told to", async () => {
    const effect = { kind: "throttle", seconds: 3, retry_after: "none" } as const;
    const { headers } = await limits("cloudflare", effect);
    expect([headers.get("retry-after"), headers.get("ratelimit")]).toEqual([null, '"default";r=0;t=3']);
  });
});

describe("an answer", () => {
  const create = ({ connection: { cloudflare } }: Api) =>
    fetch(`${cloudflare.base_url}/accounts/${cloudflare.account_id}${GATEWAYS}`, {
      method: "POST",
      headers: { authorization: `Bearer ${cloudflare.api_token}` },
      body: JSON.stringify({ id: "a", ...settings }),
    });

  test("that is reset begins, breaks off in its body, and the write is committed", async () => {
    const api = await started({ method: "POST", effect: { kind: "reset" } });
    const response = await create(api);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(await held(api)).toEqual(["a"]);
  });

  test("that is reset and has no body never begins", async () => {
    const api = await start();
    const { body } = await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
    await api.control("POST", "/faults", { method: "DELETE", effect: { kind: "reset" } });
    await expect(api.vercel("DELETE", `/v1/api-keys/${body.apiKey.id}`)).rejects.toThrow();
    expect((await api.control("GET", "/state")).body.vercel.keys).toEqual([]);
  });

  test("that is slow has its head at once and its body in parts, whole at the end", async () => {
    const api = await started({ method: "POST", effect: { kind: "slow_body", ms: 60 } });
    const begin = performance.now();
    const response = await create(api);
    const parts: Uint8Array[] = [];
    for await (const part of response.body ?? []) parts.push(part);
    expect(parts.length).toBeGreaterThan(2);
    expect(performance.now() - begin).toBeGreaterThan(40);
    expect(JSON.parse(Buffer.concat(parts).toString()).result.id).toBe("a");
    expect(await held(api)).toEqual(["a"]);
  });

  test("that is slow does not keep the server from closing", async () => {
    const api = await started({ method: "POST", effect: { kind: "slow_body", ms: 3_600_000 } });
    expect((await create(api)).status).toBe(200);
  });

  test("that is huge is as large as it was told to be, and otherwise what it was", async () => {
    const api = await started({ method: "POST", effect: { kind: "huge", bytes: 100_000 } });
    const text = await (await create(api)).text();
    expect([text.length, JSON.parse(text).result.id]).toEqual([100_000, "a"]);
    expect(await held(api)).toEqual(["a"]);
  });

  test.each([
    ["before", []],
    ["after", ["a"]],
  ] as const)(
    "that is text comes %s the commit, as a proxy's page unless told otherwise",
    async (when, ids) => {
      const api = await started(
        { method: "POST", times: 1, effect: { kind: "text", when } },
        { effect: { kind: "text", when, text: "no JSON", content_type: "text/plain", status: 502 } },
      );
      const page = await create(api);
      expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      expect(await page.text()).toMatch(/^<!DOCTYPE html>/);
      expect(await held(api)).toEqual(ids);
      const other = await create(api);
      expect([other.status, other.headers.get("content-type"), await other.text()]).toEqual([
        502,
        "text/plain",
        "no JSON",
      ]);
    },
  );
});

test("malformed answers 200 with another shape and commits", async () => {
  const api = await started({ effect: { kind: "malformed" } });
  const answer = await post(api, "a");
  expect([answer.status, answer.body.result]).toEqual([200, "malformed"]);
  expect(await held(api)).toEqual(["a"]);
});

test("echo answers 400 with what was sent, and does nothing", async () => {
  const api = await started({ method: "POST", effect: { kind: "echo" } });
  const { status, body } = await post(api, "a");
  expect(status).toBe(400);
  expect(body.errors[0].message).toMatch(/^cannot read Bearer \S+ \{"id":"a",/);
  expect(await held(api)).toEqual([]);
});

describe("a rule", () => {
  const effect = { kind: "status", status: 500, when: "before" } as const;

  test("skips first and then fires as often as told", async () => {
    const api = await started({ skip: 1, times: 2, effect });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await api.vercel("GET", "/v2/user")).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
  });

  test("without times fires always", async () => {
    const api = await started({ effect });
    for (let n = 0; n < 3; n++) expect((await api.vercel("GET", "/v2/user")).status).toBe(500);
  });

  test("matches vendor, method and path", async () => {
    const api = await started({ vendor: "cloudflare", method: "GET", path: "/gateways/a$", effect });
    await makeGateway(api, "a");
    expect((await api.cloudflare("GET", `${GATEWAYS}/a`)).status).toBe(500);
    expect((await api.cloudflare("GET", GATEWAYS)).status).toBe(200);
    expect((await api.vercel("GET", "/v2/user")).status).toBe(200);
  });

  test("once per resource fires for the first POST of each name", async () => {
    const api = await started({ method: "POST", once_per_resource: true, effect });
    const key = (name: string) => api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name });
    const rule = (model: string) =>
      api.vercel("POST", "/ai-gateway/rules", { type: "deny", match: { model } });
    const config = (alias: string) =>
      api.cloudflare("POST", `${GATEWAYS}/a/provider_configs`, { provider_slug: "openai", alias });
    const answers = [await key("a"), await key("b"), await key("a"), await key("b")];
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 200, 200]);
    const rules = [await rule("x/y"), await rule("x/z"), await rule("x/y")];
    expect(rules.map(({ status }) => status)).toEqual([500, 500, 201]);
    const configs = [await config("a"), await config("b"), await config("a")];
    expect(configs.map(({ status }) => status)).toEqual([500, 500, 400]);
    const model = (virtualModelSlug: string) =>
      api.vercel("POST", "/ai-gateway/virtual-model-configs", { virtualModelSlug, modelSlug: "a/b" });
    const models = [await model("a"), await model("b"), await model("a")];
    expect(models.map(({ status }) => status)).toEqual([500, 500, 201]);
  });

  test("once per resource knows the budgets of two users and two defaults apart", async () => {
    const api = await started({ method: "PUT", once_per_resource: true, effect });
    const budget = (userId: string) =>
      api.vercel("PUT", "/ai-gateway/budgets", { scopeType: "user", userId, limitAmount: 1 });
    const preset = (scopeType: string) =>
      api.vercel("PUT", "/ai-gateway/budgets/defaults", { scopeType, limitAmount: 1 });
    const budgets = [await budget("a"), await budget("b"), await budget("a")];
    expect(budgets.map(({ status }) => status)).toEqual([500, 500, 404]);
    const presets = [await preset("user"), await preset("project"), await preset("user")];
    expect(presets.map(({ status }) => status)).toEqual([500, 500, 200]);
  });

  test("a share strikes that part of the requests, the same ones whatever else is asked for in between", async () => {
    const rule = (seed: number) => ({ path: "user$", share: 0.3, seed, effect }) as const;
    const struck = async (api: Api, between: string) => {
      const statuses: number[] = [];
      for (let count = 0; count < 40; count++) {
        statuses.push((await api.vercel("GET", "/v2/user")).status);
        await api.vercel("GET", between);
      }
      return statuses;
    };
    const first = await struck(await started(rule(1)), "/v2/teams/acme");
    expect(await struck(await started(rule(1)), "/v1/api-keys")).toEqual(first);
    expect(await struck(await started(rule(2)), "/v2/teams/acme")).not.toEqual(first);
    const part = first.filter((status) => status === 500).length;
    expect(part).toBeGreaterThan(4);
    expect(part).toBeLessThan(22);
  });

  test("is listed with how often it fired, and is gone after DELETE", async () => {
    const api = await started({ effect });
    await api.vercel("GET", "/v2/user");
    expect((await api.control("GET", "/faults")).body).toEqual([{ effect, fired: 1 }]);
    await api.control("DELETE", "/faults");
    expect((await api.vercel("GET", "/v2/user")).status).toBe(200);
  });

  test.each([
    { effect: { kind: "explode" } },
    { effect, path: "(" },
    { effect, colour: "red" },
    { effect, times: 0 },
    { effect: { kind: "huge", bytes: 1e12 } },
    { effect: { kind: "throttle", seconds: 1, retry_after: "soon" } },
    { effect: { kind: "text", when: "later" } },
  ])("%j is refused with 400 that says why", async (rule) => {
    const api = await start();
    const answer = await api.control("POST", "/faults", rule);
    expect(answer.status).toBe(400);
    expect(answer.body.error).not.toBe("");
    expect((await api.control("GET", "/faults")).body).toEqual([]);
  });
});
