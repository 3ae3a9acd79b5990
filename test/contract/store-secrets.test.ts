// The keys of provider configs stand in the store beside the secrets of a file, and are nobody's but their configs'.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { Profile } from "../../src/reference-server/index.ts";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { errorsOf, expectConverged, expectEmpty, openStage, type Stage, writes } from "./stage.ts";

const env = {
  KEY: canary("provider key"),
  VALUE: canary("stored value"),
};
const value = { env: "VALUE" };
const KEY_NAME = "support_openai_default";

function file(secrets: JsonObject | undefined, gateways?: JsonObject): JsonObject {
  return {
    cloudflare: {
      ...(secrets === undefined ? {} : { secrets }),
      ...(gateways === undefined ? {} : { gateways }),
    },
  };
}

const GATEWAYS = { support: { provider_configs: { openai: { secret: { env: "KEY" } } } } };

/** An account with a gateway and a provider config that the stack knows nothing of, and a secret of its own. */
async function foreign(profile: Profile): Promise<Stage> {
  const stage = await openStage({ profile, env }, onTestFinished);
  const { cloudflare } = stage.vendors;
  const { result: store } = await cloudflare("POST", "/secrets_store/stores", { name: "by-hand" });
  const store_id = (store as JsonObject).id;
  await cloudflare("POST", "/ai-gateway/gateways", {
    id: "support",
    cache_invalidate_on_update: false,
    cache_ttl: 0,
    collect_logs: true,
    rate_limiting_interval: 0,
    rate_limiting_limit: 0,
    store_id,
  });
  await cloudflare("POST", "/ai-gateway/gateways/support/provider_configs", {
    provider_slug: "openai",
    alias: "default",
    default_config: true,
    secret: env.KEY,
  });
  await stage.declare(file({ webhook: { value } }));
  expectConverged(await stage.apply());
  return stage;
}

const secretNames = async (stage: Stage): Promise<string[]> =>
  (await stage.state()).cloudflare.secrets.map(({ name }) => name).sort();

test.each(["live", "spec"] as const)(
  "a config's key is not among the unmanaged secrets, whether the file is about gateways or not (%s)",
  async (profile) => {
    const stage = await foreign(profile);
    const { cloudflare } = stage.vendors;
    const [store] = (await stage.state()).cloudflare.stores;
    await cloudflare("POST", `/secrets_store/stores/${store?.id}/secrets`, [
      { name: "support_by_hand", value: canary("foreign value"), scopes: ["ai_gateway"] },
    ]);
    const unmanaged = async () => (await stage.plan()).unmanaged.map(({ kind, name }) => `${kind} ${name}`);
    expect(await unmanaged()).toEqual(["cloudflare.secret support_by_hand"]);
    await stage.declare(file({ webhook: { value } }, {}));
    expect(await unmanaged()).toEqual(["cloudflare.gateway support", "cloudflare.secret support_by_hand"]);
  },
);

test("a config's key cannot be taken over as a secret of its own, in whatever way", async () => {
  const stage = await foreign("live");
  const [key] = (await stage.state()).cloudflare.secrets.filter(({ name }) => name === KEY_NAME);
  const address = `cloudflare.secret.${KEY_NAME}`;
  await stage.declare(file({ webhook: { value }, [KEY_NAME]: { value } }));
  for (const adopt of [false, true]) {
    const plan = await stage.plan({ adopt });
    expect(plan.refused.map((item) => [item.address, item.code])).toEqual([[address, "PART_OF"]]);
    expect(plan.refused[0]?.message).toContain("the provider config openai/default in support");
  }
  for (const id of [null, String(key?.id)]) {
    const { adopted, diagnostics } = await stage.adopt({ ids: { [address]: id } });
    expect([adopted, errorsOf(diagnostics).map(({ code }) => code)]).toEqual([[], ["PART_OF"]]);
  }
  const all = await stage.adopt({ patterns: ["*"] });
  expect(all.adopted).toEqual([]);
});

