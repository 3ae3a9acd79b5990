// `npm run fuzz`: 10,000 documents per format, from a new seed. Ends with one line per format and the seed to repeat it.
//
//   npm run fuzz -- --runs 500 --seed 7     fewer of them, from a given seed
//   npm run fuzz -- plans ledgers           these formats alone: configs, ledgers, plans, yaml

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "10000" }, seed: { type: "string" } },
});
const { runs, seed = String(randomInt(2 ** 31)) } = values;
const count = Number(runs);
if (!Number.isInteger(count) || count < 1) throw new Error("--runs takes a whole number from 1");
if (!Number.isInteger(Number(seed))) throw new Error("--seed takes a whole number");
const files = positionals.map((name) => `test/fuzz/${name}.test.ts`);

console.log(`seed ${seed}, ${count} documents per format`);
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const child = spawn(process.execPath, [vitest, "run", "--project", "fuzz", ...files], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, FUZZ_RUNS: runs, FUZZ_SEED: seed },
});
child.once("error", (error) => {
  throw error;
});
child.once("close", (code) => {
  process.exitCode = code ?? 1;
});
