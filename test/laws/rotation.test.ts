// Laws of rotation: whatever runs go through, whoever uses a value that a sink gave them can go on, for as long as the
// grace says; and in the end there is one of each, with the value that all its sinks have.

import fc from "fast-check";
import { expect } from "vitest";
import {
  expectConverged,
  expectDeclared,
  expectNoOrphans,
  expectSucceeded,
  thingAt,
} from "./expectations.ts";
import { type Graph, sinkName } from "./graph.ts";
import { law } from "./law.ts";
import { apply, newWorld, type RunOptions, type World, wait } from "./world.ts";

const HOUR = 3_600_000;
const GRACE = 2 * HOUR;

const numbers = fc.uniqueArray(fc.nat(5), { maxLength: 3 });
/** A run, the hours that go by before it, and what befalls it. */
const run = fc.record(
  {
    hours: fc.nat(4),
    rotate: fc.boolean(),
    cut: fc.option(fc.nat(40), { nil: undefined }),
    lost: numbers,
    refused: numbers,
    unwritten: numbers,
    unconfirmed: numbers,
  },
  { noNullPrototype: true },
);
// Of two with one name nobody could tell whose lost answer was whose; that they are told apart is another law.
const addresses = ["m.key.k", "m.key.l", "m.pass.p"];
const value = fc.record(
  {
    fields: fc.record(
      { budget: fc.constantFrom(null, 100), project: fc.constant("p1") },
      { requiredKeys: [], noNullPrototype: true },
    ),
    sinks: fc.constantFrom(1, 2, 3),
    due: fc.constantFrom(undefined, "3h", "9h"),
  },
  { noNullPrototype: true },
);

/** Who uses a value may have read it from a sink at any moment: it has to work from then on until its grace is over. */
function consumers(world: World): () => void {
  const left = new Map<string, number>();
  let held = new Set<string>();
  return () => {
    const now = world.remote.clock;
    const works = new Set(world.remote.things.map(({ once }) => once));
    const holds = new Set(Object.values(world.sinks));
    for (const value of held) if (!holds.has(value)) left.set(value, now);
    for (const value of holds) {
      left.delete(value);
      if (!works.has(value)) throw new Error(`a sink has ${value}, which works no more`);
    }
    for (const [value, since] of left)
      if (now < since + GRACE && !works.has(value))
        throw new Error(`${value} was taken away before its time`);
    held = holds;
  };
}

law("no consumer is without a key that works, whatever befalls a rotation, and the next runs end it", {
  scenario: fc.record(
    {
      values: fc.tuple(value, value, value),
      runs: fc.array(run, { minLength: 1, maxLength: 5 }),
      parallelism: fc.constantFrom(1, 3),
    },
    { noNullPrototype: true },
  ),
  runs: 80,
  holds: async ({ values, runs, parallelism }) => {
    const graph: Graph = Object.fromEntries(
      values.map(({ fields, sinks, due }, index) => {
        const { project: _, ...rest } = fields;
        return [
          addresses[index] ?? "",
          {
            fields: addresses[index]?.startsWith("m.pass") === true ? rest : fields,
            sinks,
            rotation: { grace: "2h", ...(due === undefined ? {} : { after: due }) },
          },
        ];
      }),
    );
    const world = newWorld();
    expectSucceeded(await apply(world, graph));
    const watch = consumers(world);
    watch();
    for (const { hours, rotate, cut, ...faults } of runs) {
      wait(world);
      world.remote.clock += hours * HOUR;
      const options: RunOptions = {
        ...faults,
        watch,
        parallelism,
        ...(cut === undefined ? {} : { cut }),
        ...(rotate ? { rotate: ["m.key.*", "m.pass.p"] } : {}),
      };
      await apply(world, graph, options);
    }
    // Ends what was begun, and later takes away what the grace has kept; nothing else is asked for.
    const still = Object.fromEntries(
      Object.entries(graph).map(([address, { rotation: _, ...body }]) => [address, body]),
    );
    for (const hours of [0, 1, 25]) {
      wait(world);
      world.remote.clock += hours * HOUR;
      expectSucceeded(await apply(world, still, { watch }));
    }
    await expectConverged(world, still);
    expectDeclared(world, still);
    expectNoOrphans(world, still);
    for (const [address, { sinks = 1 }] of Object.entries(still)) {
      const once = thingAt(world, address)?.once;
      expect(Array.from({ length: sinks }, (_, index) => world.sinks[sinkName(address, index)])).toEqual(
        Array.from({ length: sinks }, () => once),
      );
      expect(world.ledger?.resources[address]).not.toHaveProperty("retiring");
      expect(world.ledger?.resources[address]).not.toHaveProperty("rotating");
    }
  },
});
