// Tokens whose value was lost between create and delivery: nobody holds it, so the vendor gives them another one and
// they keep their id. Where a sink may hold it, another token is made. Over the reference server.

import { mkdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { LedgerError } from "../../src/ledger/backend.ts";
import type { Plan } from "../../src/model/plan.ts";
import { renderPlanJson } from "../../src/render/plan-json.ts";
import { renderPlanMarkdown } from "../../src/render/plan-markdown.ts";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { dyingAt } from "./cases/faults.ts";
import { expectConverged, expectEmpty, openStage, type Stage, type WrapBackend, writes } from "./stage.ts";

const ADDRESS = "cloudflare.token.caller";
const FILE = "out/caller.token";
const CHAT = "support/openai/chat/completions";
const caller: JsonObject = { permissions: ["AI Gateway Run"], deliver: [{ file: { path: FILE } }] };

/** Writes of the ledger in a stack's first run: its beginning, the intent, "a sink may have it", what was made. */
const BEFORE_DELIVERY = 3;
const AFTER_DELIVERY = 4;
/** The same of a run that gives another value. */
const RENEWED = 1;
const RENEWED_AND_DELIVERED = 2;

async function stageOf(profile: "live" | "spec" = "live"): Promise<Stage> {
  const stage = await openStage({ profile, env: {} }, onTestFinished);
  await declare(stage, caller);
  return stage;
}

const declare = (stage: Stage, token: JsonObject | undefined): Promise<void> =>
  stage.declare({
    cloudflare: {
      gateways: { support: { authentication: true } },
      tokens: token === undefined ? {} : { caller: token },
    },
  });

const live = async (stage: Stage) =>
  (await stage.state()).cloudflare.tokens.filter(({ name }) => name.startsWith("caller"));

const delivered = (stage: Stage): Promise<string | null> =>
  readFile(join(stage.directory, FILE), "utf8").catch(() => null);

const stepsOf = (plan: Plan): string[] =>
  plan.steps.filter(({ address }) => address === ADDRESS).map(({ id, reason }) => `${id}: ${reason}`);

async function dies(stage: Stage, nth: number, run: (wrap: WrapBackend) => Promise<unknown>): Promise<void> {
  await expect(run(dyingAt(nth))).rejects.toThrow(LedgerError);
  expect(await live(stage)).toHaveLength(1);
}

/** A run that dies after the token is made and before any sink has its value. @returns the token's id. */
async function lose(
  stage: Stage,
  permissions: readonly string[] = [],
  write = BEFORE_DELIVERY,
): Promise<string> {
  // The gateway waits for the token, so that the writes of this run are those of the token.
  await dies(stage, write, (wrap) => stage.apply({ allow_permissions: permissions }, wrap));
  expect(await delivered(stage)).toBeNull();
  return (await live(stage))[0]?.id ?? "";
}

/** The token is there with this id, alone, and its sink has the value that opens the gateway. */
async function expectDelivered(stage: Stage, id: string): Promise<void> {
  expect((await live(stage)).map((token) => [token.id, token.value])).toEqual([[id, await delivered(stage)]]);
  expect((await stage.ask(CHAT, "gpt-4o", (await delivered(stage)) ?? "")).status).toBe(200);
  expect((await stage.ledger())?.resources[ADDRESS]).toMatchObject({
    status: "ready",
    id,
    delivered: [{ sink: "file", target: FILE }],
  });
  expectEmpty(await stage.plan());
}

/** The requests at the token's own path, with the id left out. */
async function sent(stage: Stage, id: string): Promise<string[]> {
  const path = /.*\/tokens/;
  return writes(await stage.requests())
    .filter((line) => path.test(line))
    .map((line) => line.replace(id, "ID").replace(/ .*\/tokens/, " "));
}

describe.each(["live", "spec"] as const)(
  "a value lost between create and delivery, profile %s",
  (profile) => {
    test("is made anew for the same token, which opens the gateway and keeps its id", async () => {
      const stage = await stageOf(profile);
      const id = await lose(stage);
      expect(stepsOf(await stage.plan())).toEqual([`update ${ADDRESS}: undelivered`]);
      expectConverged(await stage.apply());
      await expectDelivered(stage, id);
      // Its own name comes last: until the ledger has its id, it is told by the one that it was made under.
      expect(await sent(stage, id)).toEqual(["POST ", "PUT /ID/value", "PUT /ID"]);
    });
  },
);

test("a list that does not show the token yet is read once more, so that no second one is made", async () => {
  const stage = await stageOf();
  const id = await lose(stage);
  await stage.fault({ method: "GET", path: "/tokens$", times: 1, effect: { kind: "stale_list" } });
  expectConverged(await stage.apply());
  await expectDelivered(stage, id);
});

test("a plan says in every format that the token keeps its id and its old value stops working", async () => {
  const stage = await stageOf();
  await lose(stage);
  const plan = await stage.plan();
  const text = renderPlanText(plan, { style: PLAIN });
  for (const shown of [text, renderPlanMarkdown(plan)]) {
    expect(shown).toContain("lost before it reached a sink; it keeps its id and gets a new value");
    expect(shown).toContain("the old one stops working");
    expect(shown).toContain(`goes to file ${FILE}`);
  }
  expect(JSON.parse(renderPlanJson(plan)).steps[0]).toMatchObject({
    action: "update",
    reason: "undelivered",
    changes: [{ path: "name", before: expect.stringMatching(/^caller \(gateform /), after: "caller" }],
  });
  expect(plan.summary).toMatchObject({ create: 1, update: 1, delete: 0, counted_deletes: 0 });
});

describe("a run that dies again", () => {
  test("between the new value and its delivery leaves it to the next run, with the same id", async () => {
    const stage = await stageOf();
    const id = await lose(stage);
    const [before] = await live(stage);
    await dies(stage, RENEWED, (wrap) => stage.apply({}, wrap));
    expect((await live(stage))[0]?.value).not.toBe(before?.value);
    expect(await delivered(stage)).toBeNull();
    expectConverged(await stage.apply());
    await expectDelivered(stage, id);
  });

  test.each([
    ["the first value", AFTER_DELIVERY, undefined],
    ["the second value", BEFORE_DELIVERY, RENEWED_AND_DELIVERED],
  ])("while a sink may have %s leaves it alive until another token is delivered", async (_, nth, again) => {
    const stage = await stageOf();
    await dies(stage, nth, (wrap) => stage.apply({}, wrap));
    if (again !== undefined) await dies(stage, again, (wrap) => stage.apply({}, wrap));
    const [old] = await live(stage);
    expect(await delivered(stage)).toBe(old?.value);
    expect(stepsOf(await stage.plan())).toEqual([
      `create ${ADDRESS}: interrupted`,
      `delete ${ADDRESS}#${old?.id}: retired`,
    ]);
    expectConverged(await stage.apply());
    const [made] = await live(stage);
    expect(made?.id).not.toBe(old?.id);
    await expectDelivered(stage, made?.id ?? "");
  });
});

describe("a token that still has the name that it was made under", () => {
  test("gets its own with its new value, also where the file leaves changes of the name alone", async () => {
    const stage = await stageOf();
    await declare(stage, { ...caller, lifecycle: { ignore_changes: ["name"] } });
    const id = await lose(stage);
    expectConverged(await stage.apply());
    expect(await live(stage)).toMatchObject([{ id, name: "caller" }]);
  });

  test("in a list that lags behind is settling, and no change that the vendor ignores", async () => {
    const stage = await stageOf();
    // The plan reads the list before anything is made, and the apply once more when all is done.
    await stage.fault({ method: "GET", path: "/tokens$", skip: 1, effect: { kind: "stale_list" } });
    const result = await stage.apply();
    expect(result).toMatchObject({
      report: { converged: true, settling: [{ address: ADDRESS, path: "name" }], diagnostics: [] },
    });
    await stage.clearFaults();
    expectEmpty(await stage.plan());
  });

  test("is found by the declared name when the ledger is lost: no second one is made, and adopting takes it", async () => {
    const stage = await stageOf();
    await stage.fault({
      method: "PUT",
      path: "/tokens/[^/]+$",
      effect: { kind: "status", status: 403, when: "before" },
    });
    await stage.apply();
    await stage.clearFaults();
    const [left] = await live(stage);
    expect(left?.name).toMatch(/^caller \(gateform /);
    await stage.loseLedger();
    expect((await stage.plan()).refused).toContainEqual(
      expect.objectContaining({
        address: ADDRESS,
        code: "OWNERSHIP_UNKNOWN",
        message: expect.stringContaining(left?.id ?? "none"),
      }),
    );
    await stage.adopt({ patterns: ["*"] });
    expectConverged(await stage.apply());
    expect((await live(stage)).map(({ id, name }) => [id, name])).toEqual([[left?.id, "caller"]]);
  });
});

describe("an answer that is lost", () => {
  test("of the create: the token gets another value in the same run, and nothing is deleted", async () => {
    const stage = await stageOf();
    await stage.fault({
      method: "POST",
      path: "/tokens$",
      times: 1,
      effect: { kind: "drop", when: "after" },
    });
    expectConverged(await stage.apply());
    const id = (await live(stage))[0]?.id ?? "";
    await expectDelivered(stage, id);
    expect((await sent(stage, id)).filter((line) => line !== "PUT /ID")).toEqual(["POST ", "PUT /ID/value"]);
  });

  test("of the create of a disabled token: what the create does in a second request is done as well", async () => {
    const stage = await stageOf();
    await declare(stage, { ...caller, status: "disabled" });
    await stage.fault({
      method: "POST",
      path: "/tokens$",
      times: 1,
      effect: { kind: "drop", when: "after" },
    });
    expectConverged(await stage.apply());
    expect(await live(stage)).toMatchObject([{ status: "disabled", value: await delivered(stage) }]);
  });

  test("of every roll: the run fails and delivers nothing, and the next one rolls again", async () => {
    const stage = await stageOf();
    const id = await lose(stage);
    await stage.fault({ method: "PUT", path: "/value$", effect: { kind: "drop", when: "after" } });
    expect(await stage.apply()).toMatchObject({ report: { converged: false } });
    expect([await delivered(stage), (await live(stage)).map((token) => token.id)]).toEqual([null, [id]]);
    await stage.clearFaults();
    expect(stepsOf(await stage.plan())).toEqual([`update ${ADDRESS}: undelivered`]);
    expectConverged(await stage.apply());
    await expectDelivered(stage, id);
  });
});

test("a sink that fails after the roll leaves the token, undelivered; the next run rolls again", async () => {
  const stage = await stageOf();
  const id = await lose(stage);
  const inTheWay = join(stage.directory, FILE);
  // The sinks are tried before the value is made; the first write of this run comes after.
  const blocking: WrapBackend = (backend) => ({
    ...backend,
    write: async (...args) => {
      await mkdir(inTheWay, { recursive: true });
      return backend.write(...args);
    },
  });
  expect(await stage.apply({}, blocking)).toMatchObject({
    report: {
      converged: false,
      results: expect.arrayContaining([
        expect.objectContaining({ action: "update", outcome: "failed", code: "DELIVERY_FAILED" }),
      ]),
    },
  });
  expect((await live(stage)).map((token) => token.id)).toEqual([id]);
  await rmdir(inTheWay);
  expect(stepsOf(await stage.plan())).toEqual([`update ${ADDRESS}: undelivered`]);
  expectConverged(await stage.apply());
  await expectDelivered(stage, id);
});

describe("a file that changed since the value was lost", () => {
  test("is what the token gets along with its new value, in one step that shows it", async () => {
    const stage = await stageOf();
    const id = await lose(stage);
    await declare(stage, { ...caller, permissions: ["AI Gateway Run", "AI Gateway Read"] });
    const plan = await stage.plan();
    expect(stepsOf(plan)).toEqual([`update ${ADDRESS}: undelivered`]);
    expect(plan.steps[0]?.changes.map(({ path }) => path)).toEqual(["name", "permissions"]);
    expectConverged(await stage.apply());
    await expectDelivered(stage, id);
  });

  test("and has no token any more: it is deleted, and not rolled", async () => {
    const stage = await stageOf();
    const id = await lose(stage);
    await declare(stage, undefined);
    expectConverged(await stage.apply());
    expect(await sent(stage, id)).toEqual(["POST ", "DELETE /ID"]);
    expect(await live(stage)).toEqual([]);
  });

  test("and has no sink any more: nothing is done", async () => {
    const stage = await stageOf();
    await lose(stage);
    await declare(stage, { permissions: ["AI Gateway Run"] });
    expect((await stage.plan()).refused).toContainEqual(
      expect.objectContaining({ address: ADDRESS, code: "NO_SINK" }),
    );
  });

  test("and gives more than files may: its value is not delivered without the runner's leave", async () => {
    const stage = await stageOf();
    const wide = { ...caller, permissions: ["AI Gateway Run", "Workers AI Read"] };
    await declare(stage, wide);
    const id = await lose(stage, ["Workers AI Read"]);
    expect((await stage.plan()).refused).toContainEqual(
      expect.objectContaining({ address: ADDRESS, code: "PERMISSION_NOT_ALLOWED" }),
    );
    expectConverged(await stage.apply({ allow_permissions: ["Workers AI Read"] }));
    await expectDelivered(stage, id);
  });
});

describe("a saved plan", () => {
  const outcomes = async (stage: Stage, plan: Plan) => {
    const result = await stage.applySaved(plan);
    if (result.state !== "applied") throw new Error(JSON.stringify(result.diagnostics));
    return result.report.results
      .filter(({ address }) => address === ADDRESS)
      .map(({ action, outcome, code }) => `${action} ${code ?? outcome}`);
  };

  test("that rolls does it once: carried out again, it finds the value delivered", async () => {
    const stage = await stageOf();
    const id = await lose(stage);
    const plan = await stage.plan();
    expect(await outcomes(stage, plan)).toEqual(["update done"]);
    const value = await delivered(stage);
    expect(await outcomes(stage, plan)).toEqual(["update already"]);
    expect(await delivered(stage)).toBe(value);
    await expectDelivered(stage, id);
  });

  test("that rolls does nothing once a sink may have the value", async () => {
    const stage = await stageOf();
    await lose(stage);
    const plan = await stage.plan();
    await dies(stage, RENEWED_AND_DELIVERED, (wrap) => stage.apply({}, wrap));
    expect(await outcomes(stage, plan)).toEqual(["update MOVED"]);
    expect((await live(stage))[0]?.value).toBe(await delivered(stage));
  });

  test("that creates goes on with what its first run made, with the same id", async () => {
    const stage = await stageOf();
    await declare(stage, undefined);
    expectConverged(await stage.apply());
    await declare(stage, caller);
    const plan = await stage.plan();
    const id = await lose(stage, [], BEFORE_DELIVERY - 1);
    expect(await outcomes(stage, plan)).toEqual(["update done"]);
    await expectDelivered(stage, id);
  });
});

describe("the credential that a run works with", () => {
  test("is not rolled, however much it looks like one whose value was lost", async () => {
    const stage = await stageOf();
    const allow_permissions = ["Account API Tokens Write"];
    const permissions = ["AI Gateway Write", "AI Gateway Run", ...allow_permissions];
    await declare(stage, { ...caller, permissions });
    const id = await lose(stage, allow_permissions);
    const plan = await stage.plan({ allow_permissions });
    expect(stepsOf(plan)).toEqual([`update ${ADDRESS}: undelivered`]);
    const [own] = await live(stage);
    stage.env.CLOUDFLARE_API_TOKEN = own?.value;
    expect((await stage.plan({ allow_permissions })).refused).toContainEqual(
      expect.objectContaining({ address: ADDRESS, code: "SELF_PROTECTED" }),
    );
    expect(await stage.applySaved(plan)).toMatchObject({
      report: { results: expect.arrayContaining([expect.objectContaining({ code: "SELF_PROTECTED" })]) },
    });
    expect(await live(stage)).toMatchObject([{ id, value: own?.value }]);
  });
});
