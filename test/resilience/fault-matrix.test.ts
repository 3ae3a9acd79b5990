// The fault matrix: every kind's scene, every fault, every request of its apply. GATEFORM_FAULTS=all plays all of it,
// GATEFORM_TEST_FULL=1 every fifth fault once in each scene, at another request for each; without either a few scenes.
// The commands run in this process: thousands of runs as processes would take an hour.

import { afterAll, describe, expect, test } from "vitest";
import { EFFECTS, type FaultEffect } from "./fault-effects.ts";
import { type Position, planUnderFault, playFault, playUndisturbed, strikes } from "./fault-matrix.ts";
import { scenes } from "./scenes/all.ts";

const ALL = process.env.GATEFORM_FAULTS === "all";
const FULL = ALL || process.env.GATEFORM_TEST_FULL === "1";
const TIMEOUT = 1_200_000;
/** Scenes that are played in any case. */
const QUICK = ["cloudflare.provider_config", "cloudflare.secrets_store", "vercel.byok_credential"];

interface Row {
  readonly requests: number;
  /** Runs, by fault. */
  readonly runs: number[];
}
const rows = new Map<string, Row>();
const ends = { well: 0, "with an error": 0, "finished by one more": 0, "finished by two more": 0, plans: 0 };

/** Where a fault strikes. `turn` differs between the faults, and between the scenes. */
function positionsOf(fault: FaultEffect, all: readonly Position[], turn: number): readonly Position[] {
  const struck = all.filter((position) => strikes(fault, position));
  return ALL ? struck : struck.slice(turn % Math.max(struck.length, 1)).slice(0, 1);
}

/** Whether a scene plays a fault: five that follow each other play all of them. */
function isTurn(fault: number, scene: number): boolean {
  return ALL || (fault + scene) % 5 === 0;
}

/** One request of each path that is read. */
function readsOf(all: readonly Position[], turn: number): readonly Position[] {
  const reads = all.filter(({ method, nth }) => method === "GET" && nth === 0);
  return ALL ? reads : reads.slice(turn % reads.length).slice(0, 1);
}

describe("an apply that meets a fault ends well or says why, and loses, doubles and touches nothing", () => {
  for (const [index, scene] of scenes.entries()) {
    if (!FULL && !QUICK.includes(scene.name)) continue;
    test(scene.name, { timeout: TIMEOUT }, async () => {
      const whole = await playUndisturbed(scene);
      const wrong: string[] = [];
      const row: Row = { requests: whole.positions.length, runs: EFFECTS.map(() => 0) };
      rows.set(scene.name, row);
      try {
        for (const [at, fault] of EFFECTS.entries()) {
          if (!isTurn(at, index)) continue;
          for (const position of positionsOf(fault, whole.positions, at + index)) {
            const { code, more, problems } = await playFault(whole, fault, position);
            row.runs[at] = (row.runs[at] ?? 0) + 1;
            ends[code === 0 ? "well" : "with an error"] += 1;
            if (more > 0) ends[more === 1 ? "finished by one more" : "finished by two more"] += 1;
            const where = `${fault.name} at request ${position.at}, ${position.method} ${position.path}`;
            wrong.push(...problems.map((problem) => `${where}: ${problem}`));
          }
        }
        // The file is applied by now: a plan has nothing to do, whatever cannot be read.
        for (const [at, fault] of EFFECTS.entries()) {
          if (fault.on === "writes" || !isTurn(at, index)) continue;
          for (const position of readsOf(whole.positions, at + index)) {
            ends.plans += 1;
            const problems = await planUnderFault(whole, fault, position);
            const where = `plan with ${fault.name} at ${position.path}`;
            wrong.push(...problems.map((problem) => `${where}: ${problem}`));
          }
        }
      } finally {
        await whole.stage.close();
      }
      expect(wrong).toEqual([]);
    });
  }
});

afterAll(() => {
  const line = (name: string, cells: readonly (number | string)[]): string =>
    [name.padEnd(46), ...cells.map((cell) => String(cell || ".").padStart(5))].join("");
  const sums = EFFECTS.map((_, at) => [...rows.values()].reduce((sum, { runs }) => sum + (runs[at] ?? 0), 0));
  const withSum = (runs: readonly number[]): readonly number[] => [
    ...runs,
    runs.reduce((sum, cell) => sum + cell, 0),
  ];
  console.log(
    [
      ...EFFECTS.map(({ name }, at) => `${String(at + 1).padStart(4)}  ${name}`),
      line("runs by fault", ["req.", ...EFFECTS.map((_, at) => at + 1), "all"]),
      ...[...rows].map(([name, { requests, runs }]) => line(name, [requests, ...withSum(runs)])),
      line("all", ["", ...withSum(sums)]),
      Object.entries(ends)
        .map(([name, count]) => `${count} ${name}`)
        .join(", "),
    ].join("\n"),
  );
});
