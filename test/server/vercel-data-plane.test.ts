import { describe, expect, test } from "vitest";
import { modelEndpointsWire, modelsWire } from "../../src/reference-server/vercel/data-plane/models.ts";
import { type Api, clock, start } from "./api.ts";
import { makeKey, makeRule, makeVirtual, type Prompted, prompt } from "./vercel-plane.ts";

/** $0.50, $0.02 and $0.002 a request. */
const OPUS = "anthropic/claude-opus-4.7";
const GPT = "openai/gpt-5.5";
const MINI = "openai/gpt-5.1-mini";
const DAY = 24 * 60 * 60 * 1000;

async function stage(options: Parameters<typeof start>[0] = {}) {
  const api = await start(options);
  const key = await makeKey(api);
  return { api, key, ask: (model: string, gateway?: object) => prompt(api, key.secret, model, gateway) };
}

const served = ({ status, routing }: Prompted) => [status, routing?.canonicalSlug];
const refused = ({ status, type }: Prompted) => [status, type];

describe("the model list", () => {
  test("is there for everybody, as is who serves each model", async () => {
    const api = await start();
    const base = `${api.connection.vercel.gateway_base_url}/v1/models`;
    const { data } = modelsWire.parse(await (await fetch(base)).json());
    const ids = data.map(({ id }) => id);
    expect(ids).toContain(GPT);
    for (const id of ids) {
      const answer = modelEndpointsWire.parse(await (await fetch(`${base}/${id}/endpoints`)).json());
      expect(answer.data.endpoints[0]?.provider_name).toBe(id.split("/")[0]);
    }
    expect((await fetch(`${base}/vmc/fast/endpoints`)).status).toBe(404);
  });

  test("bounds what is served where the switch says so", async () => {
    const { ask } = await stage({ switches: { catalog_only: true } });
    expect(served(await ask(GPT))).toEqual([200, GPT]);
    expect(refused(await ask("openai/gpt-99"))).toEqual([404, "model_not_found"]);
  });
});

describe("a caller", () => {
  test("needs a good key", async () => {
    const { api, key } = await stage();
    const all = [key.secret, "", "vck_unknown", api.connection.vercel.token];
    const found = await Promise.all(all.map(async (token) => (await prompt(api, token, GPT)).status));
    expect(found).toEqual([200, 401, 401, 401]);
  });

  test("may send the key in x-api-key", async () => {
    const { api, key } = await stage();
    const response = await fetch(`${api.connection.vercel.gateway_base_url}/v1/chat/completions`, {
      method: "POST",
      headers: { "x-api-key": key.secret },
      body: JSON.stringify({ model: GPT }),
    });
    expect(response.status).toBe(200);
  });

  test("is shut out when the key is deleted, expired or leaked, or its owner has left the team", async () => {
    const { now, pass } = clock();
    const { api, key } = await stage({ now });
    const expiring = await makeKey(api, { expiresAt: now() + 1000 });
    const leaked = await makeKey(api);
    const left = await makeKey(api);
    const all = [key, expiring, leaked, left];
    const statuses = () =>
      Promise.all(all.map(async ({ secret }) => (await prompt(api, secret, GPT)).status));
    expect(await statuses()).toEqual([200, 200, 200, 200]);
    await api.vercel("DELETE", `/v1/api-keys/${key.id}`);
    pass(1000);
    await api.vercel("POST", "/external/compromised_secret", { secret: { api_key: leaked.secret } }, "");
    const { body: state } = await api.control("GET", "/state");
    state.vercel.keys.find(({ id }: { id: string }) => id === left.id).createdBy = "somebody-else";
    await api.control("PUT", "/state", state);
    expect(await statuses()).toEqual([401, 401, 401, 401]);
  });

  test("may be a project's deployment, until its token ends", async () => {
    const { now, pass } = clock();
    const api = await start({ now });
    const { projects } = (await api.control("GET", "/state")).body.vercel;
    const body = { vendor: "vercel", project_id: projects[0].id };
    const { token } = (await api.control("POST", "/tokens", body)).body;
    expect((await prompt(api, token, GPT)).status).toBe(200);
    expect((await api.vercel("GET", "/v2/user", undefined, token)).status).toBe(403);
    pass(DAY);
    expect((await prompt(api, token, GPT)).status).toBe(401);
    expect((await api.control("POST", "/tokens", { vendor: "vercel", project_id: "prj_none" })).status).toBe(
      404,
    );
  });

  test("changes when the key was used last", async () => {
    const { now, pass } = clock();
    const { api, key, ask } = await stage({ now });
    pass(5000);
    await ask(GPT);
    expect((await api.vercel("GET", `/v1/api-keys/${key.id}`)).body.apiKey.activeAt).toBe(now());
  });
});

