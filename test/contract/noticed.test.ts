// A secret that changed, here or at the vendor, is noticed without anybody reading it: one table over all fields that
// hold a secret which files give. What a vendor shows of each decides how much can be known.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import { splitDrift } from "../../src/render/drift-view.ts";
import { renderPlanJson } from "../../src/render/plan-json.ts";
import { renderPlanMarkdown } from "../../src/render/plan-markdown.ts";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { expectConverged, expectEmpty, openStage, type Stage, stepsOf } from "./stage.ts";

const OURS = canary("ours");
const NEXT = canary("next");
const THEIRS = canary("theirs");
const SECRETS = [OURS, NEXT, THEIRS];

interface Field {
  readonly title: string;
  readonly address: string;
  readonly block: JsonObject;
  /**
   * What the vendor shows of it: the value itself; a time that is about nothing else; a time of the whole record, of
   * which only a part is shown.
   */
  readonly shows: "value" | "time" | "time of more";
  /** Writes it as a colleague does. */
  readonly write: (stage: Stage, value: string) => Promise<unknown>;
  /** Values that the vendor has. */
  readonly live: (stage: Stage) => Promise<string>;
}

const secret = { env: "SECRET" };

const gateway = (title: string, body: (given: unknown) => JsonObject): Field => ({
  title,
  address: "cloudflare.gateway.support",
  block: { cloudflare: { gateways: { support: body(secret) } } },
  shows: "value",
  write: async ({ vendors }, value) => {
    const path = "/ai-gateway/gateways/support";
    const { result } = await vendors.cloudflare("GET", path);
    return vendors.cloudflare("PUT", path, { ...(result as JsonObject), ...body(value) });
  },
  live: async (stage) => JSON.stringify((await stage.state()).cloudflare.gateways),
});

const configBlock = {
  cloudflare: { gateways: { support: { provider_configs: { openai: { secret } } } } },
};

const storedPath = async (stage: Stage): Promise<string> => {
  const [found] = (await stage.state()).cloudflare.secrets;
  return `/secrets_store/stores/${found?.store_id}/secrets/${found?.id}`;
};

const config = (title: string, write: Field["write"]): Field => ({
  title,
  address: "cloudflare.provider_config.support/openai",
  block: configBlock,
  shows: "time",
  write,
  live: async (stage) => JSON.stringify((await stage.state()).cloudflare.secrets.map(({ value }) => value)),
});

const fields: readonly Field[] = [
  config("the key of a provider config, written there", async (stage, value) => {
    const [found] = (await stage.state()).cloudflare.provider_configs;
    const path = `/ai-gateway/gateways/support/provider_configs/${found?.id}`;
    return stage.vendors.cloudflare("PUT", path, { secret: value });
  }),
  config("the key of a provider config, written in the store", async (stage, value) =>
    stage.vendors.cloudflare("PATCH", await storedPath(stage), { value }),
  ),
  {
    title: "a secret of the store",
    address: "cloudflare.secret.webhook",
    block: { cloudflare: { secrets: { webhook: { value: secret } } } },
    shows: "time",
    write: async (stage, value) => stage.vendors.cloudflare("PATCH", await storedPath(stage), { value }),
    live: async (stage) => JSON.stringify((await stage.state()).cloudflare.secrets.map((item) => item.value)),
  },
  {
    title: "a BYOK credential",
    address: "vercel.byok_credential.openai",
    block: { vercel: { byok_credentials: { openai: { credential: { apiKey: secret } } } } },
    shows: "time of more",
    write: async (stage, value) => {
      const [found] = (await stage.state()).vercel.byok_credentials;
      const path = `/ai-gateway/byok-credentials/${found?.credentialId}`;
      return stage.vendors.vercel("PATCH", path, { credential: { apiKey: value } });
    },
    live: async (stage) =>
      JSON.stringify((await stage.state()).vercel.byok_credentials.map(({ credential }) => credential)),
  },
  gateway("the authorization of an otel target", (given) => ({
    otel: [{ url: "https://otel.acme.example/v1", headers: {}, authorization: given as string }],
  })),
  gateway("a header of an otel target", (given) => ({
    otel: [{ url: "https://otel.acme.example/v1", headers: { "x-key": given as string } }],
  })),
  gateway("the authorization for stripe", (given) => ({
    stripe: { authorization: given as string, usage_events: [] },
  })),
  {
    title: "a header of a custom provider",
    address: "cloudflare.custom_provider.acme",
    block: {
      cloudflare: {
        custom_providers: {
          acme: { name: "Acme", base_url: "https://llm.acme.example", headers: { "x-key": secret } },
        },
      },
    },
    shows: "value",
    write: async (stage, value) => {
      const [found] = (await stage.state()).cloudflare.custom_providers;
      const path = `/ai-gateway/custom-providers/${found?.id}`;
      return stage.vendors.cloudflare("PATCH", path, { headers: JSON.stringify({ "x-key": value }) });
    },
    live: async (stage) => JSON.stringify((await stage.state()).cloudflare.custom_providers),
  },
];

