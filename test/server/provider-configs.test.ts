import { describe, expect, test } from "vitest";
import { type Api, type Body, clock, makeGateway, makeStore, start } from "./api.ts";

const PATH = "/ai-gateway/gateways/a/provider_configs";
const openai = { provider_slug: "openai", alias: "default", default_config: true };
const CONTRACT = "a_openai_default";

async function withStore(api: Api): Promise<string> {
  const store_id = await makeStore(api);
  await makeGateway(api, "a", { store_id });
  return store_id;
}

async function makeSecret(api: Api, store: string, more: object = {}): Promise<string> {
  const secret = { name: CONTRACT, value: "sk-0123456789", scopes: ["ai_gateway"], ...more };
  const answer = await api.cloudflare("POST", `/secrets_store/stores/${store}/secrets`, [secret]);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.result[0].id;
}

async function secrets(api: Api): Promise<Body[]> {
  return (await api.control("GET", "/state")).body.cloudflare.secrets;
}

describe("create", () => {
  test("with a secret makes the stored secret of the contract name and never answers its value", async () => {
    const api = await start();
    const store_id = await withStore(api);
    const answer = await api.cloudflare("POST", PATH, { ...openai, secret: "sk-0123456789" });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain("sk-012345");
    expect(await secrets(api)).toMatchObject([
      {
        id: answer.body.result.secret_id,
        name: CONTRACT,
        store_id,
        value: "sk-0123456789",
        scopes: ["ai_gateway"],
      },
    ]);
  });

  test("answers default_config as 1 or 0 in profile live", async () => {
    const api = await start();
    await withStore(api);
    const yes = await api.cloudflare("POST", PATH, { ...openai, secret: "s" });
    const no = await api.cloudflare("POST", PATH, {
      ...openai,
      alias: "b",
      default_config: false,
      secret: "s",
    });
    expect([yes.body.result.default_config, no.body.result.default_config]).toEqual([1, 0]);
  });

  test("answers default_config as a boolean in profile spec", async () => {
    const api = await start({ profile: "spec" });
    await withStore(api);
    const { body } = await api.cloudflare("POST", PATH, { ...openai, secret: "s" });
    expect(body.result.default_config).toBe(true);
  });

  test("accepts a second default config without demoting the first", async () => {
    const api = await start({ profile: "spec" });
    await withStore(api);
    await api.cloudflare("POST", PATH, { ...openai, secret: "s" });
    await api.cloudflare("POST", PATH, { ...openai, alias: "b", secret: "s" });
    const { body } = await api.cloudflare("GET", PATH);
    expect(body.result.map((config: Body) => config.default_config)).toEqual([true, true]);
  });

  test("previews the last four characters of a long key and none of a short one", async () => {
    const api = await start();
    await withStore(api);
    const long = await api.cloudflare("POST", PATH, { ...openai, secret: "sk-0123456789" });
    const short = await api.cloudflare("POST", PATH, { ...openai, alias: "b", secret: "short" });
    expect(long.body.result.secret_preview).toBe("********6789");
    expect(short.body.result.secret_preview).toBe("********");
  });

  test("has a rate limit period of 60 seconds unless told", async () => {
    const api = await start();
    await withStore(api);
    const { body } = await api.cloudflare("POST", PATH, { ...openai, secret: "s", rate_limit: 5 });
    expect(body.result).toMatchObject({ rate_limit: 5, rate_limit_period: 60 });
  });

  test.each(["provider_slug", "alias", "default_config"])("needs %s", async (field) => {
    const api = await start();
    await withStore(api);
    const answer = await api.cloudflare("POST", PATH, { ...openai, secret: "s", [field]: undefined });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ code: 7001, message: "Required", path: ["body", field] }]);
  });

  test("in a missing gateway is 404 with 7002", async () => {
    const api = await start();
    const answer = await api.cloudflare("POST", PATH, { ...openai, secret: "s" });
    expect([answer.status, answer.body.errors[0].code]).toEqual([404, 7002]);
  });

  test("in a gateway without store is 400 with 7001 and makes no secret", async () => {
    const api = await start();
    await makeStore(api);
    await makeGateway(api, "a");
    const answer = await api.cloudflare("POST", PATH, { ...openai, secret: "s" });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].message).toContain("store_id");
    expect(await secrets(api)).toEqual([]);
  });

  test("of a taken slot is 400 with 7001 already exists", async () => {
    const api = await start();
    await withStore(api);
    await api.cloudflare("POST", PATH, { ...openai, secret: "s" });
    const answer = await api.cloudflare("POST", PATH, { ...openai, secret: "s" });
    expect([answer.status, answer.body.errors[0].code]).toEqual([400, 7001]);
    expect(answer.body.errors[0].message).toContain("already exists");
  });

  test("with secret and secret_id is refused, or takes secret_id when switched", async () => {
    const api = await start({ profile: "spec" });
    const secret_id = await makeSecret(api, await withStore(api));
    const body = { ...openai, secret: "other", secret_id };
    expect((await api.cloudflare("POST", PATH, body)).status).toBe(400);
    await api.control("POST", "/switches", { secret_and_secret_id: "use_secret_id" });
    expect((await api.cloudflare("POST", PATH, body)).body.result.secret_id).toBe(secret_id);
    expect((await secrets(api))[0].value).toBe("sk-0123456789");
  });

  test("with neither finds the active secret of the contract name", async () => {
    const api = await start({ profile: "spec" });
    const secret_id = await makeSecret(api, await withStore(api));
    expect((await api.cloudflare("POST", PATH, openai)).body.result.secret_id).toBe(secret_id);
  });

  test("does not find a secret until it is active", async () => {
    const { now, pass } = clock();
    const api = await start({ now, switches: { secret_pending_ms: 1000 } });
    const secret_id = await makeSecret(api, await withStore(api));
    const early = await api.cloudflare("POST", PATH, { ...openai, secret_id });
    expect([early.status, early.body.errors[0].code]).toEqual([400, 7001]);
    expect(early.body.errors[0].message).toContain("was not found");
    pass(1000);
    expect((await api.cloudflare("POST", PATH, { ...openai, secret_id })).status).toBe(200);
  });

  test.each([
    ["another name", { name: "a_openai_other" }],
    ["another scope", { scopes: ["workers"] }],
  ])("does not find a secret with %s", async (_, more) => {
    const api = await start({ profile: "spec" });
    const secret_id = await makeSecret(api, await withStore(api), more);
    const answer = await api.cloudflare("POST", PATH, { ...openai, secret_id });
    expect(answer.body.errors[0].message).toContain("was not found");
  });

  test("over a left-behind secret of the contract name writes it, or refuses when switched", async () => {
    const api = await start({ profile: "spec" });
    const left = await makeSecret(api, await withStore(api));
    await api.control("POST", "/switches", { existing_contract_secret: "refuse" });
    expect((await api.cloudflare("POST", PATH, { ...openai, secret: "new" })).status).toBe(400);
    await api.control("POST", "/switches", { existing_contract_secret: "overwrite" });
    const { body } = await api.cloudflare("POST", PATH, { ...openai, secret: "new" });
    expect(body.result.secret_id).toBe(left);
    expect((await secrets(api))[0].value).toBe("new");
  });

  test("over a secret of the contract name with another scope is refused", async () => {
    const api = await start({ profile: "spec" });
    await makeSecret(api, await withStore(api), { scopes: ["workers"] });
    const answer = await api.cloudflare("POST", PATH, { ...openai, secret: "new" });
    expect(answer.body.errors[0].message).toContain("already exists");
    expect(await secrets(api)).toHaveLength(1);
  });

  test("over the secrets quota leaves neither config nor secret", async () => {
    const api = await start({ switches: { secrets_quota: 0 } });
    await withStore(api);
    expect((await api.cloudflare("POST", PATH, { ...openai, secret: "s" })).status).toBe(400);
    const { cloudflare } = (await api.control("GET", "/state")).body;
    expect([cloudflare.provider_configs, cloudflare.secrets]).toEqual([[], []]);
  });
});

