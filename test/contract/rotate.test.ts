// Rotation of values that are shown once, and of secrets that the vendor was given: another key or token is made and
// delivered, and the old one goes later; a stored secret is written in place. Over the reference server.

import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { LedgerError } from "../../src/ledger/backend.ts";
import type { Plan } from "../../src/model/plan.ts";
import { renderPlanJson } from "../../src/render/plan-json.ts";
import { renderPlanMarkdown } from "../../src/render/plan-markdown.ts";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { canary } from "../canary/values.ts";
import { dyingAt } from "./cases/faults.ts";
import { expectConverged, expectEmpty, openStage, type Stage, type WrapBackend } from "./stage.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FILES = ["out/one.key", "out/two.key"] as const;
const deliver = FILES.map((path) => ({ file: { path } }));

interface Live {
  readonly id: string;
  readonly value: string;
}

/** A kind with a value that is shown once, and how the tests look at what they made of it. */
interface Subject {
  readonly address: string;
  readonly block: (body: JsonObject) => JsonObject;
  /** The file with everything but it. */
  readonly without: JsonObject;
  readonly live: (stage: Stage) => Promise<readonly Live[]>;
  /** Whether a value opens what it is for. */
  readonly works: (stage: Stage, value: string) => Promise<boolean>;
}

const key: Subject = {
  address: "vercel.key.ci",
  without: { vercel: { keys: {} } },
  block: (body) => ({ vercel: { keys: { ci: { deliver, ...body } } } }),
  live: async (stage) =>
    (await stage.state()).vercel.keys
      .filter(({ name }) => name === "ci")
      .map(({ id, secret }) => ({ id, value: secret })),
  works: async (stage, value) => (await stage.prompt(value, "openai/gpt-5.1")).status === 200,
};

