import { describe, expect, test } from "vitest";
import { type Api, type Body, clock, start, vercelToken } from "./api.ts";

const BUDGETS = "/ai-gateway/budgets";
const LIST = `${BUDGETS}/list`;
const DEFAULTS = `${BUDGETS}/defaults`;

async function put(api: Api, body: object, path = BUDGETS): Promise<Body> {
  const answer = await api.vercel("PUT", path, body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

async function rows(api: Api, query = ""): Promise<Body[]> {
  return (await api.vercel("GET", `${LIST}${query}`)).body.budgets;
}

/** Ids of what the default state holds. */
async function ids(api: Api): Promise<{ team: string; project: string; user: string }> {
  const { vercel } = (await api.control("GET", "/state")).body;
  return { team: vercel.teams[0].id, project: vercel.projects[0].id, user: vercel.users[0].id };
}

const error = (answer: Body) => [answer.status, answer.body.error.code];

describe("PUT", () => {
  test("makes a budget of the team, a project and a user, each once", async () => {
    const api = await start({ switches: { user_scope_id: "native" } });
    const { team, project, user } = await ids(api);
    const made = [
      await put(api, { scopeType: "team", limitAmount: 2000 }),
      await put(api, { scopeType: "project", projectId: project, limitAmount: 300 }),
      await put(api, { scopeType: "user", userId: user, limitAmount: 2.5 }),
      await put(api, { scopeType: "team", limitAmount: 1000 }),
    ];
    expect(made.map(({ scopeId, limitAmount }) => [scopeId, limitAmount])).toEqual([
      [team, 2000],
      [project, 300],
      [user, 2.5],
      [team, 1000],
    ]);
    expect((await rows(api)).map(({ scopeId }) => scopeId)).toEqual([team, project, user]);
  });

  test("takes monthly without thresholds and BYOK unless told otherwise", async () => {
    const api = await start();
    const made = await put(api, { scopeType: "team", limitAmount: 1 });
    expect(made).toMatchObject({ refreshPeriod: "monthly", includeByokInQuota: false, active: true });
    expect(made).not.toHaveProperty("alertThresholds");
  });

  test.each([
    ["live", { refreshPeriod: "weekly", includeByokInQuota: true, alertThresholds: [50, 100] }],
    ["spec", { refreshPeriod: "monthly", includeByokInQuota: false }],
  ] as const)("in profile %s leaves of an old budget what the body leaves out: %j", async (profile, kept) => {
    const api = await start({ profile });
    const more = { refreshPeriod: "weekly", includeByokInQuota: true, alertThresholds: [100, 50] };
    await put(api, { scopeType: "team", limitAmount: 1, ...more });
    const changed = await put(api, { scopeType: "team", limitAmount: 2 });
    expect(changed).toMatchObject({ limitAmount: 2, ...kept });
    expect(changed.alertThresholds).toEqual("alertThresholds" in kept ? kept.alertThresholds : undefined);
  });

  test("keeps what was spent, and when the budget was made", async () => {
    const { now, pass } = clock();
    const api = await start({ now });
    await put(api, { scopeType: "team", limitAmount: 1 });
    const { body: state } = await api.control("GET", "/state");
    state.vercel.budgets[0].currentSpend = 0.75;
    await api.control("PUT", "/state", state);
    pass(1000);
    const changed = await put(api, { scopeType: "team", limitAmount: 2 });
    expect(changed).toMatchObject({ currentSpend: 0.75, createdAt: now() - 1000, updatedAt: now() });
  });

  test.each([
    ["no limit", { scopeType: "team" }],
    ["a limit below 1", { scopeType: "team", limitAmount: 0.5 }],
    ["a project's id for the team", { scopeType: "team", projectId: "prj_x", limitAmount: 1 }],
    ["no project", { scopeType: "project", limitAmount: 1 }],
    ["no user", { scopeType: "user", limitAmount: 1 }],
    ["an API key", { scopeType: "api-key", limitAmount: 1 }],
    ["another threshold", { scopeType: "team", limitAmount: 1, alertThresholds: [60] }],
    ["another period", { scopeType: "team", limitAmount: 1, refreshPeriod: "yearly" }],
    ["an unknown field", { scopeType: "team", limitAmount: 1, active: false }],
  ])("refuses %s with 400", async (_, body) => {
    const api = await start();
    expect(error(await api.vercel("PUT", BUDGETS, body))).toEqual([400, "bad_request"]);
  });

  test.each([
    ["project", { scopeType: "project", projectId: "web", limitAmount: 1 }],
    ["user", { scopeType: "user", userId: "usr_nobody", limitAmount: 1 }],
  ])("of an unknown %s, which is named by its id alone, is 404", async (_, body) => {
    const api = await start();
    expect(error(await api.vercel("PUT", BUDGETS, body))).toEqual([404, "not_found"]);
  });
});

describe("the list", () => {
  test("holds one scope when asked, and refuses an unknown one", async () => {
    const api = await start();
    const { project } = await ids(api);
    await put(api, { scopeType: "team", limitAmount: 1 });
    await put(api, { scopeType: "project", projectId: project, limitAmount: 1 });
    expect((await rows(api, "?scopeType=project")).map(({ scopeId }) => scopeId)).toEqual([project]);
    expect(error(await api.vercel("GET", `${LIST}?scopeType=key`))).toEqual([400, "bad_request"]);
  });

  test("has the budgets of keys, by the key's id, but not the archived ones", async () => {
    const api = await start();
    const key = { purpose: "ai-gateway", name: "ci", aiGatewayQuota: { limitAmount: 50 } };
    const { id } = (await api.vercel("POST", "/v1/api-keys", key)).body.apiKey;
    const expected = { scopeType: "api-key", scopeId: id, name: "ci", quotaEntityId: `api_key_id_${id}` };
    expect(await rows(api)).toMatchObject([expected]);
    await api.vercel("PATCH", `/v1/api-keys/${id}/quota`, { archived: true });
    expect(await rows(api)).toEqual([]);
  });

  test("writes a user's id with usr_ in profile live and without in profile spec", async () => {
    for (const [profile, prefix] of [
      ["live", "usr_"],
      ["spec", ""],
    ] as const) {
      const api = await start({ profile });
      const { user } = await ids(api);
      const made = await put(api, { scopeType: "user", userId: user, limitAmount: 1 });
      expect(made.scopeId).toBe(`${prefix}${user}`);
      expect((await rows(api))[0].scopeId).toBe(`${prefix}${user}`);
    }
  });

  test("shows what a default covers, marked, and nothing that has a budget of its own", async () => {
    const api = await start();
    const { project } = await ids(api);
    const { id } = (await api.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway" })).body.apiKey;
    const withOwn = { purpose: "ai-gateway", aiGatewayQuota: { limitAmount: 50 } };
    const own = (await api.vercel("POST", "/v1/api-keys", withOwn)).body.apiKey.id;
    for (const scopeType of ["project", "api-key"]) await put(api, { scopeType, limitAmount: 5 }, DEFAULTS);
    const inherited = { source: "default", limitAmount: 5, currentSpend: 0 };
    expect(await rows(api)).toMatchObject([
      { scopeType: "api-key", scopeId: own, limitAmount: 50 },
      { scopeType: "project", scopeId: project, ...inherited },
      { scopeType: "api-key", scopeId: id, ...inherited },
    ]);
    await put(api, { scopeType: "project", projectId: project, limitAmount: 9 });
    const [changed] = await rows(api, "?scopeType=project");
    expect(changed.limitAmount).toBe(9);
    expect(changed).not.toHaveProperty("source");
  });
});

describe("DELETE", () => {
  test("archives: the answer is the budget, the list is without it, the second time is 404", async () => {
    const api = await start();
    await put(api, { scopeType: "team", limitAmount: 1 });
    const answer = await api.vercel("DELETE", `${BUDGETS}?scopeType=team`);
    expect([answer.status, answer.body.archived]).toEqual([200, true]);
    expect(await rows(api)).toEqual([]);
    expect(error(await api.vercel("DELETE", `${BUDGETS}?scopeType=team`))).toEqual([404, "not_found"]);
  });

  test("is undone by a PUT, which takes none of the old settings", async () => {
    const api = await start();
    await put(api, { scopeType: "team", limitAmount: 1, refreshPeriod: "daily" });
    await api.vercel("DELETE", `${BUDGETS}?scopeType=team`);
    await put(api, { scopeType: "team", limitAmount: 2 });
    expect(await rows(api)).toMatchObject([{ limitAmount: 2, refreshPeriod: "monthly", archived: false }]);
  });

  test.each(["", "?scopeType=project", "?scopeType=api-key", "?scopeType=team&userId=x"])(
    "with %j is 400",
    async (query) => {
      const api = await start();
      expect(error(await api.vercel("DELETE", `${BUDGETS}${query}`))).toEqual([400, "bad_request"]);
    },
  );
});

describe("defaults", () => {
  test("are one per scope: made, changed, listed and removed", async () => {
    const api = await start();
    await put(api, { scopeType: "api-key", limitAmount: 20, refreshPeriod: "daily" }, DEFAULTS);
    await put(api, { scopeType: "user", limitAmount: 5, alertThresholds: [75] }, DEFAULTS);
    await put(api, { scopeType: "api-key", limitAmount: 30 }, DEFAULTS);
    const list = async () => (await api.vercel("GET", `${DEFAULTS}/list`)).body.defaults;
    expect(await list()).toMatchObject([
      { scopeType: "api-key", limitAmount: 30, refreshPeriod: "daily", active: true },
      { scopeType: "user", limitAmount: 5, refreshPeriod: "monthly", alertThresholds: [75] },
    ]);
    const gone = await api.vercel("DELETE", `${DEFAULTS}?scopeType=api-key`);
    expect([gone.status, gone.headers.get("content-type")]).toEqual([204, null]);
    expect(await list()).toMatchObject([{ scopeType: "user" }]);
    expect(error(await api.vercel("DELETE", `${DEFAULTS}?scopeType=api-key`))).toEqual([404, "not_found"]);
  });

  test.each([
    ["no limit", { scopeType: "user" }],
    ["an unknown scope", { scopeType: "key", limitAmount: 1 }],
    ["BYOK inclusion", { scopeType: "user", limitAmount: 1, includeByokInQuota: true }],
  ])("refuse %s with 400", async (_, body) => {
    const api = await start();
    expect(error(await api.vercel("PUT", DEFAULTS, body))).toEqual([400, "bad_request"]);
  });
});

describe("who may write", () => {
  test("team budgets and defaults are for owners and budget managers", async () => {
    const api = await start();
    const permissions = ["AiGatewayBudgetManager"];
    const member = await vercelToken(api, "MEMBER");
    const manager = await vercelToken(api, "VIEWER", { permissions });
    for (const path of [BUDGETS, DEFAULTS]) {
      const body = { scopeType: "user", userId: (await ids(api)).user, limitAmount: 1 };
      const sent = path === DEFAULTS ? { scopeType: "user", limitAmount: 1 } : body;
      expect(error(await api.vercel("PUT", path, sent, member))).toEqual([403, "forbidden"]);
      expect((await api.vercel("PUT", path, sent, manager)).status).toBe(200);
    }
  });

  test("a project's budget is for its admins, too", async () => {
    const api = await start();
    const { project } = await ids(api);
    const made = (await api.control("POST", "/tokens", { vendor: "vercel", role: "MEMBER" })).body;
    const body = { scopeType: "project", projectId: project, limitAmount: 1 };
    expect(error(await api.vercel("PUT", BUDGETS, body, made.token))).toEqual([403, "forbidden"]);
    const { body: state } = await api.control("GET", "/state");
    state.vercel.projects[0].admins = [made.user_id];
    await api.control("PUT", "/state", state);
    expect((await api.vercel("PUT", BUDGETS, body, made.token)).status).toBe(200);
    const remove = `${BUDGETS}?scopeType=project&projectId=${project}`;
    expect((await api.vercel("DELETE", remove, undefined, made.token)).status).toBe(200);
  });
});
