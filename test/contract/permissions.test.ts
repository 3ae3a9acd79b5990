// What a credential may do, told before the first write where its policies can be read, and else by the first
// refusal; and the one permission group that has two names.

import { describe, expect, onTestFinished, test } from "vitest";
import { isObject, type JsonObject } from "../../src/base/json.ts";
import { canary } from "../canary/values.ts";
import { expectConverged, expectEmpty, openStage, type Stage, writes } from "./stage.ts";

const stageOf = (): Promise<Stage> =>
  openStage({ profile: "live", env: { OPENAI_API_KEY: canary("provider", "sk-") } }, onTestFinished);

const gateways = (entries: JsonObject) => ({ cloudflare: { gateways: entries } });

async function permissionGroups(stage: Stage): Promise<ReadonlyMap<string, string>> {
  const { result } = await stage.vendors.cloudflare("GET", "/tokens/permission_groups");
  const groups = result as readonly { readonly id: string; readonly name: string }[]; // the server's own shape
  return new Map(groups.map(({ id, name }) => [name, id]));
}

type Rule = { readonly effect: string; readonly names: readonly string[]; readonly resource?: string };

/** From here on the run's credential is a new token with these policies. */
async function policies(stage: Stage, ...rules: readonly Rule[]): Promise<void> {
  const ids = await permissionGroups(stage);
  const { account_id } = (await stage.state()).cloudflare;
  const { result } = await stage.vendors.cloudflare("POST", "/tokens", {
    name: "run",
    policies: rules.map(({ effect, names, resource }) => ({
      effect,
      permission_groups: names.map((name) => ({ id: ids.get(name) })),
      resources: { [resource ?? `com.cloudflare.api.account.${account_id}`]: "*" },
    })),
  });
  if (!isObject(result)) throw new Error("no token");
  stage.env.CLOUDFLARE_API_TOKEN = String(result.value);
}

const READ = ["AI Gateway Read", "Secrets Store Read", "Account API Tokens Read"];

describe("before the first write", () => {
  test("a group that a policy denies again is missing", async () => {
    const stage = await stageOf();
    await policies(
      stage,
      { effect: "allow", names: [...READ, "AI Gateway Write"] },
      { effect: "deny", names: ["AI Gateway Write"] },
    );
    await stage.declare(gateways({ support: {} }));
    const before = (await stage.requests()).length;
    expect(await stage.apply()).toMatchObject({
      state: "stopped",
      diagnostics: [{ code: "MISSING_PERMISSION", severity: "error" }],
    });
    expect(writes((await stage.requests()).slice(before))).toEqual([]);
  });

  test("a group that is allowed on all accounts is not", async () => {
    const stage = await stageOf();
    await policies(
      stage,
      { effect: "allow", names: READ },
      { effect: "allow", names: ["AI Gateway Write"], resource: "com.cloudflare.api.account.*" },
    );
    await stage.declare(gateways({ support: {} }));
    expectConverged(await stage.apply());
  });

  test("nothing is asked of a credential whose plan writes nothing", async () => {
    const stage = await stageOf();
    await stage.declare(gateways({ support: {} }));
    expectConverged(await stage.apply());
    const before = (await stage.requests()).length;
    expectConverged(await stage.apply());
    const asked = (await stage.requests()).slice(before).map(({ path }) => path);
    expect(asked.filter((path) => path.includes("/tokens"))).toEqual([]);
  });
});

