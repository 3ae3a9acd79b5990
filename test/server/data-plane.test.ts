import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Body, clock, cloudflareToken, makeGateway, start } from "./api.ts";
import { ask, askRest, bearer, logs, misbehave, question, refusal, storeKeys } from "./plane.ts";

const OPENAI = "support/openai/chat/completions";
const COMPAT = "support/compat/chat/completions";
const own = { authorization: "Bearer sk-caller-0123456789-cccc" };

describe("an authenticated gateway", () => {
  async function stage() {
    const api = await start();
    await makeGateway(api, "support", { authentication: true });
    return api;
  }

  test("lets in a token with AI Gateway Run", async () => {
    const api = await stage();
    const token = await cloudflareToken(api, "AI Gateway Run");
    expect((await ask(api, OPENAI, { ...own, ...bearer(token) })).status).toBe(200);
  });

  test.each([
    ["no token", async () => ({})],
    ["an unknown token", async () => bearer("x".repeat(40))],
    ["a token without Run", async (api: Body) => bearer(await cloudflareToken(api, "AI Gateway Write"))],
    [
      "a header that is no bearer",
      async (api: Body) => ({ "cf-aig-authorization": api.connection.cloudflare.api_token }),
    ],
    [
      "the token in Authorization",
      async (api: Body) => ({ authorization: `Bearer ${api.connection.cloudflare.api_token}` }),
    ],
  ])("refuses %s with 401 and 2009", async (_, headers) => {
    const api = await stage();
    expect(refusal(await ask(api, OPENAI, { ...own, ...(await headers(api)) }))).toEqual([401, 2009]);
  });

  test("refuses an expired and a disabled token, and one whose time has not come", async () => {
    const api = await stage();
    for (const more of [{ expires_on: "2020-01-01T00:00:00Z" }, { status: "disabled" }]) {
      const body = { vendor: "cloudflare", permissions: ["AI Gateway Run"], ...more };
      const { token } = (await api.control("POST", "/tokens", body)).body;
      expect(refusal(await ask(api, OPENAI, { ...own, ...bearer(token) }))).toEqual([401, 2009]);
    }
    const { body: state } = await api.control("GET", "/state");
    state.cloudflare.tokens[0].not_before = "2100-01-01T00:00:00Z";
    await api.control("PUT", "/state", state);
    const signed = bearer(api.connection.cloudflare.api_token);
    expect(refusal(await ask(api, OPENAI, { ...own, ...signed }))).toEqual([401, 2009]);
  });
});

test("an open gateway lets everybody in", async () => {
  const api = await start();
  await makeGateway(api, "support");
  for (const headers of [own, { ...own, ...bearer("x".repeat(40)) }]) {
    expect((await ask(api, OPENAI, headers)).status).toBe(200);
  }
});

test.each(["nothing/openai/chat/completions", "", "%ZZ/openai"])(
  "the gateway path %j is 400 with 2001",
  async (path) => {
    const api = await start();
    expect(refusal(await ask(api, path, bearer(api.connection.cloudflare.api_token)))).toEqual([400, 2001]);
  },
);

test("the first authenticated request makes the gateway default, and again after its delete; no other", async () => {
  const api = await start();
  const path = "default/openai/chat/completions";
  expect(refusal(await ask(api, path, own))).toEqual([400, 2001]);
  for (const _ of [1, 2]) {
    expect((await ask(api, path, bearer(api.connection.cloudflare.api_token))).status).toBe(200);
    const { result } = (await api.cloudflare("GET", "/ai-gateway/gateways/default")).body;
    expect(result).toMatchObject({
      authentication: true,
      collect_logs: true,
      is_default: true,
      cache_ttl: 0,
    });
    await api.cloudflare("DELETE", "/ai-gateway/gateways/default");
  }
});

