// Provider configs whose key is a declared secret of the store: the two are made, changed, replaced and removed
// together, as the vendor deletes the secret with the config.

import { expect, onTestFinished, test } from "vitest";
import type { ApplyResult } from "../../src/app/apply.ts";
import type { JsonObject } from "../../src/base/json.ts";
import type { Profile } from "../../src/reference-server/index.ts";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { expectConverged, expectEmpty, openStage, type Stage, stepsOf, writes } from "./stage.ts";

const env = {
  KEY: canary("provider key"),
  NEXT: canary("next key"),
};
const NAME = "support_openai_default";
const CONFIG = "cloudflare.provider_config.support/openai";
const SECRET = `cloudflare.secret.${NAME}`;
const ref = { ref: SECRET };
const PROFILES = ["live", "spec"] as const;

function file(configs: JsonObject, secrets: JsonObject, top: JsonObject = {}): [JsonObject, JsonObject] {
  return [{ cloudflare: { gateways: { support: { provider_configs: configs } }, secrets } }, top];
}

const BOTH = file({ openai: { secret_id: ref } }, { [NAME]: { value: { env: "KEY" } } });

async function opened(profile: Profile, pending = 0): Promise<Stage> {
  const stage = await openStage(
    { profile, env, server: { switches: { secret_pending_ms: pending } } },
    onTestFinished,
  );
  await stage.declare(...BOTH);
  expectConverged(await stage.apply());
  return stage;
}

/** How a request is answered that comes without a provider's key. */
async function served(stage: Stage): Promise<number> {
  return (await stage.ask("support/openai/chat/completions", "gpt-4o", true)).status;
}

async function ids(stage: Stage): Promise<{ config: string | undefined; secret: string | undefined }> {
  const { cloudflare } = await stage.state();
  const config = cloudflare.provider_configs.find(({ listed_until }) => listed_until === undefined);
  return { config: config?.id, secret: cloudflare.secrets.find(({ name }) => name === NAME)?.id };
}

/** What was done to the two, in order. */
function outcomes(result: ApplyResult): string[] {
  if (result.state !== "applied") throw new Error(`not applied: ${result.state}`);
  return result.report.results
    .filter(({ address }) => address === CONFIG || address === SECRET)
    .map(({ step, outcome }) => `${step}: ${outcome}`);
}

test.each(PROFILES)("the secret is made first, waited for, and named to the config (%s)", async (profile) => {
  const stage = await openStage(
    { profile, env, server: { switches: { secret_pending_ms: 300 } } },
    onTestFinished,
  );
  await stage.declare(...BOTH);
  const plan = await stage.plan();
  expect(plan.steps.map(({ id }) => id)).toEqual([
    "create cloudflare.secrets_store.default",
    "create cloudflare.gateway.support",
    `create ${SECRET}`,
    `create ${CONFIG}`,
  ]);
  expectConverged(await stage.apply());
  const { cloudflare } = await stage.state();
  expect(cloudflare.provider_configs[0]?.secret_id).toBe((await ids(stage)).secret);
  expect(cloudflare.secrets).toHaveLength(1);
  expectEmpty(await stage.plan());
});

test("a new value is written to the secret, and the config stays", async () => {
  const stage = await opened("live");
  const before = await ids(stage);
  await stage.declare(...file({ openai: { secret_id: ref } }, { [NAME]: { value: { env: "NEXT" } } }));
  const result = await stage.apply();
  expectConverged(result);
  expect(result.report.results.map(({ step }) => step)).toEqual([`update ${SECRET}`]);
  expect(await ids(stage)).toEqual(before);
  expect((await stage.state()).cloudflare.secrets[0]?.value).toBe(env.NEXT);
});

test.each(PROFILES)(
  "a replaced config takes its secret along: both deletes and both creates are planned and counted (%s)",
  async (profile) => {
    const stage = await opened(profile, 200);
    const before = await ids(stage);
    await stage.declare(
      ...file({ openai: { secret_id: ref, rate_limit: 5 } }, { [NAME]: { value: { env: "KEY" } } }),
    );
    const plan = await stage.plan();
    expect(plan.steps.map(({ id }) => id)).toEqual([
      `delete ${CONFIG}`,
      `delete ${SECRET}`,
      `create ${SECRET}`,
      `create ${CONFIG}`,
    ]);
    expect(stepsOf(plan, SECRET).map(({ along }) => along)).toEqual([CONFIG, CONFIG]);
    expect(plan.summary).toMatchObject({ replace: 2, delete: 0 });
    expect((await stage.apply({ allow_deletes: 1 })).state).not.toBe("applied");
    expect(await ids(stage)).toEqual(before);
    const result = await stage.apply({ allow_deletes: 2 });
    expectConverged(result);
    expect(result.report.results.map(({ outcome }) => outcome)).toEqual(["done", "already", "done", "done"]);
    const after = await ids(stage);
    expect([after.config === before.config, after.secret === before.secret]).toEqual([false, false]);
    expect(await served(stage)).toBe(200);
    expectEmpty(await stage.plan());
  },
);

