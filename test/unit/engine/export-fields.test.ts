// What a file has to say of a live resource, by the field policies of real kinds.

import { describe, expect, test } from "vitest";
import { writtenFields } from "../../../src/engine/export-fields.ts";
import type { Fields } from "../../../src/model/kind-rules.ts";
import { providers } from "../../../src/providers/index.ts";

interface Setting {
  readonly key?: string;
  readonly children?: Readonly<Record<string, number>>;
  readonly with_defaults?: boolean;
}

function written(name: string, fields: Fields, { key = "k", ...more }: Setting = {}): Fields {
  const kind = providers.flatMap(({ kinds }) => kinds).find(({ rules }) => rules.kind === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return writtenFields({
    kind,
    live: { kind: name, id: key, name: key, fields },
    key,
    children: {},
    with_defaults: false,
    idOf: () => "store",
    ...more,
  }).fields;
}

describe("a file says of a live resource", () => {
  test("what differs from an absent value, and not what the server fills in", () => {
    const fields = { cache_ttl: 300, rate_limiting_limit: 0, rate_limiting_technique: "fixed", zdr: false };
    expect(written("cloudflare.gateway", fields)).toEqual({ cache_ttl: 300 });
    expect(written("cloudflare.gateway", fields, { with_defaults: true })).toMatchObject({
      rate_limiting_limit: 0,
      rate_limiting_technique: "fixed",
      zdr: false,
    });
  });

  test("every protection that is on, also where a new one has it on by itself", () => {
    const on = { authentication: true, collect_logs: true, rate_limiting_limit: 5, zdr: true };
    expect(written("cloudflare.gateway", on)).toEqual(on);
    const rule = { type: "deny", source: "a/b", enabled: true };
    expect(written("vercel.rule", rule)).toEqual(rule);
  });

  test("log limits only where they are none that the server chooses itself", () => {
    const logs = (log_management: number, log_management_strategy: string) =>
      written("cloudflare.gateway", { log_management, log_management_strategy });
    expect(logs(10_000_000, "DELETE_OLDEST")).toEqual({});
    expect(logs(100_000, "STOP_INSERTING")).toEqual({});
    expect(logs(10_000_000, "STOP_INSERTING")).toEqual({ log_management_strategy: "STOP_INSERTING" });
    expect(logs(50_000, "DELETE_OLDEST")).toEqual({
      log_management: 50_000,
      log_management_strategy: "DELETE_OLDEST",
    });
  });

  test("nothing that the key says, and all that the key would get wrong", () => {
    expect(written("vercel.key", { name: "ci" }, { key: "ci" })).toEqual({});
    expect(written("vercel.key", { name: "c i" }, { key: "c-i" })).toEqual({ name: "c i" });
    const batch = { provider_slug: "openai", alias: "batch", default_config: false };
    expect(written("cloudflare.provider_config", batch, { key: "openai-batch" })).toEqual({
      provider_slug: "openai",
      alias: "batch",
      secret: { $secret: {} },
    });
  });

  test("nothing of a store that is implied, and the id of any other", () => {
    const children = { provider_configs: 1 };
    expect(written("cloudflare.gateway", { store_id: "store" }, { children })).toEqual({});
    expect(written("cloudflare.gateway", { store_id: "other" }, { children })).toEqual({ store_id: "other" });
    expect(written("cloudflare.gateway", { store_id: "" }, { children })).toEqual({ store_id: null });
    expect(written("cloudflare.gateway", { store_id: "store" })).toEqual({ store_id: "store" });
  });

  test("a budget without the members that a new one gets", () => {
    const budget = { limit: 5, refresh_period: "none", include_byok: false, alert_thresholds: [] };
    expect(written("vercel.key", { name: "k", budget })).toEqual({ budget: { limit: 5 } });
    expect(written("vercel.key", { name: "k", budget: { ...budget, refresh_period: "daily" } })).toEqual({
      budget: { limit: 5, refresh_period: "daily" },
    });
  });
});
