import { describe, expect, test } from "vitest";
import { clock, makeGateway, makeStore, settings, start } from "./api.ts";

const PATH = "/ai-gateway/gateways";

describe("create", () => {
  test("answers the full object with what the live server fills in", async () => {
    const api = await start();
    expect(await makeGateway(api, "support")).toMatchObject({
      id: "support",
      ...settings,
      authentication: false,
      logpush: false,
      zdr: false,
      log_management: 10_000_000,
      log_management_strategy: "DELETE_OLDEST",
      rate_limiting_technique: "fixed",
      workers_ai_billing_mode: "postpaid",
      is_default: false,
      store_id: "",
      otel: [],
      spend_limits: { enabled: false, rules: [] },
    });
  });

  test("in profile spec leaves what is off at null and has the other log defaults", async () => {
    const api = await start({ profile: "spec" });
    expect(await makeGateway(api, "support")).toMatchObject({
      store_id: null,
      otel: null,
      spend_limits: null,
      log_management: 100_000,
      log_management_strategy: "STOP_INSERTING",
    });
  });

  test("with unset fields absent answers only what has a value", async () => {
    const api = await start({ profile: "spec", switches: { gateway_unset_as: "absent" } });
    const made = await makeGateway(api, "support", { cache_ttl: null });
    expect(made).not.toHaveProperty("store_id");
    expect(made).not.toHaveProperty("guardrails");
    expect(made).toHaveProperty("cache_ttl", null);
  });

  test("says is_default for the id default only", async () => {
    const api = await start();
    expect((await makeGateway(api, "default")).is_default).toBe(true);
  });

  test("keeps every nested object as sent, with its defaults", async () => {
    const api = await start();
    const nested = {
      dlp: { enabled: true, action: "BLOCK", profiles: ["p"] },
      guardrails: { prompt: { P1: "FLAG" }, response: { S13: "BLOCK" } },
      otel: [{ url: "https://otel.example/v1", headers: { a: "b" }, authorization: "Bearer x" }],
      stripe: { authorization: "Bearer s", usage_events: [{ payload: "{}" }] },
      retry_max_attempts: 5,
      retry_delay: 60_000,
      retry_backoff: "linear",
      logpush_public_key: "0123456789abcdef",
    };
    const made = await makeGateway(api, "support", nested);
    expect(made).toMatchObject({ ...nested, otel: [{ ...nested.otel[0], content_type: "json" }] });
  });

  test("takes a dlp object with both key sets and keeps both", async () => {
    const api = await start();
    const dlp = { enabled: true, action: "FLAG", profiles: ["p"], policies: [] };
    expect((await makeGateway(api, "support", { dlp })).dlp).toEqual(dlp);
  });

  test("gives a spend rule without id one of 8 hex digits and keeps the caller's", async () => {
    const api = await start();
    const rule = { limitType: "cost", limit: 1.5, window: 60 };
    const made = await makeGateway(api, "support", {
      spend_limits: { enabled: true, rules: [rule, rule, { ...rule, id: "mine" }] },
    });
    const [first, second, third] = made.spend_limits.rules;
    expect(first).toMatchObject({ ...rule, enabled: true, technique: "sliding" });
    expect(first.id).toMatch(/^[0-9a-f]{8}$/);
    expect(second.id).not.toBe(first.id);
    expect(third.id).toBe("mine");
  });

  test("answers one 7001 per missing required field", async () => {
    const api = await start();
    const answer = await api.cloudflare("POST", PATH, { id: "support" });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual(
      Object.keys(settings).map((name) => ({ code: 7001, message: "Required", path: ["body", name] })),
    );
  });

  test("names a wrong type in a list with a numeric position and never repeats the value", async () => {
    const api = await start();
    const otel = [{ url: "https://a.example", headers: {}, authorization: 4711 }];
    const answer = await api.cloudflare("POST", PATH, { id: "a", ...settings, otel });
    expect(answer.body.errors).toEqual([
      {
        code: 7001,
        message: "Expected string, received number",
        path: ["body", "otel", 0, "authorization"],
      },
    ]);
    expect(answer.text).not.toContain("4711");
  });

  test.each([
    ["an upper-case id", { id: "Support" }, ["body", "id"]],
    ["an id with a double hyphen", { id: "a--b" }, ["body", "id"]],
    ["an id of 65 characters", { id: "a".repeat(65) }, ["body", "id"]],
    ["a negative ttl", { cache_ttl: -1 }, ["body", "cache_ttl"]],
    ["a ttl that is no integer", { cache_ttl: 1.5 }, ["body", "cache_ttl"]],
    ["null for authentication", { authentication: null }, ["body", "authentication"]],
    ["null for dlp", { dlp: null }, ["body", "dlp"]],
    ["null for zdr", { zdr: null }, ["body", "zdr"]],
    ["a technique in capitals", { rate_limiting_technique: "FIXED" }, ["body", "rate_limiting_technique"]],
    ["too small a log size", { log_management: 9_999 }, ["body", "log_management"]],
    ["too long a retry delay", { retry_delay: 60_001 }, ["body", "retry_delay"]],
    ["six retries", { retry_max_attempts: 6 }, ["body", "retry_max_attempts"]],
    ["a short logpush key", { logpush_public_key: "short" }, ["body", "logpush_public_key"]],
    ["an unknown billing mode", { workers_ai_billing_mode: "prepaid" }, ["body", "workers_ai_billing_mode"]],
    ["guardrails without response", { guardrails: { prompt: {} } }, ["body", "guardrails", "response"]],
    [
      "a spend limit of zero",
      { spend_limits: { rules: [{ limitType: "cost", limit: 0, window: 1 }] } },
      ["body", "spend_limits", "rules", 0, "limit"],
    ],
  ])("refuses %s", async (_, change, path) => {
    const api = await start();
    const answer = await api.cloudflare("POST", PATH, { id: "support", ...settings, ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors[0]).toMatchObject({ code: 7001, path });
  });

  test("refuses six otel targets", async () => {
    const api = await start();
    const otel = Array.from({ length: 6 }, () => ({ url: "https://a.example", headers: {} }));
    const answer = await api.cloudflare("POST", PATH, { id: "a", ...settings, otel });
    expect(answer.body.errors[0].message).toBe("Array must contain at most 5 element(s)");
  });

  test("refuses a taken id with 7001 at body.id", async () => {
    const api = await start();
    await makeGateway(api, "support");
    const answer = await api.cloudflare("POST", PATH, { id: "support", ...settings });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ code: 7001, path: ["body", "id"] });
    expect(answer.body.errors[0].message).toContain("already exists");
  });

  test("refuses one gateway more than the account may have", async () => {
    const api = await start({ switches: { max_gateways: 1 } });
    await makeGateway(api, "a");
    const answer = await api.cloudflare("POST", PATH, { id: "b", ...settings });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].message).toContain("limit");
  });

  test("drops unknown keys silently", async () => {
    const api = await start();
    expect(await makeGateway(api, "support", { colour: "red" })).not.toHaveProperty("colour");
  });

  test("refuses unknown keys when switched, nested ones too", async () => {
    const api = await start({ switches: { unknown_body_keys: "refuse" } });
    const otel = [{ url: "https://a.example", headers: {}, colour: "red" }];
    const answer = await api.cloudflare("POST", PATH, { id: "a", ...settings, otel });
    expect(answer.body.errors).toEqual([
      { code: 7001, message: "Unrecognized key(s) in object: 'colour'", path: ["body", "otel", 0] },
    ]);
  });

  test("refuses text that is not JSON with 400", async () => {
    const api = await start();
    const answer = await api.cloudflare("POST", PATH, "{not json");
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].code).toBe(7001);
  });
});

