// Finds and reads the files that the arguments name. One argument is one layer.

import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { compareText } from "../base/json.ts";
import { showsProcesses } from "../ledger/whole-file.ts";
import { isGlob, matchFiles } from "./glob.ts";
import type { Report } from "./report.ts";
import { quote, type SourceFile } from "./source.ts";

/** The files of one `-f`, sorted by name. */
export type Layer = readonly SourceFile[];

/** What is read where no argument names a file. */
export const DEFAULT_NAMES = ["gateform.yaml", "gateform.yml"];

/**
 * Reads all layers in order.
 * @param files the `-f` arguments: files, directories, globs, `-`; none means gateform.yaml or gateform.yml in `cwd`.
 * @param stdin gives the text of standard input; asked for at most once.
 */
export async function readLayers(
  files: readonly string[],
  cwd: string,
  stdin: (() => Promise<string>) | undefined,
  report: Report,
): Promise<readonly Layer[]> {
  const layers: Layer[] = [];
  for (const argument of files.length === 0 ? await defaultFile(cwd, report) : files) {
    if (argument === "-") {
      if (files.indexOf("-") !== files.lastIndexOf("-")) {
        report.add("NO_FILE", { message: "-f - (standard input) is given more than once" });
        return [];
      }
      layers.push([{ name: "<stdin>", directory: cwd, text: (await stdin?.()) ?? "" }]);
      continue;
    }
    const paths = await expand(argument, cwd, report);
    const layer: SourceFile[] = [];
    for (const path of paths) {
      const file = await readSource(path, cwd, report);
      if (file !== undefined) layer.push(file);
    }
    layers.push(layer);
  }
  return layers;
}

async function defaultFile(cwd: string, report: Report): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of DEFAULT_NAMES) if ((await kindOfPath(join(cwd, name))) === "file") found.push(name);
  if (found.length === 1) return found;
  report.add("NO_FILE", {
    message:
      found.length === 0
        ? "there is no gateform.yaml or gateform.yml in the working directory"
        : "there are both gateform.yaml and gateform.yml in the working directory",
    hint: `name the file with -f${found.length === 0 ? ", or begin with `gateform export --out gateform.yaml`, which writes what is live" : ""}`,
  });
  return [];
}

/** The paths that an argument stands for, sorted. */
async function expand(argument: string, cwd: string, report: Report): Promise<readonly string[]> {
  const path = resolve(cwd, argument);
  const kind = await kindOfPath(path);
  if (kind === "file") return [path];
  if (kind === "directory") {
    const names = (await readdir(path)).filter((name) => /\.ya?ml$/.test(name) && !name.startsWith("."));
    const paths = names.sort(compareText).map((name) => join(path, name));
    if (paths.length === 0) {
      report.add("NO_FILE", { message: `the directory ${quote(argument)} holds no *.yaml or *.yml file` });
    }
    return paths;
  }
  if (isGlob(argument)) {
    const paths = await matchFiles(argument, cwd);
    if (paths.length === 0) report.add("NO_FILE", { message: `no file matches ${quote(argument)}` });
    return paths;
  }
  report.add("NO_FILE", { message: `there is no file ${quote(argument)}` });
  return [];
}

async function kindOfPath(path: string): Promise<"file" | "directory" | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  // Pipes and devices (`<(command)`) are read like files.
  return found.isDirectory() ? "directory" : "file";
}

async function readSource(path: string, cwd: string, report: Report): Promise<SourceFile | undefined> {
  const name = shownPath(path, cwd);
  // A link in a repository may lead there, and messages quote lines of the files that they are about.
  if (await showsProcesses(path)) {
    report.add("FILE_UNREADABLE", { message: `cannot read ${quote(name)}: it is not a regular file` });
    return undefined;
  }
  try {
    const bytes = await readFile(path);
    return { name, directory: dirname(path), text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reason = code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is not UTF-8 text" : code;
    report.add("FILE_UNREADABLE", { message: `cannot read ${quote(name)}: ${reason}` });
    return undefined;
  }
}

/** Relative to the working directory for files below it; as it is for others. */
function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" ? basename(path) : short.startsWith("..") ? path : short;
}
