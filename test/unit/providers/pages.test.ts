// Lists that are not whole: what proves it, and that nothing is taken for a whole list that may not be one.

import { describe, expect, test } from "vitest";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";
import { secret } from "../../../src/providers/cloudflare/kinds/secret.ts";
import { secretsStore } from "../../../src/providers/cloudflare/kinds/secrets-store.ts";
import { byokCredential } from "../../../src/providers/vercel/kinds/byok-credential.ts";
import { key } from "../../../src/providers/vercel/kinds/key.ts";
import { rule } from "../../../src/providers/vercel/kinds/rule.ts";
import { type Received, serve } from "./answers.ts";
import { readCloudflare, readVercel } from "./sessions.ts";

const AT = "2026-09-01T10:00:00.000Z";
const one = (id: string) => ({ id, created_at: AT, modified_at: AT });

/** A Cloudflare whose lists answer with these pages, one after the other; beyond them with an empty one. */
async function cloudflareOf(pages: readonly { ids: string[]; info?: Record<string, unknown> | null }[]) {
  const server = await serve(({ query }) => {
    const page = pages[Number(query.get("page") ?? 1) - 1];
    const result = (page?.ids ?? []).map(one);
    return {
      status: 200,
      body: { success: true, result, ...(page?.info == null ? {} : { result_info: page.info }) },
    };
  });
  const { api } = await readCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
  return { api, server };
}

