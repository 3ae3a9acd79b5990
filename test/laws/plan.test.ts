// Laws of plans as data: determinism, purity, order, smallness, and what an incomplete look forbids.

import fc from "fast-check";
import { describe, expect } from "vitest";
import { canonicalText, isObject, type JsonValue } from "../../src/base/json.ts";
import { moveEntries, movesOfSteps } from "../../src/engine/moves.ts";
import { makePlan, type PlanInput } from "../../src/engine/plan.ts";
import { closesGap } from "../../src/model/plan.ts";
import { drift, drifts, twin, twins } from "./drift.ts";
import { expectConverged, expectSucceeded, thingAt } from "./expectations.ts";
import { desiredOf, graphs, without } from "./graph.ts";
import { law } from "./law.ts";
import { isMerged, isSecret } from "./remote.ts";
import { ACTOR, apply, emptyLedger, inputOf, newWorld, plan, secretsOf, wait } from "./world.ts";

const change = { before: graphs, drift: drifts, after: graphs };
const scenario = fc.record(change, { noNullPrototype: true });

/** The same data with the members of every object in another order, and of the named lists too. */
function shuffled<T>(value: T, seed: number): T {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed)) as T;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item, seed)] as const);
  return Object.fromEntries(mixed(entries, seed)) as T;
}

function mixed<T>(list: readonly T[], seed: number): T[] {
  const out = [...list];
  let state = seed + 1;
  for (let index = out.length - 1; index > 0; index--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = state % (index + 1);
    [out[index], out[other]] = [out[other] as T, out[index] as T];
  }
  return out;
}

function permuted({ desired, live, ledger, ...rest }: PlanInput, seed: number): PlanInput {
  return {
    ...rest,
    rules: new Map(mixed([...rest.rules], seed)),
    desired: {
      ...shuffled(desired, seed),
      resources: mixed(desired.resources, seed).map((resource) => shuffled(resource, seed)),
      scopes: mixed(desired.scopes, seed),
      removed: mixed(desired.removed, seed),
    },
    live: {
      ...shuffled(live, seed),
      resources: mixed(live.resources, seed).map((resource) => shuffled(resource, seed)),
      readings: mixed(live.readings, seed),
      absent: mixed(live.absent, seed),
    },
    ledger: ledger === null ? null : shuffled(ledger, seed),
  };
}

describe("a plan", () => {
  law("is the same whatever the order of everything that it is made from", {
    scenario: fc.record({ ...change, lost: fc.boolean(), seed: fc.nat(1_000) }, { noNullPrototype: true }),
    runs: 60,
    holds: async ({ before, drift: changes, after, lost, seed }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      drift(world.remote, changes);
      // Without the ledger, all is foreign: other messages, other lists.
      if (lost) world.ledger = { ...(world.ledger as NonNullable<typeof world.ledger>), resources: {} };
      const input = await inputOf(world, after);
      const text = (it: PlanInput) => canonicalText(makePlan(it) as unknown as JsonValue);
      expect(text(permuted(input, seed))).toBe(text(input));
    },
  });

  law("leaves its inputs as they are", {
    scenario,
    holds: async ({ before, drift: changes, after }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      drift(world.remote, changes);
      const input = await inputOf(world, after); // `plan` deep-freezes its inputs: writing to one would throw
      const copy = JSON.stringify(input);
      makePlan(input);
      expect(JSON.stringify(input)).toBe(copy);
      await plan(world, after);
    },
  });

  law("holds no secret, nor do the ledger and the live state behind it", {
    scenario,
    holds: async ({ before, drift: changes, after }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      drift(world.remote, changes);
      const old = Object.values(world.secrets);
      Object.assign(world.secrets, secretsOf(2));
      const { plan: made, input } = await apply(world, after);
      const text = JSON.stringify([made, input.live, input.ledger, world.ledger]);
      for (const value of [...old, ...Object.values(world.secrets), "canary-", "once-value-canary"])
        expect(text).not.toContain(value);
    },
  });

  law("removes nothing that is still in use, but where its identity passes on or there is a gap", {
    scenario: fc.record(
      { before: graphs, after: graphs, parallelism: fc.constantFrom(1, 4) },
      { noNullPrototype: true },
    ),
    runs: 80,
    holds: async ({ before, after, parallelism }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      const from = world.remote.log.length;
      const moves = movesOfSteps((await plan(world, after)).plan.steps);
      const renamed = { ...world, ledger: moveEntries(world.ledger ?? emptyLedger(), moves) };
      // A user that no longer declares what it points at has released it: the value stays, whatever happens.
      const holding = new Set(
        Object.entries(after).flatMap(([address, { fields }]) =>
          Object.hasOwn(fields, "target") ? (thingAt(renamed, address)?.uid ?? []) : [],
        ),
      );
      const { plan: made } = await apply(world, after, { parallelism });
      const awaited = new Set(
        made.steps.filter((step) => step.action === "create").flatMap((step) => step.needs),
      );
      const gaps = made.steps.filter((step) => step.action === "delete" && awaited.has(step.id));
      const allowed = new Set(gaps.map((step) => `${step.kind} ${step.vendor_id}`));
      const cut = world.remote.log
        .slice(from)
        .filter((write) => write.op === "delete" && write.users.some((uid) => holding.has(uid)))
        .map((write) => `${write.kind} ${write.id}`);
      expect(cut.filter((name) => !allowed.has(name))).toEqual([]);
    },
  });
});

