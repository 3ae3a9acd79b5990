// Breaks the product on purpose, one line at a time, in a copy of the sources, and says which test notices. Run by
// hand: `npm run breakages [-- text]`, where the text picks breakages by their words or files. A breakage of one kind
// names the contract's cases that have to notice it, and those alone are run. Exit code 1 where a breakage goes
// unnoticed.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COPIED = [
  "src",
  "test",
  "docs",
  "examples",
  "schemas",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];
/** Quick ones first: a run ends at the first failure. */
const ROUNDS = [
  ["engine", "base", "ledger", "config", "provider", "providers", "render"].map(
    (name) => `test/unit/${name}/`,
  ),
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
  const sound = runTests(ROUNDS[0]);
  if (!sound.passed) throw new Error(`unbroken, this fails already: ${sound.failures[0]}`);
  for (const { what, file, find, put, cases } of table) {
    const path = join(copy, file);
    const text = readFileSync(path, "utf8");
    if (text.split(find).length !== 2)
      throw new Error(`${file}: the line to break is there ${text.split(find).length - 1} times`);
    writeFileSync(
      path,
      text.replace(find, () => put),
    );
    const noticed = cases === undefined ? firstFailure() : failuresAmong(cases);
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
    const { passed, failures } = runTests([...paths, "--bail=1"]);
    if (!passed) return failures[0];
  }
  return undefined;
}

/** How many of the contract's cases fail whose titles match, and the first of them. */
function failuresAmong(cases) {
  const { passed, ran, failures } = runTests(["test/contract", "-t", cases]);
  if (ran === 0) throw new Error(`no case of the contract has a title like ${cases}`);
  return passed ? undefined : `${failures.length} of ${ran} cases, such as ${failures[0]}`;
}

function runTests(args) {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const reporting = ["--reporter=json", `--outputFile=${report}`];
  const { status } = spawnSync("npx", ["vitest", "run", ...args, ...reporting], {
    cwd: copy,
    encoding: "utf8",
  });
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  const tests = testResults.flatMap((file) => file.assertionResults.map((test) => ({ file, ...test })));
  const unloaded = testResults.filter(
    ({ assertionResults, message }) => message && assertionResults.length === 0,
  );
  const place = ({ name }) => name.slice(name.indexOf("test/"));
  const failures = [
    ...tests
      .filter((test) => test.status === "failed")
      .map(({ file, fullName }) => `${place(file)}: ${fullName}`),
    ...unloaded.map((file) => `${place(file)}: ${file.message.split("\n")[0]}`),
  ];
  return {
    passed: status === 0,
    ran: tests.filter((test) => test.status === "passed" || test.status === "failed").length,
    failures: failures.length > 0 ? failures : ["the run failed before a test did"],
  };
}