describe("a Cloudflare list", () => {
  test.each([
    ["1", [undefined, "1", "2"], 1],
    ["0", [undefined, "1"], 0],
  ] as const)("of stored secrets is whole where pages count from %s", async (_, asked, firstPage) => {
    const pages = [["a"], ["b"]];
    const server = await serve(({ path, query }) => {
      if (path.endsWith("/stores")) {
        return { status: 200, body: { success: true, result: [{ id: "s", name: "default" }] } };
      }
      const page = pages[Number(query.get("page") ?? firstPage) - firstPage] ?? [];
      const result = page.map((id) => ({ id, name: id, scopes: ["ai_gateway"], status: "active" }));
      return { status: 200, body: { success: true, result, result_info: { total_count: 2 } } };
    });
    const { api } = await readCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
    const listing = await secret.api.list(api, {});
    expect([listing.complete, listing.resources.map(({ id }) => id)]).toEqual([true, ["a", "b"]]);
    const lists = server.received.filter(({ path }) => path.endsWith("/secrets"));
    expect(lists.map(({ query }) => query.get("page") ?? undefined)).toEqual(asked);
  });

  test("with totals is whole when as many different items came", async () => {
    const { api, server } = await cloudflareOf([
      { ids: ["a", "b"], info: { count: 2, total_count: 3, per_page: 2 } },
      { ids: ["c"], info: { count: 1, total_count: 3, per_page: 2 } },
    ]);
    const listing = await gateway.api.list(api, {});
    expect(listing.complete).toBe(true);
    expect(listing.resources.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(server.received).toHaveLength(2);
  });

  test("without totals is whole at the first empty page", async () => {
    const { api } = await cloudflareOf([{ ids: ["a"] }, { ids: ["b"] }]);
    const listing = await gateway.api.list(api, {});
    expect([listing.complete, listing.resources.length]).toEqual([true, 2]);
  });

  test("of a server that ignores the page number ends", async () => {
    const server = await serve(() => ({ status: 200, body: { success: true, result: [one("a")] } }));
    const { api } = await readCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
    expect((await gateway.api.list(api, {})).resources).toHaveLength(1);
  });

  test.each([undefined, 1e15])("whose pages never end, with the total %s, is not whole", async (total) => {
    const server = await serve((_, number) => ({
      status: 200,
      body: { success: true, result: [one(`g${number}`)], result_info: { total_count: total } },
    }));
    const { api } = await readCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
    expect((await gateway.api.list(api, {})).complete).toBe(false);
  });

  test.each([
    ["a page holds fewer items than it announces", [{ ids: ["a"], info: { count: 2, total_count: 2 } }]],
    [
      "the pages end before the total is reached",
      [
        { ids: ["a"], info: { total_count: 2 } },
        { ids: [], info: { total_count: 2 } },
      ],
    ],
    [
      "the total shrinks while it is read",
      [
        { ids: ["a"], info: { total_count: 3 } },
        { ids: ["b"], info: { total_count: 2 } },
      ],
    ],
    [
      "an item comes twice in place of another",
      [
        { ids: ["a"], info: { total_count: 2 } },
        { ids: ["a"], info: { total_count: 2 } },
      ],
    ],
  ])("is not whole when %s", async (_, pages) => {
    const { api } = await cloudflareOf(pages);
    const listing = await gateway.api.list(api, {});
    expect(listing.complete).toBe(false);
    expect(listing.error).toMatch(/\d/);
  });

  test("with one item of another shape is an error, not a shorter list", async () => {
    const server = await serve(() => ({
      status: 200,
      body: { success: true, result: [one("a"), { id: 7 }], result_info: { count: 2, total_count: 2 } },
    }));
    const { api } = await readCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
    await expect(gateway.api.list(api, {})).rejects.toMatchObject({
      refused: "malformed",
      message: expect.stringContaining("result.1"),
    });
  });

  test("of stores that announces more than it holds is not whole", async () => {
    const server = await serve(() => ({
      status: 200,
      body: { success: true, result: [], result_info: { total_count: 1 } },
    }));
    const { api } = await readCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
    expect((await secretsStore.api.list(api, {})).complete).toBe(false);
  });
});

/** A Vercel with a team and a user, whose other answers are given. */
async function vercelOf(react: (request: Received) => unknown) {
  const server = await serve((request) => {
    if (request.path.startsWith("/v2/teams/")) return { status: 200, body: { id: "team_1" } };
    if (request.path === "/v2/user") return { status: 200, body: { user: { id: "user_1" } } };
    return { status: 200, body: react(request) };
  });
  const { api } = await readVercel({ base_url: server.url, team: "acme", token: "token" });
  return { api, server };
}

const liveKey = (id: string, purpose = "ai-gateway") => ({ id, name: id, purpose });
const liveRule = (ruleId: string, more = {}) => ({ ruleId, type: "deny", match: { model: "a/b" }, ...more });

describe("a Vercel list of keys", () => {
  test("follows the cursor to its end", async () => {
    const { api, server } = await vercelOf(({ query }) =>
      query.get("until") === null
        ? { apiKeys: [liveKey("k1")], pagination: { count: 1, next: "c1" } }
        : { apiKeys: [liveKey("k2")], pagination: { count: 1, next: null } },
    );
    const listing = await key.api.list(api, {});
    expect(listing.complete).toBe(true);
    expect(listing.resources.map(({ id }) => id)).toEqual(["k1", "k2"]);
    expect(server.received.at(-1)?.query.get("until")).toBe("c1");
  });

  test("is not whole when a page holds less than it announces", async () => {
    const { api } = await vercelOf(() => ({ apiKeys: [], pagination: { count: 1, next: null } }));
    expect((await key.api.list(api, {})).complete).toBe(false);
  });

  test("is not whole when the cursor goes in a circle", async () => {
    const { api } = await vercelOf(() => ({ apiKeys: [], pagination: { count: 0, next: "c1" } }));
    expect((await key.api.list(api, {})).complete).toBe(false);
  });

  test("is not whole when there is always another page", async () => {
    let pages = 0;
    const { api } = await vercelOf(() => ({ apiKeys: [], pagination: { count: 0, next: `c${++pages}` } }));
    expect((await key.api.list(api, {})).complete).toBe(false);
  });

  test("leaves out keys of other purposes, and none that names no purpose, as this one was asked for", async () => {
    const unnamed = { id: "k3", name: "k3" };
    const { api } = await vercelOf(() => ({ apiKeys: [liveKey("k1", "other"), liveKey("k2"), unnamed] }));
    expect((await key.api.list(api, {})).resources.map(({ id }) => id)).toEqual(["k2", "k3"]);
  });

  test("asks for this purpose in the resolved team", async () => {
    const { api, server } = await vercelOf(() => ({ apiKeys: [] }));
    await key.api.list(api, {});
    const query = server.received.at(-1)?.query;
    expect([query?.get("purpose"), query?.get("teamId")]).toEqual(["ai-gateway", "team_1"]);
  });
});

describe("a Vercel list of rules", () => {
  test("includes disabled rules, leaves out deleted ones and follows a cursor", async () => {
    const { api, server } = await vercelOf(({ query }) =>
      query.get("cursor") === null
        ? { rules: [liveRule("r1", { enabled: false }), liveRule("r2", { deleted: true })], cursor: "c1" }
        : { rules: [liveRule("r3")], cursor: null },
    );
    const listing = await rule.api.list(api, {});
    expect(listing.complete).toBe(true);
    expect(listing.resources.map(({ id }) => id)).toEqual(["r1", "r3"]);
    expect(server.received.at(-1)?.query.get("includeDisabled")).toBe("true");
  });

  test("is not whole when the cursor goes in a circle", async () => {
    const { api } = await vercelOf(() => ({ rules: [], cursor: "c1" }));
    expect((await rule.api.list(api, {})).complete).toBe(false);
  });
});

test.each([
  [undefined, true],
  [null, true],
  ["c1", false],
])("a Vercel list of BYOK credentials with the cursor %j is whole: %s", async (cursor, whole) => {
  const credentials = [{ credentialId: "b1", providerSlug: "openai", name: "team" }];
  const { api } = await vercelOf(() => ({ credentials, ...(cursor === undefined ? {} : { cursor }) }));
  const listing = await byokCredential.api.list(api, {});
  expect([listing.complete, listing.resources.map(({ id }) => id)]).toEqual([whole, ["b1"]]);
});