test("a saved replacement applies, and once more without a write", async () => {
  const stage = await opened("live");
  await stage.declare(
    ...file({ openai: { secret_id: ref, rate_limit: 5 } }, { [NAME]: { value: { env: "KEY" } } }),
  );
  const plan = await stage.plan({ allow_deletes: 2 });
  expectConverged(await stage.applySaved(plan));
  const from = (await stage.requests()).length;
  const again = await stage.applySaved(plan);
  expectConverged(again);
  expect(new Set(again.report.results.map(({ outcome }) => outcome))).toEqual(new Set(["already"]));
  expect(writes((await stage.requests()).slice(from))).toEqual([]);
});

test("where only the config is removed, its secret is made again", async () => {
  const stage = await opened("live");
  await stage.declare(...file({}, { [NAME]: { value: { env: "KEY" } } }));
  const result = await stage.apply({ allow_deletes: 2 });
  expectConverged(result);
  expect(outcomes(result)).toEqual([
    `delete ${CONFIG}: done`,
    `delete ${SECRET}: already`,
    `create ${SECRET}: done`,
  ]);
  expect((await ids(stage)).secret).toBeDefined();
});

test("where both are removed, the secret is gone already with its config", async () => {
  const stage = await opened("live");
  await stage.declare(...file({}, {}));
  const plan = await stage.plan();
  expect(stepsOf(plan, SECRET).map(({ along }) => along)).toEqual([CONFIG]);
  const result = await stage.apply({ allow_deletes: 2 });
  expectConverged(result);
  expect(outcomes(result)).toEqual([`delete ${CONFIG}: done`, `delete ${SECRET}: already`]);
  expect((await stage.state()).cloudflare.secrets).toEqual([]);
});

test("an alias that changes along with the name of its secret takes the old secret along", async () => {
  const stage = await opened("live");
  const next = "support_openai_batch";
  const value = { env: "KEY" };
  await stage.declare(
    ...file(
      { openai: { alias: "batch", secret_id: { ref: `cloudflare.secret.${next}` } } },
      { [next]: { value } },
    ),
  );
  const result = await stage.apply({ allow_deletes: 2 });
  expectConverged(result);
  expect(outcomes(result)).toEqual([
    `create ${CONFIG}: done`,
    `delete ${CONFIG}: done`,
    `delete ${SECRET}: already`,
  ]);
  expect((await stage.state()).cloudflare.secrets.map(({ name }) => name)).toEqual([next]);
});

test("a secret that stays declared is made again where the alias of its config changes to another one", async () => {
  const stage = await opened("live");
  const next = "support_openai_batch";
  const value = { env: "KEY" };
  await stage.declare(
    ...file(
      { openai: { alias: "batch", secret_id: { ref: `cloudflare.secret.${next}` } } },
      { [NAME]: { value }, [next]: { value } },
    ),
  );
  expectConverged(await stage.apply({ allow_deletes: 2 }));
  expect(new Set((await stage.state()).cloudflare.secrets.map(({ name }) => name))).toEqual(
    new Set([NAME, next]),
  );
});

test("a secret that vanished is made after the delete of its config, which would take it along", async () => {
  const stage = await opened("live");
  const [store] = (await stage.state()).cloudflare.stores;
  const { secret } = await ids(stage);
  await stage.vendors.cloudflare("DELETE", `/secrets_store/stores/${store?.id}/secrets/${secret}`);
  await stage.declare(...file({}, { [NAME]: { value: { env: "KEY" } } }));
  expectConverged(await stage.apply({ allow_deletes: 1 }));
  expect((await ids(stage)).secret).toBeDefined();
});

test("a config that is replaced and takes its key back takes the declared secret along", async () => {
  const stage = await opened("live");
  await stage.declare(...file({ openai: { secret: { env: "NEXT" }, rate_limit: 5 } }, {}));
  expectConverged(await stage.apply({ allow_deletes: 2 }));
  expect((await stage.state()).cloudflare.secrets.map(({ value }) => value)).toEqual([env.NEXT]);
  expectEmpty(await stage.plan());
});

