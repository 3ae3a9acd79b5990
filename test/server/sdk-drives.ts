/**
 * What Cloudflare's SDK is driven through, one function per resource: create, read, update, list to the empty page,
 * delete, and not found after that, as far as the SDK has it. A drive leaves nothing out that both it and the server
 * have.
 */
import { NotFoundError } from "cloudflare";
import { expect } from "vitest";
import type { Profile } from "../../src/reference-server/switches.ts";
import { settings } from "./api.ts";
import { everyPage, type Sdk } from "./sdk.ts";

type Drive = (sdk: Sdk, profile: Profile) => Promise<void>;

const gateways: Drive = async ({ aiGateway, account_id }, profile) => {
  const made = await aiGateway.create({ account_id, id: "a", ...settings });
  // SDK 7.3.0 has null for what is unset, the live API an empty text (ALC 2026).
  expect(made).toMatchObject({ id: "a", ...settings, store_id: profile === "live" ? "" : null });
  expect(await aiGateway.get("a", { account_id })).toEqual(made);
  for (const id of ["b", "c"]) await aiGateway.create({ account_id, id, ...settings });

  const wanted = { ...settings, cache_ttl: 300, authentication: true, retry_backoff: "linear" } as const;
  const updated = await aiGateway.update("a", { account_id, ...wanted, retry_max_attempts: 3 });
  expect(updated).toMatchObject({ ...wanted, retry_max_attempts: 3, created_at: made.created_at });
  expect(await aiGateway.get("a", { account_id })).toEqual(updated);
  const cleared = await aiGateway.update("a", { account_id, ...wanted, retry_backoff: null });
  expect(cleared).toMatchObject({ retry_backoff: null, retry_max_attempts: 3 });

  const { items, sizes } = await everyPage(aiGateway.list({ account_id, per_page: 2 }));
  expect([items.map(({ id }) => id), sizes]).toEqual([
    ["a", "b", "c"],
    [2, 1, 0],
  ]);
  const found = await everyPage(aiGateway.list({ account_id, search: "B" }));
  expect(found.items.map(({ id }) => id)).toEqual(["b"]);
  expect(await aiGateway.urls.get("openai", { account_id, gateway_id: "a" })).toContain("/a/openai");

  expect(await aiGateway.delete("a", { account_id })).toEqual(cleared);
  await expect(aiGateway.get("a", { account_id })).rejects.toBeInstanceOf(NotFoundError);
};

const customProviders: Drive = async ({ aiGateway: { customProviders: providers }, account_id }, profile) => {
  const base_url = "https://llm.example.com/v1";
  const fields = { name: "One", slug: "one", base_url, headers: '{"x-team":"a"}', enable: true, position: 1 };
  const made = await providers.create({ account_id, ...fields });
  expect(made).toMatchObject({ ...fields, beta: false });
  // SDK 7.3.0 knows no null here, the examples of the docs do (docs *Custom Providers*, 2026).
  expect(made.description).toBe(profile === "live" ? null : undefined);
  expect(await providers.get(made.id, { account_id })).toEqual(made);
  for (const slug of ["two", "three"]) await providers.create({ account_id, name: slug, slug, base_url });

  const { items, sizes } = await everyPage(providers.list({ account_id, per_page: 2 }));
  expect([items.map(({ slug }) => slug), sizes]).toEqual([
    ["one", "three", "two"],
    [2, 1, 0],
  ]);
  const enabled = await everyPage(providers.list({ account_id, enable: true, beta: false, search: "ON" }));
  expect(enabled.items.map(({ slug }) => slug)).toEqual(["one"]);

  expect(await providers.delete(made.id, { account_id })).toEqual(made);
  await expect(providers.get(made.id, { account_id })).rejects.toBeInstanceOf(NotFoundError);
};

/** The SDK can only make and list them: no read, rotation or delete of one (SDK 7.3.0). */
const providerConfigs: Drive = async ({ aiGateway, secretsStore, account_id }, profile) => {
  const store = await secretsStore.stores.create({ account_id, name: "default_secrets_store" });
  await aiGateway.create({ account_id, id: "a", ...settings, store_id: store.id });
  for (const alias of ["default", "team", "spare"]) {
    const fields = { provider_slug: "openai", alias, rate_limit: 10, rate_limit_period: 30 };
    const body = { ...fields, default_config: alias === "default", secret: `sk-key-of-${alias}` };
    const made = await aiGateway.providerConfigs.create("a", { account_id, ...body });
    expect(made).toMatchObject({ ...fields, gateway_id: "a", secret_preview: expect.stringContaining("*") });
    expect(JSON.stringify(made)).not.toContain(body.secret);
    const secret = await secretsStore.stores.secrets.get(made.secret_id, { account_id, store_id: store.id });
    expect(secret.name).toBe(`a_openai_${alias}`);
  }
  const { items, sizes } = await everyPage(aiGateway.providerConfigs.list("a", { account_id, per_page: 2 }));
  expect(sizes).toEqual([2, 1, 0]);
  // A boolean in SDK 7.3.0, a number on the live wire (observed 2026).
  expect(items.map(({ default_config }) => default_config)).toEqual(
    profile === "live" ? [1, 0, 0] : [true, false, false],
  );
  expect((await everyPage(aiGateway.providerConfigs.list("none", { account_id }))).sizes).toEqual([0]);
};

