import { describe, expect, test } from "vitest";
import { type Api, type Body, clock, start } from "./api.ts";

const RULES = "/ai-gateway/rules";
const rewrite = { type: "rewrite", match: { model: "a/x" }, action: { rewriteModel: "b/y", reason: "cost" } };
const deny = { type: "deny", match: { model: "a/z" } };

async function make(api: Api, body: object): Promise<Body> {
  const answer = await api.vercel("POST", RULES, body);
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

const models = (answer: Body): string[] => answer.body.rules.map((rule: Body) => rule.match.model);

describe("create", () => {
  test("is 201 with the rule, enabled, owned by the team", async () => {
    const { now } = clock();
    const api = await start({ now });
    const { user } = (await api.vercel("GET", "/v2/user")).body;
    const { id } = (await api.vercel("GET", "/teams/acme")).body;
    const made = await make(api, { ...rewrite, description: "d" });
    expect(made).toMatchObject({ ...rewrite, description: "d", enabled: true, ownerId: id });
    expect(made).toMatchObject({ createdAt: now(), updatedAt: now(), createdBy: user.id });
    expect(made.ruleId).toMatch(/^rule_[A-Za-z0-9]{24}$/);
  });

  test("of a deny without reason has no action", async () => {
    const api = await start();
    expect(await make(api, deny)).not.toHaveProperty("action");
    expect((await make(api, { ...deny, match: { model: "q/q" }, action: {} })).action).toBeUndefined();
  });

  test("accepts enabled false", async () => {
    const api = await start();
    expect((await make(api, { ...deny, enabled: false })).enabled).toBe(false);
  });

  test.each([
    ["an unknown type", { ...deny, type: "allow" }],
    ["no model", { type: "deny", match: {} }],
    ["no match", { type: "deny" }],
    ["a rewrite without destination", { type: "rewrite", match: { model: "a/x" } }],
    ["a deny with destination", { ...deny, action: { rewriteModel: "b/y" } }],
    ["a rewrite to itself", { ...rewrite, action: { rewriteModel: "a/x" } }],
    ["an unknown field", { ...deny, colour: "red" }],
    ["an unknown action field", { ...deny, action: { colour: "red" } }],
    ["a reason of 1025 characters", { ...deny, action: { reason: "x".repeat(1025) } }],
    ["a model of 257 characters", { ...deny, match: { model: "x".repeat(257) } }],
  ])("refuses %s with 400", async (_, body) => {
    const api = await start();
    const answer = await api.vercel("POST", RULES, body);
    expect([answer.status, answer.body.error.code]).toEqual([400, "bad_request"]);
  });

  test("of a second rule for the model is 409 conflict, whatever its type and even if the first is disabled", async () => {
    const api = await start();
    await make(api, { ...deny, enabled: false });
    const again = { type: "rewrite", match: deny.match, action: { rewriteModel: "b/y" } };
    const answer = await api.vercel("POST", RULES, again);
    expect([answer.status, answer.body.error.code]).toEqual([409, "conflict"]);
    await api.control("POST", "/switches", { rule_conflict: "model_and_type" });
    expect((await api.vercel("POST", RULES, again)).status).toBe(201);
    expect((await api.vercel("POST", RULES, again)).status).toBe(409);
  });

  test("of a model whose rule is deleted is no conflict", async () => {
    const api = await start();
    const { ruleId } = await make(api, deny);
    await api.vercel("DELETE", `${RULES}?ruleId=${ruleId}`);
    expect((await make(api, deny)).ruleId).not.toBe(ruleId);
  });
});

describe("strict mode", () => {
  const to = (model: string, rewriteModel: string) => ({
    type: "rewrite",
    match: { model },
    action: { rewriteModel },
  });

  test("is off: cycles, unknown targets and odd names are accepted", async () => {
    const api = await start();
    for (const rule of [to("a/a", "b/b"), to("b/b", "a/a"), to("odd", "vmc/none")]) await make(api, rule);
  });

  test("refuses a cycle, a virtual model that is not there and a name without creator", async () => {
    const api = await start({ switches: { strict_rules: true } });
    await make(api, to("a/a", "b/b"));
    for (const rule of [to("b/b", "a/a"), to("c/c", "vmc/none"), to("odd", "d/d")]) {
      expect((await api.vercel("POST", RULES, rule)).status).toBe(400);
    }
  });

  test("allows ten rewrites in a chain and refuses the eleventh", async () => {
    const api = await start({ switches: { strict_rules: true } });
    for (let hop = 0; hop < 10; hop++) await make(api, to(`m/${hop}`, `m/${hop + 1}`));
    expect((await api.vercel("POST", RULES, to("m/10", "m/11"))).status).toBe(400);
  });
});

describe("list", () => {
  test("is oldest first, whole and without cursor when nothing is asked for", async () => {
    const api = await start();
    for (const model of ["c/c", "a/a", "b/b"]) await make(api, { ...deny, match: { model } });
    const answer = await api.vercel("GET", RULES);
    expect(models(answer)).toEqual(["c/c", "a/a", "b/b"]);
    expect(answer.body).not.toHaveProperty("cursor");
  });

  test("shows disabled rules only when asked, deleted ones never", async () => {
    const api = await start();
    await make(api, { ...deny, enabled: false });
    const { ruleId } = await make(api, rewrite);
    await api.vercel("DELETE", `${RULES}?ruleId=${ruleId}`);
    expect(models(await api.vercel("GET", RULES))).toEqual([]);
    expect(models(await api.vercel("GET", `${RULES}?includeDisabled=true`))).toEqual(["a/z"]);
  });

  test("pages by limit and cursor, and a delete between two pages moves nothing", async () => {
    const api = await start();
    const made: Body[] = [];
    for (const model of ["a/a", "b/b", "c/c"]) made.push(await make(api, { ...deny, match: { model } }));
    const first = await api.vercel("GET", `${RULES}?limit=2`);
    expect(models(first)).toEqual(["a/a", "b/b"]);
    await api.vercel("DELETE", `${RULES}?ruleId=${made[0].ruleId}`);
    const second = await api.vercel("GET", `${RULES}?limit=2&cursor=${first.body.cursor}`);
    expect(models(second)).toEqual(["c/c"]);
    expect(second.body.cursor).toBeNull();
  });

  test.each(["?limit=100", ""])("caps the page at pageSize, asked for %j", async (query) => {
    const api = await start({ pageSize: 1 });
    for (const model of ["a/a", "b/b"]) await make(api, { ...deny, match: { model } });
    const first = await api.vercel("GET", `${RULES}${query}`);
    expect(models(first)).toEqual(["a/a"]);
    const second = await api.vercel("GET", `${RULES}?cursor=${first.body.cursor}`);
    expect([models(second), second.body.cursor]).toEqual([["b/b"], null]);
  });

  test.each(["includeDisabled=1", "limit=0", "limit=101", "cursor=nonsense"])(
    "refuses %s with 400",
    async (query) => {
      const api = await start();
      expect((await api.vercel("GET", `${RULES}?${query}`)).status).toBe(400);
    },
  );
});

describe("update", () => {
  test("merges action key by key", async () => {
    const api = await start();
    const { ruleId } = await make(api, rewrite);
    const reason = await api.vercel("PATCH", RULES, { ruleId, action: { reason: "new" } });
    expect(reason.body.action).toEqual({ rewriteModel: "b/y", reason: "new" });
    const target = await api.vercel("PATCH", RULES, { ruleId, action: { rewriteModel: "c/w" } });
    expect(target.body.action).toEqual({ rewriteModel: "c/w", reason: "new" });
  });

  test("clears reason and description by null; an empty description is kept", async () => {
    const api = await start();
    const { ruleId } = await make(api, { ...rewrite, description: "d" });
    const { body } = await api.vercel("PATCH", RULES, {
      ruleId,
      action: { reason: null },
      description: null,
    });
    expect(body.action).toEqual({ rewriteModel: "b/y" });
    expect(body).not.toHaveProperty("description");
    const empty = await api.vercel("PATCH", RULES, { ruleId, description: "" });
    expect(empty.body.description).toBe("");
  });

  test("of a deny takes action away with its last key", async () => {
    const api = await start();
    const { ruleId } = await make(api, { ...deny, action: { reason: "r" } });
    const { body } = await api.vercel("PATCH", RULES, { ruleId, action: { reason: null } });
    expect(body).not.toHaveProperty("action");
  });

  test("enables and disables", async () => {
    const api = await start();
    const { ruleId } = await make(api, deny);
    expect((await api.vercel("PATCH", RULES, { ruleId, enabled: false })).body.enabled).toBe(false);
    expect(models(await api.vercel("GET", RULES))).toEqual([]);
  });

  test("that changes nothing moves updatedAt", async () => {
    const { now, pass } = clock();
    const api = await start({ now });
    const { ruleId, createdAt } = await make(api, deny);
    pass(5);
    const { body } = await api.vercel("PATCH", RULES, { ruleId });
    expect([body.createdAt, body.updatedAt]).toEqual([createdAt, createdAt + 5]);
  });

  test.each([
    ["type", { type: "rewrite" }],
    ["match", { match: { model: "q/q" } }],
    ["ownerId", { ownerId: "team_x" }],
    ["an unknown field", { colour: "red" }],
    ["a destination on a deny", { action: { rewriteModel: "b/y" } }],
    ["a null for enabled", { enabled: null }],
  ])("refuses %s with 400", async (_, change) => {
    const api = await start();
    const { ruleId } = await make(api, deny);
    expect((await api.vercel("PATCH", RULES, { ruleId, ...change })).status).toBe(400);
  });

  test("refuses a rewrite to its own source and a missing ruleId", async () => {
    const api = await start();
    const { ruleId } = await make(api, rewrite);
    expect((await api.vercel("PATCH", RULES, { ruleId, action: { rewriteModel: "a/x" } })).status).toBe(400);
    expect((await api.vercel("PATCH", RULES, { enabled: true })).status).toBe(400);
  });

  test("of an unknown or deleted rule is 404", async () => {
    const api = await start();
    const { ruleId } = await make(api, deny);
    await api.vercel("DELETE", `${RULES}?ruleId=${ruleId}`);
    for (const id of [ruleId, "rule_none"]) {
      expect((await api.vercel("PATCH", RULES, { ruleId: id, enabled: true })).status).toBe(404);
    }
  });
});

describe("delete", () => {
  test("is 204 without content type and soft; the second time is 404", async () => {
    const api = await start();
    const { ruleId } = await make(api, deny);
    const answer = await api.vercel("DELETE", `${RULES}?ruleId=${ruleId}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([204, null]);
    expect((await api.control("GET", "/state")).body.vercel.rules[0]).toMatchObject({
      ruleId,
      deleted: true,
    });
    expect((await api.vercel("DELETE", `${RULES}?ruleId=${ruleId}`)).status).toBe(404);
  });

  test("needs a ruleId", async () => {
    const api = await start();
    expect((await api.vercel("DELETE", RULES)).status).toBe(400);
  });
});

test("/v1/ai-gateway/rules is 404 in profile live and the same as /ai-gateway/rules in profile spec", async () => {
  const live = await start();
  const missing = await live.vercel("GET", `/v1${RULES}`);
  expect([missing.status, missing.body.error.code]).toEqual([404, "not_found"]);
  const spec = await start({ profile: "spec" });
  await make(spec, deny);
  expect(models(await spec.vercel("GET", `/v1${RULES}`))).toEqual(["a/z"]);
});
