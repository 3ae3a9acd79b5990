import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dependantsOf, topologicalOrder } from "../../../src/base/graph.ts";

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

describe("topologicalOrder", () => {
  test("puts each node after what it needs", () => {
    expect(topologicalOrder(graph({ a: ["c"], b: [], c: ["b"] })).order).toEqual(["b", "c", "a"]);
  });

  test("breaks ties by name, whatever the order of insertion", () => {
    expect(topologicalOrder(graph({ z: [], m: [], a: [] })).order).toEqual(["a", "m", "z"]);
    expect(topologicalOrder(graph({ z: [], a: ["z"], m: [] })).order).toEqual(["m", "z", "a"]);
  });

  test("ignores names that are no nodes, and needs that are named twice", () => {
    expect(topologicalOrder(graph({ a: ["nowhere", "b", "b"], b: [] })).order).toEqual(["b", "a"]);
  });

  test("says a cycle as a path that ends where it begins, without what only leads there", () => {
    expect(topologicalOrder(graph({ a: ["b"], b: ["c"], c: ["d"], d: ["b"] })).cycle).toEqual([
      "b",
      "c",
      "d",
      "b",
    ]);
  });

  test("says a node that needs itself as the shortest cycle", () => {
    expect(topologicalOrder(graph({ a: [], b: ["b"] })).cycle).toEqual(["b", "b"]);
  });

  test("sorts any graph without cycles, the same for every order of insertion", () => {
    const edges = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 60 });
    fc.assert(
      fc.property(edges, (list) => {
        const needs = new Map<string, string[]>();
        for (const [from, to] of list) {
          for (const node of [from, to]) if (!needs.has(String(node))) needs.set(String(node), []);
          if (from < to) needs.get(String(from))?.push(String(to));
        }
        const order = topologicalOrder(needs).order ?? [];
        expect(new Set(order)).toEqual(new Set(needs.keys()));
        const at = new Map(order.map((node, index) => [node, index]));
        for (const [node, before] of needs)
          for (const name of before) expect(at.get(name)).toBeLessThan(at.get(node) ?? -1);
        expect(topologicalOrder(new Map([...needs].reverse())).order).toEqual(order);
      }),
    );
  });

  test("stays quick on a chain of 20,000 nodes", () => {
    const chain = new Map(
      Array.from({ length: 20_000 }, (_, index) => [String(index), index === 0 ? [] : [String(index - 1)]]),
    );
    expect(topologicalOrder(chain).order?.length).toBe(20_000);
  });
});

describe("dependantsOf", () => {
  const needs = graph({ a: [], b: ["a"], c: ["b"], d: [], e: ["d", "c"] });

  test("finds what needs a root, directly or over others, and says which root", () => {
    expect([...dependantsOf(["a"], needs)]).toEqual([
      ["b", "a"],
      ["c", "a"],
      ["e", "a"],
    ]);
  });

  test("leaves the roots out, also where one needs another", () => {
    expect([...dependantsOf(["a", "b"], needs).keys()]).toEqual(["c", "e"]);
  });

  test("ends on a cycle", () => {
    expect([...dependantsOf(["x"], graph({ x: ["z"], y: ["x"], z: ["y"] })).keys()]).toEqual(["y", "z"]);
  });
});
