// Virtual models through the real client against the reference server: what a delete leaves behind, and how a new one
// of the same slug takes its place.

import { describe, expect, onTestFinished, test } from "vitest";
import { rule } from "../../../src/providers/vercel/kinds/rule.ts";
import { virtualModel } from "../../../src/providers/vercel/kinds/virtual-model.ts";
import { type ReferenceServerOptions, startReferenceServer } from "../../../src/reference-server/index.ts";
import { serve } from "./answers.ts";
import { type Events, writeVercel } from "./sessions.ts";

const { create, get, list, update } = virtualModel.api;
const alias = { slug: "fast", kind: "alias", model: "openai/gpt-5.1" };
const relay = { ...alias, kind: "relay", base_url: "https://relay.acme.example/v1" };

async function start(options: ReferenceServerOptions = {}) {
  const server = await startReferenceServer(options);
  onTestFinished(() => server.close());
  const events: Events = [];
  const { api } = await writeVercel(server.connection.vercel, events);
  const sent = (method: string) => events.filter((event) => event.method === method).length;
  return { api, sent };
}

describe("an archived virtual model", () => {
  test("is gone for reads, and comes back as what the new one says and nothing else", async () => {
    const { api, sent } = await start();
    const old = { ...alias, status: "draft", models: ["a/b"], zero_data_retention: false, sort: "cost" };
    await create(api, { fields: old });
    await virtualModel.api.delete?.(api, { id: "fast" });
    expect(await get?.(api, { id: "fast" })).toBeNull();
    expect((await list(api, {})).resources).toEqual([]);
    const { live } = await create(api, { fields: { ...alias, model: "c/d", sort: "tps" } });
    const fresh = await create(api, { fields: { ...alias, slug: "new", model: "c/d", sort: "tps" } });
    expect(live.fields).toEqual({ ...fresh.live.fields, slug: "fast" });
    expect(sent("PATCH")).toBe(1);
  });

  test("is told from an older one by the time of its return", async () => {
    let now = Date.UTC(2026, 10, 1);
    const { api } = await start({ now: () => now });
    const first = await create(api, { fields: alias });
    now += 86_400_000;
    await virtualModel.api.delete?.(api, { id: "fast" });
    const second = await create(api, { fields: alias });
    expect([first.live.created_at, second.live.created_at]).toEqual([now - 86_400_000, now]);
  });

  test.each([
    { was: alias, wanted: relay },
    { was: relay, wanted: alias },
  ])("of kind $was.kind stays archived when another kind is wanted", async ({ was, wanted }) => {
    const { api } = await start();
    await create(api, { fields: was });
    await virtualModel.api.delete?.(api, { id: "fast" });
    await expect(create(api, { fields: wanted })).rejects.toMatchObject({
      refused: "invalid",
      message: expect.stringContaining('an archived virtual model keeps the slug "fast"'),
    });
    expect(await get?.(api, { id: "fast" })).toBeNull();
  });

  test("is no part of a list that shows it", async () => {
    const { api } = await start({ switches: { deleted_virtual_models_listed: true } });
    await create(api, { fields: alias });
    await virtualModel.api.delete?.(api, { id: "fast" });
    expect(await list(api, {})).toEqual({ resources: [], complete: true });
  });
});

test("one that a vendor brings back with its old kind is archived again, and the kind is named", async () => {
  const old = { virtualModelSlug: "fast", kind: "router", status: "active" };
  const refused = (status: number, code: string) => ({ status, body: { error: { code, message: code } } });
  const server = await serve(({ method, path }) => {
    if (path.startsWith("/v2/teams/")) return { status: 200, body: { id: "team_1" } };
    if (path === "/v2/user") return { status: 200, body: { user: { id: "user_1" } } };
    if (method === "POST") return refused(409, "conflict");
    if (method === "GET") return refused(404, "not_found");
    return method === "PATCH" ? { status: 200, body: old } : { status: 204 };
  });
  const { api } = await writeVercel({ base_url: server.url, team: "acme", token: "token" });
  await expect(create(api, { fields: alias })).rejects.toThrow("its kind, router, cannot change");
  expect(server.received.at(-1)).toMatchObject({ method: "DELETE" });
});

test("a live one of the slug is refused as existing and left alone", async () => {
  const { api, sent } = await start();
  await create(api, { fields: { ...alias, sort: "cost" } });
  await expect(create(api, { fields: alias })).rejects.toMatchObject({ refused: "exists" });
  expect((await get?.(api, { id: "fast" }))?.fields.sort).toBe("cost");
  expect(sent("PATCH")).toBe(0);
});

test("an update names what changed and nothing else", async () => {
  const { api } = await start();
  await create(api, { fields: { ...alias, sort: "cost" } });
  await update?.(api, { id: "fast", fields: { ...alias, sort: "tps" }, changed: ["sort"] });
  const fields = { ...alias, model: "c/d", sort: "ttft" };
  const after = await update?.(api, { id: "fast", fields, changed: ["model"] });
  expect(after?.fields).toMatchObject({ model: "c/d", sort: "tps" });
});

test("a region keeps the names of providers as they are", async () => {
  const { api } = await start();
  const inference_region = { geo_region: "eu", providers: { "amazon_bedrock-eu": { provider_region: "x" } } };
  const { live } = await create(api, { fields: { ...alias, inference_region } });
  expect(live.fields.inference_region).toEqual(inference_region);
});

test.each([
  ["vmc/fast", ["vercel.virtual_model.fast"]],
  ["openai/gpt-5.1", []],
])("a rule to %s waits for %j", (destination, needs) => {
  expect(rule.definition.inferNeeds?.({ destination }, () => [])).toEqual(needs);
});

test.each([
  ["https://relay.acme.example/v1?tag=@eu", true],
  ["http://127.0.0.1:8080", true],
  ["https://user:pass@relay.acme.example/v1", false],
  ["https://user@relay.acme.example", false],
])("a relay at %s is accepted: %s", (base_url, accepted) => {
  const relayed = { kind: "relay", model: "openai/gpt-5.1", base_url };
  const { success, error } = virtualModel.definition.spec.safeParse(relayed);
  expect(success).toBe(accepted);
  expect(error?.message ?? "").not.toContain("pass@");
});
