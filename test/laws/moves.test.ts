// Laws of renamed addresses: the objects stay, whatever the run goes through.

import fc from "fast-check";
import { describe, expect } from "vitest";
import { mapMarks } from "../../src/base/expression.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { expectConverged, expectSucceeded } from "./expectations.ts";
import { addresses, type Body, type Graph, gateOf, graphs } from "./graph.ts";
import { law } from "./law.ts";
import { apply, newWorld, wait } from "./world.ts";

const NAMED = ["m.key", "m.pass", "m.slow", "m.conf", "m.door", "m.bolt"];

describe("a renamed address", () => {
  law("keeps its object and makes no write at the vendor, cut off or not", {
    scenario: fc.record(
      { graph: graphs, chosen: addresses, cut: fc.option(fc.nat(12)), parallelism: fc.constantFrom(1, 4) },
      { noNullPrototype: true },
    ),
    runs: 60,
    holds: async ({ graph, chosen, cut, parallelism }) => {
      const world = newWorld();
      expectSucceeded(await apply(world, graph));
      wait(world);
      const before = JSON.stringify(world.remote.things);
      const { after, moved } = renamed(graph, chosen);
      if (cut !== null) await apply(world, after, { moved, parallelism, cut });
      expectSucceeded(await apply(world, after, { moved, parallelism }));
      expect(JSON.stringify(world.remote.things)).toBe(before);
      expect(Object.keys(world.ledger?.resources ?? {}).sort()).toEqual(Object.keys(after).sort());
      await expectConverged(world, after, { moved });
      await expectConverged(world, after);
    },
  });
});

/** A graph in which chosen resources have another key and, where that gave them a name, still the old name. */
function renamed(graph: Graph, chosen: readonly string[]) {
  // The key of a gate is its id.
  const names = new Map(
    chosen
      .filter((address) => Object.hasOwn(graph, address) && !address.startsWith("m.gate."))
      .map((address) => [address, `${address}2`]),
  );
  const after: Record<string, Body> = {};
  for (const [address, body] of Object.entries(graph)) {
    const key = address.split(/[./]/).at(-1) ?? "";
    const name = NAMED.some((kind) => address.startsWith(`${kind}.`))
      ? { [gateOf(address) === undefined ? "name" : "slug"]: key }
      : {};
    const fields = mapMarks(
      { ...name, ...body.fields },
      (mark): JsonValue => ("$ref" in mark ? { $ref: names.get(mark.$ref) ?? mark.$ref } : { ...mark }),
    );
    after[names.get(address) ?? address] = { ...body, fields: fields as Body["fields"] };
  }
  return { after, moved: [...names].map(([from, to]) => ({ from, to })) };
}
