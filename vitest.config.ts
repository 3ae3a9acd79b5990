// One project per tier, so that `vitest run --project unit` runs one and scripts/test.mjs can count them apart.

import { defineConfig } from "vitest/config";

const TIERS = [
  "unit",
  "laws",
  "golden",
  "contract",
  "server",
  "architecture",
  "e2e",
  "resilience",
  "fuzz",
  "vercel-cli",
];
/** Whole processes against a server, several in a row. Slow machines, and such that do other things beside, need their time. */
const OF_PROCESSES: Record<string, number> = { e2e: 60_000, resilience: 60_000, "vercel-cli": 180_000 };

export default defineConfig({
  test: {
    // Most of the waiting is for child processes and sockets, so two run side by side also on two cores.
    maxWorkers: 2,
    projects: TIERS.map((name) => ({
      extends: true,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        // The source keeps no state in its modules, so files of one worker may share them: loading them anew for each
        // file cost unit and server half of their time. Tiers of processes share a machine, not modules.
        isolate: name in OF_PROCESSES,
        testTimeout: OF_PROCESSES[name] ?? 20_000,
        hookTimeout: 30_000,
      },
    })),
  },
});
