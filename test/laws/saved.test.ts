// Laws of saved plans: applied at once they do what apply does, applied again they do nothing, and what moved since
// is not written over.

import fc from "fast-check";
import { describe, expect } from "vitest";
import { jsonEqual } from "../../src/base/json.ts";
import { planDigest } from "../../src/engine/plan-digest.ts";
import { parsePlan } from "../../src/ledger/documents.ts";
import { renderPlanJson } from "../../src/render/plan-json.ts";
import { drift, drifts, SOMEBODY, twin, twins } from "./drift.ts";
import { expectConverged, expectDeclared, expectNoOrphans } from "./expectations.ts";
import { type Graph, graphs, withLifecycle } from "./graph.ts";
import { law } from "./law.ts";
import { kept, type Thing, type Values } from "./remote.ts";
import {
  ACTOR,
  apply,
  applySaved,
  newWorld,
  plan,
  type Saved,
  secretsOf,
  type World,
  wait,
} from "./world.ts";

const parallelism = fc.constantFrom(1, 4);
const GOOD = ["done", "already", "written", "unverified", "unchecked"];

async function saved(
  world: World,
  ...args: Parameters<typeof plan> extends [World, ...infer Rest] ? Rest : never
) {
  return renderPlanJson((await plan(world, ...args)).plan);
}

/** `kind id` → fields of everything that is live. */
function snapshot({ remote }: World): ReadonlyMap<string, Values> {
  const fieldsOf = ({ kind, fields }: Thing): Values =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, kept(kind, name, value)]));
  return new Map(remote.things.map((thing) => [`${thing.kind} ${thing.id}`, fieldsOf(thing)]));
}

/** Everything went well, and the proof found nothing. */
function expectDone({ results, rest, checked }: Saved): void {
  const bad = results.filter((item) => !GOOD.includes(item.outcome));
  expect(bad, "steps that did not succeed").toEqual([]);
  expect(rest, "what the proof finds").toEqual([]);
  expect(results.length).toBe(checked.steps.length);
}

async function prepared(before: Parameters<typeof apply>[1], rotate: boolean): Promise<World> {
  const world = newWorld();
  await apply(world, before);
  wait(world);
  if (rotate) Object.assign(world.secrets, secretsOf(2));
  return world;
}

