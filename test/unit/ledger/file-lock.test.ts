import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LedgerLock } from "../../../src/ledger/backend.ts";
import { fileBackend } from "../../../src/ledger/file-backend.ts";
import { isGone, type LockHolder, thisHolder } from "../../../src/ledger/lock-holder.ts";
import { bundleScript, removeBundles, startScript } from "./child.ts";

let directory: string;
let path: string;
let lockPath: string;
let script: string;

/** A process that locks when told "lock", says how it went, and ends or dies as it is told. */
beforeAll(async () => {
  script = await bundleScript(`
    import { createInterface } from "node:readline";
    import { fileBackend } from "./src/ledger/file-backend.ts";
    const backend = fileBackend({ path: process.argv[2], command: "gateform apply" });
    console.log("ready");
    let lock;
    for await (const line of createInterface({ input: process.stdin })) {
      if (line === "lock") {
        try { lock = await backend.lock(0); console.log("locked " + (lock.note ?? "")); }
        catch (error) { console.log(error.code); }
      }
      if (line === "release") { await lock?.release(); console.log("released"); }
      if (line === "exit") process.exit(0);
      if (line === "die") process.kill(process.pid, "SIGKILL");
    }
  `);
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gateform-lock-"));
  path = join(directory, "acme.ledger.json");
  lockPath = `${path}.lock`;
});
afterAll(removeBundles);
afterEach(() => rm(directory, { recursive: true, force: true }));

async function start() {
  const child = startScript(script, path);
  expect(await child.line()).toBe("ready");
  return child;
}

/** A lock whose process was killed while it held it. */
async function leaveStaleLock(): Promise<LockHolder> {
  const child = await start();
  child.tell("lock");
  expect(await child.line()).toBe("locked ");
  child.tell("die");
  await child.ended();
  return JSON.parse(await readFile(lockPath, "utf8"));
}

const plant = (holder: LockHolder) => writeFile(lockPath, JSON.stringify(holder));

describe("a lock", () => {
  it("keeps another process out and names the holder and the ways out", async () => {
    const child = await start();
    child.tell("lock");
    expect(await child.line()).toBe("locked ");
    await expect(fileBackend({ path }).lock(0)).rejects.toMatchObject({
      code: "LEDGER_LOCKED",
      message: expect.stringMatching(
        new RegExp(`process ${child.process.pid} on .* \\(gateform apply\\) since 2`),
      ),
      hint: expect.stringMatching(/--lock-timeout.*gateform ledger unlock/),
    });
    child.tell("release");
    expect(await child.line()).toBe("released");
    const lock = await fileBackend({ path }).lock(0);
    await lock.release();
    child.tell("exit");
    await child.ended();
  });

  it("goes when its process ends without releasing it", async () => {
    const child = await start();
    child.tell("lock");
    await child.line();
    child.tell("exit");
    expect(await child.ended()).toBe(0);
    expect(await readdir(directory)).toEqual([]);
  });

  it("of a run that still runs on this machine is not removed by unlock, and names the run", async () => {
    const child = await start();
    child.tell("lock");
    await child.line();
    await expect(fileBackend({ path }).breakLock()).rejects.toMatchObject({
      code: "LEDGER_LOCKED",
      message: expect.stringContaining(`process ${child.process.pid} on `),
    });
    await expect(fileBackend({ path }).lock(0)).rejects.toMatchObject({ code: "LEDGER_LOCKED" });
    child.tell("release");
    expect(await child.line()).toBe("released");
    expect(await readdir(directory)).toEqual([]);
    child.tell("exit");
    await child.ended();
  });

  it("of mode 0600 goes to exactly one of several processes that ask at once", async () => {
    const children = await Promise.all(Array.from({ length: 4 }, start));
    for (const child of children) child.tell("lock");
    const answers = await Promise.all(children.map((child) => child.line()));
    expect(answers.sort()).toEqual(["LEDGER_LOCKED", "LEDGER_LOCKED", "LEDGER_LOCKED", "locked "]);
    for (const child of children) child.tell("exit");
    await Promise.all(children.map((child) => child.ended()));
  });
});