/** What a plan says of an address: `update world`. */
function said(plan: Plan, { address }: Pick<Field, "address">): readonly string[] {
  const rendered = [
    renderPlanText(plan, { style: PLAIN }),
    renderPlanMarkdown(plan),
    renderPlanJson(plan),
  ].join("\n");
  expect(leaksOf(rendered, SECRETS)).toEqual([]);
  return stepsOf(plan, address).map(
    ({ action, changes }) => `${action} ${[...new Set(changes.map(({ moved }) => moved))].join("+")}`,
  );
}

/** A stack with the field applied, and the wait for its reads over. */
async function applied({ block }: Field): Promise<Stage> {
  const stage = await openStage({ profile: "live", env: { SECRET: OURS } }, onTestFinished);
  await stage.declare(block);
  expectConverged(await stage.apply());
  stage.later(120_000);
  return stage;
}

async function outcomes(stage: Stage): Promise<readonly string[]> {
  const result = await stage.apply();
  if (result.state !== "applied") throw new Error(JSON.stringify(result.diagnostics));
  expect(leaksOf(JSON.stringify([result, await stage.ledger()]), SECRETS)).toEqual([]);
  return result.report.results.map(({ outcome }) => outcome);
}

// The three of a gateway go the same way; GATEFORM_TEST_FULL=1 plays all of them.
const played =
  process.env.GATEFORM_TEST_FULL === "1"
    ? fields
    : fields.filter(({ title }) => !/header of an otel|stripe/.test(title));

