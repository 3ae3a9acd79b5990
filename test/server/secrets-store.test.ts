import { describe, expect, test } from "vitest";
import { type Body, clock, makeStore, start } from "./api.ts";

const STORES = "/secrets_store/stores";
const secret = { name: "k", value: "v", scopes: ["ai_gateway"] };
const error = (answer: Body) => [answer.status, answer.body.errors[0].code, answer.body.errors[0].message];

describe("stores", () => {
  test("an account starts without one, makes one, and may not have a second", async () => {
    const api = await start();
    expect((await api.cloudflare("GET", STORES)).body.result).toEqual([]);
    const id = await makeStore(api);
    const { body } = await api.cloudflare("GET", STORES);
    expect(body.result).toMatchObject([{ id, name: "default_secrets_store" }]);
    expect(body.result_info).toEqual({ count: 1, page: 1, per_page: 20, total_count: 1, total_pages: 1 });
    const second = await api.cloudflare("POST", STORES, { name: "two" });
    expect(error(second)).toEqual([400, 1003, "maximum_stores_exceeded"]);
  });

  test("a missing store is 404 with 1001 store_not_found", async () => {
    const api = await start();
    expect(error(await api.cloudflare("GET", `${STORES}/none`))).toEqual([404, 1001, "store_not_found"]);
    expect(error(await api.cloudflare("GET", `${STORES}/none/secrets`))).toEqual([
      404,
      1001,
      "store_not_found",
    ]);
  });

  test("a body that is not JSON is 400 with 1001 invalid_json_body", async () => {
    const api = await start();
    expect(error(await api.cloudflare("POST", STORES, "{"))).toEqual([400, 1001, "invalid_json_body"]);
  });

  test("deleting one that holds secrets is 409, with force it cascades", async () => {
    const api = await start();
    const id = await makeStore(api);
    await api.cloudflare("POST", `${STORES}/${id}/secrets`, [secret]);
    expect(error(await api.cloudflare("DELETE", `${STORES}/${id}`))).toEqual([409, 1003, "store_not_empty"]);
    const forced = await api.cloudflare("DELETE", `${STORES}/${id}?force=true`);
    expect([forced.status, forced.body.result]).toEqual([200, null]);
    expect((await api.control("GET", "/state")).body.cloudflare.secrets).toEqual([]);
  });

  test("the quota counts secrets and bounds them", async () => {
    const api = await start({ switches: { secrets_quota: 1 } });
    const id = await makeStore(api);
    await api.cloudflare("POST", `${STORES}/${id}/secrets`, [secret]);
    const { body } = await api.cloudflare("GET", "/secrets_store/quota");
    expect(body.result).toEqual({ secrets: { quota: 1, usage: 1 } });
    const over = await api.cloudflare("POST", `${STORES}/${id}/secrets`, [{ ...secret, name: "l" }]);
    expect(over.status).toBe(400);
  });
});