describe("an apply", () => {
  law("does nothing else between the delete of something and the create that takes its place", {
    scenario,
    runs: 60,
    holds: async ({ before, drift: changes, after }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      drift(world.remote, changes);
      const from = world.remote.log.length;
      const { plan: made } = await apply(world, after, { parallelism: 1 });
      const writes = world.remote.log.slice(from).filter(({ by }) => by === ACTOR);
      const closing = made.steps.filter((step) => step.kind === "m.solid" && closesGap(step));
      const opening = new Set(closing.flatMap(({ needs }) => needs.filter((id) => id.startsWith("delete "))));
      const opened = new Set(
        made.steps.filter(({ id }) => opening.has(id)).map((step) => `${step.kind} ${step.vendor_id}`),
      );
      for (const [index, { op, kind, id }] of writes.entries()) {
        const gap = op === "delete" && opened.has(`${kind} ${id}`);
        const next = writes[index + 1];
        if (gap) expect(`${next?.op} ${next?.kind}`, `after ${id}`).toMatch(/^(create|delete) m\.solid$/);
      }
    },
  });

  law("leaves alone whatever keeps its identity and can keep its id, under whichever address", {
    scenario: fc.record(
      { before: graphs, after: graphs, parallelism: fc.constantFrom(1, 4) },
      { noNullPrototype: true },
    ),
    runs: 60,
    holds: async ({ before, after, parallelism }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      const rules = () => world.remote.things.filter(({ kind }) => kind === "m.rule");
      const wanted = new Map(
        desiredOf(after).resources.flatMap(({ kind, address, fields }) =>
          kind === "m.rule" ? [[fields.source, address]] : [],
        ),
      );
      // A plain rename is for the file to say.
      const kept = rules().filter(({ id, fields }) => {
        const to = wanted.get(fields.source);
        const holder = Object.entries(world.ledger?.resources ?? {}).find(
          ([, entry]) => entry.id === id,
        )?.[0];
        return (
          to !== undefined &&
          holder !== undefined &&
          (Object.hasOwn(after, holder) || Object.hasOwn(before, to))
        );
      });
      await apply(world, after, { parallelism });
      expect(rules().map(({ uid }) => uid)).toEqual(expect.arrayContaining(kept.map(({ uid }) => uid)));
    },
  });

  law("is minimal: it sends declared fields only, and no undeclared field changes", {
    scenario,
    runs: 60,
    holds: async ({ before, drift: changes, after }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      drift(world.remote, changes);
      const from = world.remote.log.length;
      const old = new Map(world.remote.things.map((thing) => [thing.uid, structuredClone(thing)]));
      await apply(world, after);
      for (const { address, kind, fields } of desiredOf(after).resources) {
        const thing = thingAt(world, address);
        if (thing === undefined || kind === "m.store") continue;
        const declared = new Set(
          Object.entries(fields).flatMap(([field, value]) =>
            isMerged(kind, field)
              ? Object.keys(value as object).map((member) => `${field}.${member}`)
              : [field],
          ),
        );
        const sent = world.remote.log
          .slice(from)
          .filter((write) => write.op === "update" && write.uid === thing.uid && write.by === ACTOR)
          .flatMap((write) => write.sent);
        expect(
          sent.filter((field) => !declared.has(field)),
          address,
        ).toEqual([]);
        const was = old.get(thing.uid);
        if (was === undefined) continue;
        for (const field of Object.keys(was.fields)) {
          if (!isMerged(kind, field) && !isSecret(kind, field) && !declared.has(field))
            expect(thing.fields[field], `${address} ${field}`).toEqual(was.fields[field]);
        }
      }
    },
  });

  law("of A, then B, then A, ends as A did", {
    scenario: fc.record({ a: graphs, b: graphs }, { noNullPrototype: true }),
    holds: async (it) => {
      // What cannot be deleted is forgotten on the way, and foreign on the way back.
      const [a, b] = [without(it.a, "m.stone"), without(it.b, "m.stone")];
      const world = newWorld();
      const owned = () =>
        desiredOf(a)
          .resources.filter((resource) => resource.kind !== "m.store")
          .map((resource) => {
            const thing = thingAt(world, resource.address);
            const names = Object.keys(resource.fields).filter(
              (name) => !["target", "bolt"].includes(name) && !isMerged(resource.kind, name),
            );
            return [resource.address, names.map((name) => [name, thing?.fields[name], thing?.secrets[name]])];
          });
      const population = () =>
        world.remote.things
          .map((thing) => thing.kind)
          .filter((kind) => kind !== "m.store")
          .sort();
      await apply(world, a);
      const [fields, kinds] = [owned(), population()];
      wait(world);
      await apply(world, b);
      wait(world);
      expectSucceeded(await apply(world, a));
      expect(owned()).toEqual(fields);
      expect(population()).toEqual(kinds);
      await expectConverged(world, a);
    },
  });

  law("rewrites nothing that only shows its old value for a while", {
    scenario: fc.record({ before: graphs, after: graphs }, { noNullPrototype: true }),
    holds: async ({ before, after }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      world.remote.lagging = true;
      const slow = { "m.slow.w": after["m.slow.w"] ?? { fields: { v: 2 } } };
      expectSucceeded(await apply(world, { ...after, ...slow }));
      await expectConverged(world, { ...after, ...slow });
      wait(world);
      await expectConverged(world, { ...after, ...slow });
    },
  });
});

