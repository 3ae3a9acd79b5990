import { describe, expect, test } from "vitest";
import { type Body, call, clock, cloudflareToken, makeGateway, makeStore, settings, start } from "./api.ts";

const error = (answer: Body) => [answer.status, answer.body.errors[0].code];
const GATEWAYS = "/ai-gateway/gateways";

describe("authentication", () => {
  test("without a header is 400 with 9106", async () => {
    const api = await start();
    expect(error(await api.cloudflare("GET", GATEWAYS, undefined, ""))).toEqual([400, 9106]);
  });

  test("with a malformed header is 400 with 6003", async () => {
    const api = await start();
    expect(error(await api.cloudflare("GET", GATEWAYS, undefined, "two words"))).toEqual([400, 6003]);
  });

  test("with an unknown token is 401 with 10000", async () => {
    const api = await start();
    expect(error(await api.cloudflare("GET", GATEWAYS, undefined, "x".repeat(40)))).toEqual([401, 10000]);
  });

  test.each([
    ["disabled", { status: "disabled" }],
    ["expired", { expires_on: "2020-01-01T00:00:00Z" }],
  ])("with a %s token is 401, and verify tells its status", async (status, more) => {
    const api = await start();
    const body = { vendor: "cloudflare", permissions: ["AI Gateway Read"], ...more };
    const { token } = (await api.control("POST", "/tokens", body)).body;
    expect(error(await api.cloudflare("GET", GATEWAYS, undefined, token))).toEqual([401, 10000]);
    const verified = await call(
      "GET",
      `${api.connection.cloudflare.base_url}/user/tokens/verify`,
      undefined,
      token,
    );
    expect(verified.status).toBe(401);
    const user = (await api.control("POST", "/tokens", { ...body, owner: "user" })).body.token;
    const own = await call(
      "GET",
      `${api.connection.cloudflare.base_url}/user/tokens/verify`,
      undefined,
      user,
    );
    expect(own.body.result.status).toBe(status);
  });

  test("before its not_before is 401", async () => {
    const api = await start();
    const { body: state } = await api.control("GET", "/state");
    state.cloudflare.tokens[0].not_before = "2100-01-01T00:00:00Z";
    await api.control("PUT", "/state", state);
    expect(error(await api.cloudflare("GET", GATEWAYS))).toEqual([401, 10000]);
  });

  test("of another account's path is 404 with 7003", async () => {
    const api = await start();
    const url = `${api.connection.cloudflare.base_url}/accounts/${"0".repeat(32)}${GATEWAYS}`;
    const answer = await call("GET", url, undefined, api.connection.cloudflare.api_token);
    expect(error(answer)).toEqual([404, 7003]);
  });

  test("of an unknown path or method is 404 with 7003 in the classic envelope", async () => {
    const api = await start();
    for (const answer of [
      await api.cloudflare("GET", "/nothing"),
      await api.cloudflare("PATCH", `${GATEWAYS}/a`),
    ]) {
      expect(error(answer)).toEqual([404, 7003]);
      expect(answer.body.result).toBeNull();
    }
  });
});

describe("permissions", () => {
  const config = { provider_slug: "openai", alias: "default", default_config: true, secret: "s" };
  const provider = { name: "Acme", slug: "acme", base_url: "https://llm.acme.example" };
  const domain = { domain: "ai.acme.example", zone_id: "0".repeat(32) };
  const edge = { next: { elementId: "end" } };
  const elements = [
    { id: "start", type: "start", outputs: edge },
    { id: "end", type: "end", outputs: {} },
  ];
  const route = { name: "r", elements };
  const runner = { effect: "allow", permission_groups: [{ id: "644535f4ed854494a59cb289d634b257" }] };
  const ciToken = { name: "ci", policies: [{ ...runner, resources: {} }] };
  const READ = ["AI Gateway Read", "AI Gateway Write"];
  const matrix: [string, string, string, unknown, string[]][] = [
    ["list gateways", "GET", GATEWAYS, undefined, READ],
    ["get a gateway", "GET", `${GATEWAYS}/a`, undefined, READ],
    ["create a gateway", "POST", GATEWAYS, { id: "new", ...settings }, ["AI Gateway Write"]],
    ["update a gateway", "PUT", `${GATEWAYS}/a`, settings, ["AI Gateway Write"]],
    ["delete a gateway", "DELETE", `${GATEWAYS}/b`, undefined, ["AI Gateway Write"]],
    ["list routes", "GET", `${GATEWAYS}/a/routes`, undefined, READ],
    ["list custom domains", "GET", `${GATEWAYS}/a/custom-domains`, undefined, READ],
    ["create a route", "POST", `${GATEWAYS}/a/routes`, route, ["AI Gateway Write"]],
    ["create a custom domain", "POST", `${GATEWAYS}/a/custom-domains`, domain, ["AI Gateway Write"]],
    ["list custom providers", "GET", "/ai-gateway/custom-providers", undefined, READ],
    ["create a custom provider", "POST", "/ai-gateway/custom-providers", provider, ["AI Gateway Write"]],
    ["list pricing rules", "GET", "/ai-gateway/custom-providers/costs", undefined, READ],
    ["list provider configs", "GET", `${GATEWAYS}/a/provider_configs`, undefined, READ],
    ["create a provider config", "POST", `${GATEWAYS}/a/provider_configs`, config, ["Secrets Store Write"]],
    [
      "read the secrets quota",
      "GET",
      "/secrets_store/quota",
      undefined,
      ["Secrets Store Read", "Secrets Store Write"],
    ],
    ["list stores", "GET", "/secrets_store/stores", undefined, ["Secrets Store Read", "Secrets Store Write"]],
    [
      "delete a store",
      "DELETE",
      "/secrets_store/stores/STORE?force=true",
      undefined,
      ["Secrets Store Write"],
    ],
    ["list tokens", "GET", "/tokens", undefined, ["Account API Tokens Read", "Account API Tokens Write"]],
    ["create a token", "POST", "/tokens", ciToken, ["Account API Tokens Write"]],
    [
      "list permission groups",
      "GET",
      "/tokens/permission_groups",
      undefined,
      ["Account API Tokens Read", "Account API Tokens Write"],
    ],
  ];
  const groups = [
    "AI Gateway Read",
    "AI Gateway Write",
    "AI Gateway Run",
    "Secrets Store Read",
    "Secrets Store Write",
    "Account API Tokens Read",
    "Account API Tokens Write",
  ];

  test.each(matrix)("to %s takes exactly its groups", async (_, method, path, body, needed) => {
    const api = await start();
    const store_id = await makeStore(api);
    await makeGateway(api, "a", { store_id });
    await makeGateway(api, "b");
    const answers: Body[] = [];
    for (const group of groups) {
      const token = await cloudflareToken(api, group);
      answers.push(await api.cloudflare(method, path.replace("STORE", store_id), body, token));
    }
    const allowed = groups.filter((_group, index) => answers[index].status < 300);
    expect(allowed).toEqual(needed);
    for (const answer of answers.filter(({ status }) => status >= 300)) {
      expect(error(answer)).toEqual([403, 10000]);
    }
  });
});

