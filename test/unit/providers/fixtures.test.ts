// Every recorded vendor answer is taken by the code that meets it in practice: good ones are read by the kinds,
// bad ones are judged. All of it over real HTTP, through the clients that runs use.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { bearer } from "../../../src/provider/auth.ts";
import type { ProviderError } from "../../../src/provider/error.ts";
import { type Http, openHttp } from "../../../src/provider/http.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { classifyCloudflare } from "../../../src/providers/cloudflare/classify.ts";
import { type CloudflareWriter, cloudflareWriter } from "../../../src/providers/cloudflare/client.ts";
import { customDomain } from "../../../src/providers/cloudflare/kinds/custom-domain.ts";
import { customProvider } from "../../../src/providers/cloudflare/kinds/custom-provider.ts";
import { customProviderCost } from "../../../src/providers/cloudflare/kinds/custom-provider-cost.ts";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";
import { groupIds } from "../../../src/providers/cloudflare/kinds/permission-names.ts";
import { providerConfig } from "../../../src/providers/cloudflare/kinds/provider-config.ts";
import { route } from "../../../src/providers/cloudflare/kinds/route.ts";
import { secret } from "../../../src/providers/cloudflare/kinds/secret.ts";
import { secretsStore } from "../../../src/providers/cloudflare/kinds/secrets-store.ts";
import { token } from "../../../src/providers/cloudflare/kinds/token.ts";
import { checkQuota } from "../../../src/providers/cloudflare/preflight-quota.ts";
import { classifyVercel } from "../../../src/providers/vercel/classify.ts";
import { type VercelWriter, vercelWriter } from "../../../src/providers/vercel/client.ts";
import { budget } from "../../../src/providers/vercel/kinds/budget.ts";
import { budgetDefault } from "../../../src/providers/vercel/kinds/budget-default.ts";
import { byokCredential } from "../../../src/providers/vercel/kinds/byok-credential.ts";
import { key } from "../../../src/providers/vercel/kinds/key.ts";
import { rule } from "../../../src/providers/vercel/kinds/rule.ts";
import { virtualModel } from "../../../src/providers/vercel/kinds/virtual-model.ts";
import { serve } from "./answers.ts";
import { fingerprint, readVercel } from "./sessions.ts";

interface Fixture {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly response?: unknown;
}

const ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353";