describe("list and get", () => {
  test("the list of a missing gateway is 200 and empty", async () => {
    const api = await start();
    const answer = await api.cloudflare("GET", PATH);
    expect(answer.status).toBe(200);
    expect(answer.body.result).toEqual([]);
  });

  test("pages one by one, and past the end is empty", async () => {
    const api = await start({ pageSize: 1 });
    await withStore(api);
    for (const alias of ["x", "y"]) await api.cloudflare("POST", PATH, { ...openai, alias, secret: "s" });
    const pages = await Promise.all([1, 2, 3].map((page) => api.cloudflare("GET", `${PATH}?page=${page}`)));
    expect(pages.map(({ body }) => body.result.map((config: Body) => config.alias))).toEqual([
      ["x"],
      ["y"],
      [],
    ]);
    expect(pages[0]?.body.result_info.total_count).toBe(2);
  });

  test("get answers one; a missing one or another gateway's is 404 with 7002", async () => {
    const api = await start();
    const store_id = await withStore(api);
    await makeGateway(api, "b", { store_id });
    const { id } = (await api.cloudflare("POST", PATH, { ...openai, secret: "s" })).body.result;
    expect((await api.cloudflare("GET", `${PATH}/${id}`)).body.result.id).toBe(id);
    for (const path of [`${PATH}/missing`, `/ai-gateway/gateways/b/provider_configs/${id}`]) {
      const answer = await api.cloudflare("GET", path);
      expect([answer.status, answer.body.errors[0].code]).toEqual([404, 7002]);
    }
  });
});

