// The Cloudflare kinds through their real clients against the reference server, in both of its profiles.

import { describe, expect, onTestFinished, test } from "vitest";
import { canonicalLive } from "../../../src/engine/normalise.ts";
import type { ProviderError } from "../../../src/provider/error.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";
import { providerConfig } from "../../../src/providers/cloudflare/kinds/provider-config.ts";
import { secretsStore } from "../../../src/providers/cloudflare/kinds/secrets-store.ts";
import { type ReferenceServerOptions, startReferenceServer } from "../../../src/reference-server/index.ts";
import { type Events, fingerprint, readCloudflare, writeCloudflare } from "./sessions.ts";

async function start(options: ReferenceServerOptions = {}) {
  const server = await startReferenceServer(options);
  onTestFinished(() => server.close());
  const events: Events = [];
  const { api } = await writeCloudflare(server.connection.cloudflare, events);
  return { api, events, ...server.connection };
}

async function refusal(work: Promise<unknown>): Promise<ProviderError> {
  return work.then(
    () => Promise.reject(new Error("nothing was refused")),
    (error: ProviderError) => error,
  );
}

const everything = {
  authentication: true,
  byok_only: true,
  cache_invalidate_on_update: true,
  cache_ttl: 300,
  collect_logs: false,
  dlp: {
    enabled: true,
    policies: [
      { id: "p1", enabled: true, action: "BLOCK", check: ["REQUEST", "RESPONSE"], profiles: ["a", "b"] },
    ],
  },
  guardrails: { prompt: { P1: "BLOCK", S13: "FLAG" }, response: {} },
  log_classification: true,
  log_management: 20_000,
  log_management_strategy: "STOP_INSERTING",
  logpush: true,
  logpush_public_key: "0123456789abcdef",
  rate_limiting_interval: 60,
  rate_limiting_limit: 100,
  rate_limiting_technique: "sliding",
  retry_max_attempts: 3,
  retry_delay: 1000,
  retry_backoff: "linear",
  spend_limits: {
    enabled: true,
    rules: [
      {
        id: "monthly",
        limitType: "cost",
        limit: 12.5,
        window: 3600,
        enabled: true,
        technique: "fixed",
        model: { mode: "filter", values: ["a", "b"] },
        metadata: { user: { mode: "partition" } },
      },
    ],
  },
  workers_ai_billing_mode: "unified",
  zdr: true,
} as const;

