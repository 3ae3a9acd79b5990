// Real processes for the tests of locks and crashes: a script in TypeScript, bundled and run by plain node.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const bundles: string[] = [];

/** For `afterAll`. */
export async function removeBundles(): Promise<void> {
  for (const directory of bundles.splice(0)) await rm(directory, { recursive: true, force: true });
}

/** Bundles a script whose imports are relative to the repository. @returns the path of the runnable file. */
export async function bundleScript(source: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "gateform-child-"));
  bundles.push(directory);
  const outfile = join(directory, "child.mjs");
  await build({
    stdin: { contents: source, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    // Packages that are not ES modules call it.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    outfile,
    logLevel: "error",
  });
  return outfile;
}

export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** The next line it prints; rejects when it ends instead. */
  line(): Promise<string>;
  tell(text: string): void;
  /** Resolves with its exit code, or the signal that ended it. */
  ended(): Promise<number | string>;
}

export function startScript(file: string, ...args: string[]): Child {
  const child = spawn(process.execPath, [file, ...args], { stdio: "pipe" });
  const lines: string[] = [];
  const waiting: { give: (line: string) => void; fail: (error: Error) => void }[] = [];
  let rest = "";
  let errors = "";
  child.stderr.on("data", (data) => {
    errors += data;
  });
  child.stdout.on("data", (data) => {
    const parts = (rest + data).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const next = waiting.shift();
      if (next === undefined) lines.push(part);
      else next.give(part);
    }
  });
  const exit = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  exit.then(() => {
    for (const { fail } of waiting.splice(0)) fail(new Error(`the child ended: ${errors}`));
  });
  return {
    process: child,
    line: () => {
      const line = lines.shift();
      if (line !== undefined) return Promise.resolve(line);
      return new Promise((give, fail) => waiting.push({ give, fail }));
    },
    tell: (text) => child.stdin.write(`${text}\n`),
    ended: () => exit,
  };
}