test.each([
  ["no model", JSON.stringify({ messages: [] })],
  ["no JSON", "{"],
])("a body with %s is 400", async (_, body) => {
  const { api, key } = await stage();
  const url = `${api.connection.vercel.gateway_base_url}/v1/chat/completions`;
  const headers = { authorization: `Bearer ${key.secret}` };
  expect((await fetch(url, { method: "POST", headers, body })).status).toBe(400);
});

describe("routing rules", () => {
  test("a rewrite chain is followed to its end, and the answer keeps the requested name", async () => {
    const { api, ask } = await stage();
    await makeRule(api, GPT, MINI);
    await makeRule(api, MINI, OPUS);
    const answer = await ask(GPT);
    expect(served(answer)).toEqual([200, OPUS]);
    expect(answer.echo).toMatchObject({ model: OPUS, provider: "anthropic" });
    expect(answer.body.model).toBe(GPT);
    expect(answer.routing.originalModelId).toBe(GPT);
  });

  test("a deny is 403 with its rule and its reason, also at the end of a chain", async () => {
    const { api, ask } = await stage();
    const { ruleId } = await makeRule(api, OPUS, undefined, { action: { reason: "too dear" } });
    await makeRule(api, GPT, OPUS);
    for (const model of [OPUS, GPT]) {
      const answer = await ask(model);
      expect(refused(answer)).toEqual([403, "forbidden"]);
      expect(answer.body.error.param).toEqual({ ruleId });
      expect(answer.message).toMatch(/too dear$/);
    }
  });

  test("a disabled or deleted rule does nothing, nor does one of another team", async () => {
    const { api, ask } = await stage();
    const rule = await makeRule(api, GPT, undefined, { enabled: false });
    expect((await ask(GPT)).status).toBe(200);
    await api.vercel("PATCH", "/ai-gateway/rules", { ruleId: rule.ruleId, enabled: true });
    expect((await ask(GPT)).status).toBe(403);
    await api.vercel("DELETE", `/ai-gateway/rules?ruleId=${rule.ruleId}`);
    expect((await ask(GPT)).status).toBe(200);
    const { body: state } = await api.control("GET", "/state");
    state.vercel.rules = [{ ...state.vercel.rules[0], deleted: false, ownerId: "team_other" }];
    await api.control("PUT", "/state", state);
    expect((await ask(GPT)).status).toBe(200);
  });

  test("a circle is 400", async () => {
    const { api, ask } = await stage();
    await makeRule(api, GPT, MINI);
    await makeRule(api, MINI, GPT);
    expect(refused(await ask(GPT))).toEqual([400, "invalid_request_error"]);
  });

  test("ten rewrites are served and eleven are 400", async () => {
    const { api, ask } = await stage();
    for (let hop = 1; hop <= 11; hop++) await makeRule(api, `a/m${hop}`, `a/m${hop + 1}`);
    expect(served(await ask("a/m2"))).toEqual([200, "a/m12"]);
    expect(refused(await ask("a/m1"))).toEqual([400, "invalid_request_error"]);
  });

  test("take effect after the time of the switch, one write after the other, and those of a state at once", async () => {
    const { now, pass } = clock();
    const { api, ask } = await stage({ now, switches: { vercel_settings_lag_ms: 1000 } });
    const { ruleId } = await makeRule(api, GPT, MINI);
    pass(600);
    await api.vercel("PATCH", "/ai-gateway/rules", { ruleId, action: { rewriteModel: OPUS } });
    expect(served(await ask(GPT))).toEqual([200, GPT]);
    pass(400);
    expect(served(await ask(GPT))).toEqual([200, MINI]);
    pass(600);
    expect(served(await ask(GPT))).toEqual([200, OPUS]);
    await api.vercel("DELETE", `/ai-gateway/rules?ruleId=${ruleId}`);
    expect(served(await ask(GPT))).toEqual([200, OPUS]);
    await api.control("PUT", "/state", (await api.control("GET", "/state")).body);
    expect(served(await ask(GPT))).toEqual([200, GPT]);
  });

  test("a deny counts before a rewrite of the same model", async () => {
    const { api, ask } = await stage({ switches: { rule_conflict: "model_and_type" } });
    await makeRule(api, GPT, MINI);
    await makeRule(api, GPT);
    expect((await ask(GPT)).status).toBe(403);
  });

  test("fallbacks of a request are rewritten, and left out when denied or in a circle; a denied model has none", async () => {
    const { api, ask } = await stage();
    await makeRule(api, "a/denied");
    await makeRule(api, "a/one", "a/two");
    await makeRule(api, "a/two", "a/one");
    await makeRule(api, "a/old", OPUS);
    await api.control("POST", "/faults", { effect: { kind: "upstream", model: GPT, status: 500 } });
    const models = ["a/denied", "a/one", "a/old"];
    expect(served(await ask(GPT, { models }))).toEqual([200, OPUS]);
    expect((await ask("a/denied", { models: [MINI] })).status).toBe(403);
  });
});