describe("a stale lock", () => {
  it("of a killed process is taken over with a note that names it", async () => {
    const dead = await leaveStaleLock();
    const lock = await fileBackend({ path }).lock(0);
    expect(lock.note).toContain(`process ${dead.pid}`);
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it("goes to exactly one of several processes that take it over at once", async () => {
    await leaveStaleLock();
    const children = await Promise.all(Array.from({ length: 4 }, start));
    for (const child of children) child.tell("lock");
    const answers = await Promise.all(children.map((child) => child.line()));
    expect(answers.filter((answer) => answer.startsWith("locked"))).toHaveLength(1);
    for (const child of children) child.tell("exit");
    await Promise.all(children.map((child) => child.ended()));
  });

  it("goes to exactly one of many takers, however their steps interleave", async () => {
    const dead = await leaveStaleLock();
    for (let round = 0; round < 20; round++) {
      await plant(dead);
      const takers = Array.from({ length: 8 }, () => fileBackend({ path }).lock(0));
      const won = (await Promise.allSettled(takers)).filter((one) => one.status === "fulfilled");
      expect(won).toHaveLength(1);
      await (won[0] as PromiseFulfilledResult<LedgerLock>).value.release();
      expect(await readdir(directory)).toEqual([]);
    }
  });

  it("that another run took over between a taker's look and its swap stays with that run", async () => {
    await leaveStaleLock();
    const slow = await bundleScript(`
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      import { fileBackend } from "./src/ledger/file-backend.ts";
      const open = fs.promises.open;
      fs.promises.open = async (path, ...rest) => {
        if (path.endsWith(".takeover")) {
          console.log("about to swap");
          await new Promise((resolve) => process.stdin.once("data", resolve));
          process.stdin.pause();
        }
        return open(path, ...rest);
      };
      syncBuiltinESMExports();
      await fileBackend({ path: process.argv[2] }).lock(0).then(() => console.log("locked"), (error) => console.log(error.code));
    `);
    const child = startScript(slow, path);
    expect(await child.line()).toBe("about to swap");
    const lock = await fileBackend({ path }).lock(0);
    child.tell("go");
    expect(await child.line()).toBe("LEDGER_LOCKED");
    await child.ended();
    expect(JSON.parse(await readFile(lockPath, "utf8")).pid).toBe(process.pid);
    await lock.release();
  });

  it("that is cut short is an error that names ledger unlock, and unlock removes it", async () => {
    await writeFile(lockPath, '{"pid": ');
    const backend = fileBackend({ path });
    await expect(backend.lock(0)).rejects.toMatchObject({
      code: "LEDGER_LOCKED",
      hint: expect.stringContaining("gateform ledger unlock"),
    });
    expect(await backend.breakLock()).toEqual({ state: "held", by: "a holder that the lock does not name" });
    expect(await backend.breakLock()).toEqual({ state: "free" });
    await (await backend.lock(0)).release();
  });

  it("with a take-over that a crash cut off is an error until unlock removes both", async () => {
    const dead = await leaveStaleLock();
    await writeFile(`${lockPath}.takeover`, JSON.stringify(dead));
    const backend = fileBackend({ path });
    await expect(backend.lock(0)).rejects.toMatchObject({ code: "LEDGER_LOCKED" });
    await backend.breakLock();
    await (await backend.lock(0)).release();
    expect(await readdir(directory)).toEqual([]);
  });
});

describe("a holder", () => {
  it("that is this process is not gone", () => {
    expect(isGone(thisHolder("test"))).toBe(false);
  });

  it.runIf(process.platform === "linux")("whose process id now belongs to a younger process is gone", () => {
    expect(isGone({ ...thisHolder("test"), started: "1" })).toBe(true);
  });

  it("without a known start time is gone only when no process has its id", () => {
    expect(isGone({ ...thisHolder("test"), started: null })).toBe(false);
    expect(isGone({ ...thisHolder("test"), started: null, pid: 2 ** 22 + 1 })).toBe(true);
  });
});
