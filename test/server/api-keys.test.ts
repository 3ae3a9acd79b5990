import { describe, expect, test } from "vitest";
import { type Api, type Body, clock, start, vercelToken } from "./api.ts";

const KEYS = "/v1/api-keys";
const purpose = "ai-gateway";

async function make(api: Api, more: object = {}): Promise<Body> {
  const answer = await api.vercel("POST", KEYS, { purpose, name: "ci", ...more });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

async function listed(api: Api, query = ""): Promise<Body> {
  return (await api.vercel("GET", `${KEYS}?purpose=ai-gateway${query}`)).body;
}

describe("create", () => {
  test("answers the plaintext once; its last four characters are the partial key", async () => {
    const api = await start();
    const { apiKeyString, apiKey } = await make(api);
    expect(apiKeyString).toMatch(/^vck_[A-Za-z0-9]{60}$/);
    expect(apiKey.id).toMatch(/^key_[A-Za-z0-9]{24}$/);
    expect(apiKey.partialKey).toBe(apiKeyString.slice(-4));
    const later = [await api.vercel("GET", KEYS), await api.vercel("GET", `${KEYS}/${apiKey.id}`)];
    for (const { text } of later) expect(text).not.toContain(apiKeyString);
  });

  test("leaves the plaintext in the control state, where a test can compare a sink with it", async () => {
    const api = await start();
    const { apiKeyString } = await make(api);
    expect((await api.control("GET", "/state")).body.vercel.keys[0].secret).toBe(apiKeyString);
  });

  test("says who made it and when, by the server's clock", async () => {
    const { now } = clock();
    const api = await start({ now });
    const { user } = (await api.vercel("GET", "/v2/user")).body;
    expect((await make(api)).apiKey).toMatchObject({ createdBy: user.id, createdAt: now() });
  });

  test("names the creator by the token that was used", async () => {
    const api = await start();
    const made = (await api.control("POST", "/tokens", { vendor: "vercel", role: "MEMBER" })).body;
    const { body } = await api.vercel("POST", KEYS, { purpose, name: "x" }, made.token);
    expect(body.apiKey.createdBy).toBe(made.user_id);
  });

  test("never answers the quota", async () => {
    const api = await start();
    expect((await make(api, { aiGatewayQuota: { limitAmount: 5 } })).apiKey).not.toHaveProperty("quota");
  });

  test("allows several keys of one name", async () => {
    const api = await start();
    const [one, two] = [await make(api), await make(api)];
    expect(one.apiKey.id).not.toBe(two.apiKey.id);
    expect((await listed(api)).apiKeys).toHaveLength(2);
  });

  test("invents a name where none is given", async () => {
    const api = await start();
    expect((await make(api, { name: undefined })).apiKey.name).not.toBe("");
  });

  test("keeps project, expiry and metadata", async () => {
    const { now } = clock();
    const api = await start({ now });
    const fields = {
      projectId: "prj_1",
      expiresAt: now() + 1000,
      metadata: { environment: "production", zdr: { enableNonZdrModels: true }, bypassAll: true },
    };
    expect((await make(api, fields)).apiKey).toMatchObject(fields);
  });

  const year = 365 * 24 * 3600 * 1000;
  test.each([
    ["another purpose", { purpose: "other" }],
    ["no purpose", { purpose: undefined }],
    ["an empty name", { name: "" }],
    ["a padded name", { name: " ci" }],
    ["a name of 257 characters", { name: "x".repeat(257) }],
    ["an expiry in the past", { expiresAt: Date.UTC(2026, 10, 2) }],
    ["an expiry three years ahead", { expiresAt: Date.UTC(2026, 10, 2) + 3 * year }],
    ["a quota without limit", { aiGatewayQuota: { refreshPeriod: "monthly" } }],
    ["a null limit", { aiGatewayQuota: { limitAmount: null } }],
    ["a limit below 1", { aiGatewayQuota: { limitAmount: 0.5 } }],
    ["an unknown period", { aiGatewayQuota: { limitAmount: 1, refreshPeriod: "yearly" } }],
    ["a threshold of 60", { aiGatewayQuota: { limitAmount: 1, alertThresholds: [60] } }],
    ["unknown metadata", { metadata: { colour: "red" } }],
    ["an unknown field", { colour: "red" }],
  ])("refuses %s with 400 bad_request and makes nothing", async (_, change) => {
    const api = await start({ now: clock().now });
    const answer = await api.vercel("POST", KEYS, { purpose, name: "ci", ...change });
    expect([answer.status, answer.body.error.code]).toEqual([400, "bad_request"]);
    expect((await listed(api)).apiKeys).toEqual([]);
  });

  test("refuses a body that is not JSON with 400", async () => {
    const api = await start();
    expect((await api.vercel("POST", KEYS, "{")).status).toBe(400);
  });

  test("over the cap is 429 with name and limit", async () => {
    const api = await start({ switches: { max_keys: 1 } });
    await make(api);
    const answer = await api.vercel("POST", KEYS, { purpose, name: "two" });
    expect(answer.status).toBe(429);
    expect(answer.body.error).toMatchObject({ limit: 1, name: "ai-gateway-api-keys" });
  });
});

describe("list", () => {
  test("is newest first and pages by an opaque cursor without loss or repeat", async () => {
    const api = await start();
    for (const name of ["a", "b", "c"]) await make(api, { name });
    const first = await listed(api, "&limit=2");
    expect(first.apiKeys.map((key: Body) => key.name)).toEqual(["c", "b"]);
    expect(first.pagination.count).toBe(2);
    const second = await listed(api, `&limit=2&until=${first.pagination.next}`);
    expect(second.apiKeys.map((key: Body) => key.name)).toEqual(["a"]);
    expect(second.pagination.next).toBeNull();
  });

  test("has no next page when the last one is just full", async () => {
    const api = await start();
    for (const name of ["a", "b"]) await make(api, { name });
    expect((await listed(api, "&limit=2")).pagination.next).toBeNull();
  });

  test("goes on after the cursor even when the key of the cursor is deleted", async () => {
    const api = await start();
    for (const name of ["a", "b", "c"]) await make(api, { name });
    const { apiKeys, pagination } = await listed(api, "&limit=2");
    await api.vercel("DELETE", `${KEYS}/${apiKeys[1].id}`);
    const rest = await listed(api, `&limit=2&until=${pagination.next}`);
    expect(rest.apiKeys.map((key: Body) => key.name)).toEqual(["a"]);
  });

  test("caps the page at pageSize", async () => {
    const api = await start({ pageSize: 1 });
    for (const name of ["a", "b"]) await make(api, { name });
    expect((await listed(api, "&limit=100")).apiKeys).toHaveLength(1);
  });

  test("searches names and filters by purpose", async () => {
    const api = await start();
    for (const name of ["alpha", "beta"]) await make(api, { name });
    expect((await listed(api, "&search=ALP")).apiKeys.map((key: Body) => key.name)).toEqual(["alpha"]);
    expect((await api.vercel("GET", `${KEYS}?purpose=other`)).body.apiKeys).toEqual([]);
  });

  test.each(["limit=0", "limit=101", "limit=x", "until=nonsense", `search=${"x".repeat(257)}`])(
    "refuses %.20s with 400",
    async (query) => {
      const api = await start();
      expect((await api.vercel("GET", `${KEYS}?${query}`)).status).toBe(400);
    },
  );
});

describe("get, rename and delete", () => {
  test("serve /api-keys like /v1/api-keys", async () => {
    const api = await start();
    const { id } = (await make(api)).apiKey;
    expect((await api.vercel("GET", `/api-keys/${id}`)).body.apiKey.id).toBe(id);
    expect((await api.vercel("GET", "/api-keys")).body.apiKeys).toHaveLength(1);
  });

  test("rename changes the name only", async () => {
    const api = await start();
    const { apiKey } = await make(api);
    const { body } = await api.vercel("PATCH", `${KEYS}/${apiKey.id}`, { name: "new" });
    expect(body.apiKey).toEqual({ ...apiKey, name: "new" });
  });

  test.each([{ name: "x", projectId: "prj_1" }, { expiresAt: 1 }, { name: "" }, {}])(
    "rename refuses %j with 400",
    async (body) => {
      const api = await start();
      const { id } = (await make(api)).apiKey;
      expect((await api.vercel("PATCH", `${KEYS}/${id}`, body)).status).toBe(400);
    },
  );

  test("rename is no endpoint when switched off", async () => {
    const api = await start({ switches: { key_rename: false } });
    const { id } = (await make(api)).apiKey;
    const answer = await api.vercel("PATCH", `${KEYS}/${id}`, { name: "new" });
    expect([answer.status, answer.body.error.code]).toEqual([404, "not_found"]);
  });

  test("delete is 204 without content type, then the key is gone", async () => {
    const api = await start();
    const { id } = (await make(api)).apiKey;
    const answer = await api.vercel("DELETE", `${KEYS}/${id}`);
    expect([answer.status, answer.text, answer.headers.get("content-type")]).toEqual([204, "", null]);
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PATCH", "", { name: "x" }],
      ["PATCH", "/quota", { limitAmount: 1 }],
      ["DELETE", "", undefined],
    ] as const) {
      const gone = await api.vercel(method, `${KEYS}/${id}${path}`, body);
      expect([gone.status, gone.body.error.code]).toEqual([404, "not_found"]);
    }
  });

  test("another team's key is not found", async () => {
    const api = await start();
    const { id } = (await make(api)).apiKey;
    const { body: state } = await api.control("GET", "/state");
    const other = { id: "team_other", slug: "other", name: "Other" };
    state.vercel.teams.push(other);
    await api.control("PUT", "/state", state);
    const token = await vercelToken(api, "OWNER", { team_ids: [other.id] });
    expect((await api.vercel("GET", `${KEYS}/${id}`, undefined, token)).status).toBe(404);
    expect((await api.vercel("GET", KEYS, undefined, token)).body.apiKeys).toEqual([]);
  });
});