test("a secret stays with a config that this stack lets go of", async () => {
  const stage = await opened("live");
  const before = await ids(stage);
  const value = { env: "KEY" };
  const lifecycle = { on_remove: "retain" };
  await stage.declare(...file({ openai: { secret_id: ref, lifecycle } }, { [NAME]: { value } }));
  expectConverged(await stage.apply());
  await stage.declare(...file({}, {}));
  const result = await stage.apply({ allow_deletes: 2 });
  expectConverged(result);
  expect(outcomes(result)).toEqual([`forget ${CONFIG}: done`, `forget ${SECRET}: done`]);
  expect(await ids(stage)).toEqual(before);
  expect(await served(stage)).toBe(200);
});

test("after a lost ledger one adoption takes over a config and its secret, and nothing is written", async () => {
  const stage = await opened("live");
  await stage.loseLedger();
  const { refused } = await stage.plan();
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["OWNERSHIP_UNKNOWN"]));
  expect((await stage.plan({ adopt: true })).refused).toEqual([]);
  await stage.adopt({ patterns: ["*"] });
  expect((await stage.plan()).steps.map(({ id }) => id)).toEqual([`check-secret ${SECRET}`]);
});

test("a secret that the file or a cut list keeps out of sight is not lost with its config", async () => {
  const stage = await opened("live");
  await stage.vendors.cloudflare("POST", "/ai-gateway/gateways", {
    ...{ id: "sup", cache_ttl: 0, rate_limiting_interval: 0, rate_limiting_limit: 0 },
    ...{ collect_logs: true, cache_invalidate_on_update: false },
  });
  const [store] = (await stage.state()).cloudflare.stores;
  await stage.vendors.cloudflare("POST", `/secrets_store/stores/${store?.id}/secrets`, [
    { name: "sup_openai_default", value: canary("key of another gateway"), scopes: ["ai_gateway"] },
  ]);
  const refusals = async (targets?: string[]) => {
    const plan = await stage.plan({ allow_deletes: 5, ...(targets === undefined ? {} : { targets }) });
    expect(plan.steps.filter(({ action }) => action === "delete")).toEqual([]);
    return plan.refused.map(({ address, code }) => [address, code]);
  };
  const gateways = { support: { provider_configs: {} } };
  await stage.declare({ cloudflare: { gateways } });
  expect(await refusals([CONFIG])).toEqual([[CONFIG, "TAKES_ALONG"]]);
  // Which secrets are keys of the other gateway cannot be told; of this one's it can.
  await stage.fault({
    method: "GET",
    path: "/sup/provider_configs",
    effect: { kind: "status", status: 403, when: "before" },
  });
  const lifecycle = { prevent_destroy: true };
  await stage.declare(...file({}, { [NAME]: { value: { env: "KEY" }, lifecycle } }));
  expect(await refusals()).toContainEqual([CONFIG, "TAKES_ALONG"]);
});

test("a secret that is to stay keeps its config from being deleted", async () => {
  const keep = (lifecycle: JsonObject) => ({ [NAME]: { value: { env: "KEY" }, lifecycle } });
  for (const lifecycle of [{ prevent_destroy: true }, { on_remove: "retain" }]) {
    const stage = await openStage({ profile: "live", env }, onTestFinished);
    await stage.declare(...file({ openai: { secret_id: ref } }, keep(lifecycle)));
    expectConverged(await stage.apply());
    await stage.declare(...file({}, {}));
    const plan = await stage.plan({ allow_deletes: 5 });
    expect(plan.steps.filter(({ action }) => action === "delete")).toEqual([]);
    expect(plan.refused.map(({ address, code }) => [address, code])).toContainEqual([CONFIG, "TAKES_ALONG"]);
  }
});

test("a protected secret forbids a replacement of its config too", async () => {
  const stage = await opened("live");
  const value = { env: "KEY" };
  const lifecycle = { prevent_destroy: true };
  await stage.declare(
    ...file({ openai: { secret_id: ref, rate_limit: 5 } }, { [NAME]: { value, lifecycle } }),
  );
  const plan = await stage.plan({ allow_deletes: 5 });
  expect(plan.steps).toEqual([]);
  expect(plan.refused.map(({ address, code }) => [address, code])).toEqual([
    [CONFIG, "BLOCKED"],
    [SECRET, "PREVENT_DESTROY"],
  ]);
});

