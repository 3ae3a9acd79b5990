import { describe, expect, test } from "vitest";
import { type Api, type Body, clock, makeGateway, start } from "./api.ts";
import { ask } from "./plane.ts";

const PATH = "/ai-gateway/custom-providers";
const COSTS = `${PATH}/costs`;
const acme = { name: "Acme", slug: "acme", base_url: "https://llm.acme.example/v1" };
const missing = "00000000-0000-4000-a000-000000000000";
const error = (answer: Body) => [answer.status, answer.body.errors[0].code];
const field = (answer: Body, name: string) => answer.body.result.map((item: Body) => item[name]);

async function make(api: Api, path: string, body: object): Promise<Body> {
  const answer = await api.cloudflare("POST", path, body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.result;
}

describe("custom providers", () => {
  test("are made disabled, with a logo, and null for what was not given in profile live", async () => {
    const api = await start();
    const made = await make(api, PATH, acme);
    expect(made).toMatchObject({ ...acme, enable: false, beta: false, description: null, headers: null });
    expect(Buffer.from(made.logo, "base64").toString()).toContain("<svg");
    expect((await api.cloudflare("GET", `${PATH}/${made.id}`)).body.result).toEqual(made);
  });

  test("leave out what was not given in profile spec", async () => {
    const api = await start({ profile: "spec" });
    expect(await make(api, PATH, acme)).not.toHaveProperty("description");
  });

  test.each([
    ["a missing name", { name: undefined }, "name"],
    ["a slug with a space", { slug: "a b" }, "slug"],
    ["an address that is not https", { base_url: "http://llm.acme.example" }, "base_url"],
    ["an address that is none", { base_url: "acme" }, "base_url"],
    ["headers that are no JSON", { headers: "x-a: b" }, "headers"],
    ["headers that are no object", { headers: "[]" }, "headers"],
    ["headers over 8192 characters", { headers: JSON.stringify({ a: "x".repeat(8192) }) }, "headers"],
    ["a position that is no integer", { position: 1.5 }, "position"],
  ])("with %s are refused with 7001 and the field's path", async (_, more, name) => {
    const api = await start();
    const answer = await api.cloudflare("POST", PATH, { ...acme, ...more });
    expect(error(answer)).toEqual([400, 7001]);
    expect(answer.body.errors[0].path).toEqual(["body", name]);
  });

  test("answer their headers in full", async () => {
    const api = await start();
    const headers = JSON.stringify({ "x-key": "a credential" });
    const { id } = await make(api, PATH, { ...acme, headers });
    expect((await api.cloudflare("GET", `${PATH}/${id}`)).body.result.headers).toBe(headers);
  });

  test("with a taken slug are 400 with 7001, or 409 with 1003 when switched", async () => {
    const api = await start();
    await make(api, PATH, acme);
    expect(error(await api.cloudflare("POST", PATH, acme))).toEqual([400, 7001]);
    await api.control("POST", "/switches", { custom_provider_errors: "docs" });
    expect(error(await api.cloudflare("POST", PATH, acme))).toEqual([409, 1003]);
    expect(error(await api.cloudflare("POST", PATH, { ...acme, base_url: "acme" }))).toEqual([400, 1002]);
    expect(error(await api.cloudflare("GET", `${PATH}/${missing}`))).toEqual([404, 1004]);
  });

  test("are listed by position, then name, and filtered", async () => {
    const api = await start();
    await make(api, PATH, { ...acme, name: "c", slug: "c", position: 2 });
    await make(api, PATH, { ...acme, name: "b", slug: "b", position: 1, enable: true });
    await make(api, PATH, { ...acme, name: "a", slug: "Needle", position: 2, beta: true });
    await make(api, PATH, { ...acme, name: "0", slug: "last" });
    const names = async (query: string) => field(await api.cloudflare("GET", `${PATH}?${query}`), "name");
    expect(await names("")).toEqual(["b", "a", "c", "0"]);
    expect(await names("per_page=3&page=2")).toEqual(["0"]);
    expect(await names("enable=true")).toEqual(["b"]);
    expect(await names("beta=true")).toEqual(["a"]);
    expect(await names("search=needLE")).toEqual(["a"]);
    const wrong = await api.cloudflare("GET", `${PATH}?beta=perhaps`);
    expect(wrong.body.errors[0].path).toEqual(["query", "beta"]);
  });

  test("are patched in the given fields only, slug and logo included", async () => {
    const { now, pass } = clock();
    const api = await start({ now });
    const made = await make(api, PATH, { ...acme, description: "d" });
    pass(1000);
    const answer = await api.cloudflare("PATCH", `${PATH}/${made.id}`, { slug: "acme-eu", logo: "bG9nbw==" });
    const modified_at = new Date(now()).toISOString();
    expect(answer.body.result).toEqual({ ...made, slug: "acme-eu", logo: "bG9nbw==", modified_at });
  });

  test("keep their slug when patched with it, and may not take another's", async () => {
    const api = await start();
    const { id } = await make(api, PATH, acme);
    await make(api, PATH, { ...acme, slug: "other" });
    expect((await api.cloudflare("PATCH", `${PATH}/${id}`, { slug: "acme" })).status).toBe(200);
    expect(error(await api.cloudflare("PATCH", `${PATH}/${id}`, { slug: "other" }))).toEqual([400, 7001]);
  });

  test("are called at their address by gateways while they are enabled", async () => {
    const api = await start();
    await makeGateway(api, "a");
    const { id } = await make(api, PATH, { ...acme, enable: true });
    const { echo } = await ask(api, "a/custom-acme/chat");
    expect(echo).toMatchObject({ provider: "custom-acme", url: "https://llm.acme.example/v1/chat" });
    await api.cloudflare("PATCH", `${PATH}/${id}`, { enable: false });
    expect((await ask(api, "a/custom-acme/chat")).status).toBe(400);
  });

  test("take their pricing rules with them, and no others", async () => {
    const api = await start();
    const { id } = await make(api, PATH, acme);
    const other = await make(api, PATH, { ...acme, slug: "other" });
    for (const account_provider_id of [id, other.id]) {
      await make(api, COSTS, { account_provider_id, model: "m" });
    }
    expect((await api.cloudflare("DELETE", `${PATH}/${id}`)).body.result.id).toBe(id);
    expect(error(await api.cloudflare("DELETE", `${PATH}/${id}`))).toEqual([404, 7002]);
    expect(field(await api.cloudflare("GET", COSTS), "account_provider_id")).toEqual([other.id]);
  });
});

describe("pricing rules", () => {
  async function withProvider(): Promise<{ api: Api; account_provider_id: string }> {
    const api = await start();
    return { api, account_provider_id: (await make(api, PATH, acme)).id };
  }

  test("take token prices as an object and answer them as a string", async () => {
    const { api, account_provider_id } = await withProvider();
    const token_pricing = { input_tokens: 0.5, output_tokens: 2 };
    const made = await make(api, COSTS, { account_provider_id, model: "m", token_pricing });
    expect(made).toMatchObject({ model_rule: "equals", cost_type: "tokens", changed_by: "manual" });
    expect(JSON.parse(made.token_pricing)).toEqual(token_pricing);
    expect((await api.cloudflare("GET", `${COSTS}/${made.id}`)).body.result).toEqual(made);
  });

  test.each([
    ["a model rule that is none", { model_rule: "regex" }, ["body", "model_rule"]],
    ["token prices as a string", { token_pricing: "{}" }, ["body", "token_pricing"]],
    [
      "a token price that is no number",
      { token_pricing: { input_tokens: "1" } },
      ["body", "token_pricing", "input_tokens"],
    ],
    ["an unknown provider", { account_provider_id: missing }, ["body", "account_provider_id"]],
  ])("with %s are refused with 7001", async (_, more, path) => {
    const { api, account_provider_id } = await withProvider();
    const answer = await api.cloudflare("POST", COSTS, { account_provider_id, model: "m", ...more });
    expect(error(answer)).toEqual([400, 7001]);
    expect(answer.body.errors[0].path).toEqual(path);
  });

  test("are listed the most recently modified first, and filtered", async () => {
    const { now, pass } = clock();
    const api = await start({ now });
    const account_provider_id = (await make(api, PATH, acme)).id;
    const first = await make(api, COSTS, { account_provider_id, model: "a", enable: true });
    pass(1000);
    await make(api, COSTS, { account_provider_id, model: "b", model_rule: "contains" });
    await make(api, COSTS, { account_provider_id, model: "c", cost_type: "images" });
    const models = async (query: string) => field(await api.cloudflare("GET", `${COSTS}?${query}`), "model");
    expect(await models("")).toEqual(["c", "b", "a"]);
    pass(1000);
    await api.cloudflare("PATCH", `${COSTS}/${first.id}`, { cost_in: 1 });
    expect(await models("per_page=2")).toEqual(["a", "c"]);
    expect(await models("enable=true")).toEqual(["a"]);
    expect(await models("model_rule=contains")).toEqual(["b"]);
    expect(await models("cost_type=images")).toEqual(["c"]);
    expect(await models("search=B")).toEqual(["b"]);
    expect(await models(`account_provider_id=${missing}`)).toEqual([]);
    await api.control("POST", "/switches", { cost_filter_defaults: true });
    expect(await models("")).toEqual(["a"]);
  });

  test("stay with their provider whatever a patch says", async () => {
    const { api, account_provider_id } = await withProvider();
    const { id } = await make(api, COSTS, { account_provider_id, model: "m", cost_out: 3 });
    const answer = await api.cloudflare("PATCH", `${COSTS}/${id}`, {
      account_provider_id: missing,
      model: "n",
    });
    expect(answer.body.result).toMatchObject({ account_provider_id, model: "n", cost_out: 3 });
  });

  test("are deleted and then 404 with 7002", async () => {
    const { api, account_provider_id } = await withProvider();
    const { id } = await make(api, COSTS, { account_provider_id, model: "m" });
    expect((await api.cloudflare("DELETE", `${COSTS}/${id}`)).body.result.id).toBe(id);
    for (const [method, body] of [["GET"], ["PATCH", {}], ["DELETE"]] as const) {
      expect(error(await api.cloudflare(method, `${COSTS}/${id}`, body))).toEqual([404, 7002]);
    }
  });
});