describe.each(played)("$title", (field) => {
  const vague = field.shows === "time of more";

  test("changed here is written", async () => {
    const stage = await applied(field);
    stage.env.SECRET = NEXT;
    expect(said(await stage.plan(), field)).toEqual(["update config"]);
    expect(await outcomes(stage)).toEqual(["done"]);
    expect(await field.live(stage)).toContain(NEXT);
    stage.later(120_000);
    expectEmpty(await stage.plan());
    stage.env.SECRET = OURS;
    expect(said(await stage.plan(), field)).toEqual(["update config"]);
  });

  test("changed there is drift, or said to be unknown where the vendor tells no more", async () => {
    const stage = await applied(field);
    await field.write(stage, THEIRS);
    const plan = await stage.plan();
    expect(said(plan, field)).toEqual([vague ? "check-secret unknown" : "update world"]);
    expect(splitDrift(plan).drift.map(({ address }) => address)).toEqual(vague ? [] : [field.address]);
    expect(await outcomes(stage)).toEqual([vague ? "unverified" : "done"]);
    expect(await field.live(stage)).toContain(vague ? THEIRS : OURS);
    stage.later(120_000);
    expectEmpty(await stage.plan());
  });

  test("changed on both sides is written", async () => {
    const stage = await applied(field);
    await field.write(stage, THEIRS);
    stage.env.SECRET = NEXT;
    expect(said(await stage.plan(), field)).toEqual([vague ? "update config" : "update both"]);
    expect(await outcomes(stage)).toEqual(["done"]);
    expect(await field.live(stage)).toContain(NEXT);
    stage.later(120_000);
    expectEmpty(await stage.plan());
  });

  test("changed to the same on both sides ends without a rest", async () => {
    const stage = await applied(field);
    await field.write(stage, NEXT);
    stage.env.SECRET = NEXT;
    await outcomes(stage);
    expect(await field.live(stage)).toContain(NEXT);
    stage.later(120_000);
    expectEmpty(await stage.plan());
  });

  test("with a source that is not here is checked by whoever has it", async () => {
    const stage = await applied(field);
    stage.env.SECRET = undefined;
    const plan = await stage.plan();
    expect(said(plan, field)).toEqual(["check-secret unknown"]);
    expect(plan.summary.check_secret).toBe(1);
    expect(await outcomes(stage)).toEqual(["unchecked"]);
    stage.env.SECRET = OURS;
    const same = await stage.applySaved(plan);
    expect(same.state === "applied" && same.report.results.map(({ outcome }) => outcome)).toEqual([
      "already",
    ]);
    stage.env.SECRET = NEXT;
    const other = await stage.applySaved(plan);
    expect(other.state === "applied" && other.report.results.map(({ outcome }) => outcome)).toEqual([
      "written",
    ]);
    expect(await field.live(stage)).toContain(NEXT);
    stage.later(120_000);
    expectEmpty(await stage.plan());
  });

  test("changed there while its source is not here is written by whoever has it", async () => {
    const stage = await applied(field);
    stage.env.SECRET = undefined;
    await field.write(stage, THEIRS);
    const plan = await stage.plan();
    expect(said(plan, field)).toEqual([vague ? "check-secret unknown" : "check-secret world"]);
    expect(splitDrift(plan).drift.map(({ address }) => address)).toEqual(vague ? [] : [field.address]);
    expect(await outcomes(stage)).toEqual(["unchecked"]);
    stage.env.SECRET = OURS;
    const written = await stage.applySaved(plan);
    expect(written.state === "applied" && written.report.results.map(({ outcome }) => outcome)).toEqual([
      vague ? "unverified" : "written",
    ]);
    expect(await field.live(stage)).toContain(vague ? THEIRS : OURS);
    stage.later(120_000);
    expectEmpty(await stage.plan());
  });

  test("never written by us is told once, and written when it changes here or by rotate", async () => {
    const stage = await applied(field);
    await field.write(stage, THEIRS);
    await stage.loseLedger();
    await stage.adopt({ patterns: ["*"] });
    const readable = field.shows === "value";
    expect(said(await stage.plan(), field)).toEqual([readable ? "update config" : "check-secret unknown"]);
    if (readable) return;
    expect(await outcomes(stage)).toEqual(["unverified"]);
    expect(await field.live(stage)).toContain(THEIRS);
    stage.later(120_000);
    expectEmpty(await stage.plan());
    stage.env.SECRET = NEXT;
    expect(said(await stage.plan(), field)).toEqual(["update config"]);
    stage.env.SECRET = OURS;
    await field.write(stage, NEXT);
    expect(said(await stage.plan(), field)).toEqual(["check-secret unknown"]);
    expectConverged(await stage.apply({ rotate: [field.address] }));
    expect(await field.live(stage)).toContain(OURS);
    stage.later(120_000);
    expectEmpty(await stage.plan());
    await field.write(stage, NEXT);
    expect(said(await stage.plan(), field)).toEqual([vague ? "check-secret unknown" : "update world"]);
  });

  // What can be read needs no such guess.
  test.skipIf(field.shows === "value")(
    "written by a request whose answer is lost is not taken for somebody else's write",
    async () => {
      const stage = await applied(field);
      stage.env.SECRET = NEXT;
      const effect = { kind: "drop", when: "after" } as const;
      await stage.fault({ method: "PUT", effect }, { method: "PATCH", effect });
      await outcomes(stage);
      await stage.clearFaults();
      expect(await field.live(stage)).toContain(NEXT);
      stage.later(120_000);
      const plan = await stage.plan();
      expect(splitDrift(plan).drift).toEqual([]);
      expectConverged(await stage.apply());
      stage.later(120_000);
      expectEmpty(await stage.plan());
    },
  );
});