describe("a saved plan", () => {
  law("reads back as itself, with the digest that it had", {
    scenario: fc.record({ before: graphs, after: graphs }, { noNullPrototype: true }),
    holds: async ({ before, after }) => {
      const world = await prepared(before, false);
      const { plan: made } = await plan(world, after);
      const read = parsePlan(renderPlanJson(made), "saved.json");
      if ("problem" in read) throw new Error(read.problem.message);
      expect(planDigest(read.plan)).toBe(planDigest(made));
    },
  });

  law("does what apply does, and applied again finds all of it there and leaves ledger and vendor alone", {
    scenario: fc.record(
      { before: graphs, rotate: fc.boolean(), after: graphs, parallelism },
      { noNullPrototype: true },
    ),
    runs: 40,
    holds: async ({ before, rotate, after, parallelism }) => {
      const world = await prepared(before, rotate);
      const text = await saved(world, after);
      expectDone(await applySaved(world, text, { parallelism }));
      expectDeclared(world, after);
      expectNoOrphans(world, after);
      await expectConverged(world, after);

      const [log, ledger] = [world.remote.log.length, JSON.stringify(world.ledger)];
      const again = await applySaved(world, text, { parallelism });
      expectDone(again);
      const other = again.results.filter((item) => !["already", "unverified"].includes(item.outcome));
      expect(other).toEqual([]);
      expect(world.remote.log.length).toBe(log);
      expect(JSON.stringify(world.ledger)).toBe(ledger);
    },
  });

  law("with adoptions and exclusive sections does all that it has, and does it once", {
    scenario: fc.record(
      {
        before: graphs,
        others: twins,
        after: graphs,
        adopt: fc.boolean(),
        exclusive: fc.subarray(["m.gates", "m.confs", "m.keys", "m.rules", "m.solids"]),
        protect: fc.boolean(),
      },
      { noNullPrototype: true },
    ),
    runs: 50,
    holds: async ({ before, others, after, adopt, exclusive, protect }) => {
      const lifecycle = protect ? { prevent_destroy: true } : { on_remove: "retain" as const };
      const world = await prepared(withLifecycle(before, ["m.rule.r", "m.gate.a"], lifecycle), false);
      for (const other of others) twin(world.remote, other);
      const text = await saved(world, after, { adopt, policy: { exclusive } });
      expectDone(await applySaved(world, text));
      const log = world.remote.log.length;
      expectDone(await applySaved(world, text));
      expect(world.remote.log.length).toBe(log);
    },
  });

  law("made without the secrets applies with them", {
    scenario: fc.record({ before: graphs, after: graphs }, { noNullPrototype: true }),
    holds: async ({ before, after }) => {
      const world = await prepared(before, true);
      const secrets = { ...world.secrets };
      for (const name of Object.keys(world.secrets)) delete world.secrets[name];
      const text = await saved(world, after);
      Object.assign(world.secrets, secrets);
      expectDone(await applySaved(world, text));
      expectDeclared(world, after);
      await expectConverged(world, after);
    },
  });

  law("applied again while reads still lag behind finds all of it there", {
    scenario: fc.record({ before: graphs, after: graphs }, { noNullPrototype: true }),
    holds: async ({ before, after }) => {
      const world = await prepared(before, false);
      world.remote.lagging = true;
      const text = await saved(world, after);
      expectDone(await applySaved(world, text));
      const log = world.remote.log.length;
      expectDone(await applySaved(world, text));
      expect(world.remote.log.length).toBe(log);
    },
  });

  law("is finished by another run of it wherever it was cut off, or by the next apply", {
    scenario: fc.record(
      {
        before: graphs,
        rotate: fc.boolean(),
        after: graphs,
        cuts: fc.array(fc.nat(120), { minLength: 1, maxLength: 3 }),
        parallelism,
      },
      { noNullPrototype: true },
    ),
    runs: 50,
    regressions: [
      {
        // What the first run made and did not record has another secret than what it takes the place of.
        before: {
          "m.bolt.k": {
            fields: { key: { $secret: { source: { command: ["print", "S1"] } } }, name: "b_d_default" },
          },
        },
        rotate: false,
        after: {
          "m.bolt.k": {
            fields: { key: { $secret: { source: { command: ["print", "S2"] } } }, name: "b_d_other" },
          },
        },
        cuts: [3],
        parallelism: 1,
      },
    ],
    holds: async ({ before, rotate, after, cuts, parallelism }) => {
      const world = await prepared(before, rotate);
      const text = await saved(world, after);
      for (const cut of cuts) await applySaved(world, text, { parallelism, cut });
      wait(world);
      expectDone(await applySaved(world, text, { parallelism }));
      expectDeclared(world, after);
      expectNoOrphans(world, after);
      await expectConverged(world, after);
    },
  });

  law("after foreign changes writes to nothing that moved, and does everything else", {
    scenario: fc.record(
      { before: graphs, after: graphs, changes: drifts, parallelism },
      { noNullPrototype: true },
    ),
    runs: 80,
    holds: async ({ before, after, changes, parallelism }) => {
      const world = await prepared(before, false);
      const text = await saved(world, after);
      const then = snapshot(world);
      const start = world.remote.log.length;
      drift(world.remote, changes);
      const now = snapshot(world);
      /** Fields of a thing that somebody has changed since; `null`: the thing is gone. */
      const changed = (key: string): readonly string[] | null => {
        const [a, b] = [then.get(key), now.get(key)];
        if (a === undefined) return [];
        return b === undefined
          ? null
          : Object.keys({ ...a, ...b }).filter((name) => !jsonEqual(a[name], b[name]));
      };
      const { results, plan: made } = await applySaved(world, text, { parallelism });
      const ours = world.remote.log.slice(start).filter((item) => item.by === ACTOR);
      for (const { op, kind, id } of ours.filter((item) => item.op !== "create")) {
        const step = made.steps.find((it) => it.action === op && it.kind === kind && it.vendor_id === id);
        const wanted = step?.changes.map(({ path }) => path) ?? [];
        const odd = (changed(`${kind} ${id}`) ?? []).filter((name) => !wanted.includes(name));
        expect(odd, `${op} of ${kind} ${id} writes over what somebody changed`).toEqual([]);
      }
      for (const result of results) {
        const step = made.steps.find((it) => it.id === result.step);
        if (result.outcome !== "failed" || step === undefined) continue;
        // The vendor refuses a conf without a store.
        if (step.kind === "m.conf" && ![...now.keys()].some((key) => key.startsWith("m.store"))) continue;
        // Nor does it make a door whose bolt somebody has taken away.
        const lost = [...then.keys()].some((key) => key.startsWith("m.bolt") && !now.has(key));
        if (step.kind === "m.door" && step.action === "create" && lost) continue;
        expect(result.code, result.step).toBe("MOVED");
        const own = changed(`${step.kind} ${step.vendor_id}`);
        const home = changed(`m.gate ${step.parent_id}`);
        expect(own === null || own.length > 0 || home === null, `${step.id} is refused for a reason`).toBe(
          true,
        );
      }
      const failed = new Set(results.filter((it) => it.outcome === "failed").map((it) => it.step));
      for (const result of results)
        if (result.outcome === "blocked") expect(failed.has(result.because ?? ""), result.step).toBe(true);
    },
  });

  law("touches nothing that somebody else has made since, and takes nothing of it along", {
    scenario: fc.record(
      { before: graphs, after: graphs, others: twins, parallelism },
      { noNullPrototype: true },
    ),
    runs: 50,
    holds: async ({ before, after, others, parallelism }) => {
      const world = await prepared(before, false);
      const text = await saved(world, after);
      const start = world.remote.log.length;
      for (const other of others) twin(world.remote, other);
      const theirs = world.remote.things.filter((thing) => thing.by === SOMEBODY);
      const copies = structuredClone(theirs);
      await applySaved(world, text, { parallelism });
      const left = world.remote.things.filter((thing) => thing.by === SOMEBODY);
      expect(left).toEqual(copies);
      const uids = new Set(theirs.map((thing) => thing.uid));
      const ours = world.remote.log.slice(start).filter((item) => item.by === ACTOR);
      expect(ours.filter((item) => item.op !== "create" && uids.has(item.uid))).toEqual([]);
    },
  });

  law("with renamed addresses moves them once, and is finished wherever it was cut off", {
    scenario: fc.record(
      { before: graphs, after: graphs, cut: fc.nat(60), parallelism },
      { noNullPrototype: true },
    ),
    holds: async ({ before, after, cut, parallelism }) => {
      const world = await prepared(renamed(before, "m.rule.r", "m.rule.old"), false);
      const moved = [{ from: "m.rule.old", to: "m.rule.r" }].filter(
        ({ from, to }) => world.ledger?.resources[from] !== undefined && Object.hasOwn(after, to),
      );
      const text = await saved(world, after, { moved });
      await applySaved(world, text, { parallelism, cut });
      wait(world);
      expectDone(await applySaved(world, text, { parallelism }));
      expectDeclared(world, after);
      await expectConverged(world, after, { moved });
    },
  });
});

function renamed(graph: Graph, from: string, to: string): Graph {
  return Object.fromEntries(
    Object.entries(graph).map(([address, body]) => [address === from ? to : address, body]),
  );
}
