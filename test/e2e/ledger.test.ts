// The ledger's own commands, and a ledger on a server: with the same product, only elsewhere.

import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { type StateServer, startStateServer } from "../unit/ledger/state-server.ts";
import { json, type Server, startServer, type Workspace, workspace } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const APPLY = ["apply", "--auto-approve"];

function quickstart(): Workspace {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  return work;
}

test("ledger history says where a key went, what failed and what was forgotten; ledger show what is known", async () => {
  const work = quickstart();
  await server.addFaults({
    method: "POST",
    path: "/ai-gateway/rules$",
    effect: { kind: "status", status: 400, when: "before" },
  });
  const job = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/ai", GITHUB_RUN_ID: "42" };
  expect((await work.run([...APPLY], job)).code).toBe(1);
  await server.clearFaults();
  expect((await work.run(APPLY)).code).toBe(0);
  expect((await work.run(["ledger", "forget", "vercel.rule.no-gpt-5-5"])).code).toBe(0);
  await server.forgetRequests();

  const told = await work.run(["ledger", "history"]);
  const headlines = told.stdout.split("\n").filter((line) => / by .*, serial \d+$/.test(line));
  expect(headlines.map((line) => /Z {2}(\w+) by/.exec(line)?.[1])).toEqual(["forget", "apply", "apply"]);
  expect(told.stdout).toContain("https://github.com/acme/ai/actions/runs/42");
  expect(told.stdout).toMatch(/\+ vercel\.rule\.no-gpt-5-5 {2}create failed/);
  expect(told.stdout).toMatch(/\+ vercel\.key\.ci {2}create, \S+ → file out\/ci\.env/);

  const one = json(await work.run(["ledger", "history", "vercel.rule.no-gpt-5-5", "--output", "json"]));
  expect(one.history.map((run: { command: string }) => run.command)).toEqual(["apply", "apply", "forget"]);

  const shown = json(await work.run(["ledger", "show", "vercel.key.ci", "--output", "json"]));
  const { vercel } = await server.state();
  expect(shown).toMatchObject({
    stack: "quickstart",
    count: 4,
    lock: "not held",
    resources: { "vercel.key.ci": { id: vercel.keys[0].id, delivered: [{ sink: "file" }] } },
  });
  const slip = await work.run(["ledger", "show", "vercel.key.cii"]);
  expect(slip.code).toBe(1);
  expect(slip.stderr).toContain("did you mean vercel.key.ci?");
  expect(await server.requests()).toEqual([]);
});

test("ledger show and history without a ledger say that there is none", async () => {
  const work = quickstart();
  for (const command of ["show", "history"]) {
    const { code, stdout } = await work.run(["ledger", command, "--output", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe("LEDGER_MISSING");
  }
});

const JOB_TOKEN = canary("job token");

describe("a ledger on a server", () => {
  let state: StateServer;
  beforeEach(async () => {
    state = await startStateServer("gitlab");
    state.accepts = [`Basic ${Buffer.from(`gitlab-ci-token:${JOB_TOKEN}`).toString("base64")}`];
  });
  afterEach(() => state.close());

  const TOKEN = { CI_JOB_TOKEN: JOB_TOKEN };

  function onServer(): Workspace {
    const work = quickstart();
    const { address, lock_address } = state;
    work.write(
      "on-server.yaml",
      `ledger:\n  http:\n    address: ${address}\n    lock_address: ${lock_address}\n    lock_method: POST\n    unlock_method: DELETE\n    username: gitlab-ci-token\n    password: { env: CI_JOB_TOKEN }\n`,
    );
    return work;
  }
  const files = ["-f", "gateform.yaml", "-f", "on-server.yaml"];

  test("serves plan, apply, show and destroy, and no file is made", async () => {
    const work = onServer();
    const applied = await work.run([...APPLY, ...files], TOKEN);
    expect(applied.code, applied.stderr).toBe(0);
    expect((await work.run(["plan", "--detailed-exitcode", ...files], TOKEN)).code).toBe(0);
    const shown = json(await work.run(["ledger", "show", "--output", "json", ...files], TOKEN));
    expect(shown).toMatchObject({ place: expect.stringMatching(/^http 127\.0\.0\.1/), count: 5 });
    expect(existsSync(work.path(".gateform"))).toBe(false);
    expect(state.lock).toBeNull();

    work.write(
      "gateform.yaml",
      work.read("gateform.yaml").replace("prevent_destroy: true", "prevent_destroy: false"),
    );
    await work.run([...APPLY, ...files], TOKEN);
    const gone = await work.run(["destroy", "--auto-approve", "--allow-deletes", "9", ...files], TOKEN);
    expect(gone.code, gone.stderr).toBe(0);
    expect((await server.state()).vercel.keys).toEqual([]);
  });

  test("whose token is refused stops a run before a vendor is asked, and names the variable", async () => {
    const work = onServer();
    await server.forgetRequests();
    const expired = canary("expired job token");
    const { code, stdout, stderr } = await work.run([...APPLY, ...files], {
      CI_JOB_TOKEN: expired,
      GATEFORM_DEBUG: "1",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/debug: #1 ledger → POST .*state\/acme\/lock\ndebug: #1 ledger ← 401 /);
    expect(stderr).toContain("[LEDGER_ACCESS]");
    expect(stderr).toContain("env CI_JOB_TOKEN");
    expect(leaksOf(stdout + stderr, [expired])).toEqual([]);
    expect(await server.requests()).toEqual([]);
  });

  /** An apply that has the lock and waits for an answer that comes too late for any test. */
  async function hanging(work: Workspace) {
    await server.addFaults({ method: "POST", effect: { kind: "latency", ms: 50_000 } });
    const running = work.start([...APPLY, ...files], TOKEN);
    await running.shown("Plan:");
    await until(() => state.lock !== null);
    return running;
  }

  test("keeps another run out, which names the first; a second Ctrl-C gives the lock back", async () => {
    const work = onServer();
    const running = await hanging(work);
    const second = await work.run([...APPLY, ...files], TOKEN);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`[LEDGER_LOCKED]`);
    expect(second.stderr).toContain(`on ${hostname()} (gateform apply)`);
    const alive = await work.run(["ledger", "unlock", ...files], TOKEN);
    expect(alive.stderr).toContain("still running");

    running.kill("SIGINT");
    await running.shown("once more stops at once");
    running.kill("SIGINT");
    expect((await running.done).code).toBe(1);
    expect(state.lock).toBeNull();
    await server.clearFaults();
    expect((await work.run([...APPLY, ...files], TOKEN)).code).toBe(0);
  });

  test.runIf(process.platform === "linux")("keeps a killed run's lock until `ledger unlock`", async () => {
    const work = onServer();
    const running = await hanging(work);
    running.kill("SIGKILL");
    await running.done;
    await server.clearFaults();
    const next = await work.run([...APPLY, ...files, "--lock-timeout", "10m"], TOKEN);
    expect(next.code).toBe(1);
    expect(next.stderr).toContain("[LEDGER_LOCK_STALE]");
    const unlocked = await work.run(["ledger", "unlock", ...files], TOKEN);
    expect(unlocked.stdout).toMatch(
      /^Unlocked: .*, which was held by process \d+ on .* \(gateform apply\) since /,
    );
    const last = await work.run([...APPLY, ...files], TOKEN);
    expect(last.code, last.stderr).toBe(0);
    expect((await server.state()).vercel.keys).toHaveLength(1);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setImmediate(done));
}