describe("credentials", () => {
  async function stage(more: object = {}, keys: Record<string, string> = {}) {
    const api = await start({ switches: { secret_pending_ms: 0 } });
    const store_id = await storeKeys(api, { support_openai_default: "sk-default-012345-dddd", ...keys });
    await makeGateway(api, "support", { store_id, ...more });
    return { api, signed: bearer(api.connection.cloudflare.api_token) };
  }
  const used = async (...call: Parameters<typeof ask>) => (await ask(...call)).echo.credential;

  test("the caller's own wins, even a placeholder, in whichever header the provider takes it", async () => {
    const { api, signed } = await stage({}, { support_anthropic_default: "sk-ant-0123456789" });
    expect(await used(api, OPENAI, { ...signed, ...own })).toBe("caller …cccc");
    expect(await used(api, OPENAI, { ...signed, authorization: "Bearer dummy" })).toBe("caller");
    const anthropic = "support/anthropic/v1/messages";
    expect(await used(api, anthropic, { ...signed, "x-api-key": "sk-ant-mine-12345" })).toBe("caller …2345");
    expect(await used(api, anthropic, { ...signed, "x-goog-api-key": "other" })).toBe("byok:default …6789");
  });

  test("a stored key is found by its contract name, on native and unified paths", async () => {
    const { api, signed } = await stage({}, { support_openai_spare: "sk-spare-01234567-ssss" });
    expect(await used(api, OPENAI, signed)).toBe("byok:default …dddd");
    expect(await used(api, OPENAI, { ...signed, "cf-aig-byok-alias": "spare" })).toBe("byok:spare …ssss");
    expect(await used(api, COMPAT, signed, { model: "openai/gpt-4o" })).toBe("byok:default …dddd");
  });

  test("an unknown alias is 400 with 2040 and the aliases that are there, not the default key", async () => {
    const { api, signed } = await stage({}, { support_openai_spare: "sk-spare-01234567-ssss" });
    const answer = await ask(api, OPENAI, { ...signed, "cf-aig-byok-alias": "lost" });
    expect(refusal(answer)).toEqual([400, 2040]);
    expect(answer.body.message).toBe(
      "Provider 'openai' has no BYOK credential named 'lost'. Configured aliases: 'default', 'spare'",
    );
  });

  test.each([
    ["pending", { switches: { secret_pending_ms: 60_000 } }, ["ai_gateway"], true],
    ["of another scope", { switches: { secret_pending_ms: 0 } }, ["workers"], true],
    [
      "in a store that the gateway does not name",
      { switches: { secret_pending_ms: 0 } },
      ["ai_gateway"],
      false,
    ],
  ])("a key that is %s is not used", async (_, options, scopes, named) => {
    const api = await start(options);
    const store_id = await storeKeys(api, { other: "unrelated-value" });
    await makeGateway(api, "support", named ? { store_id } : {});
    const secret = { name: "support_openai_default", value: "sk-default-012345-dddd", scopes };
    await api.cloudflare("POST", `/secrets_store/stores/${store_id}/secrets`, [secret]);
    const signed = bearer(api.connection.cloudflare.api_token);
    expect(await used(api, OPENAI, signed)).toBe("unified");
  });

  test("without a key it is Unified Billing, unless the gateway or the request demands one", async () => {
    const { api, signed } = await stage();
    const path = "support/mistral/v1/chat/completions";
    expect(await used(api, path, signed)).toBe("unified");
    const strict = await ask(api, path, { ...signed, "cf-aig-no-wholesale": "true" });
    expect(refusal(strict)).toEqual([400, undefined]);
    const only = await makeGateway(api, "strict", { byok_only: true });
    const relaxed = { ...signed, "cf-aig-no-wholesale": "false" };
    expect((await ask(api, `${only.id}/mistral/v1/chat/completions`, relaxed)).status).toBe(400);
    expect((await ask(api, `${only.id}/workers-ai/@cf/meta/llama`, signed)).echo.credential).toBe("account");
    await api.control("POST", "/switches", { unified_billing_credit: false });
    expect(refusal(await ask(api, path, signed))).toEqual([402, 2021]);
  });

  test("a caller without token and key reaches the provider without any and gets the provider's 401", async () => {
    const { api } = await stage();
    const answer = await ask(api, "support/mistral/v1/chat/completions");
    expect([answer.status, answer.body.name]).toEqual([401, undefined]);
  });

  test("whether stored keys serve callers without a token is a switch", async () => {
    const { api } = await stage();
    expect(await used(api, OPENAI)).toBe("byok:default …dddd");
    await api.control("POST", "/switches", { stored_keys_without_token: false });
    expect((await ask(api, OPENAI)).status).toBe(401);
  });

  test("no answer, log row or request record has a key in it", async () => {
    const { api, signed } = await stage();
    const keys = ["sk-default-012345", own.authorization.slice(7, -4)];
    const answers = [await ask(api, OPENAI, signed), await ask(api, OPENAI, { ...signed, ...own })];
    const seen = JSON.stringify([
      answers.map(({ body, headers }) => [body, ...headers]),
      await logs(api),
      (await api.control("GET", "/requests")).body,
    ]);
    for (const key of keys) expect(seen).not.toContain(key);
  });

  test("the rate limit of a provider config holds for its key", async () => {
    const { api, signed } = await stage();
    const config = {
      provider_slug: "openai",
      alias: "slow",
      default_config: false,
      secret: "sk-slow-0123456-wwww",
      rate_limit: 1,
    };
    await api.cloudflare("POST", "/ai-gateway/gateways/support/provider_configs", config);
    const slow = { ...signed, "cf-aig-byok-alias": "slow" };
    expect((await ask(api, OPENAI, slow)).status).toBe(200);
    expect(refusal(await ask(api, OPENAI, slow))).toEqual([429, 2003]);
    expect((await ask(api, OPENAI, signed)).status).toBe(200);
  });
});

