// Laws of targeted runs: they touch what they name and what it needs, and stand in no later run's way.

import fc from "fast-check";
import { describe, expect } from "vitest";
import { selectAddresses } from "../../src/engine/target.ts";
import { expectConverged, expectDeclared, expectSucceeded } from "./expectations.ts";
import { addresses, desiredOf, graphs } from "./graph.ts";
import { law } from "./law.ts";
import { apply, newWorld, wait } from "./world.ts";

describe("a targeted apply", () => {
  law("changes no other entry and deletes nothing that it does not name; a whole apply then converges", {
    scenario: fc.record({ before: graphs, after: graphs, targets: addresses }, { noNullPrototype: true }),
    runs: 60,
    holds: async ({ before, after, targets }) => {
      const world = newWorld();
      expectSucceeded(await apply(world, before));
      wait(world);
      const old = world.ledger?.resources ?? {};
      const { selected } = selectAddresses({
        desired: desiredOf(after),
        ledger: world.ledger,
        targets,
        destroy: false,
      });
      const { plan } = await apply(world, after, { targets });
      for (const step of plan.steps) {
        expect(selected.has(step.address), step.id).toBe(true);
        if (step.action === "delete" && step.reason !== "retired")
          expect(targets, step.id).toContain(step.address);
      }
      for (const [address, entry] of Object.entries(old))
        if (!selected.has(address)) expect(world.ledger?.resources[address], address).toEqual(entry);
      wait(world);
      expectSucceeded(await apply(world, after));
      expectDeclared(world, after);
      await expectConverged(world, after);
    },
  });
});

describe("a destroy of addresses", () => {
  law("leaves everything else as it is, and nothing of what it names or what depends on that", {
    scenario: fc.record({ graph: graphs, targets: addresses }, { noNullPrototype: true }),
    runs: 40,
    holds: async ({ graph, targets: named }) => {
      const world = newWorld();
      // A door that would take along a bolt which is not named stays.
      const targets = named.some((name) => /^m\.(?:gate|door)\./.test(name)) ? [...named, "m.bolt.*"] : named;
      expectSucceeded(await apply(world, graph));
      wait(world);
      const old = world.ledger?.resources ?? {};
      const { selected } = selectAddresses({
        desired: desiredOf({}),
        ledger: world.ledger,
        targets,
        destroy: true,
      });
      await apply(world, graph, { destroy: true, targets });
      const left = Object.fromEntries(Object.entries(old).filter(([address]) => !selected.has(address)));
      expect(world.ledger?.resources).toEqual(left);
      wait(world);
      expectSucceeded(await apply(world, graph));
      await expectConverged(world, graph);
    },
  });
});