describe("quota", () => {
  const quotaOf = async (api: Api) => (await listed(api)).apiKeys[0].quota;

  test("of a key without budget is null in the list", async () => {
    const api = await start();
    await make(api);
    expect(await quotaOf(api)).toBeNull();
  });

  test("given at create shows in the list with the server's defaults", async () => {
    const api = await start();
    const { id } = (await make(api, { aiGatewayQuota: { limitAmount: 2.5 } })).apiKey;
    const quota = await quotaOf(api);
    expect(quota).toMatchObject({
      quotaEntityId: `api_key_id_${id}`,
      limitAmount: 2.5,
      currentSpend: 0,
      includeByokInQuota: false,
      refreshPeriod: "none",
      active: true,
      archived: false,
    });
    expect(quota).not.toHaveProperty("alertThresholds");
  });

  test("is in GET of one key in profile spec, and in the list only in profile live", async () => {
    const api = await start({ profile: "spec" });
    const { id } = (await make(api, { aiGatewayQuota: { limitAmount: 1 } })).apiKey;
    const path = `${KEYS}/${id}`;
    expect((await api.vercel("GET", path)).body.apiKey.quota.limitAmount).toBe(1);
    await api.control("POST", "/switches", { quota_in_get: false });
    expect((await api.vercel("GET", path)).body.apiKey).not.toHaveProperty("quota");
    expect((await quotaOf(api)).limitAmount).toBe(1);
  });

  test("a change keeps what it leaves out, and thresholds are a set that [] clears", async () => {
    const api = await start();
    const first = { limitAmount: 1, refreshPeriod: "weekly", alertThresholds: [100, 50, 100] };
    const { id } = (await make(api, { aiGatewayQuota: first })).apiKey;
    expect((await quotaOf(api)).alertThresholds).toEqual([50, 100]);
    const { body } = await api.vercel("PATCH", `${KEYS}/${id}/quota`, { limitAmount: 9 });
    expect(body.quota).toMatchObject({ limitAmount: 9, refreshPeriod: "weekly", alertThresholds: [50, 100] });
    await api.vercel("PATCH", `${KEYS}/${id}/quota`, { alertThresholds: [] });
    expect(await quotaOf(api)).not.toHaveProperty("alertThresholds");
  });

  test("a change without limit on a key that never had one is 400", async () => {
    const api = await start();
    const { id } = (await make(api)).apiKey;
    const answer = await api.vercel("PATCH", `${KEYS}/${id}/quota`, { refreshPeriod: "daily" });
    expect([answer.status, answer.body.error.code]).toEqual([400, "bad_request"]);
  });

  test("archived shows as null; any later change revives it with its old limit", async () => {
    const api = await start();
    const { id } = (await make(api, { aiGatewayQuota: { limitAmount: 7 } })).apiKey;
    const archived = await api.vercel("PATCH", `${KEYS}/${id}/quota`, { archived: true });
    expect(archived.body.quota.archived).toBe(true);
    expect(await quotaOf(api)).toBeNull();
    await api.vercel("PATCH", `${KEYS}/${id}/quota`, { active: true });
    expect(await quotaOf(api)).toMatchObject({ limitAmount: 7, archived: false });
  });

  test("archiving what never was is 404", async () => {
    const api = await start();
    const { id } = (await make(api)).apiKey;
    expect((await api.vercel("PATCH", `${KEYS}/${id}/quota`, { archived: true })).status).toBe(404);
  });

  test("active false is kept and shown", async () => {
    const api = await start();
    const { id } = (await make(api, { aiGatewayQuota: { limitAmount: 7 } })).apiKey;
    await api.vercel("PATCH", `${KEYS}/${id}/quota`, { active: false });
    expect((await quotaOf(api)).active).toBe(false);
  });

  test("lags: list and GET show the old one until the lag is over, the answer shows the new one", async () => {
    const { now, pass } = clock();
    const api = await start({ now, switches: { quota_lag_ms: 1000, quota_in_get: true } });
    const { id } = (await make(api, { aiGatewayQuota: { limitAmount: 1 } })).apiKey;
    expect(await quotaOf(api)).toBeNull();
    pass(1000);
    expect((await quotaOf(api)).limitAmount).toBe(1);
    const changed = await api.vercel("PATCH", `${KEYS}/${id}/quota`, { limitAmount: 2 });
    expect(changed.body.quota.limitAmount).toBe(2);
    expect((await quotaOf(api)).limitAmount).toBe(1);
    expect((await api.vercel("GET", `${KEYS}/${id}`)).body.apiKey.quota.limitAmount).toBe(1);
    pass(1000);
    expect((await quotaOf(api)).limitAmount).toBe(2);
  });
});

test("a reported key is marked as leaked, and the answer does not say whether there is one", async () => {
  const { now } = clock();
  const api = await start({ now });
  const { apiKeyString, apiKey } = await make(api);
  const report = (api_key: string) =>
    api.vercel("POST", "/external/compromised_secret", { secret: { api_key } }, "");
  expect((await report("vck_unknown")).text).toBe((await report(apiKeyString)).text);
  const read = (await api.vercel("GET", `${KEYS}/${apiKey.id}`)).body;
  expect(read.apiKey.leakedAt).toBe(now());
});