describe("paths", () => {
  async function stage() {
    const api = await start();
    await makeGateway(api, "support");
    return { api, signed: bearer(api.connection.cloudflare.api_token) };
  }

  test.each([
    [OPENAI, question, "openai", "gpt-4o", "/chat/completions"],
    [
      "support/workers-ai/@cf/meta/llama-3.1-8b-instruct",
      {},
      "workers-ai",
      "@cf/meta/llama-3.1-8b-instruct",
      "/@cf/meta/llama-3.1-8b-instruct",
    ],
    [
      "support/google-ai-studio/v1/models/gemini-2.5-flash:generateContent",
      {},
      "google-ai-studio",
      "gemini-2.5-flash",
      "/v1/models/gemini-2.5-flash:generateContent",
    ],
    [COMPAT, { model: "anthropic/claude-haiku-4.5" }, "anthropic", "claude-haiku-4.5", "/chat/completions"],
    [COMPAT, { model: "workers-ai/@cf/meta/llama" }, "workers-ai", "@cf/meta/llama", "/chat/completions"],
  ])("%s with %j goes to %s", async (path, body, provider, model, upstream) => {
    const { api, signed } = await stage();
    const { echo, headers, body: answer } = await ask(api, path, signed, body);
    expect(echo).toMatchObject({ provider, model, path: upstream });
    expect([headers.get("cf-aig-provider"), headers.get("cf-aig-model")]).toEqual([provider, model]);
    expect(answer).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { role: "assistant" } }],
    });
  });

  test.each([
    ["a model without provider", COMPAT, { model: "gpt-4o" }, [400, undefined]],
    ["no model", COMPAT, {}, [400, undefined]],
    ["a custom provider that is not there", COMPAT, { model: "custom-none/m" }, [400, 2008]],
    ["another path of compat", "support/compat/embeddings", question, [400, 2008]],
    ["an empty list", "support", [], [400, undefined]],
    ["no list", "support", question, [400, undefined]],
  ])("%s is refused", async (_, path, body, expected) => {
    const { api, signed } = await stage();
    expect(refusal(await ask(api, path, signed, body))).toEqual(expected);
  });

  test("the universal endpoint goes down its list until one answers and says which", async () => {
    const { api } = await stage();
    const entry = (provider: string, key: string) => ({
      provider,
      endpoint: "chat/completions",
      headers: { Authorization: `Bearer ${key}` },
      query: question,
    });
    const list = [entry("openai", "sk-first-0123-aaaa"), entry("mistral", "sk-second-0123-bbbb")];
    const first = await ask(api, "support", {}, list);
    expect([first.headers.get("cf-aig-step"), first.echo.credential]).toEqual(["0", "caller …aaaa"]);
    await misbehave(api, { provider: "openai", status: 500 });
    const second = await ask(api, "support", {}, list);
    expect([second.headers.get("cf-aig-step"), second.echo.credential]).toEqual(["1", "caller …bbbb"]);
    await misbehave(api, { provider: "mistral", status: 503 });
    expect((await ask(api, "support", {}, list)).status).toBe(503);
  });

  test("the REST API uses the default gateway or the one in the header, and only the default alias", async () => {
    const { api } = await stage();
    const store_id = await storeKeys(api, { support_openai_default: "sk-default-012345-dddd" });
    await api.cloudflare("DELETE", "/ai-gateway/gateways/support");
    await makeGateway(api, "support", { store_id });
    const authorization = `Bearer ${await cloudflareToken(api, "AI Gateway Run")}`;
    await api.control("POST", "/switches", { secret_pending_ms: 0 });
    const model = { model: "openai/gpt-4o" };
    expect((await askRest(api, { authorization }, model)).echo.credential).toBe("unified");
    expect((await api.cloudflare("GET", "/ai-gateway/gateways/default")).status).toBe(200);
    const named = { authorization, "cf-aig-gateway-id": "support", "cf-aig-byok-alias": "lost" };
    const state = (await api.control("GET", "/state")).body;
    for (const secret of state.cloudflare.secrets) secret.active_from = 0;
    await api.control("PUT", "/state", state);
    expect((await askRest(api, named, model)).echo.credential).toBe("byok:default …dddd");
    expect(refusal(await askRest(api, { ...named, "cf-aig-gateway-id": "none" }, model))).toEqual([
      400, 2001,
    ]);
    const workers = { model: "@cf/meta/llama" };
    expect((await askRest(api, { authorization }, workers)).status).toBe(400);
    expect((await askRest(api, named, workers)).echo.provider).toBe("workers-ai");
  });

  test("the REST API refuses like the management API", async () => {
    const { api } = await stage();
    const without = { authorization: `Bearer ${await cloudflareToken(api, "AI Gateway Write")}` };
    for (const [headers, expected] of [
      [{}, [400, 9106]],
      [{ authorization: `Bearer ${"x".repeat(40)}` }, [401, 10000]],
      [without, [403, 10000]],
    ] as const) {
      const { status, body } = await askRest(api, headers, { model: "openai/gpt-4o" });
      expect([status, body.errors[0].code]).toEqual(expected);
    }
  });

  test("a request that is struck by a fault is refused in the data plane's envelope", async () => {
    const { api, signed } = await stage();
    const effect = { kind: "status", status: 503, when: "before" };
    await api.control("POST", "/faults", { path: "/gateway.ai.cloudflare.com/", effect });
    expect(refusal(await ask(api, OPENAI, signed))).toEqual([503, 2005]);
  });
});

