// Laws of the main job: what is applied is there, and a second plan has nothing left to do.

import fc from "fast-check";
import { describe } from "vitest";
import { drift, drifts } from "./drift.ts";
import { expectConverged, expectDeclared, expectSucceeded } from "./expectations.ts";
import { graphs } from "./graph.ts";
import { law } from "./law.ts";
import { apply, newWorld, secretsOf, wait } from "./world.ts";

describe("apply", () => {
  law("from nothing, makes what is declared, and a second plan is empty", {
    scenario: fc.record({ graph: graphs, parallelism: fc.constantFrom(1, 4) }, { noNullPrototype: true }),
    holds: async ({ graph, parallelism }) => {
      const world = newWorld();
      expectSucceeded(await apply(world, graph, { parallelism }));
      expectDeclared(world, graph);
      await expectConverged(world, graph);
    },
  });

  law("from one graph to another, over drift and rotated secrets, converges", {
    scenario: fc.record(
      {
        before: graphs,
        drift: drifts,
        rotate: fc.boolean(),
        after: graphs,
        parallelism: fc.constantFrom(1, 4),
      },
      { noNullPrototype: true },
    ),
    runs: 100,
    regressions: [
      {
        // An identity passes to another address while somebody still uses its old holder.
        before: {
          "m.rule.t": { fields: { target: { $ref: "m.solid.g" }, source: "z" } },
          "m.solid.g": { fields: { code: "e" } },
        },
        drift: [],
        rotate: false,
        after: {
          "m.rule.t": { fields: { target: { $ref: "m.solid.f" }, source: "x" } },
          "m.solid.f": { fields: { code: "e" } },
        },
        parallelism: 1,
      },
    ],
    holds: async ({ before, drift: changes, rotate, after, parallelism }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      drift(world.remote, changes);
      if (rotate) Object.assign(world.secrets, secretsOf(2));
      expectSucceeded(await apply(world, after, { parallelism }));
      expectDeclared(world, after);
      await expectConverged(world, after);
    },
  });
});
