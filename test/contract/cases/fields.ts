// Cases about single fields: set, changed, released, written in another form.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { hasChanges } from "../../../src/model/plan.ts";
import { canary } from "../../canary/values.ts";
import type { FieldChange, Sample } from "../sample.ts";
import { isNotApplicable } from "../sample.ts";
import { expectConverged, expectEmpty, type Stage, stepsOf, writes } from "../stage.ts";
import { bodiesOf, type Case, declare, expectHeld, needing, only, settle, showChange } from "./case.ts";

async function update(stage: Stage, sample: Sample, change: FieldChange): Promise<void> {
  const { before, after } = bodiesOf(change);
  const old = await settle(stage, sample, before);
  await declare(stage, sample, after);
  const plan = await stage.plan();
  expect(plan.steps.map(({ id, changes }) => [id, changes.map(({ path }) => path)])).toEqual([
    [`update ${sample.address}`, [change.path]],
  ]);
  expectConverged(await stage.apply());
  expectEmpty(await stage.plan());
  const live = await only(stage, sample);
  expect(live.id).toBe(old.id);
  expectHeld(live, change.held ?? [change.path, change.to]);
}

async function replace(stage: Stage, sample: Sample, change: FieldChange): Promise<void> {
  const { before, after } = bodiesOf(change);
  const old = await settle(stage, sample, before);
  await declare(stage, sample, after);
  const request = { allow_deletes: 1 };
  const steps = stepsOf(await stage.plan(request), sample.address);
  const order = change.replace === "gap" ? ["delete", "create"] : ["create", "delete"];
  expect(steps.map(({ action, reason, replacement }) => [action, reason, replacement])).toEqual(
    order.map((action) => [action, "replaced", change.replace]),
  );
  const created = steps.find(({ action }) => action === "create");
  expect(created?.changes.filter((item) => item.forces_replacement === true).map(({ path }) => path)).toEqual(
    [change.path],
  );
  expectConverged(await stage.apply(request));
  expectEmpty(await stage.plan());
  const live = await only(stage, sample);
  // Where the key is the id, the new one is told from the old one by its age.
  expect([live.id, live.record.created_at]).not.toEqual([old.id, old.record.created_at]);
  expectHeld(live, change.held ?? [change.path, change.to]);
}

const changed: Case = {
  id: "fields",
  title: "each field changed alone is one update of that field, then nothing is left",
  runs: (sample) => {
    const changes = sample.changes.filter((change) => change.replace === undefined);
    if (changes.length === 0) return { na: "no field changes in place" };
    return changes.map((change) => ({
      of: showChange(change),
      run: (stage) => update(stage, sample, change),
    }));
  },
};

const immutable: Case = {
  id: "immutable",
  title: "each immutable field changed is a replacement, then nothing is left",
  runs: (sample) =>
    sample.changes
      .filter((change) => change.replace !== undefined)
      .map((change) => ({ of: showChange(change), run: (stage) => replace(stage, sample, change) })),
};

const secret = needing(
  "secret",
  "a secret changed at its source is one update, and the server holds the new value",
  (sample) => sample.secret,
  async (stage, sample, { path, body, stored }) => {
    stage.env.SECRET = canary("old value");
    await settle(stage, sample, body({ env: "SECRET" }));
    stage.env.SECRET = canary("new value");
    const plan = await stage.plan();
    expect(
      plan.steps.map(({ id, changes }) => [id, changes.map((change) => [change.path, change.sensitive])]),
    ).toEqual([[`update ${sample.address}`, [[path, true]]]]);
    expectConverged(await stage.apply());
    expectEmpty(await stage.plan());
    expect(stored(await stage.state(), await only(stage, sample))).toBe(stage.env.SECRET);
  },
);

const unchecked = needing(
  "unchecked",
  "a secret that is not at hand is checked by apply: already there, or written",
  (sample) => sample.secret,
  async (stage, sample, { body, stored }) => {
    const file = join(stage.directory, "secret.txt");
    const value = async () => stored(await stage.state(), await only(stage, sample));
    await writeFile(file, canary("old value"));
    await declare(stage, sample, body({ command: ["cat", file] }));
    expectConverged(await stage.apply());
    for (const [content, outcome] of [
      [canary("old value"), "already"],
      [canary("new value"), "written"],
    ] as const) {
      await writeFile(file, content);
      const plan = await stage.plan();
      expect(plan.steps.map(({ id }) => id)).toEqual([`check-secret ${sample.address}`]);
      expect(hasChanges(plan)).toBe(false);
      const result = await stage.apply();
      expectConverged(result);
      expect(result.report.results.map((item) => item.outcome)).toEqual([outcome]);
      expect(await value()).toBe(content);
    }
  },
);

const released = needing(
  "released",
  "a field left out after it was set is released: its value stays at the server",
  (sample) => sample.release,
  async (stage, sample, { before, after, path, held }) => {
    await settle(stage, sample, before);
    await declare(stage, sample, after);
    const plan = await stage.plan();
    expect(plan.steps.map(({ id, released }) => [id, released])).toEqual([
      [`record ${sample.address}`, [path]],
    ]);
    const from = (await stage.requests()).length;
    expectConverged(await stage.apply());
    expect(writes((await stage.requests()).slice(from))).toEqual([]);
    expectEmpty(await stage.plan());
    expectHeld(await only(stage, sample), held);
  },
);

const undeclared: Case = {
  ...needing(
    "undeclared",
    "what the file does not declare survives an update",
    (sample) => sample.undeclared,
    async (stage, sample, { before, after, set, held }) => {
      const live = await settle(stage, sample, before);
      await set(stage.vendors, live);
      const plan = await stage.plan();
      // A vendor's time of the whole record may have moved for a secret in it as well.
      expectEmpty({ ...plan, steps: plan.steps.filter(({ action }) => action !== "check-secret") });
      await declare(stage, sample, after);
      expectConverged(await stage.apply(), "unverified");
      expectEmpty(await stage.plan());
      const updated = await only(stage, sample);
      for (const value of held) expectHeld(updated, value);
    },
  ),
  // Nobody knows whether a PUT resets what it leaves out, so the server that does is the harder one.
  server: { switches: { put_resets_omitted: true } },
};

const forms: Case = {
  id: "forms",
  title: "every form of a value plans empty, and going from one form to another writes nothing",
  runs: (sample) => {
    if (isNotApplicable(sample.forms)) return sample.forms;
    return sample.forms.map((group) => ({
      of: group.map((body) => JSON.stringify(body)).join(" = "),
      run: async (stage) => {
        for (const [index, body] of group.entries()) {
          const from = (await stage.requests()).length;
          await settle(stage, sample, body);
          const written = writes((await stage.requests()).slice(from));
          if (index === 0) expect(written).not.toEqual([]);
          else expect(written).toEqual([]);
        }
      },
    }));
  },
};

export const fieldCases: readonly Case[] = [
  changed,
  immutable,
  secret,
  unchecked,
  released,
  undeclared,
  forms,
];
