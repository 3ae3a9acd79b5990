// GATEFORM_LEDGER_KEY over the life of a ledger: from the first run, set later, changed, lost, different on two runners.

import { describe, expect, onTestFinished, test } from "vitest";
import { fingerprintWith } from "../../src/base/digest.ts";
import { canary } from "../canary/values.ts";
import { errorsOf, expectConverged, expectEmpty, openStage, type Stage } from "./stage.ts";

const KEY = canary("ledger key one");
const OTHER = canary("ledger key two");
const SECRET = canary("stored under a ledger key");
const CHANGED = canary("changed under a ledger key");

/** What becomes of the first key. */
const NO_LONGER = [
  ["changed", OTHER],
  ["lost", undefined],
] as const;

const BLOCK = {
  cloudflare: {
    gateways: {
      support: {
        otel: [{ url: "https://otel.acme.example/v1", headers: { "x-key": { env: "SECRET" } } }],
        provider_configs: { openai: { secret: { env: "SECRET" } } },
      },
    },
  },
};

/** A stack that was applied with a key, or without one. */
async function applied(key: string | undefined): Promise<Stage> {
  const stage = await openStage({ profile: "live", env: { SECRET } }, onTestFinished);
  stage.env.GATEFORM_LEDGER_KEY = key;
  await stage.declare(BLOCK);
  expectConverged(await stage.apply());
  stage.later(120_000);
  return stage;
}

const steps = async (stage: Stage): Promise<readonly string[]> =>
  (await stage.plan()).steps.map(({ action, address }) => `${action} ${address}`);

const codes = async (stage: Stage): Promise<readonly string[]> =>
  (await stage.plan()).diagnostics.map(({ code }) => code);

async function outcomes(stage: Stage): Promise<readonly string[]> {
  const result = await stage.apply();
  if (result.state !== "applied") throw new Error(JSON.stringify(result.diagnostics));
  return result.report.results.map(({ outcome }) => outcome);
}

/** Whether the ledger has a fingerprint of the secret that whoever has the ledger alone could make. */
async function isGuessable(stage: Stage): Promise<boolean> {
  const ledger = await stage.ledger();
  const print = fingerprintWith(undefined, ledger?.salt ?? "")(SECRET) ?? "";
  return JSON.stringify(ledger).includes(print.split(":")[0] ?? "");
}

const CONFIG = "cloudflare.provider_config.support/openai";