test("a secret of ours that a config has come to use is not deleted from under it", async () => {
  const stage = await foreign("live");
  const address = "cloudflare.secret.support_groq_default";
  await stage.declare(file({ webhook: { value }, support_groq_default: { value } }));
  expectConverged(await stage.apply());
  stage.pass(60_000);
  await stage.vendors.cloudflare("POST", "/ai-gateway/gateways/support/provider_configs", {
    provider_slug: "groq",
    alias: "default",
    default_config: true,
  });
  await stage.declare(file({ webhook: { value } }));
  const plan = await stage.plan({ allow_deletes: 5 });
  expect(plan.refused.map((item) => [item.address, item.code])).toEqual([[address, "PART_OF"]]);
  expect(await secretNames(stage)).toContain("support_groq_default");
});

test("where the configs cannot be read, no secret is taken over or removed", async () => {
  const stage = await foreign("live");
  await stage.fault({
    method: "GET",
    path: "/provider_configs$",
    effect: { kind: "cut_list", keep: 0 },
  });
  await stage.declare(file({}));
  const plan = await stage.plan({ allow_deletes: 5 });
  expect(plan.steps).toEqual([]);
  expect(plan.refused.map(({ code }) => code)).toEqual(["READ_INCOMPLETE"]);
});

test("no gateway is asked for its configs when no secret has a name of theirs", async () => {
  const stage = await openStage({ profile: "live", env }, onTestFinished);
  await stage.declare(file({ webhook: { value } }, { support: {} }));
  expectConverged(await stage.apply());
  await stage.declare(file({ webhook: { value } }));
  const from = (await stage.requests()).length;
  await stage.plan();
  const asked = (await stage.requests()).slice(from).map(({ path }) => path);
  expect(asked.filter((path) => path.includes("/provider_configs"))).toEqual([]);
});

test("an export has the secrets and not the keys of configs, and no value", async () => {
  const stage = await openStage({ profile: "live", env }, onTestFinished);
  await stage.declare(file({ webhook: { value } }, GATEWAYS));
  expectConverged(await stage.apply());
  const { files } = await stage.exportAll(false);
  const text = files?.map((made) => made.text).join("\n") ?? "";
  expect(text).toContain("webhook:");
  expect(text).not.toContain(KEY_NAME);
  expect(leaksOf(text, Object.values(env))).toEqual([]);
});

test("a secret that went with the config that used it is deleted already", async () => {
  const stage = await foreign("live");
  const [mine] = (await stage.state()).cloudflare.secrets.filter(({ name }) => name === "webhook");
  await stage.declare(file({}));
  const result = await stage.apply({ allow_deletes: 1 }, undefined, () =>
    stage.vendors.cloudflare("DELETE", `/secrets_store/stores/${mine?.store_id}/secrets/${mine?.id}`),
  );
  expectConverged(result);
  expect(result.report.results.map(({ outcome }) => outcome)).toEqual(["already"]);
  expectEmpty(await stage.plan());
});

test("a rotation ends when the new value is active, and no value is in plan, report or ledger", async () => {
  const stage = await openStage(
    { profile: "live", env, server: { switches: { secret_pending_ms: 250 } } },
    onTestFinished,
  );
  await stage.declare(file({ webhook: { value } }));
  const made = await stage.apply();
  expectConverged(made);
  stage.env.VALUE = canary("second value");
  const plan = await stage.plan();
  const from = (await stage.requests()).length;
  const result = await stage.apply();
  expectConverged(result);
  expect(writes((await stage.requests()).slice(from)).map((line) => line.split(" ")[0])).toEqual(["PATCH"]);
  const [stored] = (await stage.state()).cloudflare.secrets;
  expect(stored?.value).toBe(stage.env.VALUE);
  const seen = JSON.stringify([made, plan, result, await stage.ledger()]);
  expect(leaksOf(seen, [...Object.values(env), canary("second value")])).toEqual([]);
});