test("a target of one of the two does not delete the other", async () => {
  const stage = await opened("live");
  await stage.declare(
    ...file({ openai: { secret_id: ref, rate_limit: 5 } }, { [NAME]: { value: { env: "KEY" } } }),
  );
  const config = await stage.plan({ targets: [CONFIG], allow_deletes: 5 });
  expect(config.steps).toEqual([]);
  expect(config.refused.map(({ address, code }) => [address, code])).toContainEqual([SECRET, "NOT_TARGETED"]);
  expectEmpty(await stage.plan({ targets: [SECRET], allow_deletes: 5 }));
  const both = await stage.plan({ targets: [CONFIG, SECRET], allow_deletes: 5 });
  expect([both.steps.length, both.refused]).toEqual([4, []]);
  const destroyed = (targets: string[]) => stage.plan({ destroy: true, targets, allow_deletes: 5 });
  expect((await destroyed([CONFIG])).refused.map(({ code, hint }) => [code, hint])).toEqual([
    ["TAKES_ALONG", `name ${SECRET} as well`],
  ]);
  // What uses the secret goes with it.
  expect((await destroyed([SECRET])).steps.map(({ id }) => id)).toEqual([
    `delete ${CONFIG}`,
    `delete ${SECRET}`,
  ]);
});

test("a secret that vanished is made again, and its config is left alone", async () => {
  const stage = await opened("live");
  const { config, secret } = await ids(stage);
  const [store] = (await stage.state()).cloudflare.stores;
  await stage.vendors.cloudflare("DELETE", `/secrets_store/stores/${store?.id}/secrets/${secret}`);
  const plan = await stage.plan();
  expect(plan.steps.map(({ id }) => id)).toEqual([`create ${SECRET}`]);
  expectConverged(await stage.apply());
  expect((await ids(stage)).config).toBe(config);
  expectEmpty(await stage.plan());
});

test("a config with a key of its own takes up a declared secret when that is adopted", async () => {
  const stage = await openStage({ profile: "live", env }, onTestFinished);
  await stage.declare(...file({ openai: { secret: { env: "KEY" } } }, {}));
  expectConverged(await stage.apply());
  const before = await ids(stage);
  await stage.declare(...BOTH);
  expect((await stage.plan()).refused.map(({ address, code }) => [address, code])).toEqual([
    [SECRET, "NOT_OWNED"],
  ]);
  const from = (await stage.requests()).length;
  expectConverged(await stage.apply({ adopt: true }));
  expect(writes((await stage.requests()).slice(from))).toEqual([]);
  expect(await ids(stage)).toEqual(before);
  expect((await stage.plan()).steps.map(({ id }) => id)).toEqual([`check-secret ${SECRET}`]);
});

test("a key that is taken over is not lost to a replacement in the same plan, and is made again in the next", async () => {
  const stage = await openStage({ profile: "live", env }, onTestFinished);
  await stage.declare(...file({ openai: { secret: { env: "KEY" } } }, {}));
  expectConverged(await stage.apply());
  const before = await ids(stage);
  await stage.declare(
    ...file({ openai: { secret_id: ref, rate_limit: 5 } }, { [NAME]: { value: { env: "KEY" } } }),
  );
  const adopting = { adopt: true, allow_deletes: 2 };
  expect((await stage.plan(adopting)).refused.map(({ address, code }) => [address, code])).toEqual([
    [CONFIG, "TAKES_ALONG"],
  ]);
  await stage.adopt({ ids: { [SECRET]: before.secret ?? null } });
  expectConverged(await stage.apply(adopting));
  expect(await served(stage)).toBe(200);
});

test("a config takes its key back: the secret stays with it and leaves the ledger", async () => {
  const stage = await opened("live");
  const before = await ids(stage);
  await stage.declare(...file({ openai: { secret: { env: "KEY" } } }, {}));
  // Whose value it is nobody can tell, as after an adoption.
  expect(outcomes(await stage.apply())).toEqual([
    `check-secret ${CONFIG}: unverified`,
    `record ${CONFIG}: done`,
    `forget ${SECRET}: done`,
  ]);
  expect(await ids(stage)).toEqual(before);
  expect(Object.keys((await stage.ledger())?.resources ?? {})).not.toContain(SECRET);
});

test("an export refers to a secret of the ledger, and asks for no change", async () => {
  const stage = await opened("live");
  const { files } = await stage.exportAll(false, await stage.ledger());
  const text = files?.map((made) => made.text).join("\n") ?? "";
  expect(text).toMatch(new RegExp(`secret_id:\\s+(\\{ )?ref: ${SECRET.replaceAll(".", "\\.")}`));
  expect(leaksOf(text, Object.values(env))).toEqual([]);
  for (const name of text.matchAll(/env: ([A-Z_]+)/g)) stage.env[name[1] ?? ""] = env.KEY;
  expect((await stage.plan()).steps.map(({ action }) => action)).toEqual(["record"]);
});
