// What laws look at after a run: the model vendor itself and a further plan.

import { expect } from "vitest";
import { kindOf } from "../../src/base/address.ts";
import { isRefMark, isSecretMark } from "../../src/base/expression.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { desiredOf, type Graph } from "./graph.ts";
import { policyFor } from "./kinds.ts";
import { isMerged, kept, type Thing } from "./remote.ts";
import { ACTOR, type Applied, plan, type RunOptions, secretText, type World } from "./world.ts";

/** Every step was carried out and nothing was refused. */
export function expectSucceeded(applied: Applied): void {
  expect(applied.plan.refused, "refused").toEqual([]);
  expect(
    applied.plan.diagnostics.filter((item) => item.severity === "error"),
    "errors",
  ).toEqual([]);
  const bad = applied.results.filter((item) => !["done", "already", "written"].includes(item.outcome));
  expect(bad, "steps that did not succeed").toEqual([]);
  expect(applied.results.length, "results").toBe(applied.plan.steps.length);
}

/** A further plan has nothing to do but to look at secrets that are not at hand. */
export async function expectConverged(world: World, graph: Graph, options: RunOptions = {}): Promise<void> {
  const again = await plan(world, graph, options);
  const steps = again.plan.steps.filter((step) => step.action !== "check-secret");
  expect(steps.map((step) => `${step.id} (${step.reason}) ${JSON.stringify(step.changes)}`)).toEqual([]);
  expect(again.plan.refused).toEqual([]);
}

/** The live thing that the ledger says an address is. */
export function thingAt(world: World, address: string): Thing | undefined {
  const entry = world.ledger?.resources[address];
  return world.remote.things.find(
    (thing) =>
      entry !== undefined &&
      thing.kind === entry.kind &&
      thing.id === entry.id &&
      thing.parent_id === entry.parent_id,
  );
}

/** Every declared field has its declared value at the vendor, secrets and references included. */
export function expectDeclared(world: World, graph: Graph): void {
  for (const { address, kind, fields } of desiredOf(graph).resources) {
    if (kind === "m.store") continue;
    const thing = thingAt(world, address);
    expect(thing, `${address} is live`).toBeDefined();
    if (thing === undefined) continue;
    for (const [field, value] of Object.entries(fields))
      expectField(world, thing, `${address} ${field}`, field, value);
    if (thing.once !== undefined)
      expect(world.sinks[address], `the sink of ${address} holds its live value`).toBe(thing.once);
  }
}

function expectField(world: World, thing: Thing, what: string, field: string, value: JsonValue): void {
  if (isSecretMark(value)) expect(thing.secrets[field], what).toBe(secretText(world, value));
  else if (isRefMark(value) && policyFor(thing.kind, field).inert !== true)
    expect(thing.fields[field], what).toBe(world.ledger?.resources[value.$ref]?.id);
  else if (isRefMark(value)) return;
  else if (isMerged(thing.kind, field)) {
    if (Object.keys(value as object).length > 0)
      expect(thing.fields[field], what).toMatchObject(value as object);
  } else
    expect(kept(thing.kind, field, thing.fields[field] ?? null), what).toEqual(
      kept(thing.kind, field, value),
    );
}

/** Nothing of ours is live that the graph does not declare, and nothing twice. What cannot be deleted may stay. */
export function expectNoOrphans(world: World, graph: Graph): void {
  const expected = desiredOf(graph).resources.map((resource) => resource.address);
  const ours = world.remote.things.filter(
    (thing) => thing.by === ACTOR && thing.kind !== "m.store" && thing.kind !== "m.stone",
  );
  const owned = new Set(expected.map((address) => thingAt(world, address)?.uid));
  expect(
    ours.filter((thing) => !owned.has(thing.uid)).map((thing) => `${thing.kind} ${thing.id}`),
    "orphans",
  ).toEqual([]);
  const entries = Object.keys(world.ledger?.resources ?? {}).filter(
    (address) => kindOf(address) !== "m.store",
  );
  expect(
    entries.filter((address) => !expected.includes(address)),
    "entries of nothing",
  ).toEqual([]);
}