describe("secrets", () => {
  test("are made by an array, answered as an array, and never with their value", async () => {
    const api = await start();
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    const answer = await api.cloudflare("POST", path, [{ ...secret, value: "canary-value" }]);
    expect(answer.status).toBe(200);
    expect(answer.body.result).toHaveLength(1);
    const { id } = answer.body.result[0];
    const later = [await api.cloudflare("GET", path), await api.cloudflare("GET", `${path}/${id}`)];
    for (const { text } of [answer, ...later]) expect(text).not.toContain("canary");
  });

  test.each([
    ["one object instead of an array", secret, "invalid_json_body"],
    ["an empty array", [], "invalid_json_body"],
    ["an empty name", [{ ...secret, name: "" }], "secret_name_empty"],
    ["no scopes", [{ ...secret, scopes: [] }], "secret_scopes_empty"],
    ["an unknown scope", [{ ...secret, scopes: ["moon"] }], "secret_scope_invalid"],
    ["no value", [{ ...secret, value: undefined }], "secret_value_invalid"],
    ["a value over 64 KiB", [{ ...secret, value: "x".repeat(65_537) }], "secret_value_invalid"],
  ])("are refused for %s with 1001", async (_, body, message) => {
    const api = await start();
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    expect(error(await api.cloudflare("POST", path, body))).toEqual([400, 1001, message]);
  });

  test("are made all or none: a taken name refuses the whole array", async () => {
    const api = await start();
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    const answer = await api.cloudflare("POST", path, [secret, secret]);
    expect(error(answer)).toEqual([400, 1003, "secret_name_already_exists"]);
    expect((await api.cloudflare("GET", path)).body.result).toEqual([]);
  });

  test("are pending after create and after a patch, then active", async () => {
    const { now, pass } = clock();
    const api = await start({ now, switches: { secret_pending_ms: 1000 } });
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    const { id, status } = (await api.cloudflare("POST", path, [secret])).body.result[0];
    expect(status).toBe("pending");
    pass(1000);
    expect((await api.cloudflare("GET", `${path}/${id}`)).body.result.status).toBe("active");
    const patched = await api.cloudflare("PATCH", `${path}/${id}`, { value: "w", comment: "c" });
    expect(patched.body.result).toMatchObject({ status: "pending", comment: "c", scopes: ["ai_gateway"] });
    expect((await api.control("GET", "/state")).body.cloudflare.secrets[0].value).toBe("w");
  });

  test("keep their name whatever a patch says", async () => {
    const api = await start();
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    const { id } = (await api.cloudflare("POST", path, [secret])).body.result[0];
    expect((await api.cloudflare("PATCH", `${path}/${id}`, { name: "other" })).body.result.name).toBe("k");
  });

  test("are deleted with 202 and then not found", async () => {
    const api = await start();
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    const { id } = (await api.cloudflare("POST", path, [secret])).body.result[0];
    const answer = await api.cloudflare("DELETE", `${path}/${id}`);
    expect([answer.status, answer.body.result]).toEqual([202, null]);
    expect(error(await api.cloudflare("GET", `${path}/${id}`))).toEqual([404, 1001, "secret_not_found"]);
    expect((await api.cloudflare("PATCH", `${path}/${id}`, {})).status).toBe(404);
    expect((await api.cloudflare("DELETE", `${path}/${id}`)).status).toBe(404);
  });

  test("are duplicated with their value under another name, pending at first", async () => {
    const api = await start();
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    const { id } = (await api.cloudflare("POST", path, [{ ...secret, comment: "c" }])).body.result[0];
    const copy = { name: "copy", scopes: ["workers"] };
    const { body } = await api.cloudflare("POST", `${path}/${id}/duplicate`, copy);
    expect(body.result).toMatchObject({ ...copy, comment: null, status: "pending" });
    const kept = (await api.control("GET", "/state")).body.cloudflare.secrets;
    expect(kept.map(({ name, value }: Body) => [name, value])).toEqual([
      ["k", "v"],
      ["copy", "v"],
    ]);
    const again = await api.cloudflare("POST", `${path}/${id}/duplicate`, copy);
    expect(error(again)).toEqual([400, 1003, "secret_name_already_exists"]);
    expect((await api.cloudflare("POST", `${path}/none/duplicate`, copy)).status).toBe(404);
  });

  test("answer their scopes in alphabetical order in profile live, as sent in profile spec", async () => {
    const scopes = ["workers", "ai_gateway"];
    const seen = async (profile: "live" | "spec") => {
      const api = await start({ profile });
      const path = `${STORES}/${await makeStore(api)}/secrets`;
      return (await api.cloudflare("POST", path, [{ ...secret, scopes }])).body.result[0].scopes;
    };
    expect([await seen("live"), await seen("spec")]).toEqual([["ai_gateway", "workers"], scopes]);
  });

  test("are listed by status, which is that of the moment", async () => {
    const { now, pass } = clock();
    const api = await start({ now, switches: { secret_pending_ms: 1000 } });
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    for (const name of ["old", "new"]) {
      await api.cloudflare("POST", path, [{ ...secret, name }]);
      pass(600);
    }
    const { body } = await api.cloudflare("GET", `${path}?order=status&direction=desc`);
    expect(body.result.map(({ name, status }: Body) => [name, status])).toEqual([
      ["new", "pending"],
      ["old", "active"],
    ]);
  });

  test("are deleted in bulk by ids, and only those", async () => {
    const api = await start();
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    const made = await api.cloudflare("POST", path, [secret, { ...secret, name: "l" }]);
    const answer = await api.cloudflare("DELETE", path, { ids: [made.body.result[0].id] });
    expect([answer.status, answer.body.result]).toEqual([202, null]);
    expect((await api.cloudflare("GET", path)).body.result.map((left: Body) => left.name)).toEqual(["l"]);
    expect((await api.cloudflare("DELETE", path)).status).toBe(400);
  });

  test("are listed by search, scope, order and page", async () => {
    const api = await start({ pageSize: 2 });
    const path = `${STORES}/${await makeStore(api)}/secrets`;
    await api.cloudflare("POST", path, [
      { ...secret, name: "b", comment: "Blue" },
      { ...secret, name: "c", scopes: ["workers"] },
      { ...secret, name: "a" },
    ]);
    const names = async (query: string) =>
      (await api.cloudflare("GET", `${path}?${query}`)).body.result.map((found: Body) => found.name);
    expect(await names("order=name&direction=asc")).toEqual(["a", "b"]);
    expect(await names("order=name&direction=asc&page=2")).toEqual(["c"]);
    expect(await names("order=name&direction=asc&page=3")).toEqual([]);
    expect(await names("search=BLUE")).toEqual(["b"]);
    expect(await names("scopes=workers,dex")).toEqual(["c"]);
  });
});
