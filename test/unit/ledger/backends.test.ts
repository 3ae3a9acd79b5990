// What every place of a ledger does alike: one list of cases, run for each of them.

import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LedgerLock } from "../../../src/ledger/backend.ts";
import { emptyLedger, printLedger } from "../../../src/ledger/documents.ts";
import { type LockHolder, thisHolder } from "../../../src/ledger/lock-holder.ts";
import type { Ledger } from "../../../src/model/ledger.ts";
import { PLACES, type Place } from "./places.ts";

const first = (): Ledger => ({ ...emptyLedger("acme", { vercel: "team_1" }), serial: 1 });
const next = (ledger: Ledger, change: Partial<Ledger> = {}): Ledger => ({
  ...ledger,
  serial: ledger.serial + 1,
  ...change,
});
/** The process that runs this one: alive, and another one. */
const RUNNING: LockHolder = { ...thisHolder("gateform apply"), pid: process.ppid, started: null };

describe.each(PLACES)("a ledger in %s", (name, openPlace) => {
  let place: Place;
  beforeEach(async () => {
    place = await openPlace();
  });
  afterEach(() => place.close());

  describe("reading", () => {
    it("gives null where there is none, and makes nothing", async () => {
      expect(await place.open().read()).toBeNull();
      expect(await place.stored()).toBeNull();
    });

    it("gives what another run has written", async () => {
      const ledger = first();
      await place.open().write(ledger, 0);
      expect(await place.open().read()).toEqual(ledger);
    });

    it.each([
      ["cut short", '{"format": 1, "stack": "acme"', "LEDGER_UNREADABLE"],
      ["of no known form", '{"version": 4, "terraform_version": "1.9.0"}', "LEDGER_UNREADABLE"],
      ["blank", " \n", "LEDGER_UNREADABLE"],
      ["newer than this gateform", JSON.stringify({ ...first(), format: 2 }), "LEDGER_NEWER"],
    ])("one that is %s is an error, also for a write, which leaves it as it is", async (_, text, code) => {
      await place.store(text);
      await expect(place.open().read()).rejects.toMatchObject({ code });
      await expect(place.open().write(first(), 0)).rejects.toMatchObject({ code });
      expect(await place.stored()).toBe(text);
    });
  });

  describe("writing", () => {
    it("replaces the whole, again and again", async () => {
      const backend = place.open();
      const ledger = first();
      await backend.write(ledger, 0);
      await backend.write(next(ledger), 1);
      await backend.write(next(next(ledger)), 2);
      expect(await backend.read()).toEqual(next(next(ledger)));
    });

    it.each([
      ["another serial", { serial: 7 }, "serial 7 instead of 1"],
      ["another lineage", { lineage: "other" }, "lineage other"],
    ])("is LEDGER_CONFLICT over %s, and changes nothing", async (_, change, words) => {
      const backend = place.open();
      const ledger = first();
      await backend.write(ledger, 0);
      const foreign = printLedger({ ...ledger, ...change });
      await place.store(foreign);
      await expect(backend.write(next(ledger), 1)).rejects.toMatchObject({
        code: "LEDGER_CONFLICT",
        message: expect.stringContaining(words),
      });
      expect(await place.stored()).toBe(foreign);
    });

    it("is LEDGER_CONFLICT where a ledger appeared, or vanished", async () => {
      const ledger = first();
      const backend = place.open();
      await backend.write(ledger, 0);
      await expect(place.open().write(first(), 0)).rejects.toMatchObject({ code: "LEDGER_CONFLICT" });
      await place.store(null);
      await expect(backend.write(next(ledger), 1)).rejects.toMatchObject({ code: "LEDGER_CONFLICT" });
      expect(await place.stored()).toBeNull();
    });

    it("of two runs that read the same ledger succeeds for one", async () => {
      const ledger = first();
      await place.open().write(ledger, 0);
      const [one, other] = [place.open(), place.open()];
      await Promise.all([one.read(), other.read()]);
      await one.write(next(ledger, { accounts: { vercel: "one" } }), 1);
      await expect(other.write(next(ledger, { accounts: { vercel: "other" } }), 1)).rejects.toMatchObject({
        code: "LEDGER_CONFLICT",
      });
      expect((await place.open().read())?.accounts.vercel).toBe("one");
    });

    it("under the lock works, and so does the next run's", async () => {
      const ledger = first();
      for (const [stored, serial] of [
        [ledger, 0],
        [next(ledger), 1],
      ] as const) {
        const backend = place.open();
        const lock = await backend.lock(0);
        await backend.write(stored, serial);
        await lock.release();
      }
      expect(await place.open().read()).toEqual(next(ledger));
      expect(await place.locked()).toBe(false);
    });
  });

  describe("the lock", () => {
    it("keeps another run out and names the holder and the ways out, until it is released", async () => {
      const lock = await place.open().lock(0);
      await expect(place.open().lock(0)).rejects.toMatchObject({
        code: "LEDGER_LOCKED",
        message: expect.stringContaining(`process ${process.pid} on ${hostname()} (gateform apply) since 2`),
        hint: expect.stringMatching(/--lock-timeout.*gateform ledger unlock/),
      });
      await lock.release();
      await (await place.open().lock(0)).release();
      expect(await place.locked()).toBe(false);
    });

    it("is given back once, also when it is released twice", async () => {
      const lock = await place.open().lock(0);
      await lock.release();
      const other = await place.open().lock(0);
      await lock.release();
      expect(await place.locked()).toBe(true);
      await other.release();
    });

    it("is waited for up to the timeout, and taken as soon as it is released", async () => {
      const holder = await place.open().lock(0);
      const waiting = place.open().lock(60_000);
      await expect(place.open().lock(1)).rejects.toMatchObject({ code: "LEDGER_LOCKED" });
      await holder.release();
      await (await waiting).release();
      expect(await place.locked()).toBe(false);
    });

    it("is no longer waited for when the run is interrupted", async () => {
      const holder = await place.open().lock(0);
      const interrupt = new AbortController();
      const waiting = place.open(interrupt.signal).lock(60_000);
      interrupt.abort();
      await expect(waiting).rejects.toMatchObject({ code: "LEDGER_LOCKED" });
      await holder.release();
    });

    it("goes to exactly one of several runs that ask at once", async () => {
      const asked = await Promise.allSettled(Array.from({ length: 6 }, () => place.open().lock(0)));
      const won = asked.filter((one) => one.status === "fulfilled");
      expect(won).toHaveLength(1);
      await (won[0] as PromiseFulfilledResult<LedgerLock>).value.release();
    });

    it.runIf(process.platform === "linux")(
      "of a process of this machine that has ended does not stand in the way for good",
      async () => {
        await place.plantLock({ ...thisHolder("gateform apply"), started: "1" });
        if (name === "a file") {
          const lock = await place.open().lock(0);
          expect(lock.note).toContain(`process ${process.pid}`);
          return lock.release();
        }
        // A server's lock cannot be taken over in one step, so a person has to look.
        await expect(place.open().lock(60_000)).rejects.toMatchObject({
          code: "LEDGER_LOCK_STALE",
          message: expect.stringContaining(`process ${process.pid} on ${hostname()} (gateform apply)`),
          hint: expect.stringContaining("gateform ledger unlock"),
        });
        expect(await place.open().breakLock()).toMatchObject({ state: "held" });
        await (await place.open().lock(0)).release();
      },
    );

    it.each([
      ["on another host", { host: "elsewhere", scope: "other" }],
      ["before a reboot, or in another container", { host: hostname(), scope: "other" }],
    ])("of a run %s stays until unlock removes it, once", async (_, change) => {
      // This process's number and start say nothing there.
      await place.plantLock({ ...thisHolder("gateform apply"), started: "1", ...change });
      await expect(place.open().lock(0)).rejects.toMatchObject({
        code: "LEDGER_LOCKED",
        message: expect.stringContaining(`process ${process.pid} on ${change.host} (gateform apply)`),
        hint: expect.stringContaining("gateform ledger unlock"),
      });
      expect(await place.open().breakLock()).toEqual({
        state: "held",
        by: expect.stringContaining(`process ${process.pid} on ${change.host} (gateform apply) since `),
      });
      expect(await place.locked()).toBe(false);
      expect(await place.open().breakLock()).toEqual({ state: "free" });
      expect(await place.locked()).toBe(false);
    });

    it("of a run that still runs on this machine is not removed by unlock, which names it", async () => {
      await place.plantLock(RUNNING);
      await expect(place.open().breakLock()).rejects.toMatchObject({
        code: "LEDGER_LOCKED",
        message: expect.stringMatching(new RegExp(`process ${process.ppid} on .* still running`)),
      });
      expect(await place.locked()).toBe(true);
    });

    it("that was broken and taken by another run is not released by its first holder", async () => {
      const old = await place.open().lock(0);
      expect(await place.open().breakLock()).toMatchObject({ state: "held" });
      const fresh = await place.open().lock(0);
      await old.release();
      await expect(place.open().lock(0)).rejects.toMatchObject({ code: "LEDGER_LOCKED" });
      await fresh.release();
    });

    it("is not touched by looking at it", async () => {
      const look = async () => (await place.open().lockState()).state;
      expect(await look()).toBe(name === "a file" ? "free" : "unknown");
      const lock = await place.open().lock(0);
      expect(await look()).toBe(name === "a file" ? "held" : "unknown");
      expect(await place.locked()).toBe(true);
      await lock.release();
    });
  });
});