describe("virtual models", () => {
  test("stand for a model with its fallbacks, and are reached by rewrites", async () => {
    const { api, ask } = await stage();
    await makeVirtual(api, "fast", { modelSlug: GPT, models: [MINI] });
    await makeRule(api, OPUS, "vmc/fast");
    expect(served(await ask("vmc/fast"))).toEqual([200, GPT]);
    expect(served(await ask(OPUS))).toEqual([200, GPT]);
    await api.control("POST", "/faults", { effect: { kind: "upstream", model: GPT, status: 500 } });
    expect(served(await ask(OPUS))).toEqual([200, MINI]);
  });

  test("are themselves rewritten and denied, and what they stand for is denied and not rewritten", async () => {
    const { api, ask } = await stage();
    await makeVirtual(api, "fast", { modelSlug: GPT, models: [MINI] });
    const rewrite = await makeRule(api, "vmc/fast", OPUS);
    expect(served(await ask("vmc/fast"))).toEqual([200, OPUS]);
    await api.vercel("DELETE", `/ai-gateway/rules?ruleId=${rewrite.ruleId}`);
    const inner = await makeRule(api, GPT, OPUS);
    expect(served(await ask("vmc/fast"))).toEqual([200, GPT]);
    await api.vercel("DELETE", `/ai-gateway/rules?ruleId=${inner.ruleId}`);
    const { ruleId } = await makeRule(api, GPT);
    expect(served(await ask("vmc/fast"))).toEqual([200, MINI]);
    await makeRule(api, MINI);
    expect((await ask("vmc/fast")).body.error.param).toEqual({ ruleId });
  });

  test.each([
    ["missing", undefined],
    ["archived", "DELETE"],
    ["a draft", "PATCH"],
  ])("that are %s are 404, and 400 where a rule leads to them", async (_, method) => {
    const { api, ask } = await stage();
    await makeRule(api, OPUS, "vmc/fast");
    if (method !== undefined) {
      await makeVirtual(api, "fast", { modelSlug: GPT });
      await api.vercel(method, "/ai-gateway/virtual-model-configs/fast", { status: "draft" });
    }
    expect(refused(await ask("vmc/fast"))).toEqual([404, "model_not_found"]);
    expect(refused(await ask(OPUS))).toEqual([400, "invalid_request_error"]);
  });

  test("a router has its candidates, a relay its address, and both their providers", async () => {
    const { api, ask } = await stage();
    await makeVirtual(api, "any", { kind: "router", models: [OPUS, GPT], providerOnly: ["azure"] });
    expect((await ask("vmc/any")).echo).toMatchObject({ provider: "azure", model: GPT });
    const relay = {
      kind: "relay",
      modelSlug: OPUS,
      baseUrl: "https://llm.example",
      providerOrder: ["vertex"],
    };
    await makeVirtual(api, "own", relay);
    expect((await ask("vmc/own")).echo).toMatchObject({ provider: "vertex", url: "https://llm.example" });
    expect((await ask("vmc/own", { order: ["bedrock"] })).echo).toMatchObject({ provider: "bedrock" });
  });
});

