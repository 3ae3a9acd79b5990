// An answer in a form that we do not know is no empty list: whatever is in its place, nothing under it is made or
// deleted, and the error says what was wrong with it.

import { expect, onTestFinished, test } from "vitest";
import type { FaultRule } from "../../src/reference-server/index.ts";
import { declare, settle } from "./cases/case.ts";
import { samples } from "./samples/all.ts";
import { errorsOf, openStage } from "./stage.ts";

const answer = (body: Extract<FaultRule["effect"], { kind: "status" }>["body"]): FaultRule["effect"] => ({
  kind: "status",
  status: 200,
  when: "before",
  body,
});

const ANSWERS: readonly FaultRule["effect"][] = [
  { kind: "malformed" },
  answer({}),
  answer([]),
  answer(null),
  answer("<!doctype html>"),
  answer({ success: true, result: null, apiKeys: null, rules: null, budgets: null }),
];

test.each(samples.map((sample) => [sample.kind, sample] as const))(
  "%s: a list of another shape stops what is under it, deletes nothing, and names what is wrong",
  async (_, sample) => {
    const { env, switches = {} } = sample;
    const stage = await openStage({ profile: "live", env, server: { switches } }, onTestFinished);
    await settle(stage, sample, sample.minimal);
    const state = await stage.state();
    // Without it the kind is not looked at where it is implied only.
    await declare(stage, sample, sample.not?.removed === undefined ? undefined : sample.minimal);
    for (const effect of ANSWERS) {
      await stage.clearFaults();
      await stage.fault({ method: "GET", path: sample.path, effect });
      const plan = await stage.plan({ allow_deletes: 10 });
      const about = JSON.stringify(effect);
      expect(
        plan.steps.filter(({ kind }) => kind === sample.kind),
        about,
      ).toEqual([]);
      const errors = errorsOf(plan.diagnostics);
      expect(
        errors.map(({ code }) => code),
        about,
      ).toContain("READ_INCOMPLETE");
      expect(errors.map(({ message }) => message).join(), about).toMatch(
        /a form we do not know|was not complete/,
      );
    }
    expect((await stage.apply({ allow_deletes: 10 })).state).toBe("stopped");
    expect(await stage.state()).toEqual(state);
  },
);