describe("the key of the fingerprints", () => {
  test("set from the first run, leaves nothing in the ledger that its salt could check a guess with", async () => {
    const stage = await applied(KEY);
    expect(await isGuessable(stage)).toBe(false);
    expectEmpty(await stage.plan());
  });

  test("set later, keeps what is known, and the first apply translates all that is at hand", async () => {
    const stage = await applied(undefined);
    expect(await isGuessable(stage)).toBe(true);
    stage.env.GATEFORM_LEDGER_KEY = KEY;
    expectEmpty(await stage.plan());
    expect(await codes(stage)).not.toContain("OTHER_LEDGER_KEY");
    expect(await outcomes(stage)).toEqual([]);
    expect(await isGuessable(stage)).toBe(false);
    expectEmpty(await stage.plan());
    stage.env.SECRET = CHANGED;
    expect(await steps(stage)).toEqual(["update cloudflare.gateway.support", `update ${CONFIG}`]);
  });

  test("set later, goes on noticing a key that is put into the store past its config", async () => {
    const stage = await applied(undefined);
    stage.env.GATEFORM_LEDGER_KEY = KEY;
    expect(await outcomes(stage)).toEqual([]);
    const [stored] = (await stage.state()).cloudflare.secrets;
    await stage.vendors.cloudflare(
      "PATCH",
      `/secrets_store/stores/${stored?.store_id}/secrets/${stored?.id}`,
      {
        value: canary("theirs under a ledger key"),
      },
    );
    expect(await steps(stage)).toEqual([`update ${CONFIG}`]);
  });

  test("set later together with another value, writes that", async () => {
    const stage = await applied(undefined);
    stage.env.GATEFORM_LEDGER_KEY = KEY;
    stage.env.SECRET = CHANGED;
    expect(await steps(stage)).toEqual(["update cloudflare.gateway.support", `check-secret ${CONFIG}`]);
    expect(await outcomes(stage)).toEqual(["done", "written"]);
    expect(await isGuessable(stage)).toBe(false);
    stage.later(120_000);
    expectEmpty(await stage.plan());
  });

  test.each(NO_LONGER)(
    "%s, changes no secret, is told once, and from then on changes are noticed again",
    async (_, next) => {
      const stage = await applied(KEY);
      stage.env.GATEFORM_LEDGER_KEY = next;
      expect(await steps(stage)).toEqual([`check-secret ${CONFIG}`]);
      expect(await codes(stage)).toContain("OTHER_LEDGER_KEY");
      expect(await outcomes(stage)).toEqual(["unverified"]);
      expect(await steps(stage)).toEqual([]);
      stage.env.SECRET = CHANGED;
      expect(await steps(stage)).toEqual(["update cloudflare.gateway.support", `update ${CONFIG}`]);
      expectConverged(await stage.apply());
      stage.later(120_000);
      expectEmpty(await stage.plan());
      expect(await codes(stage)).not.toContain("OTHER_LEDGER_KEY");
    },
  );

  test.each(NO_LONGER)("%s after a write was cut off, has that written again", async (_, next) => {
    const stage = await applied(KEY);
    stage.env.SECRET = CHANGED;
    await stage.fault({
      method: "PUT",
      path: "/provider_configs/",
      effect: { kind: "drop", when: "before" },
    });
    expect(await outcomes(stage)).toContain("failed");
    await stage.clearFaults();
    stage.later(120_000);
    stage.env.GATEFORM_LEDGER_KEY = next;
    expect(await steps(stage)).toContain(`update ${CONFIG}`);
    await stage.apply();
    expect((await stage.state()).cloudflare.secrets[0]?.value).toBe(CHANGED);
    stage.later(120_000);
    expectEmpty(await stage.plan());
  });

  test.each(NO_LONGER)(
    "%s after somebody else has written a secret, has that written again",
    async (_, next) => {
      const stage = await applied(KEY);
      const [config] = (await stage.state()).cloudflare.provider_configs;
      const path = `/ai-gateway/gateways/support/provider_configs/${config?.id}`;
      await stage.vendors.cloudflare("PUT", path, { secret: canary("theirs meanwhile") });
      stage.env.GATEFORM_LEDGER_KEY = next;
      expect(await steps(stage)).toContain(`update ${CONFIG}`);
      await stage.apply();
      expect((await stage.state()).cloudflare.secrets[0]?.value).toBe(SECRET);
    },
  );

  test("of another runner, never has a secret written", async () => {
    const stage = await applied(KEY);
    const [before] = (await stage.state()).cloudflare.secrets;
    for (const key of [OTHER, KEY, OTHER, KEY]) {
      stage.env.GATEFORM_LEDGER_KEY = key;
      expect(await outcomes(stage)).toEqual(["unverified"]);
    }
    expect((await stage.state()).cloudflare.secrets[0]?.modified).toBe(before?.modified);
  });

  test.each([
    ["a word", "short"],
    ["blanks", " ".repeat(40)],
    ["nineteen characters", canary("ledger key that is short").slice(0, 19)],
  ])("is refused where it is %s", async (_, key) => {
    const stage = await openStage({ profile: "live", env: { SECRET } }, onTestFinished);
    stage.env.GATEFORM_LEDGER_KEY = key;
    await stage.declare(BLOCK);
    const result = await stage.apply();
    expect(errorsOf(result.diagnostics).map(({ code }) => code)).toEqual(["WEAK_LEDGER_KEY"]);
    expect(JSON.stringify(result)).not.toContain(key);
  });

  test("set to nothing, is not set, and a short value without it has no fingerprint", async () => {
    const stage = await openStage({ profile: "live", env: { SECRET: "short" } }, onTestFinished);
    stage.env.GATEFORM_LEDGER_KEY = "";
    await stage.declare({ cloudflare: { secrets: { hook: { value: { env: "SECRET" } } } } });
    expectConverged(await stage.apply());
    expect(await codes(stage)).toContain("NO_FINGERPRINT");
    expect(
      JSON.stringify((await stage.ledger())?.resources["cloudflare.secret.hook"]?.applied),
    ).not.toContain("fingerprint");
    stage.env.GATEFORM_LEDGER_KEY = KEY;
    expect(await codes(stage)).not.toContain("NO_FINGERPRINT");
  });
});
