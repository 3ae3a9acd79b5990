// Laws of ownership: what is not in the ledger under this very id is never written to.

import fc from "fast-check";
import { describe, expect } from "vitest";
import { SOMEBODY, twin, twins } from "./drift.ts";
import { expectConverged } from "./expectations.ts";
import { graphs } from "./graph.ts";
import { law } from "./law.ts";
import type { Remote } from "./remote.ts";
import { ACTOR, adoptAll, apply, emptyLedger, newWorld, plan, wait } from "./world.ts";

/** Everything about some things, with what lives in them. */
function photograph(remote: Remote, uids: ReadonlySet<number>): string {
  const chosen = remote.things.filter((thing) => uids.has(thing.uid));
  return JSON.stringify(
    chosen.map((thing) => ({
      ...thing,
      holds: remote.things.filter((other) => other.parent_id === thing.id).map((other) => other.uid),
    })),
    null,
    1,
  );
}

describe("without an entry in the ledger", () => {
  law("nothing that exists is written to", {
    scenario: fc.record(
      { theirs: graphs, by: fc.constantFrom(SOMEBODY, ACTOR), ours: graphs, ledger: fc.boolean() },
      { noNullPrototype: true },
    ),
    holds: async ({ theirs, by, ours, ledger }) => {
      const world = newWorld();
      await apply(world, theirs);
      wait(world);
      world.ledger = ledger ? emptyLedger() : null;
      for (const [index, thing] of world.remote.things.entries())
        world.remote.things[index] = { ...thing, by };
      const existing = new Set(world.remote.things.map((thing) => thing.uid));
      const before = photograph(world.remote, existing);
      await apply(world, ours);
      expect(photograph(world.remote, existing)).toBe(before);
    },
  });

  law("taking everything over after a lost ledger writes nothing, and converges", {
    scenario: graphs,
    holds: async (graph) => {
      const world = newWorld();
      await apply(world, graph);
      wait(world);
      world.ledger = emptyLedger();
      const writes = world.remote.log.length;
      const { plan } = await apply(world, graph, { adopt: true });
      expect(plan.refused).toEqual([]);
      expect(world.remote.log.slice(writes)).toEqual([]);
      await expectConverged(world, graph);
    },
  });
});

describe("adopting all that can be adopted", () => {
  law("writes nothing, leaves nothing that is not owned, and takes no live thing twice", {
    scenario: fc.record({ theirs: graphs, twins, ours: graphs }, { noNullPrototype: true }),
    runs: 80,
    holds: async ({ theirs, twins: made, ours }) => {
      const world = newWorld();
      await apply(world, theirs);
      wait(world);
      for (const one of made) twin(world.remote, one);
      world.ledger = emptyLedger();
      const writes = world.remote.log.length;
      const left = await adoptAll(world, ours);
      expect(world.remote.log.slice(writes)).toEqual([]);
      const owned = Object.values(world.ledger?.resources ?? {}).map((it) => [it.kind, it.parent_id, it.id]);
      expect(new Set(owned.map(String)).size).toBe(owned.length);
      const { plan: next } = await plan(world, ours);
      const foreign = next.refused.filter((item) => item.code === "NOT_OWNED");
      const settled = left.map((item) => item.address);
      expect(foreign.filter((item) => !settled.includes(item.address))).toEqual([]);
    },
  });
});

describe("a twin with another id or another incarnation", () => {
  law("is foreign: neither it nor anything in it is touched", {
    scenario: fc.record({ before: graphs, twins, after: graphs }, { noNullPrototype: true }),
    runs: 80,
    holds: async ({ before, twins: made, after }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      for (const one of made) twin(world.remote, one);
      const foreign = new Set(
        world.remote.things.filter((thing) => thing.by === SOMEBODY).map((thing) => thing.uid),
      );
      const photo = photograph(world.remote, foreign);
      await apply(world, after);
      expect(photograph(world.remote, foreign)).toBe(photo);
    },
  });
});
