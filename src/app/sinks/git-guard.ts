// Keeps secrets out of git: says whether git would track a file. In doubt it says so, and the sink refuses.

import { execFile } from "node:child_process";
import { lstat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { errnoOf } from "../../ledger/whole-file.ts";
import { SinkError } from "./sink.ts";

/** Variables by which a git that started us (a hook) would make our git look at its repository. */
const REPOSITORY_VARIABLES = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"];

/**
 * Passes when git would not track `path`: outside every work tree, or ignored and not tracked.
 * @param directory an existing directory above it, without links.
 * @param path absolute, without links; need not exist.
 * @throws SinkError `SINK_PATH`, `SINK_GIT_TRACKS` or `SINK_GIT_UNKNOWN`, saying what to add to .gitignore.
 */
export async function refuseTracked(
  directory: string,
  path: string,
  shown: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (path.split(sep).some((part) => part.toLowerCase() === ".git")) {
    throw new SinkError(
      "SINK_PATH",
      `The file ${shown} is inside a .git directory.`,
      "deliver to another place",
    );
  }
  const root = await workTreeAbove(directory);
  if (root === null) return;
  const ignore = `add the line "${ignoreLine(root, path)}" to ${join(root, ".gitignore")}`;
  const answer = await git(directory, ["check-ignore", "--quiet", "--", path], env);
  if (answer === 0) return;
  if (answer !== 1) {
    throw new SinkError(
      "SINK_GIT_UNKNOWN",
      `The file ${shown} is inside the git work tree ${root}, and ${answer === "missing" ? "there is no git to ask" : "git does not answer"} whether it would be tracked.`,
      `deliver to a place outside the work tree, or ${answer === "missing" ? "install git" : `see what "git status" in ${root} says`} and ${ignore}`,
    );
  }
  const tracked =
    (await git(directory, ["ls-files", "--error-unmatch", "--", `:(literal)${path}`], env)) === 0;
  throw new SinkError(
    "SINK_GIT_TRACKS",
    `The file ${shown} ${tracked ? "is tracked by git" : "is not ignored by git, which would track it"}; a secret must not get there.`,
    `${ignore}${tracked ? `, and take the file out of git with "git rm --cached ${basename(path)}"` : ""}, or deliver to a place outside the work tree`,
  );
}

/** The nearest directory at or above `directory` that has a `.git`, be it a directory or a worktree's file. */
async function workTreeAbove(directory: string): Promise<string | null> {
  for (let at = directory; ; at = dirname(at)) {
    try {
      await lstat(join(at, ".git"));
      return at;
    } catch (error) {
      if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "ENOTDIR") throw error;
    }
    if (dirname(at) === at) return null;
  }
}

/** Git's exit code; `missing` without a git, `failed` when it was ended. Its words are not read: they vary. */
function git(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number | "missing" | "failed"> {
  const kept = Object.fromEntries(
    Object.entries(env).filter(([name]) => !REPOSITORY_VARIABLES.includes(name)),
  );
  return new Promise((resolve) => {
    // A file-system monitor is a program that the repository's own configuration names.
    execFile("git", ["-c", "core.fsmonitor=false", ...args], { cwd, env: kept, timeout: 10_000 }, (error) => {
      if (error === null) resolve(0);
      else if (error.code === "ENOENT") resolve("missing");
      else resolve(typeof error.code === "number" ? error.code : "failed");
    });
  });
}

/** The line that ignores exactly this file, with .gitignore's special characters escaped. */
function ignoreLine(root: string, path: string): string {
  const inside = relative(root, path).split(sep).join("/");
  return `/${inside.replace(/[\\*?[\]]/g, "\\$&").replace(/ $/, "\\ ")}`;
}