describe("list", () => {
  test("sorts by id and says count, page, per_page and total_count", async () => {
    const api = await start();
    for (const id of ["b", "c", "a"]) await makeGateway(api, id);
    const { body } = await api.cloudflare("GET", `${PATH}?per_page=2`);
    expect(body.result.map((gateway: { id: string }) => gateway.id)).toEqual(["a", "b"]);
    expect(body.result_info).toEqual({ count: 2, page: 1, per_page: 2, total_count: 3 });
  });

  test("answers 200 and an empty list past the end", async () => {
    const api = await start();
    await makeGateway(api, "a");
    const answer = await api.cloudflare("GET", `${PATH}?page=2`);
    expect(answer.status).toBe(200);
    expect(answer.body.result).toEqual([]);
    expect(answer.body.result_info).toMatchObject({ count: 0, page: 2, total_count: 1 });
  });

  test.each([
    ["per_page=0", "per_page"],
    ["per_page=101", "per_page"],
    ["per_page=x", "per_page"],
    ["page=0", "page"],
    ["page=1.5", "page"],
  ])("refuses %s with 7001 at the query", async (query, name) => {
    const api = await start();
    const answer = await api.cloudflare("GET", `${PATH}?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ code: 7001, path: ["query", name] });
  });

  test("caps the page at pageSize whatever is asked for, and tells so", async () => {
    const api = await start({ pageSize: 1 });
    await makeGateway(api, "a");
    await makeGateway(api, "b");
    const { body } = await api.cloudflare("GET", `${PATH}?per_page=100&page=2`);
    expect(body.result.map((gateway: { id: string }) => gateway.id)).toEqual(["b"]);
    expect(body.result_info).toEqual({ count: 1, page: 2, per_page: 1, total_count: 2 });
  });

  test("searches the id in any case", async () => {
    const api = await start();
    await makeGateway(api, "support");
    await makeGateway(api, "web");
    const { body } = await api.cloudflare("GET", `${PATH}?search=UPP`);
    expect(body.result.map((gateway: { id: string }) => gateway.id)).toEqual(["support"]);
  });
});

describe("update", () => {
  const put = (change: object) => ({ ...settings, ...change });

  test("keeps optional fields that the body leaves out", async () => {
    const api = await start();
    await makeGateway(api, "a", { authentication: true, retry_delay: 100 });
    const { body } = await api.cloudflare("PUT", `${PATH}/a`, put({ cache_ttl: 60 }));
    expect(body.result).toMatchObject({ cache_ttl: 60, authentication: true, retry_delay: 100 });
  });

  test("resets them when switched", async () => {
    const api = await start({ switches: { put_resets_omitted: true } });
    await makeGateway(api, "a", { authentication: true, retry_delay: 100 });
    const { body } = await api.cloudflare("PUT", `${PATH}/a`, put({}));
    expect(body.result).toMatchObject({ authentication: false, retry_delay: null });
  });

  test("needs the five required fields every time", async () => {
    const api = await start();
    await makeGateway(api, "a");
    const answer = await api.cloudflare("PUT", `${PATH}/a`, { authentication: true });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toHaveLength(5);
  });

  test("clears a nullable field by null and answers a rate null as 0 in profile live", async () => {
    const api = await start();
    await makeGateway(api, "a", { cache_ttl: 60, retry_delay: 100 });
    const { body } = await api.cloudflare("PUT", `${PATH}/a`, put({ cache_ttl: null, retry_delay: null }));
    expect(body.result).toMatchObject({ cache_ttl: 0, retry_delay: null });
  });

  test("answers a rate null as null in profile spec", async () => {
    const api = await start({ profile: "spec" });
    await makeGateway(api, "a", { cache_ttl: 60 });
    const { body } = await api.cloudflare("PUT", `${PATH}/a`, put({ cache_ttl: null }));
    expect(body.result.cache_ttl).toBeNull();
  });

  test("moves modified_at and not created_at, and the id in the body means nothing", async () => {
    const { now, pass } = clock();
    const api = await start({ now });
    const made = await makeGateway(api, "a");
    pass(5000);
    const { body } = await api.cloudflare("PUT", `${PATH}/a`, put({ id: "b" }));
    expect(body.result).toMatchObject({ id: "a", created_at: made.created_at });
    expect(Date.parse(body.result.modified_at) - Date.parse(made.modified_at)).toBe(5000);
  });

  test("of a missing gateway is 404 with 7002", async () => {
    const api = await start();
    const answer = await api.cloudflare("PUT", `${PATH}/missing`, settings);
    expect(answer.status).toBe(404);
    expect(answer.body.errors[0].code).toBe(7002);
  });
});

describe("get, url and delete", () => {
  test("get answers one, and 404 with 7002 for a missing one", async () => {
    const api = await start();
    const made = await makeGateway(api, "a");
    expect((await api.cloudflare("GET", `${PATH}/a`)).body.result).toEqual(made);
    const missing = await api.cloudflare("GET", `${PATH}/b`);
    expect([missing.status, missing.body.errors[0].code]).toEqual([404, 7002]);
  });

  test("url answers the data-plane base of a provider as a string", async () => {
    const api = await start();
    await makeGateway(api, "a");
    const { body } = await api.cloudflare("GET", `${PATH}/a/url/openai`);
    const account = api.connection.cloudflare.account_id;
    expect(body.result).toBe(`https://gateway.ai.cloudflare.com/v1/${account}/a/openai`);
    expect((await api.cloudflare("GET", `${PATH}/b/url/openai`)).status).toBe(404);
  });

  test("delete answers the deleted object, then the gateway is gone", async () => {
    const api = await start();
    const made = await makeGateway(api, "a");
    expect((await api.cloudflare("DELETE", `${PATH}/a`)).body.result).toEqual(made);
    expect((await api.cloudflare("DELETE", `${PATH}/a`)).status).toBe(404);
  });

  test.each([
    [false, 1],
    [true, 0],
  ])("delete takes all children and, with dropped secrets %s, leaves %i secret", async (drops, left) => {
    const api = await start({ switches: { gateway_delete_drops_secrets: drops } });
    const store_id = await makeStore(api);
    await makeGateway(api, "a", { store_id });
    await makeGateway(api, "b", { store_id });
    const config = { provider_slug: "openai", alias: "default", default_config: true, secret: "sk" };
    await api.cloudflare("POST", `${PATH}/a/provider_configs`, config);
    for (const kind of ["route", "custom_domain", "dataset", "evaluation"]) {
      for (const gateway_id of ["a", "b"]) {
        await api.control("POST", "/children", { kind, gateway_id, name: `${gateway_id}.example` });
      }
    }
    await api.cloudflare("DELETE", `${PATH}/a`);
    const { cloudflare } = (await api.control("GET", "/state")).body;
    const { provider_configs, routes, custom_domains, datasets, evaluations, secrets } = cloudflare;
    expect(provider_configs).toEqual([]);
    for (const rest of [routes, custom_domains, datasets, evaluations]) {
      expect(rest.map((child: { gateway_id: string }) => child.gateway_id)).toEqual(["b"]);
    }
    expect(secrets).toHaveLength(left);
  });
});

describe("children", () => {
  test("routes are listed in their own envelope, without a graph in profile live", async () => {
    const api = await start();
    await makeGateway(api, "a");
    const elements = [{ id: "start" }];
    await api.control("POST", "/children", { kind: "route", gateway_id: "a", name: "tiered", elements });
    const { body } = await api.cloudflare("GET", `${PATH}/a/routes`);
    expect(body.data).toMatchObject({ page: 1, per_page: 20, routes: [{ name: "tiered" }] });
    expect(body.data.routes[0].version.active).toBe(true);
    expect(body.data.routes[0]).not.toHaveProperty("elements");
  });

  test("routes are listed with the graph in profile spec", async () => {
    const api = await start({ profile: "spec" });
    await makeGateway(api, "a");
    const elements = [{ id: "start" }];
    await api.control("POST", "/children", { kind: "route", gateway_id: "a", name: "tiered", elements });
    const [route] = (await api.cloudflare("GET", `${PATH}/a/routes`)).body.data.routes;
    expect(route).toMatchObject({ elements, version: { active: "true", data: JSON.stringify(elements) } });
  });

  test.each([
    ["custom_domain", "custom-domains", "hostname"],
    ["dataset", "datasets", "name"],
    ["evaluation", "evaluations", "name"],
  ])("a %s is listed under its gateway only", async (kind, path, field) => {
    const api = await start();
    await makeGateway(api, "a");
    await makeGateway(api, "b");
    await api.control("POST", "/children", { kind, gateway_id: "a", name: "ai.acme.example" });
    const { body } = await api.cloudflare("GET", `${PATH}/a/${path}`);
    expect(body.result).toHaveLength(1);
    expect(body.result[0][field]).toBe("ai.acme.example");
    expect((await api.cloudflare("GET", `${PATH}/b/${path}`)).body.result).toEqual([]);
    expect((await api.cloudflare("GET", `${PATH}/a/${path}?search=other`)).body.result).toEqual([]);
  });

  test.each(["routes", "custom-domains", "datasets", "evaluations"])(
    "the %s of a missing gateway are 404 with 7002",
    async (path) => {
      const api = await start();
      const answer = await api.cloudflare("GET", `${PATH}/missing/${path}`);
      expect([answer.status, answer.body.errors[0].code]).toEqual([404, 7002]);
    },
  );

  test("custom domains carry epoch milliseconds", async () => {
    const { now } = clock();
    const api = await start({ now });
    await makeGateway(api, "a");
    await api.control("POST", "/children", { kind: "custom_domain", gateway_id: "a", name: "a.example" });
    const { body } = await api.cloudflare("GET", `${PATH}/a/custom-domains`);
    expect(body.result[0].created_at).toBe(now());
  });
});
