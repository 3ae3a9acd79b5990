// Cases about what is ours: made, removed, kept, lost, taken over, or somebody else's.

import { expect } from "vitest";
import { listMarks } from "../../../src/base/expression.ts";
import { type JsonValue, jsonEqual } from "../../../src/base/json.ts";
import { isAnswered } from "../../../src/model/kind-rules.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { providers } from "../../../src/providers/index.ts";
import { type Body, type Entries, isNotApplicable, type Sample } from "../sample.ts";
import {
  errorsOf,
  expectConverged,
  expectEmpty,
  type Stage,
  stepsOf,
  type Vendors,
  writes,
} from "../stage.ts";
import { type Case, declare, expectHeld, needing, one, only, settle, single } from "./case.ts";

const created = single("create", "a whole body is created, then nothing is left", async (stage, sample) => {
  await declare(stage, sample, sample.full);
  const steps = stepsOf(await stage.plan(), sample.address);
  expect(steps.map(({ action, reason }) => [action, reason])).toEqual([["create", "new"]]);
  expectConverged(await stage.apply());
  expectEmpty(await stage.plan());
  await only(stage, sample);
});

const minimal = single(
  "minimal",
  "a minimal body is created, then nothing is left",
  async (stage, sample) => {
    await settle(stage, sample, sample.minimal);
    await only(stage, sample);
  },
);

const again = single("again", "a second apply writes nothing", async (stage, sample) => {
  await settle(stage, sample, sample.full);
  const [before, ledger] = [await stage.requests(), await stage.ledger()];
  expectConverged(await stage.apply());
  expect(writes((await stage.requests()).slice(before.length))).toEqual([]);
  expect(await stage.ledger()).toEqual(ledger);
});

const removed = single(
  "removed",
  "what the file no longer declares stops at the brake, and with leave is deleted",
  async (stage, sample) => {
    const old = await settle(stage, sample, sample.full);
    await declare(stage, sample);
    const plan = await stage.plan();
    expect(stepsOf(plan, sample.address).map(({ action, reason }) => [action, reason])).toEqual([
      ["delete", "removed"],
    ]);
    // A check may have something to say of the sample beside it.
    expect(plan.diagnostics.map(({ code }) => code)).toContain("DELETES_BRAKED");
    const from = (await stage.requests()).length;
    const braked = await stage.apply();
    expect([braked.state, errorsOf(braked.diagnostics).map(({ code }) => code)]).toEqual([
      "stopped",
      ["DELETES_BRAKED"],
    ]);
    expect(writes((await stage.requests()).slice(from))).toEqual([]);
    expectConverged(await stage.apply({ allow_deletes: 1 }));
    expectEmpty(await stage.plan());
    const state = await stage.state();
    expect(sample.live(state).map(({ id }) => id)).not.toContain(old.id);
    expect(sample.remains?.(state, old) ?? []).toEqual([]);
    expect((await stage.ledger())?.resources).not.toHaveProperty([sample.address]);
  },
);

const inside = needing(
  "inside",
  "what lives in it goes first and one by one; something unmanaged in it stops the delete until that is named",
  (sample) => sample.inside,
  async (stage, sample, { block, address, put, left }) => {
    await stage.declare(block);
    expectConverged(await stage.apply());
    await put(stage.vendors);
    await declare(stage, sample);
    const stopped = await stage.plan({ allow_deletes: 2 });
    expect(stopped.steps.filter(({ address: of }) => of === sample.address)).toEqual([]);
    expect(stopped.refused.map((item) => [item.address, item.code])).toContainEqual([
      sample.address,
      "CHILDREN_UNMANAGED",
    ]);
    await declare(stage, sample, undefined, { removed: [sample.address] });
    const { steps, summary } = await stage.plan();
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      [`delete ${address}`, []],
      [`delete ${sample.address}`, [`delete ${address}`]],
    ]);
    expect(summary.counted_deletes).toBe(0);
    expectConverged(await stage.apply());
    expectEmpty(await stage.plan());
    const state = await stage.state();
    expect(sample.live(state)).toEqual([]);
    expect(left(state)).toEqual([]);
  },
);