describe("rotate", () => {
  test("replaces the stored value, keeps both ids and moves modified_at", async () => {
    const { now, pass } = clock();
    const api = await start({ now });
    await withStore(api);
    const old = (await api.cloudflare("POST", PATH, { ...openai, secret: "sk-0123456789" })).body.result;
    pass(1000);
    const { body } = await api.cloudflare("PUT", `${PATH}/${old.id}`, {
      secret: "sk-abcdefghij",
      alias: "z",
    });
    const { id, alias, secret_id } = old;
    expect(body.result).toMatchObject({ id, alias, secret_id, secret_preview: "********ghij" });
    expect(body.result.modified_at).not.toBe(old.modified_at);
    expect((await secrets(api))[0].value).toBe("sk-abcdefghij");
  });

  test("needs a secret", async () => {
    const api = await start();
    await withStore(api);
    const { id } = (await api.cloudflare("POST", PATH, { ...openai, secret: "s" })).body.result;
    const answer = await api.cloudflare("PUT", `${PATH}/${id}`, {});
    expect(answer.body.errors).toEqual([{ code: 7001, message: "Required", path: ["body", "secret"] }]);
  });

  test("of a config whose secret is gone is 400 was not found, and the preview is empty", async () => {
    const api = await start();
    const store = await withStore(api);
    const { id, secret_id } = (await api.cloudflare("POST", PATH, { ...openai, secret: "s" })).body.result;
    await api.cloudflare("DELETE", `/secrets_store/stores/${store}/secrets/${secret_id}`);
    expect((await api.cloudflare("GET", `${PATH}/${id}`)).body.result.secret_preview).toBe("");
    const answer = await api.cloudflare("PUT", `${PATH}/${id}`, { secret: "t" });
    expect(answer.body.errors[0].message).toContain("was not found");
  });

  test("is 404 with 7003 and no rotation where the route does not exist", async () => {
    const api = await start({ switches: { provider_config_put: false } });
    await withStore(api);
    const { id } = (await api.cloudflare("POST", PATH, { ...openai, secret: "s" })).body.result;
    const answer = await api.cloudflare("PUT", `${PATH}/${id}`, { secret: "t" });
    expect([answer.status, answer.body.errors[0].code]).toEqual([404, 7003]);
    expect((await secrets(api))[0].value).toBe("s");
  });

  test("of a missing config is 404", async () => {
    const api = await start();
    await withStore(api);
    expect((await api.cloudflare("PUT", `${PATH}/missing`, { secret: "s" })).status).toBe(404);
  });
});

describe("delete", () => {
  test("answers the deleted object and takes the stored secret with it", async () => {
    const api = await start({ profile: "spec" });
    const store = await withStore(api);
    const { id, secret_id } = (await api.cloudflare("POST", PATH, { ...openai, secret: "s" })).body.result;
    expect((await api.cloudflare("DELETE", `${PATH}/${id}`)).body.result.id).toBe(id);
    const gone = await api.cloudflare("GET", `/secrets_store/stores/${store}/secrets/${secret_id}`);
    expect([gone.status, gone.body.errors[0].message]).toEqual([404, "secret_not_found"]);
    expect((await api.cloudflare("DELETE", `${PATH}/${id}`)).status).toBe(404);
  });

  test("leaves a ghost in the list that keeps its slot until the lag is over", async () => {
    const { now, pass } = clock();
    const api = await start({ now, switches: { provider_config_delete_lag_ms: 1000 } });
    await withStore(api);
    const { id } = (await api.cloudflare("POST", PATH, { ...openai, secret: "s" })).body.result;
    await api.cloudflare("DELETE", `${PATH}/${id}`);
    expect((await api.cloudflare("GET", PATH)).body.result).toHaveLength(1);
    expect((await api.cloudflare("GET", `${PATH}/${id}`)).status).toBe(404);
    const early = await api.cloudflare("POST", PATH, { ...openai, secret: "s" });
    expect(early.body.errors[0].message).toContain("already exists");
    pass(1000);
    expect((await api.cloudflare("GET", PATH)).body.result).toEqual([]);
    expect((await api.cloudflare("POST", PATH, { ...openai, secret: "s" })).status).toBe(200);
  });
});
