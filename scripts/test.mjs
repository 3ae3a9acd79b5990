// `npm test`: every check and every tier, with the end-to-end tier on the packed tarball. Ends with a table and a
// line `N passed, N failed`, in which a failed check counts as one failure.
//
//   node scripts/test.mjs               all of it
//   node scripts/test.mjs e2e           the named tiers alone, on the build that is there
//   node scripts/test.mjs vercel-cli    a tier that only runs when it is named: it fetches Vercel's CLI once
//   node scripts/test.mjs test/e2e/show.test.ts    the named files alone
//
// Afterwards everything that gateform printed and wrote meanwhile is searched for every secret that was known. With
// GATEFORM_TEST_KEPT=DIRECTORY it stays there, to look at and to be searched again: node scripts/secrets.mjs DIRECTORY.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, statfs, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { searchForSecrets, wordsOf } from "./secrets.mjs";
import { installVercelCli } from "./vercel-cli.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const TIERS = ["unit", "laws", "golden", "contract", "server", "architecture", "e2e", "resilience", "fuzz"];
const NAMED_ONLY = ["vercel-cli"];
/** They run the command line as its users get it. */
const PACKED = ["e2e", "resilience", "vercel-cli"];

/** A file system in memory, on Linux. */
const MEMORY = "/dev/shm";

const CHECKS = [
  ["types", ["npm", "run", "--silent", "typecheck"]],
  ["lint and format", ["npm", "run", "--silent", "lint"]],
  ["generated files", ["npm", "run", "--silent", "generate", "--", "--check"]],
  ["build", ["npm", "run", "--silent", "build"]],
];

const only = process.argv.slice(2);
const known = [...TIERS, ...NAMED_ONLY];
const files = only.filter((name) => existsSync(name)).map((name) => relative(root, resolve(name)));
const named = only.filter((name) => !existsSync(name));
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`no tier ${unknown.join(", ")}; there are ${known.join(", ")}`);
const ofFiles = files.map((path) => path.split("/")[1]);
const tiers = only.length > 0 ? [...new Set([...named, ...ofFiles])] : TIERS;

const rows = [];
let failures = 0;
for (const [name, command] of only.length > 0 ? [] : CHECKS) {
  const { code, seconds } = await run(command);
  if (code !== 0) failures += 1;
  rows.push([name, code === 0 ? "ok" : "FAILED", seconds]);
}

const work = await mkdtemp(join(tmpdir(), "gateform-test-"));
// Every ledger is synced to its disk, many thousand times: memory is faster, where there is enough of it.
const scratch = await mkdtemp(join((await hasRoom(MEMORY)) ? MEMORY : work, "gateform-test-"));
let passed = 0;
try {
  const report = join(work, "report.json");
  const kept = process.env.GATEFORM_TEST_KEPT ?? join(work, "kept");
  await mkdir(kept, { recursive: true });
  const packed = tiers.some((tier) => PACKED.includes(tier));
  const env = {
    TMPDIR: scratch,
    GATEFORM_TEST_KEPT: kept,
    ...(packed && { GATEFORM_CLI: await packAndUnpack(work) }),
    ...(tiers.includes("vercel-cli") && { GATEFORM_VERCEL_CLI: await installVercelCli() }),
  };
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const projects = tiers.flatMap((tier) => ["--project", tier]);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const printed = [];
  const command = [process.execPath, vitest, "run", ...projects, ...reporters, ...files];
  const { code } = await run(command, env, (chunk) => printed.push(chunk));
  const found = await countTests(report);
  for (const tier of tiers) {
    const counts = found.get(tier) ?? { passed: 0, failed: 0, seconds: 0 };
    passed += counts.passed;
    failures += counts.failed;
    const empty = counts.passed + counts.failed === 0;
    if (empty) failures += 1;
    const words = empty
      ? "NO TESTS"
      : `${counts.passed} passed${counts.failed > 0 ? `, ${counts.failed} FAILED` : ""}`;
    rows.push([tier, words, counts.seconds]);
  }
  // An error outside of every test fails the run without failing one.
  if (code !== 0 && failures === 0) failures += 1;
  rows.push(await secretsRow(kept, report, Buffer.concat(printed).toString("utf8")));
} finally {
  for (const directory of [scratch, work]) await rm(directory, { recursive: true, force: true });
}

console.log(`\nNode ${process.versions.node}`);
for (const [name, words, seconds] of rows) {
  console.log(`  ${name.padEnd(16)} ${words.padEnd(38)} ${seconds.toFixed(1).padStart(6)} s`);
}
console.log(`\n${passed} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;

/** Whether a directory is there with a gigabyte to spare. */
async function hasRoom(directory) {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize > 2 ** 30;
  } catch {
    return false;
  }
}

/** @param onOutput gets what is printed, which is shown all the same. */
function run([program, ...args], env = {}, onOutput = undefined) {
  const started = performance.now();
  const colours = onOutput !== undefined && process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: onOutput === undefined ? "inherit" : ["inherit", "pipe", "pipe"],
      env: { ...process.env, ...colours, ...env },
    });
    for (const name of onOutput === undefined ? [] : ["stdout", "stderr"]) {
      child[name].on("data", onOutput);
      child[name].pipe(process[name], { end: false });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, seconds: (performance.now() - started) / 1000 }));
  });
}

/**
 * The package as its users get it, laid out as npm does. Its dependencies are in the bundle, so it runs without any
 * others: nothing is fetched.
 * @returns the link that npm would put into node_modules/.bin.
 */
async function packAndUnpack(directory) {
  const pack = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", directory];
  await must(pack);
  const tarball = (await readdir(directory)).find((name) => name.endsWith(".tgz"));
  const target = join(directory, "node_modules/gateform");
  await mkdir(target, { recursive: true });
  await must(["tar", "-xzf", join(directory, tarball), "-C", target, "--strip-components=1"]);
  const bin = join(directory, "node_modules/.bin/gateform");
  await mkdir(join(bin, ".."));
  await symlink("../gateform/dist/cli.js", bin);
  return bin;
}

async function must(command) {
  const { code } = await run(command);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
}

/** Says what was found, without any value, and counts as a check. */
async function secretsRow(kept, report, output) {
  const started = performance.now();
  const printed = new Map([["the test runner's output", output]]);
  if (existsSync(report)) printed.set("the test runner's report", await readFile(report, "utf8"));
  const { problems, words } = wordsOf(await searchForSecrets(kept, printed));
  for (const problem of problems) console.error(`secrets: ${problem}`);
  if (problems.length > 0) failures += 1;
  return ["secrets", words, (performance.now() - started) / 1000];
}

/** Tests and seconds by tier. A file that could not be loaded has no tests and counts as one failure. */
async function countTests(report) {
  const found = new Map();
  if (!existsSync(report)) return found;
  const { testResults } = JSON.parse(await readFile(report, "utf8"));
  for (const { name, assertionResults, startTime, endTime, status } of testResults) {
    const tier = name.slice(root.length).split("/")[1];
    const counts = found.get(tier) ?? { passed: 0, failed: 0, seconds: 0 };
    const failed = assertionResults.filter((test) => test.status === "failed").length;
    counts.passed += assertionResults.filter((test) => test.status === "passed").length;
    counts.failed += failed === 0 && status === "failed" ? 1 : failed;
    counts.seconds += Math.max(0, endTime - startTime) / 1000;
    found.set(tier, counts);
  }
  return found;
}