const dynamicRouting: Drive = async ({ aiGateway, account_id, pass }, profile) => {
  const live = profile === "live";
  await aiGateway.create({ account_id, id: "a", ...settings });
  const routes = aiGateway.dynamicRouting;
  const at = { account_id, gateway_id: "a" };
  const to = (elementId: string) => ({ elementId });
  const graph = (model: string) => {
    const properties = { provider: "openai", model, timeout: 0, retries: 0 };
    const outputs = { success: to("end"), fallback: to("end") };
    return [
      { id: "start", type: "start" as const, outputs: { next: to("model") } },
      { id: "model", type: "model" as const, properties, outputs },
      { id: "end", type: "end" as const, outputs: {} },
    ];
  };
  const made = await routes.create("a", { account_id, name: "one", elements: graph("small") });
  // `data` and `active` are texts in SDK 7.3.0, an array and a boolean live (ALC, DIS 2026).
  const data = (model: string): unknown => (live ? graph(model) : JSON.stringify(graph(model)));
  expect(made.version).toMatchObject({ data: data("small"), active: live ? true : "true" });
  expect(await routes.get(made.id, at)).toEqual(made);
  for (const name of ["two", "three"])
    await routes.create("a", { account_id, name, elements: graph("small") });

  const renamed = await routes.update(made.id, { ...at, name: "first" });
  expect(renamed).toMatchObject({ success: true, route: { id: made.id, name: "first" } });

  await routes.createVersion(made.id, { ...at, elements: graph("large") });
  const { data: versions } = await routes.listVersions(made.id, at);
  const latest = versions.versions.find(({ version_id }) => version_id !== made.version.version_id);
  const version_id = latest?.version_id ?? "";
  expect(latest).toMatchObject({ active: live ? false : "false", data: data("large") });
  expect(await routes.createDeployment(made.id, { ...at, version_id })).toMatchObject({ name: "first" });
  pass(60_000);
  const { data: deployments } = await routes.listDeployments(made.id, at);
  expect(deployments.deployments.map((deployment) => deployment.version_id)).toEqual([
    made.version.version_id,
    version_id,
  ]);
  const deployed = await routes.get(made.id, at);
  expect(deployed).toMatchObject({ name: "first", version: { version_id, data: data("large") } });
  expect(deployed.elements).toEqual(live ? undefined : graph("large"));
  const version = await routes.getVersion(version_id, { ...at, id: made.id });
  expect(version).toMatchObject({ id: made.id, version_id, active: live ? true : "true" });

  // No pager in the SDK for these: whoever lists turns the pages.
  const seen: string[][] = [];
  do {
    const { data: page } = await routes.list("a", { account_id, page: seen.length + 1, per_page: 2 });
    seen.push(page.routes.map(({ name }) => name));
  } while (seen.at(-1)?.length !== 0);
  expect(seen).toEqual([["first", "two"], ["three"], []]);

  expect(await routes.delete(made.id, at)).toMatchObject({ id: made.id, name: "first" });
  await expect(routes.get(made.id, at)).rejects.toBeInstanceOf(NotFoundError);
};

/** Deprecated (OAS 2026-10): the server has the lists alone. */
const gatewayChildren: Drive = async ({ api, aiGateway, account_id }) => {
  await aiGateway.create({ account_id, id: "a", ...settings });
  for (const kind of ["dataset", "evaluation"]) {
    for (const name of ["one", "two"])
      await api.control("POST", "/children", { kind, gateway_id: "a", name });
  }
  const byOne = { account_id, per_page: 1 };
  for (const { items, sizes } of [
    await everyPage(aiGateway.datasets.list("a", byOne)),
    await everyPage(aiGateway.evaluations.list("a", byOne)),
  ]) {
    const names = items.map(({ name }: { name: string }) => name);
    expect([names, sizes]).toEqual([
      ["one", "two"],
      [1, 1, 0],
    ]);
  }
};

const stores: Drive = async ({ secretsStore: { stores: all }, account_id }) => {
  const made = await all.create({ account_id, name: "default_secrets_store" });
  expect(await all.get(made.id, { account_id })).toEqual(made);
  const { items, sizes } = await everyPage(all.list({ account_id, per_page: 1 }));
  expect([items, sizes]).toEqual([[made], [1, 0]]);
  expect(await all.delete(made.id, { account_id })).toBeNull();
  await expect(all.get(made.id, { account_id })).rejects.toBeInstanceOf(NotFoundError);
};