const token: Subject = {
  address: "cloudflare.token.ci",
  without: { cloudflare: { gateways: { support: { authentication: true } }, tokens: {} } },
  block: (body) => ({
    cloudflare: {
      gateways: { support: { authentication: true } },
      tokens: { ci: { permissions: ["AI Gateway Run"], deliver, ...body } },
    },
  }),
  live: async (stage) =>
    (await stage.state()).cloudflare.tokens
      .filter(({ name }) => /^ci( \(gateform |$)/.test(name))
      .map(({ id, value }) => ({ id, value })),
  works: async (stage, value) =>
    (await stage.ask("support/openai/chat/completions", "gpt-4o", value)).status === 200,
};

/** What a run makes is told from others' by when it was made, and the server's answers have the time of this machine. */
async function fresh(subject: Subject, body: JsonObject = {}, profile: "live" | "spec" = "live") {
  const stage = await openStage({ profile, env: {} }, onTestFinished);
  await stage.declare(subject.block(body));
  expectConverged(await stage.apply());
  const [old] = await subject.live(stage);
  if (old === undefined) throw new Error("nothing was made");
  return { stage, old, asked: { rotate: [subject.address], targets: [subject.address] } };
}

/** The same an hour later, when everything has settled. */
async function made(...of: Parameters<typeof fresh>) {
  const it = await fresh(...of);
  it.stage.later(HOUR);
  expectEmpty(await it.stage.plan());
  return it;
}

/** What the sinks hold. */
const held = (stage: Stage): Promise<(string | null)[]> =>
  Promise.all(FILES.map((path) => readFile(join(stage.directory, path), "utf8").catch(() => null)));

const stepsOf = (plan: Plan): string[] => plan.steps.map(({ id, reason }) => `${id}: ${reason}`);

/** Every value that a sink has opens what it is for. */
async function expectServed(subject: Subject, stage: Stage): Promise<void> {
  for (const value of await held(stage))
    expect(await subject.works(stage, value ?? ""), "a sink's value works").toBe(true);
}

/** One is live, and all sinks have its value. */
async function expectOne(subject: Subject, stage: Stage): Promise<Live> {
  const live = await subject.live(stage);
  const [one] = live;
  expect(live).toHaveLength(1);
  expect(await held(stage)).toEqual(FILES.map(() => one?.value));
  expectEmpty(await stage.plan());
  return one as Live; // there is one
}

/** A file that is in the way from the ledger's nth write of a run on: the sinks have been tried by then. */
const blocking =
  (stage: Stage, file: string, nth = 1): WrapBackend =>
  (backend) => {
    let count = 0;
    return {
      ...backend,
      write: async (...args) => {
        count += 1;
        if (count === nth) await mkdir(join(stage.directory, file));
        return backend.write(...args);
      },
    };
  };

/** The sinks' files with another name, so that a directory can be put in the way of one of them. */
const elsewhere = { deliver: ["out/new.key", "out/other.key"].map((path) => ({ file: { path } })) };

describe.each([
  ["a key", key],
  ["a token", token],
] as const)("%s", (_, subject) => {
  const { address } = subject;

  test.each(["live", "spec"] as const)(
    "has a successor in all sinks, both work until the grace is over, then the next apply takes the old one away, profile %s",
    async (profile) => {
      const { stage, old, asked } = await made(subject, {}, profile);
      const plan = await stage.plan(asked);
      expect(stepsOf(plan)).toEqual([`create ${address}: rotate`]);
      expect(plan.summary).toMatchObject({ rotate: 1, create: 0, replace: 0, delete: 0, counted_deletes: 0 });
      expectConverged(await stage.apply(asked));
      const values = (await subject.live(stage)).map(({ value }) => value);
      expect(values).toHaveLength(2);
      const [now] = await held(stage);
      expect(await held(stage)).toEqual([now, now]);
      expect(now).not.toBe(old.value);
      expect(values).toContain(now);
      for (const value of values) expect(await subject.works(stage, value)).toBe(true);
      expectEmpty(await stage.plan());
      stage.later(DAY - HOUR);
      expectEmpty(await stage.plan());
      stage.later(2 * HOUR);
      const later = await stage.plan();
      expect(stepsOf(later)).toEqual([`delete ${address}#${old.id}: retired`]);
      expect(later.summary.counted_deletes).toBe(0);
      expectConverged(await stage.apply());
      expect((await expectOne(subject, stage)).value).toBe(now);
      expect(await subject.works(stage, old.value)).toBe(false);
    },
  );

  test("is rotated when it is older than rotate_after, by the plan's clock, and not before", async () => {
    const { stage, old } = await made(subject, { rotate_after: "90d", grace: "1h" });
    stage.later(89 * DAY);
    expectEmpty(await stage.plan());
    stage.later(DAY);
    expect(stepsOf(await stage.plan())).toEqual([`create ${address}: rotation-due`]);
    expectConverged(await stage.apply());
    expectEmpty(await stage.plan());
    stage.later(HOUR);
    expect(stepsOf(await stage.plan())).toEqual([`delete ${address}#${old.id}: retired`]);
    expectConverged(await stage.apply());
    await expectOne(subject, stage);
  });

  test("whose first sink fails is as before: the successor is revoked, the sinks and the ledger say what they said", async () => {
    const { stage, old, asked } = await made(subject);
    await stage.declare(subject.block(elsewhere));
    const before = (await stage.ledger())?.resources[address];
    const result = await stage.apply(asked, blocking(stage, "out/new.key"));
    expect(result).toMatchObject({
      report: { converged: false, results: [{ outcome: "failed", code: "DELIVERY_FAILED" }] },
    });
    expect((await subject.live(stage)).map(({ id }) => id)).toEqual([old.id]);
    expect(await held(stage)).toEqual([old.value, old.value]);
    expect((await stage.ledger())?.resources[address]).toEqual(before);
    expect(stepsOf(await stage.plan())).toEqual([]);
    await rmdir(join(stage.directory, "out/new.key"));
    expectConverged(await stage.apply(asked));
    expect(await readFile(join(stage.directory, "out/other.key"), "utf8")).not.toBe(old.value);
  });

  test("whose second sink fails stays live beside its successor; the next apply makes another and delivers that", async () => {
    const { stage, old, asked } = await made(subject);
    await stage.declare(subject.block(elsewhere));
    const result = await stage.apply(asked, blocking(stage, "out/other.key"));
    expect(result).toMatchObject({ report: { converged: false, results: [{ code: "DELIVERY_FAILED" }] } });
    const read = (name: string) => readFile(join(stage.directory, name), "utf8");
    const half = await read("out/new.key");
    expect((await subject.live(stage)).map(({ value }) => value).toSorted()).toEqual(
      [old.value, half].toSorted(),
    );
    for (const value of [half, old.value]) expect(await subject.works(stage, value)).toBe(true);
    const halfId = (await subject.live(stage)).find(({ value }) => value === half)?.id ?? "";

    // Nobody asks for a rotation any more, and it is ended all the same.
    await rmdir(join(stage.directory, "out/other.key"));
    expect(stepsOf(await stage.plan())).toEqual([`create ${address}: interrupted`]);
    expectConverged(await stage.apply());
    const whole = await read("out/other.key");
    expect(await read("out/new.key")).toBe(whole);
    for (const value of [half, old.value, whole]) expect(await subject.works(stage, value)).toBe(true);
    expectEmpty(await stage.plan());
    stage.later(25 * HOUR);
    expect(stepsOf(await stage.plan()).toSorted()).toEqual(
      [old.id, halfId].map((id) => `delete ${address}#${id}: retired`).toSorted(),
    );
    expectConverged(await stage.apply());
    expect((await subject.live(stage)).map(({ value }) => value)).toEqual([whole]);
  });

  test("whose second sink fails in every run and has its content back leaves two live, and the first sink alone", async () => {
    const { stage, old, asked } = await made(subject, { grace: "1h" });
    await stage.declare(subject.block({ grace: "1h", ...elsewhere }));
    const read = (name: string) => readFile(join(stage.directory, name), "utf8");
    const seen = new Set<string>();
    for (let run = 0; run < 3; run++) {
      expect(await stage.apply(run === 0 ? asked : {}, blocking(stage, "out/other.key"))).toMatchObject({
        report: { converged: false, results: [{ code: "DELIVERY_FAILED" }] },
      });
      await rmdir(join(stage.directory, "out/other.key"));
      seen.add(await read("out/new.key"));
    }
    expect(seen.size).toBe(1);
    expect((await subject.live(stage)).map(({ value }) => value).toSorted()).toEqual(
      [old.value, ...seen].toSorted(),
    );
    expectConverged(await stage.apply());
    stage.later(2 * HOUR);
    expectConverged(await stage.apply());
    const whole = await read("out/other.key");
    expect(await read("out/new.key")).toBe(whole);
    expect((await subject.live(stage)).map(({ value }) => value)).toEqual([whole]);
  });

  test("that each sink in turn has failed leaves no more live, however often one of them fails from then on", async () => {
    const { stage, asked } = await made(subject, { grace: "1h" });
    const files = ["a", "b", "c"].map((name) => `out/${name}.key`);
    await stage.declare(subject.block({ grace: "1h", deliver: files.map((path) => ({ file: { path } })) }));
    const live: number[] = [];
    for (const [run, name] of ["b", "c", "a", "b", "b", "b", "b"].entries()) {
      const path = join(stage.directory, `out/${name}.key`);
      const before = await readFile(path, "utf8").catch(() => null);
      const inTheWay = blocking(stage, `out/${name}.key`);
      await rm(path, { force: true });
      await stage.apply(run === 0 ? asked : {}, inTheWay);
      await rmdir(path);
      if (before !== null) await writeFile(path, before);
      live.push((await subject.live(stage)).length);
      for (const file of files) {
        const value = await readFile(join(stage.directory, file), "utf8").catch(() => null);
        if (value !== null) expect(await subject.works(stage, value)).toBe(true);
      }
      stage.later(2 * HOUR);
    }
    // The old one, one for each sink, and one that waits for the end of its grace.
    expect(live).toEqual([2, 3, 4, 5, 5, 5, 5]);
    expectConverged(await stage.apply());
    stage.later(2 * HOUR);
    expectConverged(await stage.apply());
    expect(await subject.live(stage)).toHaveLength(1);
  });

  test("whose second sink fails in every run and may have kept each value loses none of them before another is in all sinks", async () => {
    const { stage, asked } = await made(subject, { grace: "1h" });
    stage.env.PATH = process.env.PATH;
    const first: JsonObject = { file: { path: "out/new.key" } };
    const second = (...argv: string[]): JsonObject => ({ command: { argv } });
    await stage.declare(subject.block({ grace: "1h", deliver: [first, second("false")] }));
    for (let run = 0; run < 3; run++)
      expect(await stage.apply(run === 0 ? asked : {})).toMatchObject({
        report: { converged: false, results: [{ code: "DELIVERY_FAILED" }] },
      });
    const begun = await subject.live(stage);
    expect(begun).toHaveLength(4);
    for (const { value } of begun) expect(await subject.works(stage, value)).toBe(true);
    await stage.declare(subject.block({ grace: "1h", deliver: [first, second("tee", "out/third.key")] }));
    expectConverged(await stage.apply());
    stage.later(2 * HOUR);
    expectConverged(await stage.apply());
    const whole = await readFile(join(stage.directory, "out/third.key"), "utf8");
    expect((await subject.live(stage)).map(({ value }) => value)).toEqual([whole]);
    expectEmpty(await stage.plan());
  });

  test.each([
    ["at once", 0],
    ["when its grace would be over", 2 * HOUR],
  ])(
    "whose rotation dies anywhere leaves every sink with a value that works; the next apply, %s, ends it",
    async (_, after) => {
      for (let nth = 1; ; nth++) {
        const { stage, asked } = await fresh(subject, { grace: "1h" });
        const died = await stage.apply(asked, dyingAt(nth)).then(
          () => false,
          (error: unknown) => {
            if (!(error instanceof LedgerError)) throw error;
            return true;
          },
        );
        await expectServed(subject, stage);
        stage.later(after);
        expectConverged(await stage.apply());
        expect((await stage.plan()).steps).toEqual([]);
        await expectServed(subject, stage);
        stage.later(2 * HOUR);
        expectConverged(await stage.apply());
        await expectOne(subject, stage);
        if (!died) {
          expect(nth).toBeGreaterThan(4);
          return;
        }
      }
    },
  );

  test("dies between its making and its first sink: its successor goes, and another is delivered", async () => {
    const { stage, old, asked } = await fresh(subject);
    // The intent is written; "a sink may have it" is not.
    await expect(stage.apply(asked, dyingAt(2))).rejects.toThrow(LedgerError);
    const lost = (await subject.live(stage)).find(({ id }) => id !== old.id)?.id ?? "";
    expect(stepsOf(await stage.plan())).toEqual([
      `delete ${address}#${lost}: interrupted`,
      `create ${address}: interrupted`,
    ]);
    expectConverged(await stage.apply());
    expect((await subject.live(stage)).map(({ id }) => id)).not.toContain(lost);
    expect(await held(stage)).not.toContain(old.value);
  });

  test.each(["removed from the file", "destroyed"])(
    "that was cut off before any sink had its value leaves nothing live when it is %s next",
    async (how) => {
      const { stage, old, asked } = await made(subject);
      await expect(stage.apply(asked, dyingAt(2))).rejects.toThrow(LedgerError);
      const lost = (await subject.live(stage)).find(({ id }) => id !== old.id)?.id ?? "";
      const destroy = how === "destroyed";
      if (!destroy) await stage.declare(subject.without);
      const request = { destroy, targets: [address], allow_deletes: 9 };
      expect((await stage.plan(request)).steps.filter((step) => step.address === address)).toMatchObject([
        { action: "delete", vendor_id: lost, reason: "interrupted" },
        { action: "delete", vendor_id: old.id },
      ]);
      await stage.apply(request);
      expect(await subject.live(stage)).toEqual([]);
      expect(Object.keys((await stage.ledger())?.resources ?? {})).not.toContain(address);
    },
  );

  test("is rotated by a saved plan once, however often that is applied", async () => {
    const { stage, asked } = await made(subject);
    const plan = await stage.plan(asked);
    expectConverged(await stage.applySaved(plan));
    const values = await held(stage);
    expect(await stage.applySaved(plan)).toMatchObject({
      report: { converged: true, results: [{ outcome: "already" }] },
    });
    expect(await held(stage)).toEqual(values);
    expect(await subject.live(stage)).toHaveLength(2);
  });

  test("is rotated by a saved plan that was cut off before", async () => {
    const { stage, asked } = await fresh(subject);
    const plan = await stage.plan(asked);
    await expect(stage.apply(asked, dyingAt(2))).rejects.toThrow(LedgerError);
    expectConverged(await stage.applySaved(plan));
    expect(await subject.live(stage)).toHaveLength(2);
    await expectServed(subject, stage);
    expect((await stage.plan()).steps).toEqual([]);
  });

  test("with another `deliver` gets a note and nothing else, until it is rotated", async () => {
    const { stage, old, asked } = await made(subject);
    await stage.declare(subject.block(elsewhere));
    const plan = await stage.plan();
    expect(plan.steps).toEqual([]);
    expect(plan.diagnostics).toMatchObject([{ severity: "note", code: "NEEDS_ROTATE", address }]);
    expectConverged(await stage.apply());
    expect(await held(stage)).toEqual([old.value, old.value]);
    expectConverged(await stage.apply(asked));
    expect((await stage.plan()).diagnostics).toEqual([]);
  });

  test("that was adopted gets a value for its sinks by a rotation, and goes after its grace", async () => {
    const { stage, old, asked } = await made(subject);
    await stage.loseLedger();
    await stage.adopt({ patterns: ["*"] });
    expect((await stage.plan()).diagnostics).toContainEqual(
      expect.objectContaining({ code: "NEEDS_ROTATE", address }),
    );
    expectConverged(await stage.apply(asked));
    const now = await held(stage);
    expect(now).not.toContain(old.value);
    stage.later(25 * HOUR);
    expectConverged(await stage.apply());
    await expectOne(subject, stage);
  });

  test("that somebody deletes before its time leaves only the ledger to be told", async () => {
    const { stage, old, asked } = await made(subject);
    expectConverged(await stage.apply(asked));
    await (subject === key
      ? stage.vendors.vercel("DELETE", `/v1/api-keys/${old.id}`)
      : stage.vendors.cloudflare("DELETE", `/tokens/${old.id}`));
    expect(stepsOf(await stage.plan())).toEqual([`forget ${address}#${old.id}: retired`]);
    expectConverged(await stage.apply());
    expect((await stage.ledger())?.resources[address]).not.toHaveProperty("retiring");
    await expectOne(subject, stage);
  });

  test.each([
    ["lifecycle.prevent_destroy", { lifecycle: { prevent_destroy: true } }, {}, "PREVENT_DESTROY"],
    ["policy.prune: never", {}, { policy: { prune: "never" } }, "REPLACE_FORBIDDEN"],
    ["a missing sink", { deliver: undefined }, {}, "NO_SINK"],
  ] as const)("is not rotated under %s", async (_, body, top, code) => {
    const { stage, old, asked } = await made(subject);
    await stage.declare(subject.block(body as JsonObject), top);
    expect((await stage.plan(asked)).refused).toMatchObject([{ address, code }]);
    expect(await stage.apply(asked)).toMatchObject({ state: "stopped" });
    expect((await subject.live(stage)).map(({ id }) => id)).toEqual([old.id]);
  });
});

test("a plan says in every format why and for how long, and nothing of the value", async () => {
  const { stage, old, asked } = await made(key, { grace: "36h", budget: { limit: 5 } });
  await stage.vendors.vercel("PATCH", `/v1/api-keys/${old.id}/quota`, { refreshPeriod: "monthly" });
  stage.later(HOUR);
  const plan = await stage.plan(asked);
  for (const shown of [renderPlanText(plan, { style: PLAIN }), renderPlanMarkdown(plan)]) {
    expect(shown).toContain("↻");
    expect(shown).toContain(`the old one, ${old.id}, stays live for 36h`);
    expect(shown).toContain("goes to file out/one.key (raw) and file out/two.key (raw)");
    expect(shown).toContain("1 to rotate");
    expect(shown).not.toContain(old.value);
  }
  expect(JSON.parse(renderPlanJson(plan)).steps).toMatchObject([
    { action: "create", reason: "rotate", retires: { id: old.id, grace: "36h" } },
  ]);
});

test("a successor has what somebody else gave the old one and no file says: no limit goes by rotating", async () => {
  const { stage, old, asked } = await made(key, { budget: { limit: 5 } });
  await stage.vendors.vercel("PATCH", `/v1/api-keys/${old.id}/quota`, { refreshPeriod: "monthly" });
  stage.later(HOUR);
  expectConverged(await stage.apply(asked));
  const successor = (await stage.state()).vercel.keys.find(({ name, id }) => name === "ci" && id !== old.id);
  expect(successor?.quota).toMatchObject({ limitAmount: 5, refreshPeriod: "monthly" });
});

test("a change of what cannot be changed waits for the grace, too, where the key is rotated with it", async () => {
  const { stage, old, asked } = await made(key);
  await stage.declare(key.block({ expires_at: "2027-06-30T00:00:00Z" }));
  const plan = await stage.plan(asked);
  expect(stepsOf(plan)).toEqual([`create ${key.address}: rotate`]);
  expect(plan.steps[0]?.changes.map(({ path }) => path)).toEqual(["expires_at"]);
  expectConverged(await stage.apply(asked));
  expect((await key.live(stage)).map(({ id }) => id)).toContain(old.id);
  expectEmpty(await stage.plan());
});

test("the credential that a run works with is not rotated", async () => {
  const permissions = ["AI Gateway Write", "AI Gateway Run", "Account API Tokens Write"];
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare(token.block({ permissions }));
  const allowed = { allow_permissions: ["Account API Tokens Write"] };
  expectConverged(await stage.apply(allowed));
  const asked = { rotate: [token.address], targets: [token.address] };
  expect((await stage.plan(asked)).refused).toMatchObject([{ code: "PERMISSION_NOT_ALLOWED" }]);
  stage.env.CLOUDFLARE_API_TOKEN = (await token.live(stage))[0]?.value;
  expect((await stage.plan({ ...asked, ...allowed })).refused).toMatchObject([{ code: "SELF_PROTECTED" }]);
});

describe("a secret that the vendor was given", () => {
  const OLD = canary("provider old", "sk-");
  const NEW = canary("provider new", "sk-");
  const address = "cloudflare.provider_config.support/openai";
  const asked = { rotate: [address] };
  const file: JsonObject = {
    cloudflare: {
      gateways: {
        support: { authentication: true, provider_configs: { openai: { secret: { env: "KEY" } } } },
      },
    },
  };
  const serving = async (stage: Stage): Promise<unknown> =>
    ((await stage.ask("support/openai/chat/completions", "gpt-4o", true)).echo as JsonObject).credential;

  async function stageWith(profile: "live" | "spec" = "live") {
    const stage = await openStage(
      { profile, env: { KEY: OLD }, server: { switches: { secret_pending_ms: 0 } } },
      onTestFinished,
    );
    await stage.declare(file);
    expectConverged(await stage.apply());
    stage.later(HOUR);
    return stage;
  }

  test.each(["live", "spec"] as const)(
    "is written by a rotation where nobody can tell what is there: it was adopted, profile %s",
    async (profile) => {
      const stage = await stageWith(profile);
      await stage.loseLedger();
      await stage.adopt({ patterns: ["*"] });
      stage.env.KEY = NEW;
      expect(await stage.apply()).toMatchObject({ report: { results: [{ outcome: "unverified" }] } });
      expect(await serving(stage)).toContain(OLD.slice(-4));
      const plan = await stage.plan(asked);
      expect(stepsOf(plan)).toEqual([`update ${address}: rotate`]);
      expect(renderPlanText(plan, { style: PLAIN })).toContain("asked for");
      expectConverged(await stage.apply(asked));
      expect(await serving(stage)).toContain(NEW.slice(-4));
      stage.later(HOUR);
      expectEmpty(await stage.plan());
    },
  );

  test("of which the vendor holds a map is written as a whole, under the same id", async () => {
    const stage = await openStage({ profile: "live", env: { KEY: OLD } }, onTestFinished);
    const byok = "vercel.byok_credential.openai";
    await stage.declare({
      vercel: { byok_credentials: { openai: { credential: { apiKey: { env: "KEY" } } } } },
    });
    expectConverged(await stage.apply());
    stage.later(HOUR);
    await stage.loseLedger();
    await stage.adopt({ patterns: ["*"] });
    const stored = async () =>
      (await stage.state()).vercel.byok_credentials.map(({ credentialId, credential }) => ({
        id: credentialId,
        credential,
      }));
    const [before] = await stored();
    stage.env.KEY = NEW;
    expect(await stage.apply()).toMatchObject({ report: { results: [{ outcome: "unverified" }] } });
    expect(await stored()).toEqual([before]);
    expectConverged(await stage.apply({ rotate: [byok], targets: [byok] }));
    expect(await stored()).toEqual([{ id: before?.id, credential: { apiKey: NEW } }]);
    stage.later(HOUR);
    expectEmpty(await stage.plan());
  });

  test("is written by a rotation also where it is what was written last; without one nothing is done", async () => {
    const stage = await stageWith();
    expectEmpty(await stage.plan());
    expect(stepsOf(await stage.plan(asked))).toEqual([`update ${address}: rotate`]);
    expectConverged(await stage.apply(asked));
    stage.later(HOUR);
    expectEmpty(await stage.plan());
  });

  test("is written by a saved plan once, however often that is applied", async () => {
    const stage = await stageWith();
    stage.env.KEY = NEW;
    const plan = await stage.plan(asked);
    expectConverged(await stage.applySaved(plan));
    expect(await serving(stage)).toContain(NEW.slice(-4));
    expect(await stage.applySaved(plan)).toMatchObject({ report: { results: [{ outcome: "already" }] } });
  });

  test("that is not at hand stops the rotation before anything is done", async () => {
    const stage = await stageWith();
    delete stage.env.KEY;
    expect(await stage.apply(asked)).toMatchObject({
      state: "stopped",
      diagnostics: expect.arrayContaining([expect.objectContaining({ code: "MISSING_SECRET" })]),
    });
  });

  test.each([
    ["cloudflare.gateway.support", "NOTHING_TO_ROTATE"],
    ["cloudflare.token.*", "TARGET_UNMATCHED"],
    ["cloudflare.provider_config.support/opneai", "TARGET_UNMATCHED"],
  ])("is not what %s has or is: nothing is done", async (name, code) => {
    const stage = await stageWith();
    expect((await stage.plan({ rotate: [name] })).diagnostics).toMatchObject([{ severity: "error", code }]);
    // As `gateform rotate` asks for it.
    const asked = { rotate: [name], targets: [name] };
    expect((await stage.plan(asked)).diagnostics).toMatchObject([{ severity: "error", code }]);
    expect(await stage.apply({ rotate: [name] })).toMatchObject({ state: "stopped" });
  });
});
