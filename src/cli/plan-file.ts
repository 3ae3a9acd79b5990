// Plans in files: written where `plan --out` says, read by `show` and `apply`.

import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { planDigest } from "../engine/plan-digest.ts";
import { MAX_DOCUMENT_SIZE, parsePlan } from "../ledger/documents.ts";
import { errnoOf, readWholeFile, reasonOf, replaceFile } from "../ledger/whole-file.ts";
import type { Plan } from "../model/plan.ts";
import { renderPlanJson } from "../render/plan-json.ts";
import type { SavedPlan } from "../render/saved-plan.ts";
import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import type { Options } from "./options.ts";
import { mayWrite, whyKept } from "./output.ts";

const NO_CONFIGURATION =
  "a configuration is named with -f, as in `gateform apply -f FILE`; without -f a file is a plan that `gateform plan --out plan.json` saved";

/** Makes sure that a plan can be written, before it is made. */
export function checkPlanPlace(io: Io, file: string): void {
  const path = resolve(io.cwd, file);
  const found = statSync(path, { throwIfNoEntry: false });
  const problem =
    found !== undefined && !found.isFile()
      ? "it is no regular file"
      : (mayWrite(dirname(path), "its directory") ?? whyKept(path));
  if (problem !== undefined) throw new Failure("OUTPUT_FILE", `--out cannot write ${file}: ${problem}`);
}

/** Writes a plan in one step, readable by its owner only, in place of what is there. */
export async function savePlan(io: Io, file: string, plan: Plan): Promise<void> {
  try {
    await replaceFile(resolve(io.cwd, file), renderPlanJson(plan));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new Failure("OUTPUT_FILE", `--out cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** Reads a plan that somebody may have changed or made up. Fails with `PLAN_UNREADABLE` or `PLAN_NEWER`. */
export async function readPlan(io: Io, file: string): Promise<Plan> {
  const read = parsePlan(await readText(io, file), file);
  if ("plan" in read) return read.plan;
  const { code, message, hint } = read.problem;
  throw new Failure(code, message, { hint: /\.ya?ml$/i.test(file) ? NO_CONFIGURATION : hint });
}

async function readText(io: Io, file: string): Promise<string> {
  const fail = (reason: string) =>
    new Failure("PLAN_UNREADABLE", `The plan ${file} cannot be read: ${reason}.`, {
      hint: "`gateform plan --out FILE` saves one",
    });
  try {
    const options = { max: MAX_DOCUMENT_SIZE, follow_symlinks: true };
    const read = await readWholeFile(resolve(io.cwd, file), options);
    if (read.state === "missing") throw fail("there is no such file");
    if (read.state === "too-large") throw fail(`it is larger than ${MAX_DOCUMENT_SIZE} bytes`);
    if (read.state !== "read") throw fail("it is no regular file");
    return new TextDecoder("utf-8", { fatal: true }).decode(read.bytes);
  } catch (error) {
    if (error instanceof TypeError) throw fail("it is not UTF-8 text");
    if (errnoOf(error) === undefined || error instanceof Failure) throw error;
    throw fail(reasonOf(error));
  }
}

/** A plan in a file, with the command that applies exactly it, as it would have to be typed here. */
export function savedPlan(
  plan: Plan,
  file: string,
  options: Pick<Options, "file" | "envAllow"> = { file: [], envAllow: [] },
): SavedPlan {
  const digest = planDigest(plan);
  const words = [
    "gateform",
    "apply",
    file,
    ...options.file.flatMap((name) => ["-f", name]),
    ...options.envAllow.flatMap((pattern) => ["--env-allow", pattern]),
    "--digest",
    digest,
  ];
  return { file, digest, command: words.map(quoted).join(" ") };
}

/** A word as a POSIX shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
