// `npm run fuzz`: 10,000 documents per format, from a new seed. Ends with one line per format and the seed to repeat it.
//
//   npm run fuzz -- --runs 500 --seed 7     fewer of them, from a given seed
//   npm run fuzz -- plans --seed 7 --from 1234 --runs 1    one document again
//   npm run fuzz -- plans ledgers           these formats alone: answers, configs, ledgers, plans, vendors, yaml

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "10000" },
    seed: { type: "string" },
    from: { type: "string", default: "0" },
  },
});
const { runs, from, seed = String(randomInt(2 ** 31)) } = values;
const count = Number(runs);
if (!Number.isInteger(count) || count < 1) throw new Error("--runs takes a whole number from 1");
if (!/^\d+$/.test(from)) throw new Error("--from takes a whole number from 0");
if (!Number.isInteger(Number(seed))) throw new Error("--seed takes a whole number");
const files = positionals.map((name) => `test/fuzz/${name}.test.ts`);

console.log(`seed ${seed}, ${count} documents per format`);
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const child = spawn(process.execPath, [vitest, "run", "--project", "fuzz", ...files], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, FUZZ_RUNS: runs, FUZZ_SEED: seed, FUZZ_FROM: from },
});
child.once("error", (error) => {
  throw error;
});
child.once("close", (code) => {
  process.exitCode = code ?? 1;
});
