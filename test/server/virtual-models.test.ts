import { describe, expect, test } from "vitest";
import { type Api, type Body, clock, start } from "./api.ts";

const MODELS = "/ai-gateway/virtual-model-configs";
const alias = { virtualModelSlug: "fast", modelSlug: "openai/gpt-5.1" };

async function make(api: Api, more: object = {}): Promise<Body> {
  const answer = await api.vercel("POST", MODELS, { ...alias, ...more });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

const error = (answer: Body) => [answer.status, answer.body.error.code];
const slugs = (answer: Body) => answer.body.virtualModelConfigs.map((model: Body) => model.virtualModelSlug);

describe("create", () => {
  test("is an active alias of the team unless told otherwise", async () => {
    const { now } = clock();
    const api = await start({ now });
    const { user } = (await api.vercel("GET", "/v2/user")).body;
    const { id } = (await api.vercel("GET", "/teams/acme")).body;
    expect(await make(api, { ownerId: "team_other", updatedBy: "somebody" })).toEqual({
      ...alias,
      kind: "alias",
      status: "active",
      deleted: false,
      ownerId: id,
      createdAt: now(),
      updatedAt: now(),
      createdBy: user.id,
      updatedBy: user.id,
    });
  });

  test("of a router takes candidates instead of a model, of a relay a URL", async () => {
    const api = await start();
    const router = { kind: "router", modelSlug: undefined, models: ["a/b", "c/d"], selector: "cost" };
    expect(await make(api, router)).toMatchObject({ kind: "router", models: ["a/b", "c/d"] });
    const relay = { virtualModelSlug: "relayed", kind: "relay", baseUrl: "https://relay.example/v1" };
    expect((await make(api, relay)).baseUrl).toBe("https://relay.example/v1");
  });

  test.each([
    ["a slug with a slash", { virtualModelSlug: "a/b" }],
    ["no slug", { virtualModelSlug: undefined }],
    ["no model", { modelSlug: undefined }],
    ["an unknown kind", { kind: "chain" }],
    ["a router with a model", { kind: "router", models: ["a/b"] }],
    ["a router without candidates", { kind: "router", modelSlug: undefined, models: [] }],
    ["a relay without URL", { kind: "relay" }],
    ["a URL that is none", { kind: "relay", baseUrl: "relay.example" }],
    ["an alias with a URL", { baseUrl: "https://relay.example" }],
    ["an unknown status", { status: "paused" }],
    ["an unknown order", { sort: "best" }],
    ["a tag with a blank", { observabilityTags: ["a b"] }],
    ["provider options that are no maps", { providerOptions: { openai: "low" } }],
    ["an unknown field", { colour: "red" }],
    ["null", { description: null }],
    ["a deleted one", { deleted: true }],
  ])("refuses %s with 400", async (_, more) => {
    const api = await start();
    expect(error(await api.vercel("POST", MODELS, { ...alias, ...more }))).toEqual([400, "bad_request"]);
  });

  test("over a slug that is taken is 409, also when it is archived", async () => {
    const api = await start();
    await make(api);
    expect(error(await api.vercel("POST", MODELS, alias))).toEqual([409, "conflict"]);
    await api.vercel("DELETE", `${MODELS}/fast`);
    expect(error(await api.vercel("POST", MODELS, alias))).toEqual([409, "conflict"]);
  });
});

describe("list", () => {
  test("is newest first, in pages of the limit, whose last one has the cursor null", async () => {
    const api = await start();
    for (const virtualModelSlug of ["a", "b", "c"]) await make(api, { virtualModelSlug });
    const first = await api.vercel("GET", `${MODELS}/list?limit=2`);
    expect(slugs(first)).toEqual(["c", "b"]);
    await api.vercel("DELETE", `${MODELS}/c`);
    const second = await api.vercel("GET", `${MODELS}/list?limit=2&cursor=${first.body.cursor}`);
    expect([slugs(second), second.body.cursor]).toEqual([["a"], null]);
  });

  test("takes a limit above 100 and is capped at pageSize", async () => {
    const api = await start({ pageSize: 1 });
    for (const virtualModelSlug of ["a", "b"]) await make(api, { virtualModelSlug });
    expect(slugs(await api.vercel("GET", `${MODELS}/list?limit=200`))).toEqual(["b"]);
    expect(slugs(await api.vercel("GET", `${MODELS}/list`))).toEqual(["b"]);
  });

  test.each(["limit=0", "limit=x", "cursor=nonsense"])("refuses %s with 400", async (query) => {
    const api = await start();
    expect(error(await api.vercel("GET", `${MODELS}/list?${query}`))).toEqual([400, "bad_request"]);
  });
});

describe("update", () => {
  test("changes the fields that are sent, and clears by null", async () => {
    const { now, pass } = clock();
    const api = await start({ now });
    await make(api, { description: "old", sort: "cost" });
    pass(7);
    const body = { description: null, sort: "@default", displayName: "Fast" };
    const changed = (await api.vercel("PATCH", `${MODELS}/fast`, body)).body;
    expect(changed).toMatchObject({ ...alias, sort: "@default", displayName: "Fast", updatedAt: now() });
    expect(changed).not.toHaveProperty("description");
    expect((await api.vercel("GET", `${MODELS}/fast`)).body).toEqual(changed);
  });

  test.each([
    ["the slug", { virtualModelSlug: "slow" }],
    ["the kind", { kind: "router" }],
    ["a cleared model", { modelSlug: null }],
    ["a URL of an alias", { baseUrl: "https://relay.example" }],
    ["an unknown field", { colour: "red" }],
  ])("refuses %s with 400", async (_, body) => {
    const api = await start();
    await make(api);
    expect(error(await api.vercel("PATCH", `${MODELS}/fast`, body))).toEqual([400, "bad_request"]);
  });

  test("of an unknown one is 404", async () => {
    const api = await start();
    expect(error(await api.vercel("PATCH", `${MODELS}/none`, {}))).toEqual([404, "not_found"]);
  });
});

describe("archive and restore", () => {
  test("a deleted one is 204 and gone, and back as it was after deleted: false", async () => {
    const api = await start();
    await make(api, { description: "kept" });
    const gone = await api.vercel("DELETE", `${MODELS}/fast`);
    expect([gone.status, gone.headers.get("content-type")]).toEqual([204, null]);
    expect(slugs(await api.vercel("GET", `${MODELS}/list`))).toEqual([]);
    for (const method of ["GET", "DELETE"]) {
      expect(error(await api.vercel(method, `${MODELS}/fast`))).toEqual([404, "not_found"]);
    }
    expect(error(await api.vercel("PATCH", `${MODELS}/fast`, { description: "x" }))).toEqual([
      404,
      "not_found",
    ]);
    const { vercel } = (await api.control("GET", "/state")).body;
    expect(vercel.virtual_models[0]).toMatchObject({ deleted: true, status: "archived" });
    const back = await api.vercel("PATCH", `${MODELS}/fast`, { deleted: false });
    expect(back.body).toMatchObject({ deleted: false, status: "active", description: "kept" });
  });

  test("archived by status alone stays in sight", async () => {
    const api = await start();
    await make(api);
    await api.vercel("PATCH", `${MODELS}/fast`, { status: "archived" });
    expect((await api.vercel("GET", `${MODELS}/fast`)).body).toMatchObject({
      status: "archived",
      deleted: false,
    });
  });

  test("deleted ones are listed where the switch says so", async () => {
    const api = await start({ switches: { deleted_virtual_models_listed: true } });
    await make(api);
    await api.vercel("DELETE", `${MODELS}/fast`);
    expect((await api.vercel("GET", `${MODELS}/list`)).body.virtualModelConfigs).toMatchObject([
      { status: "archived", deleted: true },
    ]);
  });
});

test("the older form has the slug in the query, and in the body of a PATCH", async () => {
  const api = await start();
  await make(api);
  const one = `${MODELS}?virtualModelSlug=fast`;
  expect((await api.vercel("GET", one)).body.virtualModelSlug).toBe("fast");
  const changed = await api.vercel("PATCH", MODELS, { virtualModelSlug: "fast", description: "d" });
  expect(changed.body.description).toBe("d");
  expect((await api.vercel("DELETE", one)).status).toBe(204);
  expect(error(await api.vercel("GET", MODELS))).toEqual([400, "bad_request"]);
});

test("rules in strict mode may aim at an active one and at no other", async () => {
  const api = await start({ switches: { strict_rules: true } });
  await make(api);
  const rule = { type: "rewrite", match: { model: "a/b" }, action: { rewriteModel: "vmc/fast" } };
  const made = await api.vercel("POST", "/ai-gateway/rules", rule);
  expect(made.status).toBe(201);
  await api.vercel("DELETE", `/ai-gateway/rules?ruleId=${made.body.ruleId}`);
  await api.vercel("DELETE", `${MODELS}/fast`);
  expect(error(await api.vercel("POST", "/ai-gateway/rules", rule))).toEqual([400, "bad_request"]);
});

test("the list of routers has them alone, archived ones too", async () => {
  const api = await start();
  await make(api);
  const router = { kind: "router", modelSlug: undefined, models: ["a/b"] };
  for (const virtualModelSlug of ["r1", "r2"]) await make(api, { ...router, virtualModelSlug });
  await api.vercel("DELETE", `${MODELS}/r1`);
  const { routers } = (await api.vercel("GET", "/ai-gateway/routers")).body;
  expect(routers).toMatchObject([
    { virtualModelSlug: "r1", status: "archived" },
    { virtualModelSlug: "r2", status: "active" },
  ]);
});
