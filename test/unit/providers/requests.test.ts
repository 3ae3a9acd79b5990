// What exactly is sent, where the vendor's answer alone would not show a mistake.

import { expect, test } from "vitest";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";
import { providerConfig } from "../../../src/providers/cloudflare/kinds/provider-config.ts";
import { key } from "../../../src/providers/vercel/kinds/key.ts";
import { rule } from "../../../src/providers/vercel/kinds/rule.ts";
import { type Reaction, type Received, serve } from "./answers.ts";
import { writeCloudflare, writeVercel } from "./sessions.ts";

async function cloudflareOf(react: (request: Received) => Reaction) {
  const server = await serve(react);
  const { api } = await writeCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
  return { api, bodies: (method: string) => server.received.filter((seen) => seen.method === method) };
}

async function vercelOf(react: (request: Received) => unknown) {
  const server = await serve((request) => {
    if (request.path.startsWith("/v2/teams/")) return { status: 200, body: { id: "team_1" } };
    if (request.path === "/v2/user") return { status: 200, body: { user: { id: "user_1" } } };
    return { status: 200, body: react(request) };
  });
  const { api } = await writeVercel({ base_url: server.url, team: "acme", token: "token" });
  return { api, bodies: (method: string) => server.received.filter((seen) => seen.method === method) };
}

const ok = (result: unknown): Reaction => ({ status: 200, body: { success: true, result } });

test("a gateway's PUT sends back all that is live and writable, fields that are new to us included", async () => {
  const live = {
    id: "g",
    account_id: "a",
    account_tag: "a",
    internal_id: "i",
    is_default: false,
    created_at: "2026-09-01T10:00:00.000Z",
    modified_at: "2026-09-01T10:00:00.000Z",
    cache_invalidate_on_update: true,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: 60,
    rate_limiting_limit: 100,
    authentication: true,
    dlp: null,
    store_id: "",
    otel: [{ url: "u", headers: { h: "value of a header" }, extra: 1 }],
    brand_new_protection: { strict: true },
  };
  const { api, bodies } = await cloudflareOf(() => ok(live));
  await gateway.api.update?.(api, { id: "g", fields: { id: "g", zdr: true }, changed: ["zdr"] });
  expect(bodies("PUT")[0]?.body).toEqual({
    cache_invalidate_on_update: true,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: 60,
    rate_limiting_limit: 100,
    authentication: true,
    otel: [{ url: "u", headers: { h: "value of a header" }, extra: 1 }],
    brand_new_protection: { strict: true },
    zdr: true,
  });
});

test("a provider config that GET does not find but the list has is there", async () => {
  const config = { id: "c", provider_slug: "openai", alias: "default", default_config: 1 };
  const missing: Reaction = {
    status: 404,
    body: { success: false, errors: [{ code: 7003, message: "No route" }] },
  };
  const { api } = await cloudflareOf(({ path }) => (path.endsWith("/c") ? missing : ok([config])));
  const live = await providerConfig.api.get?.(api, { id: "c", parent_id: "g" });
  expect(live?.fields).toMatchObject({ provider_slug: "openai", default_config: true });
});

test("an id that would lead out of its place in a path is refused before anything is sent", async () => {
  const { api, bodies } = await cloudflareOf(() => ok({}));
  await expect(gateway.api.delete?.(api, { id: ".." })).rejects.toMatchObject({ refused: "invalid" });
  expect(bodies("DELETE")).toEqual([]);
});

test("a changed budget is put into force, and a removed one is archived", async () => {
  const quota = { limitAmount: 7 };
  const { api, bodies } = await vercelOf(({ method }) =>
    method === "PATCH" ? { quota } : { apiKey: { id: "k", name: "ci", quota } },
  );
  const change = (budget: unknown, path: string) =>
    key.api.update?.(api, { id: "k", fields: { name: "ci", budget } as never, changed: [path] });
  await change({ limit: 7 }, "budget.limit");
  await change(null, "budget");
  expect(bodies("PATCH").map(({ path, body }) => [path, body])).toEqual([
    ["/v1/api-keys/k/quota", { limitAmount: 7, active: true, archived: false }],
    ["/v1/api-keys/k/quota", { archived: true }],
  ]);
});

test("a rule's PATCH holds its id and the changed fields alone", async () => {
  const { api, bodies } = await vercelOf(() => ({ ruleId: "r", type: "rewrite" }));
  const fields = { type: "rewrite", source: "a/b", destination: "c/d", reason: null, enabled: true };
  await rule.api.update?.(api, { id: "r", fields, changed: ["reason"] });
  expect(bodies("PATCH")[0]?.body).toEqual({ ruleId: "r", action: { reason: null } });
});

test("a rule's create sends no enabled, which no client was seen to send", async () => {
  const { api, bodies } = await vercelOf(() => ({ ruleId: "r", type: "deny", enabled: true }));
  await rule.api.create(api, { fields: { type: "deny", source: "a/b", enabled: false } });
  expect(bodies("POST")[0]?.body).toEqual({ type: "deny", match: { model: "a/b" } });
  expect(bodies("PATCH")[0]?.body).toEqual({ ruleId: "r", enabled: false });
});
