// Laws of protections: none goes by leaving a line out.

import fc from "fast-check";
import { describe, expect } from "vitest";
import { thingAt } from "./expectations.ts";
import { addresses, gateOf, graphs, withLifecycle } from "./graph.ts";
import { law } from "./law.ts";
import { apply, newWorld, type World, wait } from "./world.ts";

const scenario = fc.record(
  { before: graphs, chosen: addresses, after: graphs, destroy: fc.boolean() },
  { noNullPrototype: true },
);

function uidsAt(world: World, addresses: readonly string[]): number[] {
  return addresses.flatMap((address) => thingAt(world, address)?.uid ?? []);
}

function expectLive(world: World, uids: readonly number[]): void {
  const live = new Set(world.remote.things.map((thing) => thing.uid));
  expect(uids.filter((uid) => !live.has(uid))).toEqual([]);
}

describe("after the lifecycle block is gone from the file", () => {
  law("prevent_destroy still forbids removals, replacements and destroy", {
    scenario,
    runs: 60,
    holds: async ({ before, chosen, after, destroy }) => {
      const world = newWorld();
      await apply(world, withLifecycle(before, chosen, { prevent_destroy: true }));
      wait(world);
      const guarded = uidsAt(world, chosen);
      await apply(world, after, { destroy });
      expectLive(world, guarded);
    },
  });

  law("on_remove: retain still keeps what is removed", {
    scenario,
    runs: 60,
    holds: async ({ before, chosen, after, destroy }) => {
      const world = newWorld();
      await apply(world, withLifecycle(before, chosen, { on_remove: "retain" }));
      wait(world);
      const kept = uidsAt(
        world,
        chosen.filter((address) => destroy || !Object.hasOwn(after, address)),
      );
      await apply(world, after, { destroy });
      expectLive(world, kept);
    },
  });

  law("an intermediate apply without it does not wear the protection off", {
    scenario,
    holds: async ({ before, chosen, after }) => {
      const world = newWorld();
      await apply(world, withLifecycle(before, chosen, { prevent_destroy: true }));
      wait(world);
      const guarded = uidsAt(world, chosen);
      await apply(world, before);
      await apply(world, after);
      expectLive(world, guarded);
    },
  });
});

describe("policy.prune: never", () => {
  law("deletes nothing, neither by removal nor by replacement", {
    scenario,
    holds: async ({ before, after }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      const all = world.remote.things.map((thing) => thing.uid);
      await apply(world, after, { policy: { prune: "never" } });
      expectLive(world, all);
    },
  });
});

describe("the brake", () => {
  law("counts every object of ours that goes, but not those a reviewer has named", {
    scenario: fc.record({ before: graphs, after: graphs, removed: addresses }, { noNullPrototype: true }),
    runs: 60,
    holds: async ({ before, after, removed }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      const entries = Object.keys(world.ledger?.resources ?? {});
      const owned = new Map(
        entries.flatMap((address) => uidsAt(world, [address]).map((uid) => [uid, address])),
      );
      const { plan } = await apply(world, after, { removed });
      const live = new Set(world.remote.things.map((thing) => thing.uid));
      const gone = [...owned].filter(([uid]) => !live.has(uid)).map(([, address]) => address);
      // What lives in something goes with it, unseen too; where it stays, its children count for themselves.
      const seen = (address: string) => {
        const parent = gateOf(address) ?? address;
        return removed.includes(address) || (removed.includes(parent) && gone.includes(parent));
      };
      expect(plan.summary.counted_deletes).toBe(gone.filter((address) => !seen(address)).length);
    },
  });

  law("stops a run that deletes more than is allowed before its first write", {
    scenario: fc.record({ before: graphs, after: graphs, allowed: fc.nat(4) }, { noNullPrototype: true }),
    holds: async ({ before, after, allowed }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      const writes = world.remote.log.length;
      const { plan } = await apply(world, after, { allow_deletes: allowed });
      if (plan.summary.counted_deletes > allowed) expect(world.remote.log.length).toBe(writes);
      expect(
        world.remote.log.slice(writes).filter((write) => write.op === "delete").length,
      ).toBeLessThanOrEqual(allowed);
    },
  });
});
