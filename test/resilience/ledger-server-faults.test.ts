// A ledger on a server that refuses, fails, breaks off, answers with something else, or lets somebody else write: at
// its lock, its first read, each write in the middle of a run, and its end. GATEFORM_TEST_FULL=1 tries all of it.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  json,
  type Result,
  type Server,
  startServer,
  type Workspace,
  workspace,
  writesOf,
} from "../e2e/support.ts";
import { type Effect, type StateServer, startStateServer } from "../unit/ledger/state-server.ts";
import { beforeWrites } from "./between.ts";

const FULL = process.env.GATEFORM_TEST_FULL === "1";
const IN_TURN = ["apply", "--auto-approve", "--output", "json", "--parallelism", "1"];

let server: Server;
let state: StateServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.reset();
  state = await startStateServer("terraform");
});
afterEach(() => state.close());

function onServer(): Workspace {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  work.write(
    "gateform.yaml",
    `${work.read("gateform.yaml")}\nledger: { http: { address: "${state.address}" } }\n`,
  );
  return work;
}

/** The error of a run that failed as a run should: exit code 1, words for it, what to do, and no stack trace. */
function refusalOf(result: Result): { readonly code: string; readonly message: string } {
  expect(result.code, result.stdout + result.stderr).toBe(1);
  expect(result.stdout + result.stderr).not.toMatch(/\n\s+at .*[:(]\d+|INTERNAL|proxy-page/);
  const { error } = json(result);
  expect(error.hint ?? "", JSON.stringify(error)).not.toBe("");
  return error;
}

const PAGE: Effect = {
  answer: 200,
  body: "<!DOCTYPE html><title>proxy-page</title>",
  headers: { "content-type": "text/html" },
};
const always = (effect: Effect): Effect[] => [effect, effect, effect, effect];

type Refused = readonly [string, method: string, readonly Effect[], code: string, words: RegExp];

/** What can be known before anything is done. */
const BEFORE: readonly Refused[] = [
  ["the lock fails", "LOCK", always({ answer: 500 }), "LEDGER_IO", /answered 500 to LOCK/],
  ["the lock is somebody's", "LOCK", [{ answer: 423 }], "LEDGER_LOCKED", /is locked/],
  ["the lock is in conflict", "LOCK", [{ answer: 409 }], "LEDGER_LOCKED", /is locked/],
  ["the lock is answered by a proxy", "LOCK", [PAGE], "LEDGER_IO", /web page/],
  ["the ledger cannot be read", "GET", always({ answer: 503 }), "LEDGER_IO", /answered 503 to GET/],
  ["the ledger is answered by a proxy", "GET", [PAGE], "LEDGER_UNREADABLE", /web page/],
  [
    "the ledger is no ledger",
    "GET",
    [{ answer: 200, body: '{"success":true}' }],
    "LEDGER_UNREADABLE",
    /no "format"/,
  ],
  [
    "the ledger is cut short",
    "GET",
    [{ answer: 200, body: '{"format":1,"st' }],
    "LEDGER_UNREADABLE",
    /cut short/,
  ],
  ["the ledger's reads break off", "GET", always({ drop: "before" }), "LEDGER_IO", /connection/],
];

test.each(BEFORE.filter((_, index) => FULL || index % 4 === 1))(
  "where %s, no vendor is written and the lock is free afterwards",
  async (_, method, effects, code, words) => {
    const work = onServer();
    state.fault(method, ...effects);
    const error = refusalOf(await work.run(IN_TURN));
    expect(error.code, JSON.stringify(error)).toBe(code);
    expect(error.message).toMatch(words);
    expect(writesOf(await server.requests())).toEqual([]);
    expect([state.state, state.lock]).toEqual([null, null]);
  },
);

async function expectFinished(work: Workspace): Promise<void> {
  const next = await work.run(IN_TURN);
  expect(next.code, next.stdout + next.stderr).toBe(0);
  const { cloudflare, vercel } = await server.state();
  const rules = vercel.rules.filter((rule: { deleted: boolean }) => !rule.deleted);
  const counts = [cloudflare.gateways, cloudflare.provider_configs, cloudflare.stores, vercel.keys, rules];
  expect(counts.map((list) => list.length)).toEqual([1, 1, 1, 1, 2]);
  expect(work.read("out/ci.env")).toBe(`AI_GATEWAY_API_KEY=${vercel.keys[0].secret}\n`);
  expect(state.lock).toBeNull();
}

/** What ends a run in its middle, at a write of its ledger. */
const DURING: readonly (readonly [string, readonly Effect[], code: string, words: RegExp])[] = [
  ["is too large for its server", [{ answer: 413 }], "LEDGER_IO", /answered 413/],
  [
    "is not what its server has",
    [{ answer: 412 }],
    "LEDGER_CONFLICT",
    /not what this run started from \(412\)/,
  ],
  ["is refused for its lock", [{ answer: 423 }], "LEDGER_CONFLICT", /somebody else holds the lock/],
  ["is in conflict", [{ answer: 409 }], "LEDGER_CONFLICT", /somebody else holds the lock/],
  ["is refused", [{ answer: 403 }], "LEDGER_ACCESS", /answered 403/],
  ["is answered by a proxy", [PAGE], "LEDGER_IO", /web page/],
  ["fails again and again", always({ answer: 500 }), "LEDGER_IO", /answered 500/],
];

describe.each(FULL ? [2, 4, 7] : [4])("a ledger whose write number %i", (number) => {
  const before = Array(number - 1).fill(undefined);

  test.each(DURING.filter((_, index) => FULL || index % 3 === 0))(
    "%s ends the run with the ledger from before; the next run finishes",
    async (_, effects, code, words) => {
      const work = onServer();
      state.fault("POST", ...before, ...effects);
      const error = refusalOf(await work.run(IN_TURN));
      expect(error.code, JSON.stringify(error)).toBe(code);
      expect(error.message).toMatch(words);
      expect(error.message).toMatch(/The run stopped there: \d of 6 steps were done\.$/);
      expect(JSON.parse(state.state ?? "{}").serial).toBe(number - 1);
      await expectFinished(work);
    },
  );

  test.each<readonly [string, Effect]>([
    ["is stored and its answer lost", { drop: "after" }],
    ["fails after it was stored", { after: 500 }],
    ["fails once", { answer: 500 }],
    ["is asked to wait for", { answer: 429, headers: { "retry-after": "0" } }],
  ])("%s is looked up or sent again, and the run ends as if nothing had been", async (_, effect) => {
    const work = onServer();
    state.fault("POST", ...before, effect);
    await expectFinished(work);
  });
});

test("a ledger that somebody else writes meanwhile is not written over; what is not in it is adopted", async () => {
  const work = onServer();
  const relay = await beforeWrites(server, (write) => {
    if (write !== 3) return;
    const theirs = JSON.parse(state.state ?? "{}");
    state.state = JSON.stringify({ ...theirs, serial: theirs.serial + 5, resources: {} });
  });
  onTestFinished(relay.close);
  const { code, message } = refusalOf(await work.run(IN_TURN, relay.env));
  expect([code, message]).toEqual(["LEDGER_CONFLICT", expect.stringMatching(/serial \d+ instead of \d+/)]);
  expect(JSON.parse(state.state ?? "{}").resources).toEqual({});
  const adopted = await work.run(["adopt", "--all"]);
  expect(adopted.code, adopted.stderr).toBe(0);
  await expectFinished(work);
});

test("a lock that cannot be given back is a warning, and `ledger unlock` removes it", async () => {
  const work = onServer();
  state.fault("UNLOCK", ...always({ answer: 500 }));
  const result = await work.run(["apply", "--auto-approve"]);
  expect(result.code, result.stderr).toBe(0);
  expect(result.stderr).toContain("could not be given back");
  expect(result.stderr).toContain("gateform ledger unlock");
  expect(state.lock).not.toBeNull();
  expect((await work.run(["ledger", "unlock"])).stdout).toContain("Unlocked");
  await expectFinished(work);
});

test("a run that is being stopped writes its ledger although the server asks it to wait, and tells of the wait", async () => {
  const work = onServer();
  let stop = (): void => undefined;
  const stopping = new Promise<void>((done) => {
    stop = done;
  });
  const relay = await beforeWrites(server, async (write) => {
    if (write !== 3) return;
    state.fault("POST", { answer: 429, headers: { "retry-after": "1" } }, { answer: 429 });
    running.kill("SIGINT");
    await running.shown("once more stops at once");
    stop();
  });
  onTestFinished(relay.close);
  const running = work.start(["--debug", "apply", "--auto-approve", "--parallelism", "1"], relay.env);
  await stopping;
  const { code, stdout, stderr } = await running.done;
  expect(code).toBe(1);
  expect(stdout).toContain("Interrupted: what was done is in the ledger.");
  // What was made by the request that was under way has its id in the ledger.
  const { resources } = JSON.parse(state.state ?? "{}");
  const { vercel } = await server.state();
  const made = vercel.rules.map((rule: { ruleId: string }) => rule.ruleId);
  expect(made).toHaveLength(1);
  expect(resources["vercel.rule.no-gpt-5-5"]).toMatchObject({ status: "ready", id: made[0] });
  expect(stderr).toMatch(/ledger waits 1\.0 s before try 2: the server asks for it/);
  expect(stderr).toMatch(/ledger waits \d+ ms before try 3: it failed/);
  await expectFinished(work);
});