describe("a budget", () => {
  const spent = async (api: Api, scopeType: string) => {
    const { body } = await api.vercel("GET", `/ai-gateway/budgets/list?scopeType=${scopeType}`);
    const { currentSpend, currentByokSpend } = body.budgets[0];
    return [currentSpend, currentByokSpend];
  };

  test("of a key lets the request through that crosses it, and none after; the others go on", async () => {
    const { api, ask } = await stage();
    const { id, secret } = await makeKey(api, { aiGatewayQuota: { limitAmount: 1 } });
    const costs = [GPT, OPUS, OPUS];
    for (const model of costs) expect((await prompt(api, secret, model)).status).toBe(200);
    const answer = await prompt(api, secret, GPT);
    expect(refused(answer)).toEqual([402, "quota_for_entity_exceeded"]);
    expect(answer.message).toContain(`"api_key_id_${id}". Current spend: $1.02, limit: $1.00`);
    expect((await ask(GPT)).status).toBe(200);
    expect(await spent(api, "api-key")).toEqual([1.02, 0]);
    await api.vercel("PATCH", `/v1/api-keys/${id}/quota`, { limitAmount: 2 });
    expect((await prompt(api, secret, GPT)).status).toBe(200);
  });

  test.each([
    ["paused", { active: false }],
    ["removed", { archived: true }],
  ])("that is %s stops nothing", async (_, change) => {
    const { api } = await stage();
    const { id, secret } = await makeKey(api, { aiGatewayQuota: { limitAmount: 1 } });
    for (const model of [OPUS, OPUS]) await prompt(api, secret, model);
    expect((await prompt(api, secret, GPT)).status).toBe(402);
    await api.vercel("PATCH", `/v1/api-keys/${id}/quota`, change);
    expect((await prompt(api, secret, GPT)).status).toBe(200);
  });

  test.each([
    ["team", {}],
    ["user", { spendAttribution: "user" }],
    ["project", undefined],
  ])("of the %s stops those that count for it", async (scopeType, metadata) => {
    const { api, ask } = await stage();
    const { vercel } = (await api.control("GET", "/state")).body;
    const [userId, projectId] = [vercel.users[0].id, vercel.projects[0].id];
    const subject = { team: {}, user: { userId }, project: { projectId } }[scopeType];
    const put = await api.vercel("PUT", "/ai-gateway/budgets", { scopeType, limitAmount: 1, ...subject });
    expect(put.status, put.text).toBe(200);
    const token =
      metadata === undefined
        ? (await api.control("POST", "/tokens", { vendor: "vercel", project_id: projectId })).body.token
        : (await makeKey(api, { metadata })).secret;
    for (const model of [OPUS, OPUS]) expect((await prompt(api, token, model)).status).toBe(200);
    const answer = await prompt(api, token, GPT);
    expect(refused(answer)).toEqual([402, "quota_for_entity_exceeded"]);
    expect(answer.message).toMatch(new RegExp(`^${scopeType} budget exceeded. Current spend: \\$1.00`, "i"));
    expect((await ask(GPT)).status).toBe(scopeType === "team" ? 402 : 200);
    expect(await spent(api, scopeType)).toEqual([1, 0]);
  });

  test("of a default holds for each one that it covers, and counts for each", async () => {
    const { api, key, ask } = await stage();
    await api.vercel("PUT", "/ai-gateway/budgets/defaults", { scopeType: "api-key", limitAmount: 1 });
    const second = await makeKey(api);
    const own = await makeKey(api, { aiGatewayQuota: { limitAmount: 5 } });
    for (const model of [OPUS, OPUS]) expect((await ask(model)).status).toBe(200);
    const others = [second, second, own, own, own].map(({ secret }) => prompt(api, secret, OPUS));
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const all = [key, second, own].map(({ secret }) => prompt(api, secret, GPT));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual([402, 402, 200]);
    const { budgets } = (await api.vercel("GET", "/ai-gateway/budgets/list")).body;
    const row = budgets.find(({ scopeId }: { scopeId: string }) => scopeId === key.id);
    expect(row).toMatchObject({ source: "default", currentSpend: 1 });
  });

  test.each([
    ["daily", Date.UTC(2026, 10, 2, 23), 60 * 60 * 1000],
    ["weekly", Date.UTC(2026, 10, 8, 12), 12 * 60 * 60 * 1000],
    ["monthly", Date.UTC(2026, 10, 30), DAY],
    ["none", Date.UTC(2026, 10, 30), undefined],
  ])("that is %s starts again in time", async (refreshPeriod, at, left) => {
    const { now, pass } = clock(at);
    const { api } = await stage({ now });
    const { secret } = await makeKey(api, { aiGatewayQuota: { limitAmount: 1, refreshPeriod } });
    for (const model of [OPUS, OPUS]) await prompt(api, secret, model);
    pass((left ?? 400 * DAY) - 1);
    expect((await prompt(api, secret, GPT)).status).toBe(402);
    pass(1);
    expect((await prompt(api, secret, GPT)).status).toBe(left === undefined ? 402 : 200);
    expect(await spent(api, "api-key")).toEqual([left === undefined ? 1 : 0.02, 0]);
  });

  test.each([
    [false, 200],
    [true, 402],
  ])("with includeByokInQuota %s makes the team's own credentials %i", async (includeByokInQuota, status) => {
    const { api } = await stage();
    const quota = { limitAmount: 1, includeByokInQuota };
    const { secret } = await makeKey(api, { aiGatewayQuota: quota });
    const gateway = { byok: { anthropic: [{ apiKey: "sk-request-0123456789-rrrr" }] } };
    for (const model of [OPUS, OPUS]) await prompt(api, secret, model, gateway);
    expect((await prompt(api, secret, GPT)).status).toBe(status);
    expect(await spent(api, "api-key")).toEqual([status === 200 ? 0.02 : 0, 1]);
  });
});

