import { describe, expect, test } from "vitest";
import { type Body, makeGateway, start } from "./api.ts";

const GATEWAYS = "/ai-gateway/gateways";

describe("the request log", () => {
  test("holds method, path, query and status of vendor requests in order, not of control requests", async () => {
    const api = await start();
    await api.vercel("GET", "/v1/api-keys?limit=5");
    await api.cloudflare("GET", `${GATEWAYS}/none`);
    const account = api.connection.cloudflare.account_id;
    const { body } = await api.control("GET", "/requests");
    expect(body).toMatchObject([
      { vendor: "vercel", method: "GET", path: "/v1/api-keys", query: "limit=5", status: 200 },
      { vendor: "cloudflare", path: `/client/v4/accounts/${account}${GATEWAYS}/none`, status: 404 },
    ]);
    expect(Date.parse(body[0].at)).not.toBeNaN();
  });

  test("holds no header and no body", async () => {
    const api = await start();
    await makeGateway(api, "a", { stripe: { authorization: "canary-stripe", usage_events: [] } });
    const { text } = await api.control("GET", "/requests");
    expect(text).toContain("POST");
    expect(text).not.toContain("canary-stripe");
    expect(text).not.toContain(api.connection.cloudflare.api_token);
  });

  test("is empty after DELETE", async () => {
    const api = await start();
    await api.vercel("GET", "/v2/user");
    await api.control("DELETE", "/requests");
    expect((await api.control("GET", "/requests")).body).toEqual([]);
  });
});

describe("the state", () => {
  test("that is read can be put back, on another server too", async () => {
    const [one, two] = [await start(), await start()];
    await makeGateway(one, "a", { authentication: true });
    await one.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
    const { body: state } = await one.control("GET", "/state");
    expect((await two.control("PUT", "/state", state)).body).toEqual(state);
    expect((await two.cloudflare("GET", `${GATEWAYS}/a`)).body.result.authentication).toBe(true);
    expect((await two.vercel("GET", "/v1/api-keys")).body.apiKeys).toHaveLength(1);
  });

  test("of everything that hangs on a gateway or an account can be put back", async () => {
    const [one, two] = [await start(), await start()];
    await makeGateway(one, "a");
    const elements = [
      { id: "start", type: "start", outputs: { next: { elementId: "end" } } },
      { id: "end", type: "end", outputs: {} },
    ];
    const zone_id = "395566f4c8a5b9d2a5fc0d457b007c44";
    const acme = { name: "Acme", slug: "acme", base_url: "https://llm.acme.example" };
    const provider = await one.cloudflare("POST", "/ai-gateway/custom-providers", acme);
    const account_provider_id = provider.body.result.id;
    const cost = { account_provider_id, model: "m", token_pricing: { total_tokens: 1 } };
    await one.cloudflare("POST", "/ai-gateway/custom-providers/costs", cost);
    await one.cloudflare("POST", `${GATEWAYS}/a/routes`, { name: "tiered", elements });
    await one.cloudflare("POST", `${GATEWAYS}/a/custom-domains`, { domain: "ai.acme.example", zone_id });
    const { body: state } = await one.control("GET", "/state");
    expect((await two.control("PUT", "/state", state)).body).toEqual(state);
    const reads = ["custom-providers", "custom-providers/costs", "gateways/a/routes"].map((path) =>
      Promise.all([one, two].map((api) => api.cloudflare("GET", `/ai-gateway/${path}`))),
    );
    for (const [first, second] of await Promise.all(reads)) expect(second?.body).toEqual(first?.body);
    state.cloudflare.routes[0].deployments[0].version_id = "another";
    const wrong = await two.control("PUT", "/state", state);
    expect([wrong.status, wrong.body.error]).toEqual([400, expect.stringContaining("routes.0.deployments")]);
  });

  test("may be short: what is left out is the default", async () => {
    const api = await start();
    await api.control("PUT", "/state", { cloudflare: { gateways: [{ id: "a" }] } });
    expect((await api.cloudflare("GET", GATEWAYS)).body.result).toMatchObject([{ id: "a", cache_ttl: 0 }]);
  });

  test("puts keys without a position in the order of the list", async () => {
    const api = await start();
    const { teams, users } = (await api.control("GET", "/state")).body.vercel;
    const key = (id: string) => ({
      id,
      secret: `vck_${id}`,
      name: id,
      partialKey: "abcd",
      teamId: teams[0].id,
      createdBy: users[0].id,
    });
    await api.control("PUT", "/state", { vercel: { keys: [key("key_1"), key("key_2")] } });
    await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "new" });
    const { body } = await api.vercel("GET", "/v1/api-keys");
    expect(body.apiKeys.map((found: Body) => found.name)).toEqual(["new", "key_2", "key_1"]);
  });

  test("that is wrong is refused with every mistake named, and nothing changes", async () => {
    const api = await start();
    await makeGateway(api, "a");
    const wrong = { cloudflare: { gateways: [{ id: "Bad Id" }] }, vercel: { teams: [] } };
    const answer = await api.control("PUT", "/state", wrong);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain("cloudflare.gateways.0.id");
    expect(answer.body.error).toContain("vercel.teams");
    expect((await api.cloudflare("GET", `${GATEWAYS}/a`)).status).toBe(200);
  });

  test("put with fewer ids given out never makes an id come back", async () => {
    const api = await start();
    const create = () => api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
    const first = (await create()).body.apiKey.id;
    await api.control("PUT", "/state", {});
    expect((await create()).body.apiKey.id).not.toBe(first);
  });
});

