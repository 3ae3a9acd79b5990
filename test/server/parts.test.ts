import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/reference-server/endpoint.ts";
import { alphanumeric, hexId, uuid } from "../../src/reference-server/ids.ts";
import { createRouter } from "../../src/reference-server/router.ts";
import { parseState } from "../../src/reference-server/state.ts";
import { createStore, olderState } from "../../src/reference-server/store.ts";
import { profiles } from "../../src/reference-server/switches.ts";

describe("ids", () => {
  test("have their forms", () => {
    expect(hexId("x", 1)).toMatch(/^[0-9a-f]{32}$/);
    expect(uuid("x", 1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(alphanumeric("x", 1, 60)).toMatch(/^[A-Za-z0-9]{60}$/);
  });

  test("differ by kind and number and are the same in every run", () => {
    const ids = [hexId("x", 1), hexId("x", 2), hexId("y", 1), hexId("x", 12)];
    expect(new Set(ids).size).toBe(4);
    expect(hexId("x", 1)).toBe(ids[0]);
  });
});

describe("the router", () => {
  const endpoint = (path: string): Endpoint => ({
    vendor: "vercel",
    method: "GET",
    path,
    handle: () => ({ status: 200 }),
  });

  test("prefers literals to parameters whatever the order of the table", () => {
    for (const paths of [
      ["/a/:id", "/a/costs"],
      ["/a/costs", "/a/:id"],
    ]) {
      const route = createRouter(paths.map(endpoint));
      expect(route("GET", "/a/costs", profiles.live)?.endpoint.path).toBe("/a/costs");
      expect(route("GET", "/a/other", profiles.live)?.params).toEqual({ id: "other" });
    }
  });

  test("refuses a table with two rows of one shape", () => {
    expect(() => createRouter([endpoint("/a/:id"), endpoint("/a/:name")])).toThrow(/two endpoints/);
  });

  test("does not match an empty parameter or another length", () => {
    const route = createRouter([endpoint("/a/:id/b")]);
    expect(route("GET", "/a//b", profiles.live)).toBeUndefined();
    expect(route("GET", "/a/x/b/c", profiles.live)).toBeUndefined();
  });
});

test("a seed says of budgets, virtual models and credentials what tells them apart, and the rest is filled in", () => {
  const ownerId = "team_x";
  const { vercel } = parseState(
    {
      vercel: {
        budgets: [
          { teamId: ownerId, scopeType: "team", scopeId: ownerId, limitAmount: 5, refreshPeriod: "none" },
        ],
        budget_defaults: [{ teamId: ownerId, scopeType: "user", limitAmount: 5, refreshPeriod: "none" }],
        virtual_models: [{ ownerId, virtualModelSlug: "fast", modelSlug: "a/b" }],
        byok_credentials: [
          { ownerId, credentialId: "byok_x", providerSlug: "openai", name: "x", credential: { apiKey: "y" } },
        ],
      },
    },
    "test",
  );
  expect(vercel.budgets).toMatchObject([{ currentSpend: 0, archived: false }]);
  expect(vercel.budget_defaults).toMatchObject([{ active: true }]);
  expect(vercel.virtual_models).toMatchObject([{ kind: "alias", status: "active", deleted: false }]);
  expect(vercel.byok_credentials).toMatchObject([{ active: true, deleted: false }]);
});

test("an older state has each collection as before its own last write", () => {
  const store = createStore(parseState({}, "test"));
  const empty = store.state;
  store.writeVercel({ rules: [] });
  const ruled = store.state;
  const older = olderState(empty, empty, ruled, false);
  store.writeCloudflare({ gateways: [] });
  const oldest = olderState(older, ruled, store.state, false);
  expect(oldest.vercel.rules).toBe(empty.vercel.rules);
  expect(oldest.cloudflare.gateways).toBe(empty.cloudflare.gateways);
  expect(olderState(older, ruled, store.state, true).cloudflare.gateways).toBe(
    store.state.cloudflare.gateways,
  );
});

test("the profiles differ exactly where sources do", () => {
  const names = Object.keys(profiles.live) as (keyof typeof profiles.live)[];
  expect(names.filter((name) => profiles.live[name] !== profiles.spec[name])).toEqual([
    "numeric_default_config",
    "rate_nulls_as_zero",
    "gateway_unset_as",
    "log_management_default",
    "log_management_strategy_default",
    "secret_pending_ms",
    "provider_config_delete_lag_ms",
    "route_list_graph",
    "secret_scopes_sorted",
    "route_elements",
    "route_version_as",
    "version_id_in_post",
    "route_graph_lag_ms",
    "custom_domain_step_ms",
    "token_policy_order",
    "custom_provider_unset_as",
    "stored_keys_without_token",
    "quota_in_get",
    "invalid_token_status",
    "v1_ai_gateway",
    "budget_put",
    "user_scope_id",
  ]);
});

test("the server imports zod, node and its own files only", () => {
  const root = join(import.meta.dirname, "../../src/reference-server");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) {
    const depth = file.split(/[\\/]/).length - 1;
    const imports = readFileSync(join(root, file), "utf8").matchAll(
      /^(?:import|export|\}).* from "([^"]+)"/gm,
    );
    for (const [, from = ""] of imports) {
      const ups = from.split("/").filter((segment) => segment === "..").length;
      const own = /^\.{1,2}\//.test(from) && ups <= depth;
      expect(own || from === "zod" || from.startsWith("node:"), `${file}: ${from}`).toBe(true);
    }
  }
});