describe("a custom provider", () => {
  const acme = { name: "Acme", slug: "Acme_1", base_url: "https://llm.acme.example/v1/", enable: true };

  async function stage(more: object = {}) {
    const api = await start({ switches: { secret_pending_ms: 0 } });
    const store_id = await storeKeys(api, { support_Acme_1_default: "sk-acme-0123456789-aaaa" });
    await makeGateway(api, "support", { store_id });
    const made = await api.cloudflare("POST", "/ai-gateway/custom-providers", { ...acme, ...more });
    return { api, id: made.body.result.id as string, signed: bearer(api.connection.cloudflare.api_token) };
  }
  const NATIVE = "support/custom-Acme_1/chat/completions";

  test("is called at its address with its key and the names of its headers", async () => {
    const { api, signed } = await stage({ headers: '{"x-tenant":"secret-tenant-value"}' });
    const calls = [
      await ask(api, NATIVE, signed),
      await ask(api, COMPAT, signed, { model: "custom-Acme_1/gpt-4o" }),
    ];
    for (const { echo, body } of calls) {
      expect(echo).toMatchObject({
        provider: "custom-Acme_1",
        url: "https://llm.acme.example/v1/chat/completions",
        headers: ["x-tenant"],
        credential: "byok:default …aaaa",
      });
      expect(JSON.stringify(body)).not.toContain("secret-tenant-value");
    }
  });

  test("is reached without a key as well, whatever the gateway demands of others", async () => {
    const { api, signed } = await stage();
    await makeGateway(api, "strict", { byok_only: true });
    expect((await ask(api, "strict/custom-Acme_1/chat", signed)).echo.credential).toBe("none");
  });

  test("that is not enabled is 400 with 2008", async () => {
    const { api, signed } = await stage({ enable: false });
    expect(refusal(await ask(api, NATIVE, signed))).toEqual([400, 2008]);
  });

  test("costs what the narrowest enabled pricing rule says, and nothing without one", async () => {
    const { api, id, signed } = await stage();
    const cost = async () => {
      await ask(api, NATIVE, signed);
      return (await logs(api)).at(-1).cost;
    };
    const price = async (model: string, model_rule: string, cost_in: number, more: object = {}) => {
      const rule = {
        account_provider_id: id,
        model,
        model_rule,
        cost_in,
        cost_out: 0,
        enable: true,
        ...more,
      };
      const made = await api.cloudflare("POST", "/ai-gateway/custom-providers/costs", rule);
      expect(made.status, made.text).toBe(200);
    };
    expect(await cost()).toBe(0);
    await price("4o", "contains", 0.001);
    expect(await cost()).toBe(1);
    await price("gpt", "starts-with", 0.002);
    expect(await cost()).toBe(2);
    await price("gpt-4o", "equals", 0.009, { enable: false });
    await price("gpt-4o", "equals", 0, { token_pricing: { input_tokens: 0.003, output_tokens: 0.001 } });
    expect(await cost()).toBe(3.5);
  });
});

