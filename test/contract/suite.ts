// Runs every case on every sample under one profile, and draws the table of what came out.

import { mkdir, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Profile } from "../../src/reference-server/index.ts";
import type { Case, Run } from "./cases/case.ts";
import { faultCases } from "./cases/faults.ts";
import { fieldCases } from "./cases/fields.ts";
import { ownershipCases } from "./cases/ownership.ts";
import { savedCases } from "./cases/saved.ts";
import { isNotApplicable, type Sample } from "./sample.ts";
import { samples } from "./samples/all.ts";
import { openStage } from "./stage.ts";
import { type Cell, drawTable } from "./table.ts";

export const cases: readonly Case[] = [...ownershipCases, ...savedCases, ...fieldCases, ...faultCases];

/** Milliseconds for one test; the real back-off of a few retries is in it. */
const TIMEOUT = 20_000;

export function runSuite(profile: Profile): void {
  const cells = new Map<string, Cell>();
  // Each test has a server of its own, so that waits of one are used by the others.
  describe.concurrent(`contract, profile ${profile}`, { timeout: TIMEOUT }, () => {
    for (const sample of samples) {
      describe(sample.kind, () => {
        for (const entry of cases) {
          const runs = runsOf(entry, sample);
          const cell: Cell = isNotApplicable(runs)
            ? { state: "n/a", reason: runs.na }
            : { state: "run", tests: runs.length, passed: 0 };
          cells.set(`${entry.id} ${sample.kind}`, cell);
          if (cell.state === "run" && !isNotApplicable(runs)) {
            for (const run of runs) declareTest(profile, sample, entry, run, cell);
          }
        }
      });
    }
  });

  test("docs/contract.md is the table of this run", async () => {
    const kinds = samples.map(({ kind }) => kind);
    const text = drawTable(kinds, cases, (id, kind) => cells.get(`${id} ${kind}`));
    await mkdir("test-results", { recursive: true });
    await writeFile(`test-results/contract.${profile}.md`, text);
    await expect(text).toMatchFileSnapshot("../../docs/contract.md");
  });
}

function runsOf(entry: Case, sample: Sample): ReturnType<Case["runs"]> {
  const reason = sample.not?.[entry.id];
  return reason === undefined ? entry.runs(sample) : { na: reason };
}

function declareTest(
  profile: Profile,
  sample: Sample,
  entry: Case,
  { of, run }: Run,
  cell: Extract<Cell, { state: "run" }>,
): void {
  test(of === undefined ? entry.title : `${entry.title} (${of})`, async ({ onTestFinished }) => {
    const switches = { ...sample.switches, ...entry.server?.switches };
    const options = { profile, env: sample.env, server: { ...entry.server, switches } };
    await run(await openStage(options, onTestFinished));
    cell.passed += 1;
  });
}