test("a refusal of one thing stops no other kind where the permission has been shown to be there", async () => {
  const stage = await stageOf();
  const routes = Object.fromEntries(
    ["a", "b", "c", "d", "e", "f"].map((name) => [
      name,
      {
        elements: [
          { id: "start", type: "start", outputs: { next: "end" } },
          { id: "end", type: "end" },
        ],
      },
    ]),
  );
  const domain = { zone_id: "023e105f4ecef8ad9ca31a8372d0c353" };
  await stage.declare(
    gateways({ support: { routes, custom_domains: { "ai.acme.com": domain, "eu.acme.com": domain } } }),
  );
  await stage.fault({
    vendor: "cloudflare",
    method: "POST",
    path: "/custom-domains$",
    effect: {
      kind: "status",
      status: 403,
      when: "before",
      body: { success: false, errors: [{ code: 10000, message: "Authentication error" }] },
    },
  });
  const result = await stage.apply();
  if (result.state !== "applied") throw new Error(JSON.stringify(result));
  const outcomes = new Map(result.report.results.map(({ address, outcome }) => [address, outcome]));
  for (const name of Object.keys(routes))
    expect(outcomes.get(`cloudflare.route.support/${name}`)).toBe("done");
  expect(outcomes.get("cloudflare.custom_domain.support/ai.acme.com")).toBe("failed");
});

test("a refusal of one thing stops nothing of its kind where others have been written already", async () => {
  const stage = await stageOf();
  const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
  const all = (body: JsonObject) => gateways(Object.fromEntries(names.map((name) => [name, body])));
  await stage.declare(all({}));
  expectConverged(await stage.apply());
  await stage.declare(all({ cache_ttl: 60 }));
  await stage.fault({
    vendor: "cloudflare",
    method: "PUT",
    // So many run at a time: one of them has ended before the next is sent.
    skip: 4,
    times: 1,
    effect: {
      kind: "status",
      status: 403,
      when: "before",
      body: { success: false, errors: [{ code: 10000, message: "Authentication error" }] },
    },
  });
  const result = await stage.apply();
  if (result.state !== "applied") throw new Error(JSON.stringify(result));
  const outcomes = result.report.results.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === "failed")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(names.length - 1);
});

test("a role that may not write rules is not tried on virtual models, which take the same, but on keys", async () => {
  const stage = await stageOf();
  const times = (prefix: string, body: (index: number) => JsonObject) =>
    Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${prefix}${index}`, body(index)]));
  await stage.declare({
    vercel: {
      rules: times("r", (index) => ({ type: "deny", source: `a/m${index}` })),
      virtual_models: times("v", () => ({ kind: "alias", model: "a/b" })),
      keys: times("k", (index) => ({ deliver: [{ file: { path: `out/${index}` } }] })),
    },
  });
  const error = { code: "forbidden", message: "Not authorized" };
  await stage.fault({
    method: "POST",
    path: "/ai-gateway/",
    effect: { kind: "status", status: 403, when: "before", body: { error } },
  });
  const before = (await stage.requests()).length;
  const result = await stage.apply();
  if (result.state !== "applied") throw new Error(JSON.stringify(result));
  const outcomes = result.report.results.map(({ address, outcome }) => `${address.split(".")[1]} ${outcome}`);
  expect([...new Set(outcomes)].sort()).toEqual([
    "key done",
    "rule blocked",
    "rule failed",
    "virtual_model blocked",
  ]);
  const tried = writes((await stage.requests()).slice(before));
  expect(tried.filter((request) => request.includes("virtual-model"))).toEqual([]);
});

describe("AI Gateway Edit and AI Gateway Write", () => {
  const caller = (name: string): JsonObject => ({
    cloudflare: {
      tokens: { caller: { permissions: [name], deliver: [{ file: { path: "out/caller" } }] } },
    },
  });

  test.each([
    ["AI Gateway Edit", "AI Gateway Write"],
    ["AI Gateway Write", "AI Gateway Edit"],
  ])("are one: %s is applied without a rest, and %s in its place changes nothing", async (first, second) => {
    const stage = await stageOf();
    await stage.declare(caller(first));
    expectConverged(await stage.apply());
    expectEmpty(await stage.plan());
    await stage.declare(caller(second));
    expectEmpty(await stage.plan());
    expect((await stage.plan({ allow_permissions: ["AI Gateway Edit"] })).refused).toEqual([]);
  });
});