const secrets: Drive = async ({ secretsStore, account_id, pass }, profile) => {
  const { id: store_id } = await secretsStore.stores.create({ account_id, name: "default_secrets_store" });
  const all = secretsStore.stores.secrets;
  const at = { account_id, store_id };
  const body = [
    { name: "one", value: "canary-one", scopes: ["workers" as const, "ai_gateway" as const] },
    { name: "two", value: "canary-two", scopes: ["dex" as const], comment: "of the canteen" },
  ];
  const { result } = await all.create(store_id, { account_id, body });
  const [one, two] = result.map(({ id }) => id);
  if (one === undefined || two === undefined) throw new Error("two were made");
  expect(result.map(({ status }) => status)).toEqual(
    Array(2).fill(profile === "live" ? "pending" : "active"),
  );
  pass(60_000);
  const read = await all.get(one, at);
  // Terraform tells its users to write scopes in alphabetical order, and live answers are so.
  const scopes = profile === "live" ? ["ai_gateway", "workers"] : ["workers", "ai_gateway"];
  expect(read).toMatchObject({ name: "one", status: "active", scopes });

  const changed = await all.edit(one, { ...at, value: "canary-next", comment: "new" });
  expect(changed).toMatchObject({ id: one, name: "one", comment: "new" });
  const copy = await all.duplicate(one, { ...at, name: "copy", scopes: ["ai_gateway"] });
  expect((await secretsStore.quota.get({ account_id })).secrets.usage).toBe(3);

  const asc = { account_id, order: "name", direction: "asc" } as const;
  const { items, sizes } = await everyPage(all.list(store_id, { ...asc, per_page: 2 }));
  expect([items.map(({ name }) => name), sizes]).toEqual([
    ["copy", "one", "two"],
    [2, 1, 0],
  ]);
  expect(JSON.stringify(items)).not.toContain("canary");
  const scoped = await everyPage(all.list(store_id, { ...asc, scopes: ["workers", "dex"] }));
  expect(scoped.items.map(({ name }) => name)).toEqual(["one", "two"]);
  const searched = await everyPage(all.list(store_id, { ...asc, search: "canteen" }));
  expect(searched.items.map(({ name }) => name)).toEqual(["two"]);

  expect(await all.delete(one, at)).toBeNull();
  await expect(all.get(one, at)).rejects.toBeInstanceOf(NotFoundError);
  // SDK 7.3.0 has no parameter for the body that this demands; a request option brings it.
  expect(await all.bulkDelete(store_id, { account_id }, { body: { ids: [two, copy.id] } })).toBeNull();
  expect((await everyPage(all.list(store_id, { account_id }))).sizes).toEqual([0]);
};

const accountTokens: Drive = async ({ as, accountTokens: tokens, account_id }) => {
  const byName = { account_id, name: "AI Gateway Run" };
  const [group] = (await tokens.permissionGroups.list(byName)).result;
  expect(await tokens.permissionGroups.get(byName)).toEqual([group]);
  const id = group?.id ?? "";
  const resources = { [`com.cloudflare.api.account.${account_id}`]: "*" };
  const policies = [{ effect: "allow" as const, permission_groups: [{ id }], resources }];
  const condition = { request_ip: { in: ["127.0.0.0/8", "::1/128"] } };
  const made = await tokens.create({ account_id, name: "runner", policies, condition });
  const { value, ...shown } = made;
  if (value === undefined || made.id === undefined) throw new Error("a new token has an id and a value");
  expect(await tokens.get(made.id, { account_id })).toEqual(shown);

  const itself = as({ apiToken: value }).accountTokens;
  expect(await itself.verify({ account_id })).toEqual({ id: made.id, status: "active" });
  const rolled = await tokens.value.update(made.id, { account_id });
  expect(rolled).not.toBe(value);
  const next = await as({ apiToken: rolled }).accountTokens.verify({ account_id });
  expect(next.id).toBe(made.id);
  expect((await tokens.verify({ account_id })).status).toBe("active");

  const updated = await tokens.update(made.id, { account_id, name: "off", policies, status: "disabled" });
  expect(updated).toMatchObject({ id: made.id, name: "off", status: "disabled" });
  expect(updated.condition).toBeUndefined();

  // With the one that the run has, and in pages of five, the least that OAS 2026-10 allows.
  for (const name of ["2", "3", "4", "5"]) await tokens.create({ account_id, name, policies });
  const { items, sizes } = await everyPage(tokens.list({ account_id, per_page: 5, direction: "desc" }));
  expect([items.slice(0, 5).map(({ name }) => name), sizes]).toEqual([
    ["5", "4", "3", "2", "off"],
    [5, 1, 0],
  ]);
  expect(await tokens.delete(made.id, { account_id })).toEqual({ id: made.id });
  await expect(tokens.get(made.id, { account_id })).rejects.toBeInstanceOf(NotFoundError);
};

/** Tokens of a user, of which the server lets one ask for itself. */
const userTokens: Drive = async ({ api, as }) => {
  const body = { vendor: "cloudflare", permissions: [], owner: "user" };
  const { token: apiToken, id } = (await api.control("POST", "/tokens", body)).body;
  expect(await as({ apiToken }).userTokens.verify()).toEqual({ id, status: "active" });
};

export const drives: Readonly<Record<string, Drive>> = {
  gateways,
  customProviders,
  providerConfigs,
  dynamicRouting,
  gatewayChildren,
  stores,
  secrets,
  accountTokens,
  userTokens,
};
