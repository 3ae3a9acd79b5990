// Ctrl-C, SIGTERM and two runs at once: the ledger stays valid and the next run finishes the work.

import { existsSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Running, type Server, startServer, type Workspace, workspace } from "../e2e/support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const LEDGER = ".gateform/quickstart.ledger.json";
/** One step at a time, so that after the first one another is surely under way. */
const SLOWLY = ["apply", "--auto-approve", "--parallelism", "1"];

function quickstart(): Workspace {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  return work;
}

/** An apply of two updates, the first done, the second waiting for an answer that comes too late for any test. */
async function hangingUpdate(): Promise<{ readonly work: Workspace; readonly running: Running }> {
  const work = quickstart();
  await work.run(["apply", "--auto-approve"]);
  const text = work.read("gateform.yaml");
  work.write(
    "gateform.yaml",
    text.replace("cache_ttl: 300", "cache_ttl: 60").replace("reason: cost", "reason: price"),
  );
  await server.addFaults({ method: "PATCH", effect: { kind: "latency", ms: 50_000 } });
  const running = work.start(SLOWLY);
  await running.shown("[1/2]");
  return { work, running };
}

describe.each(["SIGINT", "SIGTERM"] as const)("%s during an apply", (signal) => {
  test("ends what is running, keeps it in the ledger, says how to go on; the next run converges", async () => {
    const work = quickstart();
    await server.addFaults({ method: "POST", effect: { kind: "latency", ms: 400 } });
    const running = work.start(SLOWLY);
    await running.shown("[1/6]");
    running.kill(signal);
    const { code, stdout } = await running.done;
    expect(code).toBe(1);
    expect(stdout).toContain("Interrupted: what was done is in the ledger. Run `gateform apply` again");
    expect(stdout).toMatch(/Apply: [12] done, [45] cancelled\./);

    const { resources } = JSON.parse(work.read(LEDGER));
    const live = await server.state();
    expect(Object.keys(resources).length).toBeGreaterThan(0);
    expect(live.cloudflare.gateways.length + live.vercel.rules.length).toBeLessThan(3);
    expect(existsSync(work.path(`${LEDGER}.lock`))).toBe(false);

    await server.clearFaults();
    expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
    expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
    expect((await server.state()).vercel.keys).toHaveLength(1);
  });
});

test("a second Ctrl-C stops at once, with a valid ledger and without a lock; the next run converges", async () => {
  const { work, running } = await hangingUpdate();
  running.kill("SIGINT");
  await running.shown("once more stops at once");
  running.kill("SIGINT");
  const { code, stderr, stdout } = await running.done;
  expect(code).toBe(1);
  expect(stderr).toContain("stopped. The ledger is valid");
  expect(stdout).not.toContain("Apply:");
  expect(JSON.parse(work.read(LEDGER)).resources["vercel.rule.opus-to-haiku"].status).toBe("ready");
  expect(existsSync(work.path(`${LEDGER}.lock`))).toBe(false);

  await server.clearFaults();
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
  expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
});

test("of two applies at once the second is refused and names the first, or waits for it", async () => {
  const work = quickstart();
  await server.addFaults({ method: "POST", effect: { kind: "latency", ms: 300 } });
  const first = work.start(SLOWLY);
  await first.shown("[1/6]");
  const second = await work.run(["apply", "--auto-approve"]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain("[LEDGER_LOCKED]");
  expect(second.stderr).toContain("gateform apply");
  const third = await work.run(["apply", "--auto-approve", "--detailed-exitcode", "--lock-timeout", "1m"]);
  expect((await first.done).code).toBe(0);
  expect(third).toMatchObject({ code: 0 });
  expect((await server.state()).vercel.keys).toHaveLength(1);
});

test("a killed run's lock is taken over with a note, and `ledger unlock` removes one that is left", async () => {
  const { work, running } = await hangingUpdate();
  running.kill("SIGKILL");
  await running.done;
  expect(existsSync(work.path(`${LEDGER}.lock`))).toBe(true);
  await server.clearFaults();
  const next = await work.run(["apply", "--auto-approve", "--output", "json"]);
  expect(next.code).toBe(0);
  expect(JSON.parse(next.stdout).diagnostics).toContainEqual(
    expect.objectContaining({ severity: "note", code: "LOCK_TAKEN_OVER" }),
  );

  work.write(`${LEDGER}.lock`, "{}");
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(1);
  expect((await work.run(["ledger", "unlock"])).stdout).toContain(
    ", which was held by a holder that the lock does not name.",
  );
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
  expect((await work.run(["ledger", "unlock"])).stdout).toContain("There was no lock");
});