describe("a time of the whole record", () => {
  const secretField = fields[2] as Field;

  test("that moved with another field is no change of the secret, and is told once", async () => {
    const stage = await applied(secretField);
    const path = await storedPath(stage);
    await stage.vendors.cloudflare("PATCH", path, { comment: "by hand" });
    expect(said(await stage.plan(), secretField)).toEqual(["check-secret unknown"]);
    expect(await outcomes(stage)).toEqual(["unverified"]);
    expectEmpty(await stage.plan());
  });

  test("that our own change of another field moves hides no write of somebody else", async () => {
    const stage = await applied(secretField);
    const block = { cloudflare: { secrets: { webhook: { value: secret, comment: "ours" } } } };
    await stage.declare(block);
    const plan = await stage.plan();
    await secretField.write(stage, THEIRS);
    const result = await stage.applySaved(plan);
    expect(result.state).toBe("applied");
    stage.later(120_000);
    expect(said(await stage.plan(), secretField)).toHaveLength(1);
    await outcomes(stage);
  });

  test("that our own change of another field moves leaves a sure write of somebody else sure", async () => {
    const stage = await applied(secretField);
    await secretField.write(stage, THEIRS);
    stage.env.SECRET = undefined;
    await stage.declare({ cloudflare: { secrets: { webhook: { value: secret, comment: "ours" } } } });
    expect(await outcomes(stage)).toEqual(["done", "unchecked"]);
    stage.later(120_000);
    expect(said(await stage.plan(), secretField)).toEqual(["check-secret world"]);
    stage.env.SECRET = OURS;
    expect(said(await stage.plan(), secretField)).toEqual(["update world"]);
    expect(await outcomes(stage)).toEqual(["done"]);
    expect(await secretField.live(stage)).toContain(OURS);
    stage.later(120_000);
    expectEmpty(await stage.plan());
  });
});

describe("what is known of a secret", () => {
  const [configField, , secretField] = fields as [Field, Field, Field];

  test.each([configField, secretField])(
    "begins with an apply that has nothing to do: $title",
    async (field) => {
      const stage = await applied(field);
      const path = join(stage.directory, ".gateform/contract.ledger.json");
      const ledger = JSON.parse(await readFile(path, "utf8"));
      delete ledger.resources[field.address].imprint;
      await writeFile(path, JSON.stringify(ledger));
      expectEmpty(await stage.plan());
      expect(await outcomes(stage)).toEqual([]);
      await field.write(stage, THEIRS);
      expect(said(await stage.plan(), field)).toEqual(["update world"]);
    },
  );

  test("is written no second time by an apply that has nothing to do", async () => {
    const stage = await applied(configField);
    const serial = (await stage.ledger())?.serial;
    expect(await outcomes(stage)).toEqual([]);
    expect((await stage.ledger())?.serial).toBe(serial);
  });

  test.each([configField, secretField])(
    "is not lost by a run that finds a value too short for a fingerprint: $title",
    async (field) => {
      const stage = await applied(field);
      stage.env.SECRET = "short-one";
      expect(await outcomes(stage)).toEqual(["unverified"]);
      stage.env.SECRET = OURS;
      expectEmpty(await stage.plan());
      stage.env.SECRET = NEXT;
      expect(said(await stage.plan(), field)).toEqual(["update config"]);
    },
  );

  test("and of a write of somebody else is not lost by such a run either", async () => {
    const stage = await applied(secretField);
    await secretField.write(stage, THEIRS);
    stage.env.SECRET = "short-one";
    expect(await outcomes(stage)).toEqual(["unverified"]);
    stage.env.SECRET = OURS;
    expect(said(await stage.plan(), secretField)).toEqual(["update world"]);
  });

  test("is enough where one part of a credential differs for sure and another has no fingerprint", async () => {
    const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
    const file = (name: string) => join(stage.directory, name);
    await writeFile(file("key"), OURS);
    await writeFile(file("region"), "us-east-1");
    const credential = {
      secretAccessKey: { command: ["cat", file("key")] },
      region: { command: ["cat", file("region")] },
    };
    await stage.declare({
      vercel: { byok_credentials: { eu: { provider_slug: "bedrock", credential } } },
    });
    expect(await outcomes(stage)).toEqual(["done"]);
    stage.later(120_000);
    expect(await outcomes(stage)).toEqual(["unverified"]);
    await writeFile(file("key"), NEXT);
    expect(await outcomes(stage)).toEqual(["written"]);
    expect(JSON.stringify((await stage.state()).vercel.byok_credentials)).toContain(NEXT);
  });
});
