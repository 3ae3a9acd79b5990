// Cases about saved plans: what a vendor answers later is what the plan was made from, unless somebody changed it.

import { expect } from "vitest";
import { expectConverged, expectEmpty, writes } from "../stage.ts";
import { type Case, declare, needing, only, settle, single } from "./case.ts";

const saved = single(
  "saved",
  "a saved plan is carried out; applied again it finds everything there and writes nothing",
  async (stage, sample) => {
    // A ledger has to be there: a plan that was made without one applies but once.
    await declare(stage, sample);
    expectConverged(await stage.apply());
    await declare(stage, sample, sample.full);
    const plan = await stage.plan();
    expectConverged(await stage.applySaved(plan));
    expectEmpty(await stage.plan());
    await only(stage, sample);
    const [before, ledger] = [await stage.requests(), await stage.ledger()];
    const again = await stage.applySaved(plan);
    expectConverged(again);
    expect(again.report.counts.already).toBe(plan.steps.length);
    expect(writes((await stage.requests()).slice(before.length))).toEqual([]);
    expect(await stage.ledger()).toEqual(ledger);
  },
);

const moved = needing(
  "saved moved",
  "a saved plan does not delete what somebody has changed since, and shows the change",
  (sample) => sample.drift,
  async (stage, sample, { path, change }) => {
    const live = await settle(stage, sample, sample.full);
    await declare(stage, sample);
    const plan = await stage.plan({ allow_deletes: 1 });
    await change(stage.vendors, live);
    const result = await stage.applySaved(plan);
    expect(result).toMatchObject({
      report: { results: [{ outcome: "failed", code: "MOVED", deviations: [{ path }] }] },
    });
    await only(stage, sample);
  },
);

export const savedCases: readonly Case[] = [saved, moved];