describe("retries", () => {
  async function stage(more: object = {}) {
    const api = await start();
    await makeGateway(api, "support", more);
    return api;
  }
  const last = async (api: Body) => (await logs(api)).at(-1);

  test("are as many tries as the gateway says, with its delays", async () => {
    const api = await stage({ retry_max_attempts: 3, retry_delay: 100, retry_backoff: "exponential" });
    await misbehave(api, { provider: "openai", status: 500 }, 2);
    expect((await ask(api, OPENAI, own)).status).toBe(200);
    expect(await last(api)).toMatchObject({ attempts: 3, duration: 300, status_code: 200 });
    await misbehave(api, { provider: "openai", status: 500 });
    const answer = await ask(api, OPENAI, own);
    expect([answer.status, answer.body.error.type]).toEqual([500, "server_error"]);
    expect(await last(api)).toMatchObject({ attempts: 3, success: false, cost: 0 });
  });

  test("are overridden by headers, up to five, and leave a caller's mistakes alone", async () => {
    const api = await stage({ retry_max_attempts: 2 });
    await misbehave(api, { provider: "openai", status: 500 });
    await misbehave(api, { provider: "mistral", status: 422 });
    await ask(api, OPENAI, { ...own, "cf-aig-max-attempts": "9" });
    expect(await last(api)).toMatchObject({ attempts: 5 });
    expect((await ask(api, "support/mistral/v1", own)).status).toBe(422);
    expect(await last(api)).toMatchObject({ attempts: 1 });
  });

  test("follow a timeout, except that the last of several tries waits", async () => {
    const api = await stage();
    await misbehave(api, { provider: "openai", delay_ms: 3000 });
    const timeout = { ...own, "cf-aig-request-timeout": "1000" };
    expect(refusal(await ask(api, OPENAI, timeout))).toEqual([400, 2005]);
    expect(await last(api)).toMatchObject({ attempts: 1, duration: 1000 });
    expect((await ask(api, OPENAI, { ...timeout, "cf-aig-max-attempts": "2" })).status).toBe(200);
    expect(await last(api)).toMatchObject({ attempts: 2, duration: 4000 });
    expect((await ask(api, OPENAI, own)).status).toBe(200);
  });
});