function fixturesOf(vendor: string): readonly Fixture[] {
  const folder = new URL(`../../fixtures/${vendor}/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ ...JSON.parse(readFileSync(new URL(file, folder), "utf8")), name: file }));
}

const cloudflareFixtures = fixturesOf("cloudflare");
const vercelFixtures = fixturesOf("vercel");
const isGood = ({ status }: Fixture): boolean => status < 300;

/** A server that answers with `first` where it fits, with the good answer among `others` elsewhere. */
function replay(first: Fixture, others: readonly Fixture[]) {
  const plain = (path: string): string => path.split("?")[0] ?? "";
  return serve(({ method, path }) => {
    const fixture = [first, ...others.filter(isGood)].find(
      (item) => item.method === method && plain(item.path).replace("/client/v4", "") === path,
    );
    return fixture === undefined
      ? { status: 501 }
      : { status: fixture.status, body: fixture.response ?? undefined };
  });
}

function client(vendor: "cloudflare" | "vercel", url: string): Http {
  const http = openHttp({
    provider: vendor,
    title: vendor,
    base_url: url,
    auth: bearer(new Secret("a token of the test")),
    request_id_header: "x-id",
    classify: vendor === "cloudflare" ? classifyCloudflare : classifyVercel,
    network: openNetwork({ env: {}, parallelism: 1 }),
    wait: async () => {},
  });
  onTestFinished(() => http.close());
  return http;
}

/** `method path` of a call → what reads its answer; ids are the path's last ones. */
interface Reader<W> {
  readonly call: RegExp;
  readonly read: (api: W, id: string) => Promise<unknown> | undefined;
}

const parent_id = "support";
const config = { provider_slug: "openai", alias: "default", secret: new Secret("a provider key") };
const PROVIDER = "5a9c1f1e-6c1d-4b8e-8f0a-2d3c4b5a6978";
const newRoute = {
  name: "by-plan",
  elements: [
    { id: "start", type: "start", outputs: { next: "end" } },
    { id: "end", type: "end" },
  ],
};
const newConfig = { kind: "cloudflare.provider_config", action: "create" };

const cloudflareReaders: readonly Reader<CloudflareWriter>[] = [
  { call: /^POST .*\/gateways$/, read: (api) => gateway.api.create(api, { fields: { id: "support" } }) },
  { call: /^GET .*\/gateways$/, read: (api) => gateway.api.list(api, {}) },
  { call: /^GET .*\/gateways\/([^/]+)$/, read: (api, id) => gateway.api.get?.(api, { id }) },
  {
    call: /^PUT .*\/gateways\/([^/]+)$/,
    read: (api, id) => gateway.api.update?.(api, { id, fields: {}, changed: [] }),
  },
  { call: /^DELETE .*\/gateways\/([^/]+)$/, read: (api, id) => gateway.api.delete?.(api, { id }) },
  {
    call: /^GET .*\/gateways\/([^/]+)\/(?:datasets|evaluations)$/,
    read: (api, id) => gateway.api.children?.(api, { id }),
  },
  {
    call: /^POST .*\/provider_configs$/,
    read: (api) => providerConfig.api.create(api, { parent_id, fields: config }),
  },
  { call: /^GET .*\/provider_configs$/, read: (api) => providerConfig.api.list(api, { parent_id }) },
  {
    call: /^GET .*\/provider_configs\/([^/]+)$/,
    read: (api, id) => providerConfig.api.get?.(api, { id, parent_id }),
  },
  {
    call: /^PUT .*\/provider_configs\/([^/]+)$/,
    read: (api, id) =>
      providerConfig.api.update?.(api, { id, parent_id, fields: config, changed: ["secret"] }),
  },
  {
    call: /^DELETE .*\/provider_configs\/([^/]+)$/,
    read: (api, id) => providerConfig.api.delete?.(api, { id, parent_id }),
  },
  {
    call: /^POST .*\/custom-domains$/,
    read: (api) => customDomain.api.create(api, { parent_id, fields: { hostname: "ai.acme.example" } }),
  },
  { call: /^GET .*\/custom-domains$/, read: (api) => customDomain.api.list(api, { parent_id }) },
  {
    call: /^GET .*\/custom-domains\/([^/]+)$/,
    read: (api, id) => customDomain.api.get?.(api, { id, parent_id }),
  },
  {
    call: /^DELETE .*\/custom-domains\/([^/]+)$/,
    read: (api, id) => customDomain.api.delete?.(api, { id, parent_id }),
  },
  {
    call: /^POST .*\/custom-providers$/,
    read: (api) => customProvider.api.create(api, { fields: { name: "Acme", slug: "acme" } }),
  },
  { call: /^GET .*\/custom-providers$/, read: (api) => customProvider.api.list(api, {}) },
  {
    call: /^GET .*\/custom-providers\/((?!costs$)[^/]+)$/,
    read: (api, id) => customProvider.api.get?.(api, { id }),
  },
  {
    call: /^PATCH .*\/custom-providers\/([^/]+)$/,
    read: (api, id) => customProvider.api.update?.(api, { id, fields: { name: "A" }, changed: ["name"] }),
  },
  {
    call: /^DELETE .*\/custom-providers\/([^/]+)$/,
    read: (api, id) => customProvider.api.delete?.(api, { id }),
  },
  {
    call: /^POST .*\/costs$/,
    read: (api) => customProviderCost.api.create(api, { parent_id: PROVIDER, fields: { model: "acme" } }),
  },
  { call: /^GET .*\/costs$/, read: (api) => customProviderCost.api.list(api, { parent_id: PROVIDER }) },
  { call: /^GET .*\/costs\/([^/]+)$/, read: (api, id) => customProviderCost.api.get?.(api, { id }) },
  {
    call: /^PATCH .*\/costs\/([^/]+)$/,
    read: (api, id) =>
      customProviderCost.api.update?.(api, { id, fields: { enable: true }, changed: ["enable"] }),
  },
  { call: /^DELETE .*\/costs\/([^/]+)$/, read: (api, id) => customProviderCost.api.delete?.(api, { id }) },
  {
    call: /^POST .*\/routes$/,
    read: (api) => route.api.create(api, { parent_id, fields: newRoute }),
  },
  { call: /^GET .*\/routes$/, read: (api) => route.api.list(api, { parent_id }) },
  { call: /^GET .*\/routes\/([^/]+)$/, read: (api, id) => route.api.get?.(api, { id, parent_id }) },
  {
    call: /^PATCH .*\/routes\/([^/]+)$/,
    read: (api, id) => route.api.update?.(api, { id, parent_id, fields: newRoute, changed: ["name"] }),
  },
  {
    call: /^(?:GET|POST) .*\/routes\/([^/]+)\/(?:versions(?:\/[^/]+)?|deployments)$/,
    read: (api, id) => route.api.update?.(api, { id, parent_id, fields: newRoute, changed: ["elements"] }),
  },
  {
    call: /^DELETE .*\/routes\/([^/]+)$/,
    read: (api, id) => route.api.delete?.(api, { id, parent_id }),
  },
  { call: /^POST .*\/stores$/, read: (api) => secretsStore.api.create(api, { fields: {} }) },
  { call: /^GET .*\/stores$/, read: (api) => secretsStore.api.list(api, {}) },
  {
    call: /^POST .*\/secrets$/,
    read: (api) => secret.api.create(api, { fields: { name: "webhook", value: new Secret("a value") } }),
  },
  { call: /^GET .*\/secrets$/, read: (api) => secret.api.list(api, {}) },
  { call: /^GET .*\/secrets\/([^/]+)$/, read: (api, id) => secret.api.get?.(api, { id }) },
  {
    call: /^PATCH .*\/secrets\/([^/]+)$/,
    read: (api, id) => secret.api.update?.(api, { id, fields: { comment: "new" }, changed: ["comment"] }),
  },
  { call: /^DELETE .*\/secrets\/([^/]+)$/, read: (api, id) => secret.api.delete?.(api, { id }) },
  {
    call: /^POST .*\/tokens$/,
    read: (api) => token.api.create(api, { fields: { name: "caller", permissions: ["AI Gateway Read"] } }),
  },
  { call: /^GET .*\/tokens$/, read: (api) => token.api.list(api, {}) },
  { call: /^GET .*[0-9a-f]\/tokens\/verify$/, read: (api) => api.ownToken() },
  { call: /^GET .*\/tokens\/permission_groups$/, read: (api) => groupIds(api, ["AI Gateway Read"]) },
  { call: /^GET .*\/tokens\/([0-9a-f]{32})$/, read: (api, id) => token.api.get?.(api, { id }) },
  {
    call: /^PUT .*\/tokens\/([0-9a-f]+)$/,
    // What there is to be read is another token than the one that is written.
    read: (api, id) =>
      token.api.update?.(
        { ...api, get: (_, shape) => api.get("/tokens/ed17574386854bf78a67040be0a770b0", shape) },
        { id, fields: { name: "x" }, changed: ["name"] },
      ),
  },
  { call: /^DELETE .*\/tokens\/([0-9a-f]+)$/, read: (api, id) => token.api.delete?.(api, { id }) },
  { call: /^GET .*\/quota$/, read: (api) => checkQuota(api, { steps: [newConfig] } as never) },
];

const byokFields = { provider_slug: "openai", name: "a", credential: { apiKey: new Secret("a key") } };

const vercelReaders: readonly Reader<VercelWriter>[] = [
  { call: /^POST .*\/api-keys$/, read: (api) => key.api.create(api, { fields: { name: "ci" } }) },
  { call: /^GET .*\/api-keys$/, read: (api) => key.api.list(api, {}) },
  { call: /^GET .*\/api-keys\/([^/]+)$/, read: (api, id) => key.api.get?.(api, { id }) },
  {
    call: /^PATCH .*\/api-keys\/([^/]+)$/,
    read: (api, id) => key.api.update?.(api, { id, fields: { name: "ci-eu" }, changed: ["name"] }),
  },
  {
    call: /^PATCH .*\/api-keys\/([^/]+)\/quota$/,
    read: (api, id) =>
      key.api.update?.(api, { id, fields: { budget: { limit: 50 } }, changed: ["budget.limit"] }),
  },
  { call: /^DELETE .*\/api-keys\/([^/]+)$/, read: (api, id) => key.api.delete?.(api, { id }) },
  {
    call: /^POST .*\/rules$/,
    read: (api) => rule.api.create(api, { fields: { type: "deny", source: "a/b" } }),
  },
  { call: /^GET .*\/rules$/, read: (api) => rule.api.list(api, {}) },
  {
    call: /^PATCH .*\/rules$/,
    read: (api) => rule.api.update?.(api, { id: "r", fields: { reason: "x" }, changed: ["reason"] }),
  },
  { call: /^DELETE .*\/rules$/, read: (api) => rule.api.delete?.(api, { id: "r" }) },
  { call: /^GET .*\/budgets\/list$/, read: (api) => budget.api.list(api, {}) },
  {
    call: /^PUT .*\/budgets$/,
    read: (api) => budget.api.update?.(api, { id: "team", fields: { limit: 20 }, changed: ["limit"] }),
  },
  { call: /^DELETE .*\/budgets$/, read: (api) => budget.api.delete?.(api, { id: "team" }) },
  {
    call: /^GET .*\/v9\/projects\/([^/]+)$/,
    read: (api, id) => budget.api.find?.(api, { scope: "project", project_id: id }),
  },
  {
    call: /^GET .*\/teams\/([^/]+)\/members$/,
    read: (api, team) => budget.api.find?.({ ...api, team }, { scope: "user", user_id: "ada" }),
  },
  { call: /^GET .*\/budgets\/defaults\/list$/, read: (api) => budgetDefault.api.list(api, {}) },
  {
    call: /^PUT .*\/budgets\/defaults$/,
    read: (api) =>
      budgetDefault.api.update?.(api, { id: "api_key", fields: { limit: 20 }, changed: ["limit"] }),
  },
  {
    call: /^DELETE .*\/budgets\/defaults$/,
    read: (api) => budgetDefault.api.delete?.(api, { id: "api_key" }),
  },
  {
    call: /^POST .*\/byok-credentials$/,
    read: (api) => byokCredential.api.create(api, { fields: byokFields }),
  },
  { call: /^GET .*\/byok-credentials\/list$/, read: (api) => byokCredential.api.list(api, {}) },
  {
    call: /^GET .*\/byok-credentials\/([^/]+)$/,
    read: (api, id) => byokCredential.api.get?.(api, { id }),
  },
  {
    call: /^PATCH .*\/byok-credentials\/([^/]+)$/,
    read: (api, id) => byokCredential.api.update?.(api, { id, fields: { name: "x" }, changed: ["name"] }),
  },
  {
    call: /^DELETE .*\/byok-credentials\/([^/]+)$/,
    read: (api, id) => byokCredential.api.delete?.(api, { id }),
  },
  {
    call: /^POST .*\/virtual-model-configs$/,
    read: (api) => virtualModel.api.create(api, { fields: { slug: "fast", kind: "alias", model: "a/b" } }),
  },
  { call: /^GET .*\/virtual-model-configs\/list$/, read: (api) => virtualModel.api.list(api, {}) },
  {
    call: /^GET .*\/virtual-model-configs\/([^/]+)$/,
    read: (api, id) => virtualModel.api.get?.(api, { id }),
  },
  {
    call: /^PATCH .*\/virtual-model-configs\/([^/]+)$/,
    read: (api, id) => virtualModel.api.update?.(api, { id, fields: { sort: "cost" }, changed: ["sort"] }),
  },
  {
    call: /^DELETE .*\/virtual-model-configs\/([^/]+)$/,
    read: (api, id) => virtualModel.api.delete?.(api, { id }),
  },
];

/** Calls that the reference server answers for other clients, and that nothing here makes. */
const NOT_CALLED =
  /\/(?:url\/[^/]+|tokens\/[^/]+\/value|user\/tokens\/verify|stores\/.+|routes\/[^/]+\/deployments|v1\/teams|virtual-model-configs|teams\/[^/]+|routers|compromised_secret|user)$/;

function callOf({ method, path }: Fixture): string {
  return `${method} ${path.split("?")[0]}`;
}

async function readWith<W>(readers: readonly Reader<W>[], fixture: Fixture, api: W): Promise<boolean> {
  for (const { call, read } of readers) {
    const match = call.exec(callOf(fixture));
    if (match === null) continue;
    await read(api, match[1] ?? "");
    return true;
  }
  return NOT_CALLED.test(callOf(fixture));
}

test.each(cloudflareFixtures.filter(isGood))("Cloudflare's $name is read", async (fixture) => {
  const server = await replay(fixture, cloudflareFixtures);
  const api = cloudflareWriter(client("cloudflare", server.url), {
    account: ACCOUNT,
    credential: "token",
    fingerprint,
  });
  expect(await readWith(cloudflareReaders, fixture, api)).toBe(true);
});

test.each(vercelFixtures.filter(isGood))("Vercel's $name is read", async (fixture) => {
  const server = await replay(fixture, vercelFixtures);
  const api = vercelWriter(client("vercel", server.url), "team_x");
  expect(await readWith(vercelReaders, fixture, api)).toBe(true);
});

test("Vercel's team and user are read", async () => {
  const answerOf = (name: string): unknown => vercelFixtures.find((item) => item.name === name)?.response;
  const server = await serve(({ path }) => ({
    status: 200,
    body: answerOf(path.startsWith("/v2/teams/") ? "team-get.json" : "user.json"),
  }));
  const session = await readVercel({ base_url: server.url, team: "acme", token: "a token" });
  expect(answerOf("team-get.json")).toMatchObject({ id: session.account });
  expect(answerOf("user.json")).toMatchObject({ user: { id: session.actor } });
});

describe.each([
  ["cloudflare", cloudflareFixtures],
  ["vercel", vercelFixtures],
] as const)("refusals of %s", (vendor, fixtures) => {
  test.each(fixtures.filter((fixture) => !isGood(fixture)))("$name is understood", async (fixture) => {
    const server = await serve(() => ({ status: fixture.status, body: fixture.response }));
    const path = (fixture.path.split("?")[0] ?? "").replace("/client/v4", "");
    const method = fixture.method === "POST" ? ("POST" as const) : ("GET" as const);
    const error: ProviderError = await client(vendor, server.url)
      .request({ method, path })
      .then(
        () => Promise.reject(new Error("was taken for a success")),
        (refusal: ProviderError) => refusal,
      );
    expect(error.refused).not.toBe("malformed");
    expect(error.vendor_code).toMatch(/\S/);
  });
});