test("a full store is told before the first write, and what frees its own place first still passes", async () => {
  const server = { switches: { secrets_quota: 2 } };
  const stage = await openStage({ profile: "live", env, server }, onTestFinished);
  const secret = { env: "KEY" };
  const [openai, groq] = [{ secret }, { secret }];
  const configs = (all: JsonObject): JsonObject => file(undefined, { support: { provider_configs: all } });
  await stage.declare(configs({ openai, groq }));
  expectConverged(await stage.apply());
  const before = (await stage.requests()).length;
  await stage.declare(configs({ openai, groq, mistral: { secret } }));
  expect(await stage.apply()).toMatchObject({
    state: "stopped",
    diagnostics: [{ code: "SECRETS_QUOTA", address: "cloudflare.provider_config.support/mistral" }],
  });
  // Another alias is another slot, so that the new config is made before the old one goes.
  await stage.declare(configs({ openai: { secret, alias: "batch" }, groq }));
  expect(await stage.apply({ allow_deletes: 1 })).toMatchObject({
    state: "stopped",
    diagnostics: [{ code: "SECRETS_QUOTA" }],
  });
  expect(writes((await stage.requests()).slice(before))).toEqual([]);
  // Another limit needs the same slot: the old config goes first, and its key's place is free.
  await stage.declare(configs({ openai: { secret, rate_limit: 5 }, groq }));
  expectConverged(await stage.apply({ allow_deletes: 1 }));
});

test("a config and the declared secret that it refers to need one place, also while both are replaced", async () => {
  const server = { switches: { secrets_quota: 1 } };
  const stage = await openStage({ profile: "live", env, server }, onTestFinished);
  const declared = (limits: JsonObject): JsonObject =>
    file(
      { [KEY_NAME]: { value } },
      {
        support: {
          provider_configs: {
            openai: { secret_id: { ref: `cloudflare.secret.${KEY_NAME}` }, ...limits },
          },
        },
      },
    );
  await stage.declare(declared({}));
  expectConverged(await stage.apply());
  await stage.declare(declared({ rate_limit: 5 }));
  expectConverged(await stage.apply({ allow_deletes: 2 }));
  expect(await secretNames(stage)).toEqual([KEY_NAME]);
});

test.each(["live", "spec"] as const)(
  "a secret that goes is gone before a config is made that stores its key under the same name (%s)",
  async (profile) => {
    const stage = await openStage({ profile, env }, onTestFinished);
    const others = { mistral: { secret: { env: "KEY" } } };
    const gateways = (configs: JsonObject) => ({ support: { provider_configs: configs } });
    await stage.declare(file({ [KEY_NAME]: { value } }, gateways(others)));
    expectConverged(await stage.apply());
    await stage.declare(file({}, gateways({ ...others, openai: { secret: { env: "KEY" } } })));
    const { steps } = await stage.plan();
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      [`delete cloudflare.secret.${KEY_NAME}`, []],
      ["create cloudflare.provider_config.support/openai", [`delete cloudflare.secret.${KEY_NAME}`]],
    ]);
    expectConverged(await stage.apply({ allow_deletes: 1 }));
    expect(await secretNames(stage)).toContain(KEY_NAME);
    expectEmpty(await stage.plan());
  },
);

test("a saved plan does not delete a secret that somebody's config has come to use", async () => {
  const stage = await openStage({ profile: "live", env }, onTestFinished);
  const gateways = { support: { provider_configs: { mistral: { secret: { env: "KEY" } } } } };
  await stage.declare(file({ [KEY_NAME]: { value } }, gateways));
  expectConverged(await stage.apply());
  await stage.declare(file({}, gateways));
  const plan = await stage.plan({ allow_deletes: 1 });
  expect(plan.steps.map(({ id }) => id)).toEqual([`delete cloudflare.secret.${KEY_NAME}`]);
  // A new secret is pending at first, and no config finds it then.
  stage.pass(60_000);
  await stage.vendors.cloudflare("POST", "/ai-gateway/gateways/support/provider_configs", {
    provider_slug: "openai",
    alias: "default",
    default_config: true,
  });
  expect(await stage.applySaved(plan)).toMatchObject({
    report: {
      results: [
        { outcome: "failed", code: "MOVED", message: expect.stringContaining("openai/default in support") },
      ],
    },
  });
  expect(await secretNames(stage)).toContain(KEY_NAME);
});
