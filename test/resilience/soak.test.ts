// A soak: plans and applies without end, over all kinds of both vendors, with one request in twenty failing. What is
// left by one round is where the next one starts. GATEFORM_TEST_FULL=1 plays a hundred rounds.
//
//   GATEFORM_SOAK_SEED=7      other edits, faults and deeds; the same ones for the same seed
//   GATEFORM_SOAK_ROUNDS=50   fewer rounds, or more

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { openSoak } from "./soak/soak.ts";

const FULL = process.env.GATEFORM_TEST_FULL === "1";
const SEED = Number(process.env.GATEFORM_SOAK_SEED ?? "20261121");
const ROUNDS = Number(process.env.GATEFORM_SOAK_ROUNDS ?? (FULL ? 100 : 12));
/** One at a time, so that requests come in the same order, and a seed says all. */
const PARALLELISM = Number(process.env.GATEFORM_SOAK_PARALLELISM ?? "1");
/** Collecting takes longer than a round, so it is not done after each. */
const STRIDE = Math.ceil(ROUNDS / 40);

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void; // the flag puts it there

/** Bytes that are in use, of client and server, and how much keeps the process running. */
interface Taken {
  readonly heap: number;
  readonly handles: number;
}

function taken(): Taken {
  collect();
  return { heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo().length };
}

function medians(all: readonly Taken[]): Taken {
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return { heap: median(all.map(({ heap }) => heap)), handles: median(all.map(({ handles }) => handles)) };
}

test(`${ROUNDS} rounds of changes, faults and colleagues each end as the file says, the ledger tells the truth, and memory stays flat`, {
  timeout: 60_000 + ROUNDS * 20_000,
}, async () => {
  const soak = await openSoak(SEED, PARALLELISM);
  const started = performance.now();
  /** By quarters of the run. */
  const found: Taken[][] = [[], [], [], []];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await soak.round();
      const quarter = Math.floor((4 * round) / ROUNDS);
      if (quarter % 2 === 1 && round % STRIDE === 0) found[quarter]?.push(taken());
    }
  } finally {
    await soak.close();
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`soak: ${JSON.stringify(soak.counts)}, seed ${SEED}, ${seconds} s`);
  }
  const [early, late] = [medians(found[1] ?? []), medians(found[3] ?? [])];
  const show = ({ heap, handles }: Taken): string =>
    `${(heap / 2 ** 20).toFixed(1)} MiB and ${handles} handles`;
  console.log(`soak: ${show(early)} in the second quarter, ${show(late)} in the last`);
  expect(late.handles, "open sockets and timers").toBeLessThanOrEqual(early.handles + 2);
  // A little for what the server keeps of what was deleted.
  expect(late.heap, "heap in use").toBeLessThan(early.heap * 1.15 + 2 ** 20);
});