const retained = single(
  "retained",
  "what is to be retained is forgotten and stays live",
  async (stage, sample) => {
    const old = await settle(stage, sample, { ...sample.full, lifecycle: { on_remove: "retain" } });
    await declare(stage, sample);
    const steps = stepsOf(await stage.plan(), sample.address);
    expect(steps.map(({ action, reason }) => [action, reason])).toEqual([["forget", "retained"]]);
    const from = (await stage.requests()).length;
    expectConverged(await stage.apply());
    expect(writes((await stage.requests()).slice(from))).toEqual([]);
    expectEmpty(await stage.plan());
    expect(sample.live(await stage.state()).map(({ id }) => id)).toContain(old.id);
    expect((await stage.ledger())?.resources).not.toHaveProperty([sample.address]);
  },
);

const drift = needing(
  "drift",
  "a change behind our back is shown as the world's, then repaired",
  (sample) => sample.drift,
  async (stage, sample, { path, change, held }) => {
    await change(stage.vendors, await settle(stage, sample, sample.full));
    const plan = await stage.plan();
    // A vendor's time of the whole record may have moved for a secret in it as well.
    const steps = plan.steps.filter(({ action }) => action !== "check-secret");
    expect(steps.map(({ id, changes }) => [id, changes.map((item) => [item.path, item.moved])])).toEqual([
      [`update ${sample.address}`, [[path, "world"]]],
    ]);
    expectConverged(await stage.apply(), "unverified");
    expectEmpty(await stage.plan());
    expectHeld(await only(stage, sample), held);
  },
);

const vanished = needing(
  "vanished",
  "what vanished is made again",
  (sample) => sample.remove,
  async (stage, sample, remove) => {
    await remove(stage.vendors, await settle(stage, sample, sample.full));
    const steps = stepsOf(await stage.plan(), sample.address);
    expect(steps.map(({ action, reason }) => [action, reason])).toEqual([["create", "vanished"]]);
    expectConverged(await stage.apply());
    expectEmpty(await stage.plan());
    await only(stage, sample);
  },
);

const foreign = needing(
  "foreign",
  "a twin that somebody else made is refused, and nothing is written",
  (sample) => sample.twin,
  async (stage, sample, { make }) => {
    // Everything around it is ours already, so that the twin alone is in the way.
    await declare(stage, sample);
    expectConverged(await stage.apply());
    const id = await make(stage.vendors);
    await declare(stage, sample, sample.minimal);
    const plan = await stage.plan();
    expect(plan.steps).toEqual([]);
    expect(plan.refused.map(({ address, code }) => [address, code])).toEqual([[sample.address, "NOT_OWNED"]]);
    expect(plan.refused[0]?.hint).toContain(`adopt ${sample.address}=${id}`);
    const state = await stage.state();
    const result = await stage.apply();
    expect([result.state, result.diagnostics.map(({ code }) => code)]).toEqual(["stopped", ["PLAN_REFUSED"]]);
    expect(await stage.state()).toEqual(state);
  },
);

const adopted: Case = {
  id: "adopted",
  title: "a twin is taken over by --adopt, by its id and by its address alone, then nothing is left",
  runs: (sample) => {
    const { twin } = sample;
    if (isNotApplicable(twin)) return twin;
    const { differing } = twin;
    return [
      { of: "--adopt", run: (stage) => takeOver(stage, sample, twin.make, sample.minimal, "flag", 0) },
      { of: "ADDRESS=ID", run: (stage) => takeOver(stage, sample, twin.make, sample.minimal, "id", 0) },
      { of: "ADDRESS", run: (stage) => takeOver(stage, sample, twin.make, sample.minimal, "address", 0) },
      ...(isNotApplicable(differing)
        ? []
        : (["flag", "id"] as const).map((way) => ({
            of: `${way === "flag" ? "--adopt" : "ADDRESS=ID"} of one that differs`,
            run: (stage: Stage) => takeOver(stage, sample, twin.make, differing, way, twin.writes ?? 1),
          }))),
    ];
  },
};