describe("BYOK credentials", () => {
  const SECRET = "sk-canary-0123456789-cccc";
  const own = { providerSlug: "anthropic", name: "ours", credential: { apiKey: SECRET } };

  async function withCredential(more: object = {}) {
    const made = await stage();
    const path = "/ai-gateway/byok-credentials";
    const { body } = await made.api.vercel("POST", path, { ...own, ...more });
    const change = (method: string, changes?: object) =>
      made.api.vercel(method, `${path}/${body.credentialId}`, changes);
    return { ...made, change };
  }

  test("serve their provider and no other, and cost no credits", async () => {
    const { ask } = await withCredential();
    const answer = await ask(OPUS);
    expect(answer.echo).toMatchObject({ provider: "anthropic", credential: "byok:ours …cccc" });
    expect(answer.routing.modelAttempts[0].providerAttempts[0].credentialType).toBe("byok");
    expect(answer.body.choices[0].message.provider_metadata.gateway).toMatchObject({
      cost: "0",
      marketCost: "0.5",
    });
    expect(JSON.stringify(answer.body)).not.toContain("canary");
    expect((await ask(GPT)).echo.credential).toBe("system");
  });

  test("that are off or deleted are not used, and a new secret is at once", async () => {
    const { ask, change } = await withCredential();
    await change("PATCH", { credential: { apiKey: "sk-canary-0123456789-dddd" } });
    expect((await ask(OPUS)).echo.credential).toBe("byok:ours …dddd");
    await change("PATCH", { active: false });
    expect((await ask(OPUS)).echo.credential).toBe("system");
    await change("PATCH", { active: true });
    await change("DELETE");
    expect((await ask(OPUS)).echo.credential).toBe("system");
  });

  test("that fail or are too slow are followed by Vercel's, and that is told", async () => {
    const { api, ask } = await withCredential();
    const fault = (effect: object) =>
      api.control("POST", "/faults", {
        times: 1,
        effect: { kind: "upstream", provider: "anthropic", ...effect },
      });
    await fault({ status: 401 });
    const failed = await ask(OPUS);
    expect(failed.echo).toMatchObject({ provider: "anthropic", credential: "system" });
    expect(failed.routing.modelAttempts[0].providerAttempts).toMatchObject([
      { credentialType: "byok", success: false, statusCode: 401 },
      { credentialType: "system", success: true },
    ]);
    await fault({ delay_ms: 3000 });
    const slow = await ask(OPUS, { providerTimeouts: { byok: { anthropic: 2000 } } });
    expect(slow.routing.modelAttempts[0].providerAttempts[0]).toMatchObject({
      error: "PROVIDER_TIMEOUT",
      configuredTimeoutMs: 2000,
    });
  });

  test("of a request come instead of the stored ones", async () => {
    const { ask } = await withCredential();
    const gateway = { byok: { anthropic: [{ apiKey: "sk-request-0123456789-rrrr" }] } };
    expect((await ask(OPUS, gateway)).echo.credential).toBe("request …rrrr");
  });

  test("are those that a virtual model names, where it names any", async () => {
    const { api, ask } = await withCredential();
    await makeVirtual(api, "own", { modelSlug: OPUS, byokCredentialIds: ["byok_other"] });
    expect((await ask("vmc/own")).echo.credential).toBe("system");
  });

  describe("with zero data retention", () => {
    const zdr = { zeroDataRetention: true };
    const none = [400, "no_providers_available"];

    test("are used only if they have it, and so are Vercel's", async () => {
      const { api, ask, change } = await withCredential();
      expect((await ask(OPUS, zdr)).echo.credential).toBe("system");
      await change("PATCH", zdr);
      expect((await ask(OPUS, zdr)).echo.credential).toBe("byok:ours …cccc");
      expect(refused(await ask("mistral/mistral-small", zdr))).toEqual(none);
      await makeVirtual(api, "quiet", { modelSlug: "mistral/mistral-small", ...zdr });
      expect(refused(await ask("vmc/quiet"))).toEqual(none);
    });

    test("of a whole team, a key may be exempt", async () => {
      const { api, ask } = await stage();
      const exempt = await makeKey(api, { metadata: { zdr: { enableNonZdrModels: true } } });
      const bypass = await makeKey(api, { metadata: { bypassAll: true } });
      const { body: state } = await api.control("GET", "/state");
      state.vercel.zero_data_retention = [state.vercel.teams[0].id];
      await api.control("PUT", "/state", state);
      expect(refused(await ask("mistral/mistral-small"))).toEqual(none);
      for (const { secret } of [exempt, bypass]) {
        expect((await prompt(api, secret, "mistral/mistral-small")).status).toBe(200);
      }
    });
  });
});

