// Breaks the product on purpose, one line at a time, in a copy of the sources, and says which test notices. Run by
// hand: `npm run breakages [-- text]`, where the text picks breakages by their words or files. Exit code 1 where a
// breakage goes unnoticed.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COPIED = ["src", "test", "examples", "schemas", "package.json", "tsconfig.json", "vitest.config.ts"];
/** Quick ones first: a run ends at the first failure. */
const ROUNDS = [
  ["test/unit/engine", "test/unit/base", "test/unit/ledger"],
  ["test/laws"],
  ["test/contract", "test/unit/app"],
];

const wanted = process.argv.slice(2).join(" ");
const table = JSON.parse(readFileSync(join(ROOT, "test/mutations/breakages.json"), "utf8")).filter(
  ({ what, file }) => `${what} ${file}`.includes(wanted),
);
const copy = mkdtempSync(join(tmpdir(), "gateform-breakages-"));
let unnoticed = 0;
try {
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "dir");
  for (const { what, file, find, put } of table) {
    const path = join(copy, file);
    const text = readFileSync(path, "utf8");
    if (text.split(find).length !== 2)
      throw new Error(`${file}: the line to break is there ${text.split(find).length - 1} times`);
    writeFileSync(
      path,
      text.replace(find, () => put),
    );
    const noticed = firstFailure();
    writeFileSync(path, text);
    if (noticed === undefined) unnoticed += 1;
    process.stdout.write(
      `${noticed === undefined ? "UNNOTICED" : "noticed  "}  ${what}\n           ${noticed ?? "no test fails"}\n`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.stdout.write(`${table.length - unnoticed} of ${table.length} breakages noticed\n`);
process.exitCode = unnoticed === 0 ? 0 : 1;

/** The first test that fails in the copy, with its file. */
function firstFailure() {
  for (const paths of ROUNDS) {
    const report = join(copy, "report.json");
    rmSync(report, { force: true });
    const args = ["vitest", "run", ...paths, "--bail=1", "--reporter=json", `--outputFile=${report}`];
    const run = spawnSync("npx", args, { cwd: copy, encoding: "utf8" });
    if (run.status === 0) continue;
    return titleOf(JSON.parse(readFileSync(report, "utf8")));
  }
  return undefined;
}

function titleOf({ testResults }) {
  for (const { name, message, assertionResults } of testResults) {
    const failed = assertionResults.find((item) => item.status === "failed");
    const file = name.slice(name.indexOf("test/"));
    if (failed !== undefined) return `${file}: ${failed.fullName}`;
    if (message) return `${file}: ${message.split("\n")[0]}`;
  }
  return "the run failed before a test did";
}