describe("tokens", () => {
  test("verify tells the id of the token itself, whatever its permissions", async () => {
    const api = await start();
    const { token, id } = (await api.control("POST", "/tokens", { vendor: "cloudflare", permissions: [] }))
      .body;
    const { body } = await api.cloudflare("GET", "/tokens/verify", undefined, token);
    expect(body.result).toEqual({ id, status: "active" });
  });

  test("verify answers only the owner's kind of token", async () => {
    const api = await start();
    const user = { vendor: "cloudflare", permissions: [], owner: "user" };
    const { token } = (await api.control("POST", "/tokens", user)).body;
    expect(error(await api.cloudflare("GET", "/tokens/verify", undefined, token))).toEqual([401, 1000]);
  });

  test("get and list show policies by group and never a value", async () => {
    const api = await start();
    const { id } = (await api.cloudflare("GET", "/tokens/verify")).body.result;
    const answer = await api.cloudflare("GET", `/tokens/${id}`);
    const [policy] = answer.body.result.policies;
    expect(policy.permission_groups.map((group: Body) => group.name)).toContain("AI Gateway Write");
    expect(policy.resources).toEqual({
      [`com.cloudflare.api.account.${api.connection.cloudflare.account_id}`]: "*",
    });
    const list = await api.cloudflare("GET", "/tokens");
    for (const { text } of [answer, list]) expect(text).not.toContain(api.connection.cloudflare.api_token);
    expect((await api.cloudflare("GET", "/tokens/missing")).status).toBe(404);
  });

  test("the list leaves out expired tokens unless asked", async () => {
    const api = await start();
    const expired = { vendor: "cloudflare", permissions: [], expires_on: "2020-01-01T00:00:00Z" };
    await api.control("POST", "/tokens", expired);
    expect((await api.cloudflare("GET", "/tokens")).body.result).toHaveLength(1);
    expect((await api.cloudflare("GET", "/tokens?include_expired=true")).body.result).toHaveLength(2);
  });

  test("permission groups are found by name", async () => {
    const api = await start();
    const { body } = await api.cloudflare("GET", "/tokens/permission_groups?name=AI+Gateway+Run");
    expect(body.result.map((group: Body) => group.id)).toEqual(["644535f4ed854494a59cb289d634b257"]);
  });
});

describe("rate limits", () => {
  test("are told on every answer, errors included, and an unlimited server shows an idle account", async () => {
    const api = await start();
    for (const path of [GATEWAYS, GATEWAYS, "/nothing"]) {
      const { headers } = await api.cloudflare("GET", path);
      expect(headers.get("ratelimit")).toBe('"default";r=1199;t=300');
      expect(headers.get("ratelimit-policy")).toBe('"default";q=1200;w=300');
    }
  });

  test("count down per token, end in 429 with Retry-After, and start again with the window", async () => {
    const { now, pass } = clock();
    const api = await start({ now, switches: { cloudflare_rate_limit: 1 } });
    expect((await api.cloudflare("GET", GATEWAYS)).headers.get("ratelimit")).toBe('"default";r=0;t=300');
    pass(100_000);
    const over = await api.cloudflare("GET", GATEWAYS);
    expect([over.status, over.text, over.headers.get("retry-after")]).toEqual([429, "", "200"]);
    const other = await cloudflareToken(api, "AI Gateway Read");
    expect((await api.cloudflare("GET", GATEWAYS, undefined, other)).status).toBe(200);
    pass(200_000);
    expect((await api.cloudflare("GET", GATEWAYS)).status).toBe(200);
  });
});