describe("faults", () => {
  test("of one provider make the next one serve, and of all of them are the gateway's error", async () => {
    const { api, ask } = await stage();
    const fault = (effect: object) =>
      api.control("POST", "/faults", { vendor: "vercel", effect: { kind: "upstream", ...effect } });
    await fault({ provider: "anthropic", status: 529 });
    const answer = await ask(OPUS);
    expect(answer.routing).toMatchObject({ resolvedProvider: "anthropic", finalProvider: "bedrock" });
    await fault({ status: 429 });
    expect(refused(await ask(OPUS))).toEqual([429, "rate_limit_exceeded"]);
    expect(refused(await ask(OPUS, { only: ["nobody"] }))).toEqual([400, "no_providers_available"]);
  });

  test("of the gateway itself have its error body, and the log does not hold the key", async () => {
    const { api, key, ask } = await stage();
    const effect = { kind: "status", status: 503, when: "before" };
    await api.control("POST", "/faults", { path: "/chat/completions$", times: 1, effect });
    expect(refused(await ask(GPT))).toEqual([503, "internal_server_error"]);
    const log = (await api.control("GET", "/requests")).body;
    expect(log.at(-1)).toMatchObject({ vendor: "vercel", status: 503, fault: "status" });
    expect(JSON.stringify(log)).not.toContain(key.secret);
  });
});