async function takeOver(
  stage: Stage,
  sample: Sample,
  make: (vendors: Vendors) => Promise<string>,
  body: Body,
  way: "flag" | "id" | "address",
  changes: number,
): Promise<void> {
  // Everything around it is ours already, so that the twin alone is to be taken over.
  await declare(stage, sample);
  expectConverged(await stage.apply());
  const id = await make(stage.vendors);
  await declare(stage, sample, body);
  const written = async () => writes(await stage.requests()).length;
  const before = await written();
  if (way === "flag") expectTaken((await stage.apply({ adopt: true })).diagnostics);
  else {
    const { diagnostics } = await stage.adopt({ ids: { [sample.address]: way === "id" ? id : null } });
    expectTaken(diagnostics);
    if (changes > 0) expectConverged(await stage.apply());
  }
  expect(await written()).toBe(before + changes);
  expectSettled(await stage.plan());
  expect((await one(stage, sample)).id).toBe(id);
  expect(sample.live(await stage.state())).toHaveLength(1);
}

const ambiguous = needing(
  "ambiguous",
  "two twins of one name are refused with both ids, and ADDRESS=ID settles which",
  (sample) => sample.twin,
  async (stage, sample, { make }) => {
    // Everything around them is ours already.
    await declare(stage, sample);
    expectConverged(await stage.apply());
    const ids = [await make(stage.vendors), await make(stage.vendors)] as const;
    await declare(stage, sample, sample.minimal);
    const [refusal] = (await stage.plan({ adopt: true })).refused;
    expect(refusal?.code).toBe("AMBIGUOUS");
    for (const id of ids) expect(refusal?.message).toContain(id);
    const unclear = await stage.adopt({ ids: { [sample.address]: null } });
    for (const id of ids)
      expect(errorsOf(unclear.diagnostics)[0]?.hint).toContain(`adopt ${sample.address}=${id}`);
    expectTaken((await stage.adopt({ ids: { [sample.address]: ids[1] } })).diagnostics);
    const plan = await stage.plan();
    expectSettled(plan);
    expect(plan.unmanaged.map(({ id }) => id)).toEqual([ids[0]]);
    expect(sample.live(await stage.state())).toHaveLength(2);
  },
);

const lost: Case = {
  id: "lost",
  title: "a lost ledger deletes nothing: all is refused, and one adoption takes all back",
  runs: (sample) => [
    {
      of: "apply --adopt",
      run: (stage) =>
        takeBack(stage, sample, async () => {
          expect((await stage.apply({ adopt: true })).state).toBe("applied");
        }),
    },
    {
      of: "adopt --all",
      run: (stage) =>
        takeBack(stage, sample, async () => {
          const { adopted, refused, next } = await stage.adopt({ patterns: ["*"] });
          expect(refused).toEqual([]);
          const taken = adopted.filter(({ step }) => step.kind === sample.kind);
          const keys = taken.map(({ address }) => address.slice(sample.address.length - sample.key.length));
          expect(keys).toEqual(expect.arrayContaining(Object.keys(sample.several)));
          expect(next?.refused).toEqual([]);
        }),
    },
  ],
};

async function takeBack(stage: Stage, sample: Sample, takeAll: () => Promise<void>): Promise<void> {
  await stage.declare(sample.block(sample.several));
  expectConverged(await stage.apply());
  await stage.loseLedger();
  const state = await stage.state();
  const unowned = await stage.plan();
  expect(unowned.steps).toEqual([]);
  const refused = await stage.apply();
  expect([refused.state, refused.diagnostics.map(({ code }) => code)]).toEqual(["stopped", ["PLAN_REFUSED"]]);
  expect(await stage.state()).toEqual(state);
  await takeAll();
  expect(await stage.state()).toEqual(state);
  expectSettled(await stage.plan());
  // Taken back for good: with the section empty, all of them are ours to delete.
  await declare(stage, sample);
  expect((await stage.plan()).summary.delete).toBe(Object.keys(sample.several).length);
}