test("reset brings back the start, but no id", async () => {
  const effect = { kind: "latency", ms: 0 } as const;
  const api = await start({ faults: [{ effect }], switches: { max_keys: 5 } });
  const create = () => api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
  const first = (await create()).body.apiKey.id;
  await api.control("POST", "/faults", { effect: { kind: "status", status: 500, when: "before" } });
  await api.control("POST", "/switches", { max_keys: 1 });
  await api.control("POST", "/reset");
  expect((await api.control("GET", "/requests")).body).toEqual([]);
  expect((await api.control("GET", "/faults")).body).toEqual([{ effect, fired: 0 }]);
  expect((await api.control("GET", "/switches")).body.max_keys).toBe(5);
  expect((await api.vercel("GET", "/v1/api-keys")).body.apiKeys).toEqual([]);
  expect((await create()).body.apiKey.id).not.toBe(first);
});

test("two servers that get the same calls give the same ids", async () => {
  const ids: string[] = [];
  for (const api of [await start(), await start()]) {
    ids.push((await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway" })).body.apiKey.id);
  }
  expect(ids[0]).toBe(ids[1]);
});

describe("switches", () => {
  test("change at once and are answered whole", async () => {
    const api = await start();
    const { body } = await api.control("POST", "/switches", { gateway_unset_as: "null" });
    expect(body).toMatchObject({ gateway_unset_as: "null", rate_nulls_as_zero: true });
    expect((await makeGateway(api, "a")).store_id).toBeNull();
  });

  test.each([{ nonsense: true }, { max_keys: "many" }])("%j is refused with 400", async (body) => {
    const api = await start();
    expect((await api.control("POST", "/switches", body)).status).toBe(400);
  });
});

describe("tokens and children", () => {
  test("a Vercel token for an existing user is that user", async () => {
    const api = await start();
    const { user } = (await api.vercel("GET", "/v2/user")).body;
    const body = { vendor: "vercel", role: "MEMBER", user_id: user.id };
    const { token } = (await api.control("POST", "/tokens", body)).body;
    expect((await api.vercel("GET", "/v2/user", undefined, token)).body.user).toEqual(user);
  });

  test("made Cloudflare tokens are well formed and distinct", async () => {
    const api = await start();
    const body = { vendor: "cloudflare", permissions: [] };
    const [one, two] = [
      await api.control("POST", "/tokens", body),
      await api.control("POST", "/tokens", body),
    ];
    expect(one.body.token).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(two.body.token).not.toBe(one.body.token);
  });

  test.each([
    ["route", "id"],
    ["custom_domain", "hostname"],
    ["dataset", "id"],
    ["evaluation", "id"],
  ])("a %s can be made and taken away again", async (kind, idField) => {
    const api = await start();
    await makeGateway(api, "a");
    const made = await api.control("POST", "/children", { kind, gateway_id: "a", name: "x.example" });
    const removed = await api.control("DELETE", "/children", { kind, id: made.body[idField] });
    expect([made.status, removed.status]).toEqual([200, 204]);
    const { routes, custom_domains, datasets, evaluations } = (await api.control("GET", "/state")).body
      .cloudflare;
    expect([...routes, ...custom_domains, ...datasets, ...evaluations]).toEqual([]);
  });

  test("a child of a missing gateway is 404", async () => {
    const api = await start();
    const body = { kind: "route", gateway_id: "none", name: "x" };
    expect((await api.control("POST", "/children", body)).status).toBe(404);
  });
});

describe("the secrets", () => {
  const valuesOf = async (api: Awaited<ReturnType<typeof start>>): Promise<readonly string[]> =>
    (await api.control("GET", "/secrets")).body.map(({ value }: { value: string }) => value);

  test("are those of every place that holds one, and the credentials", async () => {
    const api = await start();
    const { cloudflare, vercel } = api.connection;
    const headers = { "x-key": "otel-header" };
    await makeGateway(api, "a", {
      otel: [{ url: "https://otel.example", headers, authorization: "otel-authorization" }],
      stripe: { authorization: "stripe-authorization", usage_events: [] },
    });
    const acme = { name: "Acme", slug: "acme", base_url: "https://llm.acme.example" };
    await api.cloudflare("POST", "/ai-gateway/custom-providers", {
      ...acme,
      headers: '{"x-key":"custom-header"}',
    });
    const credential = { providerSlug: "openai", name: "main", credential: { apiKey: "byok-key" } };
    await api.vercel("POST", "/ai-gateway/byok-credentials", credential);
    const store = await api.cloudflare("POST", "/secrets_store/stores", { name: "default_secrets_store" });
    const secret = { name: "s", value: "store-secret", scopes: ["ai_gateway"] };
    await api.cloudflare("POST", `/secrets_store/stores/${store.body.result.id}/secrets`, [secret]);
    const { body: state } = await api.control("GET", "/state");
    expect(await valuesOf(api)).toEqual(
      expect.arrayContaining([
        cloudflare.api_token,
        state.cloudflare.user.api_key,
        vercel.token,
        ...["otel-header", "otel-authorization", "stripe-authorization", "custom-header"],
        ...["byok-key", "store-secret"],
      ]),
    );
  });

  test("are remembered when they are replaced or deleted, and after a reset", async () => {
    const api = await start();
    const { body } = await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
    await makeGateway(api, "a", { stripe: { authorization: "first", usage_events: [] } });
    const { body: state } = await api.control("GET", "/state");
    const [gateway] = state.cloudflare.gateways;
    const stripe = { authorization: "second", usage_events: [] };
    await api.control("PUT", "/state", {
      ...state,
      cloudflare: { ...state.cloudflare, gateways: [{ ...gateway, stripe }] },
    });
    await api.vercel("DELETE", `/v1/api-keys/${body.apiKey.id}`);
    await api.control("POST", "/reset");
    expect(await valuesOf(api)).toEqual(expect.arrayContaining([body.apiKeyString, "first", "second"]));
  });
});

test("an unknown control path is 404 and names the ones there are", async () => {
  const api = await start();
  const answer = await api.control("GET", "/nothing");
  expect(answer.status).toBe(404);
  expect(answer.body.endpoints).toContain("GET /state");
});

test.each([
  ["one", { methd: "POST", effect: { kind: "status" } }],
  ["a list of one", [{ methd: "POST", effect: { kind: "status" } }]],
])("a fault that cannot be, as %s, is refused with each mistake and its place", async (_, body) => {
  const api = await start();
  const { status, body: answer } = await api.control("POST", "/faults", body);
  expect(status).toBe(400);
  for (const words of ['"methd"', "effect.status", "effect.when"]) expect(answer.error).toContain(words);
  expect((await api.control("GET", "/faults")).body).toEqual([]);
});