describe.each(["live", "spec"] as const)("a gateway, profile %s", (profile) => {
  test("every field that is sent comes back", async () => {
    const { api } = await start({ profile });
    const { live } = await gateway.api.create(api, { fields: { id: "all", ...everything } });
    const read = await gateway.api.get?.(api, { id: "all" });
    expect(read).toEqual(live);
    expect(canonicalLive(gateway.rules, live.fields)).toMatchObject({ id: "all", ...everything });
    expect(live.mark).toBe(live.fields.created_at);
  });

  test("a minimal one reads back as its defaults in canonical form", async () => {
    const { api } = await start({ profile });
    const { live } = await gateway.api.create(api, { fields: { id: "bare" } });
    expect(canonicalLive(gateway.rules, live.fields)).toMatchObject({
      authentication: false,
      cache_ttl: 0,
      collect_logs: true,
      otel: [],
      spend_limits: { enabled: false, rules: [] },
      store_id: null,
      zdr: false,
    });
  });

  test("an update leaves every field that is not declared as it is", async () => {
    const { api } = await start({ profile });
    const { live: before } = await gateway.api.create(api, { fields: { id: "all", ...everything } });
    const after = await gateway.api.update?.(api, {
      id: "all",
      fields: { id: "all", cache_ttl: 600 },
      changed: ["cache_ttl"],
    });
    const { modified_at: _, ...rest } = before.fields;
    expect(after?.fields).toMatchObject({ ...rest, cache_ttl: 600 });
  });

  test("an update writes declared fields only where they differ", async () => {
    const { api } = await start({ profile });
    await gateway.api.create(api, { fields: { id: "g", cache_ttl: 5, zdr: true } });
    const after = await gateway.api.update?.(api, {
      id: "g",
      fields: { id: "g", cache_ttl: 600, zdr: false },
      changed: ["cache_ttl"],
    });
    expect(after?.fields).toMatchObject({ cache_ttl: 600, zdr: true });
  });

  test("resetting a field to null or false takes effect", async () => {
    const { api } = await start({ profile });
    await gateway.api.create(api, { fields: { id: "all", ...everything } });
    const fields = {
      authentication: false,
      cache_ttl: null,
      dlp: { enabled: false, policies: [] },
      guardrails: null,
      retry_delay: null,
      spend_limits: null,
      stripe: null,
      zdr: false,
    };
    await gateway.api.update?.(api, { id: "all", fields, changed: Object.keys(fields) });
    const read = await gateway.api.get?.(api, { id: "all" });
    expect(canonicalLive(gateway.rules, read?.fields ?? {})).toMatchObject({
      ...fields,
      cache_ttl: 0,
      guardrails: { prompt: {}, response: {} },
      spend_limits: { enabled: false, rules: [] },
    });
  });

  test("lists over many small pages completely", async () => {
    const { api } = await start({ profile, pageSize: 1 });
    for (const id of ["a", "b", "c"]) await gateway.api.create(api, { fields: { id } });
    const listing = await gateway.api.list(api, {});
    expect(listing.complete).toBe(true);
    expect(listing.resources.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });
});

describe("a gateway's secrets", () => {
  const otel = [
    {
      url: "https://otel.example/v1",
      headers: { "x-key": new Secret("header secret value") },
      authorization: new Secret("Bearer authorization value"),
    },
  ];
  const stripe = { authorization: new Secret("sk_live_stripe_value"), usage_events: [{ payload: "{}" }] };

  test("are read as fingerprints and never as values", async () => {
    const { api } = await start();
    const { live } = await gateway.api.create(api, { fields: { id: "g", otel, stripe } });
    expect(live.fields.otel).toEqual([
      {
        url: "https://otel.example/v1",
        content_type: "json",
        headers: { "x-key": { $secret: { fingerprint: fingerprint("header secret value") } } },
        authorization: { $secret: { fingerprint: fingerprint("Bearer authorization value") } },
      },
    ]);
    expect(live.fields.stripe).toMatchObject({
      authorization: { $secret: { fingerprint: fingerprint("sk_live_stripe_value") } },
    });
    expect(JSON.stringify(live)).not.toMatch(/header secret|authorization value|sk_live/);
  });

  test("survive an update of another field unchanged", async () => {
    const { api } = await start();
    const { live: before } = await gateway.api.create(api, { fields: { id: "g", otel, stripe } });
    const after = await gateway.api.update?.(api, {
      id: "g",
      fields: { cache_ttl: 9 },
      changed: ["cache_ttl"],
    });
    expect(after?.fields.otel).toEqual(before.fields.otel);
    expect(after?.fields.stripe).toEqual(before.fields.stripe);
  });

  test("that look masked refuse an update that would store the mask, and allow one that declares them", async () => {
    const { api } = await start();
    const masked = { authorization: new Secret("sk_***"), usage_events: [] };
    const { live } = await gateway.api.create(api, { fields: { id: "g", stripe: masked } });
    expect(live.fields.stripe).toMatchObject({ authorization: { $secret: { masked: true } } });
    const change = (fields: Record<string, unknown>) =>
      gateway.api.update?.(api, { id: "g", fields: fields as never, changed: Object.keys(fields) });
    const error = await refusal(change({ cache_ttl: 9 }) ?? Promise.resolve());
    expect(error.refused).toBe("invalid");
    expect(error.message).toContain("stripe.authorization");
    expect((await change({ cache_ttl: 9, stripe }))?.fields.cache_ttl).toBe(9);
  });
});

describe("a gateway", () => {
  test.each([
    { put_resets_omitted: true },
    { unknown_body_keys: "refuse" },
    { gateway_unset_as: "absent" },
  ] as const)("keeps every undeclared field over an update where %j", async (switches) => {
    const { api } = await start({ switches });
    const { live } = await gateway.api.create(api, { fields: { id: "all", ...everything } });
    await gateway.api.create(api, { fields: { id: "bare" } });
    const change = (id: string) =>
      gateway.api.update?.(api, { id, fields: { id, cache_ttl: 9 }, changed: ["cache_ttl"] });
    const { modified_at: _, ...rest } = live.fields;
    expect((await change("all"))?.fields).toMatchObject({ ...rest, cache_ttl: 9 });
    expect((await change("bare"))?.fields).toMatchObject({ cache_ttl: 9, collect_logs: true });
  });

  test("that is updated keeps the ids that the server gave to its spend limits", async () => {
    const { api } = await start();
    const rule = { limitType: "cost", limit: 10, window: 60 };
    const limits = (limit: number) => ({ enabled: true, rules: [{ ...rule, limit }] });
    const { live } = await gateway.api.create(api, { fields: { id: "g", spend_limits: limits(10) } });
    const after = await gateway.api.update?.(api, {
      id: "g",
      fields: { spend_limits: limits(20) },
      changed: ["spend_limits"],
    });
    const idOf = (fields: unknown) =>
      (fields as { spend_limits: { rules: { id: string }[] } }).spend_limits.rules[0]?.id;
    expect(idOf(live.fields)).toMatch(/\S/);
    expect(idOf(after?.fields)).toBe(idOf(live.fields));
  });

  test("of a taken id is refused as existing", async () => {
    const { api } = await start();
    await gateway.api.create(api, { fields: { id: "g" } });
    const error = await refusal(gateway.api.create(api, { fields: { id: "g" } }));
    expect([error.refused, error.outcome]).toEqual(["exists", "not-applied"]);
  });

  test("beyond the account's number of gateways is refused as a limit", async () => {
    const { api } = await start({ switches: { max_gateways: 0 } });
    expect((await refusal(gateway.api.create(api, { fields: { id: "g" } }))).refused).toBe("limit");
  });

  test("that was deleted is null to get and can be deleted again", async () => {
    const { api } = await start();
    await gateway.api.create(api, { fields: { id: "g" } });
    await gateway.api.delete?.(api, { id: "g" });
    expect(await gateway.api.get?.(api, { id: "g" })).toBeNull();
    await expect(gateway.api.delete?.(api, { id: "g" })).resolves.toBeUndefined();
  });

  test("of a wrong account is an error to get, not an absence", async () => {
    const { cloudflare } = await start();
    const { api } = await readCloudflare({ ...cloudflare, account_id: "nonsense" });
    expect((await refusal(gateway.api.get?.(api, { id: "g" }) ?? Promise.resolve())).refused).toBe("invalid");
  });

  test.each([undefined, 1])("counts its unmanaged children over pages of %s", async (pageSize) => {
    const { api, control_url } = await start(pageSize === undefined ? {} : { pageSize });
    await gateway.api.create(api, { fields: { id: "g" } });
    for (const [kind, name] of [
      ["dataset", "d"],
      ["dataset", "e"],
      ["evaluation", "e"],
    ]) {
      const made = await fetch(`${control_url}/children`, {
        method: "POST",
        body: JSON.stringify({ kind, gateway_id: "g", name }),
      });
      expect(made.ok).toBe(true);
    }
    const children = (await gateway.api.children?.(api, { id: "g" })) ?? [];
    expect(children.map(({ noun, name }) => `${noun} ${name}`).sort()).toEqual([
      "dataset d",
      "dataset e",
      "evaluation e",
    ]);
  });

  test("list that is cut says so", async () => {
    const { api } = await start({
      faults: [{ method: "GET", path: "/gateways$", effect: { kind: "cut_list", keep: 1 } }],
    });
    for (const id of ["a", "b"]) await gateway.api.create(api, { fields: { id } });
    const listing = await gateway.api.list(api, {});
    expect(listing.complete).toBe(false);
    expect(listing.error).toMatch(/\d/);
  });

  test("whose create is dropped after the commit is of unknown outcome, and is sent once", async () => {
    const { api, events } = await start({
      faults: [{ method: "POST", effect: { kind: "drop", when: "after" } }],
    });
    const error = await refusal(gateway.api.create(api, { fields: { id: "g" } }));
    expect([error.refused, error.outcome]).toEqual(["unavailable", "unknown"]);
    expect(events.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect((await gateway.api.list(api, {})).resources.map(({ id }) => id)).toEqual(["g"]);
  });

  test("whose answer has another shape is an error that says what is wrong", async () => {
    const { api } = await start({ faults: [{ method: "GET", effect: { kind: "malformed" } }] });
    const error = await refusal(gateway.api.list(api, {}));
    expect(error.refused).toBe("malformed");
    expect(error.message).toContain("result");
  });
});

describe.each(["live", "spec"] as const)("a provider config, profile %s", (profile) => {
  async function withGateway(options: ReferenceServerOptions = {}) {
    const started = await start({ profile, ...options });
    const { live: store } = await secretsStore.api.create(started.api, { fields: {} });
    await gateway.api.create(started.api, { fields: { id: "g", store_id: store.id } });
    return { ...started, parent_id: "g" };
  }
  const fields = { provider_slug: "openai", alias: "default", secret: new Secret("sk-first-key") };

  test("is created, listed and found by its id", async () => {
    const { api, parent_id } = await withGateway();
    const { live } = await providerConfig.api.create(api, { parent_id, fields });
    expect(live.fields).toMatchObject({ provider_slug: "openai", alias: "default", default_config: true });
    expect(providerConfig.rules.identity(live.fields)).toBe("openai/default");
    expect((await providerConfig.api.list(api, { parent_id })).resources).toEqual([live]);
    expect(await providerConfig.api.get?.(api, { id: live.id, parent_id })).toEqual(live);
    expect(JSON.stringify(live)).not.toContain("sk-first");
  });

  test("of another alias is not the default unless it is said to be", async () => {
    const { api, parent_id } = await withGateway();
    const { live } = await providerConfig.api.create(api, {
      parent_id,
      fields: { ...fields, alias: "batch" },
    });
    expect(live.fields.default_config).toBe(false);
  });

  test("takes a new secret in place and keeps its id", async () => {
    const { api, parent_id } = await withGateway();
    const { live } = await providerConfig.api.create(api, { parent_id, fields });
    const after = await providerConfig.api.update?.(api, {
      id: live.id,
      parent_id,
      fields: { ...fields, secret: new Secret("sk-second-key") },
      changed: ["secret"],
    });
    expect(after?.id).toBe(live.id);
  });

  test("that exists is refused as existing", async () => {
    const { api, parent_id } = await withGateway();
    await providerConfig.api.create(api, { parent_id, fields });
    expect((await refusal(providerConfig.api.create(api, { parent_id, fields }))).refused).toBe("exists");
  });

  test("that was deleted is gone to get and list, and can be deleted again", async () => {
    const { api, parent_id } = await withGateway({ switches: { provider_config_delete_lag_ms: 0 } });
    const { live } = await providerConfig.api.create(api, { parent_id, fields });
    await providerConfig.api.delete?.(api, { id: live.id, parent_id });
    expect(await providerConfig.api.get?.(api, { id: live.id, parent_id })).toBeNull();
    expect((await providerConfig.api.list(api, { parent_id })).resources).toEqual([]);
    await expect(providerConfig.api.delete?.(api, { id: live.id, parent_id })).resolves.toBeUndefined();
  });

  test("list of a gateway that does not exist is empty", async () => {
    const { api } = await withGateway();
    expect(await providerConfig.api.list(api, { parent_id: "none" })).toEqual({
      complete: true,
      resources: [],
    });
  });
});

describe("the Secrets Store", () => {
  test("is created under its default name and listed", async () => {
    const { api } = await start();
    const { live } = await secretsStore.api.create(api, { fields: {} });
    expect(live.name).toBe("default_secrets_store");
    const listing = await secretsStore.api.list(api, {});
    expect(listing).toEqual({ complete: true, resources: [live] });
  });

  test("that somebody else was faster to create is taken", async () => {
    const { api } = await start();
    const { live } = await secretsStore.api.create(api, { fields: {} });
    expect((await secretsStore.api.create(api, { fields: {} })).live.id).toBe(live.id);
  });
});
