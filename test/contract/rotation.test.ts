// Rotations of stored keys: whichever way Cloudflare has for it, the config stays, callers always find a key, and the
// step ends when the new one serves.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { Profile, Switches } from "../../src/reference-server/index.ts";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { expectConverged, expectEmpty, openStage, type Stage, writes } from "./stage.ts";

const OLD = canary("provider old", "sk-");
const NEW = canary("provider new", "sk-");
const CHAT = "support/openai/chat/completions";
const FILE: JsonObject = {
  cloudflare: {
    gateways: { support: { authentication: true, provider_configs: { openai: { secret: { env: "KEY" } } } } },
  },
};

const WAYS: readonly (readonly [Profile, boolean, RegExp])[] = [
  ["live", true, /^PUT .*\/provider_configs\/[^/]+$/],
  ["live", false, /^PATCH .*\/secrets_store\/stores\/[^/]+\/secrets\/[^/]+$/],
  ["spec", true, /^PUT .*\/provider_configs\/[^/]+$/],
  ["spec", false, /^PATCH .*\/secrets_store\/stores\/[^/]+\/secrets\/[^/]+$/],
];

async function applied(profile: Profile, switches: Partial<Switches>): Promise<Stage> {
  const stage = await openStage({ profile, env: { KEY: OLD }, server: { switches } }, onTestFinished);
  await stage.declare(FILE);
  expectConverged(await stage.apply());
  stage.pass(LAG);
  return stage;
}

/** How long a stored secret stays pending, by the server's clock, which stands until somebody has waited for it. */
const LAG = 600_000;
const LOOK = /\/secrets_store\/stores\/[^/]+\/secrets\/[^/]+$/;

/**
 * Asks without a break until the work is done, and lets the lag pass when the work has looked for its end twice; gives
 * every status and the key that served it.
 */
async function under(stage: Stage, work: Promise<unknown>): Promise<readonly string[]> {
  const seen: string[] = [];
  let busy = true;
  let waiting = true;
  const end = () => {
    busy = false;
  };
  work.then(end, end);
  while (busy) {
    const { status, echo } = await stage.ask(CHAT, "gpt-4o", true);
    seen.push(`${status} ${(echo as JsonObject | undefined)?.credential ?? ""}`);
    const looks = (await stage.requests()).filter(({ method, path }) => method === "GET" && LOOK.test(path));
    if (waiting && looks.length > 1) {
      waiting = false;
      stage.pass(LAG);
    }
  }
  await work;
  return seen;
}

test.each(WAYS)(
  "a rotation keeps config and secret, and leaves nothing to do (%s, PUT %s)",
  async (profile, provider_config_put, way) => {
    const stage = await applied(profile, { provider_config_put });
    const before = (await stage.state()).cloudflare;
    const from = (await stage.requests()).length;
    stage.env.KEY = NEW;
    const result = await stage.apply();
    expectConverged(result);
    expectEmpty(await stage.plan());
    const accepted = (await stage.requests()).slice(from).filter(({ status }) => (status ?? 0) < 300);
    const [write, ...others] = writes(accepted);
    expect(write).toMatch(way);
    expect(others).toEqual([]);
    const after = (await stage.state()).cloudflare;
    expect(after.provider_configs.map(({ id, secret_id }) => [id, secret_id])).toEqual(
      before.provider_configs.map(({ id, secret_id }) => [id, secret_id]),
    );
    expect(after.secrets.map(({ name, value }) => [name, value])).toEqual([["support_openai_default", NEW]]);
    expect(leaksOf(JSON.stringify([result, await stage.ledger()]), [OLD, NEW])).toEqual([]);
  },
);

test.each(WAYS)(
  "under a stream of requests a rotation fails none, and is done when the new key serves (%s, PUT %s)",
  async (profile, provider_config_put) => {
    const stage = await applied(profile, { provider_config_put, secret_pending_ms: LAG });
    stage.env.KEY = NEW;
    const seen = await under(stage, stage.apply().then(expectConverged));
    expect([...new Set(seen)]).toEqual([OLD, NEW].map((key) => `200 byok:default …${key.slice(-4)}`));
    expect((await stage.ask(CHAT, "gpt-4o", true)).echo).toMatchObject({
      credential: `byok:default …${NEW.slice(-4)}`,
    });
  },
);

test("without PUT, a lost answer to the change of the secret converges", async () => {
  const stage = await applied("live", { provider_config_put: false });
  await stage.fault({ method: "PATCH", once_per_resource: true, effect: { kind: "drop", when: "after" } });
  stage.env.KEY = NEW;
  expectConverged(await stage.apply());
  expectEmpty(await stage.plan());
});

test("without PUT, a config whose secret is gone fails and names the secret", async () => {
  const stage = await applied("live", { provider_config_put: false });
  const [secret] = (await stage.state()).cloudflare.secrets;
  await stage.vendors.cloudflare("DELETE", `/secrets_store/stores/${secret?.store_id}/secrets/${secret?.id}`);
  stage.env.KEY = NEW;
  const result = await stage.apply();
  if (result.state !== "applied") throw new Error(result.state);
  const [failed] = result.report.results;
  expect([failed?.outcome, failed?.message]).toEqual(["failed", expect.stringContaining(String(secret?.id))]);
});