const shared = needing(
  "shared",
  "a shared one is used where it exists and stays when nothing needs it any more",
  (sample) => sample.twin,
  async (stage, sample, { make }) => {
    const id = await make(stage.vendors);
    await declare(stage, sample, sample.minimal);
    expect(stepsOf(await stage.plan(), sample.address)).toEqual([]);
    expectConverged(await stage.apply());
    expectEmpty(await stage.plan());
    expect((await stage.ledger())?.resources).not.toHaveProperty([sample.address]);
    await declare(stage, sample);
    expectConverged(await stage.apply({ allow_deletes: 10 }));
    expectEmpty(await stage.plan());
    expect(sample.live(await stage.state()).map((live) => live.id)).toEqual([id]);
  },
);

const exported: Case = {
  id: "exported",
  title: "what is live is exported and taken over without a write, then nothing is left",
  runs: (sample) => {
    const bodies: Readonly<Record<string, Entries>> = {
      "a minimal body": { [sample.key]: sample.minimal },
      "a whole body": { [sample.key]: sample.full },
      several: sample.several,
    };
    return Object.entries(bodies).flatMap(([of, entries]) =>
      [false, true].map((defaults) => ({
        of: defaults ? `${of}, with defaults` : of,
        run: (stage: Stage) => exportAndAdopt(stage, sample, entries, defaults),
      })),
    );
  },
};

async function exportAndAdopt(stage: Stage, sample: Sample, entries: Entries, defaults: boolean) {
  await stage.declare(sample.block(entries));
  expectConverged(await stage.apply());
  const applied = Object.values((await stage.ledger())?.resources ?? {});
  await stage.loseLedger();
  const before = writes(await stage.requests()).length;
  const { files, diagnostics } = await stage.exportAll(defaults);
  expect(diagnostics).toEqual([]);
  expect((await stage.exportAll(defaults)).files, "the same again").toEqual(files);
  const text = files?.[0]?.text ?? "";
  for (const value of Object.values(sample.env)) expect(text).not.toContain(value);
  expectTaken((await stage.adopt({ patterns: ["*"] })).diagnostics);
  expect(writes(await stage.requests()).length, "nothing is written").toBe(before);
  expectSettled(await stage.plan());
  const now = Object.values((await stage.ledger())?.resources ?? {});
  expect(now.map(({ id }) => id).sort()).toEqual(applied.map(({ id }) => id).sort());
  for (const entry of applied) {
    const values = Object.entries(entry.applied).filter(
      ([path, value]) => !hasSecret(value) && canBeRead(entry.kind, path),
    );
    const again = now.find(({ id }) => id === entry.id)?.applied ?? {};
    const missing = values.filter(([path]) => !Object.hasOwn(again, path));
    const differing = values.filter(
      ([path, value]) => Object.hasOwn(again, path) && !jsonEqual(again[path], value),
    );
    // Without defaults the file leaves out what the server fills in by itself.
    expect({ differing, missing: defaults ? missing : [] }).toEqual({ differing: [], missing: [] });
  }
}

function canBeRead(kind: string, path: string): boolean {
  const kinds = providers.flatMap((provider) => provider.kinds);
  return isAnswered(kinds.find(({ rules }) => rules.kind === kind)?.rules.fields[path]);
}

function hasSecret(value: JsonValue): boolean {
  return listMarks(value).length > 0;
}

function expectTaken(diagnostics: readonly { readonly code: string; readonly severity: string }[]): void {
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
}

/** Nothing is left but secrets whose value nobody knows: what was adopted has never been written by us. */
function expectSettled(plan: Plan): void {
  expectEmpty({ ...plan, steps: plan.steps.filter(({ action }) => action !== "check-secret") });
}

export const ownershipCases: readonly Case[] = [
  created,
  minimal,
  again,
  removed,
  inside,
  retained,
  drift,
  vanished,
  foreign,
  adopted,
  ambiguous,
  exported,
  lost,
  shared,
];