describe("an incomplete look", () => {
  law("leads to no create, no replacement and no delete of what it was to show", {
    scenario: fc.record(
      {
        before: graphs,
        after: graphs,
        twins,
        destroy: fc.boolean(),
        broken: fc.dictionary(
          fc.constantFrom("m.gate", "m.conf", "m.key", "m.rule", "m.solid", "m.slow", "m.door", "m.bolt"),
          fc.constantFrom("fails" as const, "cut" as const),
          { minKeys: 1, maxKeys: 3, noNullPrototype: true },
        ),
      },
      { noNullPrototype: true },
    ),
    runs: 80,
    holds: async ({ before, after, twins: made, destroy, broken }) => {
      const world = newWorld();
      await apply(world, before);
      wait(world);
      for (const one of made) twin(world.remote, one);
      Object.assign(world.remote.broken, broken);
      // In a parent that the run makes itself there is nothing to look at.
      const parents = new Set([undefined, ...world.remote.things.map((thing) => thing.id)]);
      const shown = () =>
        world.remote.things
          .filter((thing) => Object.hasOwn(broken, thing.kind) && parents.has(thing.parent_id))
          .map((thing) => thing.uid);
      const held = shown();
      await apply(world, after, { destroy });
      expect(shown()).toEqual(held);
    },
  });
});