describe("logs", () => {
  test("are one row per exchange, by the gateway's setting and against it by header", async () => {
    const { now } = clock();
    const api = await start({ now });
    await makeGateway(api, "support");
    await makeGateway(api, "quiet", { collect_logs: false });
    const quiet = "quiet/openai/chat/completions";
    const first = await ask(api, OPENAI, { ...own, "cf-aig-metadata": '{"user":7}' });
    expect((await ask(api, quiet, own)).headers.get("cf-aig-log-id")).toBeNull();
    await ask(api, OPENAI, { ...own, "cf-aig-collect-log": "false" });
    await ask(api, quiet, { ...own, "cf-aig-collect-log": "true" });
    const rows = await logs(api);
    expect(rows.map(({ gateway_id }) => gateway_id)).toEqual(["support", "quiet"]);
    expect(rows[0]).toMatchObject({
      id: first.headers.get("cf-aig-log-id"),
      created_at: new Date(now()).toISOString(),
      metadata: { user: 7 },
      tokens_in: 1000,
      tokens_out: 500,
      cost: 0.02,
    });
    await api.cloudflare("DELETE", "/ai-gateway/gateways/quiet");
    expect((await logs(api)).map(({ gateway_id }) => gateway_id)).toEqual(["support"]);
  });

  test("can be read again from a data file, whatever numbers a caller sends", async () => {
    const directory = mkdtempSync(join(tmpdir(), "reference-server-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const dataFile = join(directory, "state.json");
    const api = await start({ dataFile });
    await makeGateway(api, "support", { retry_max_attempts: 2 });
    await misbehave(api, { status: 500 }, 1);
    await ask(api, OPENAI, {
      ...own,
      "cf-aig-custom-cost": '{"total_cost":-1,"per_token_in":1e999,"per_token_out":"x"}',
      "cf-aig-metadata": '{"a":1e999,"b":1}',
      "cf-aig-retry-delay": "9".repeat(400),
    });
    await api.close();
    expect((await logs(await start({ dataFile })))[0]).toMatchObject({ cost: 0.02, metadata: { b: 1 } });
  });

  test("keep the first five metadata entries, without objects", async () => {
    const api = await start();
    await makeGateway(api, "support");
    const metadata = { o: {}, a: 1, b: "2", c: true, d: 4, e: 5, f: 6 };
    await ask(api, OPENAI, { ...own, "cf-aig-metadata": JSON.stringify(metadata) });
    await ask(api, OPENAI, { ...own, "cf-aig-metadata": "{broken" });
    const rows = await logs(api);
    expect(rows.map((row) => row.metadata)).toEqual([{ a: 1, b: "2", c: true, d: 4, e: 5 }, {}]);
  });

  test.each([
    ["STOP_INSERTING", ["a", "b"]],
    ["DELETE_OLDEST", ["b", "c"]],
  ])("over the gateway's number go by %s", async (log_management_strategy, kept) => {
    const api = await start();
    const state = (await api.control("GET", "/state")).body;
    state.cloudflare.gateways = [{ id: "support", log_management: 10_000, log_management_strategy }];
    const row = {
      gateway_id: "support",
      provider: "p",
      model: "m",
      path: "",
      status_code: 200,
      success: true,
      cached: false,
      step: 0,
      attempts: 1,
      tokens_in: 0,
      tokens_out: 0,
      cost: 0,
      duration: 0,
      metadata: {},
    };
    state.cloudflare.logs = Array.from({ length: 9999 }, (_, index) => ({
      ...row,
      id: String(index),
      model: index === 0 ? "a" : "b",
    }));
    await api.control("PUT", "/state", state);
    for (const model of ["b", "c"]) await ask(api, OPENAI, own, { model });
    const models = new Set((await logs(api)).map(({ model }) => model));
    expect([...models]).toEqual(kept);
  });

  test("every answer has a request id of its own", async () => {
    const api = await start();
    await makeGateway(api, "support");
    const answers = [await ask(api, OPENAI, own), await ask(api, OPENAI, own), await ask(api, "none/x/y")];
    const ids = answers.map(({ headers }) => headers.get("cf-aig-request-id"));
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain(null);
  });
});
