// Runs whose every byte is kept: what they print and what they leave in their directory, to be searched for secrets.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { searchFor } from "../canary/search.ts";
import { type Result, type Server, type Workspace, workspace } from "./support.ts";

export interface Recorded {
  readonly work: Workspace;
  readonly run: (...args: readonly string[]) => Promise<Result>;
  /** Name of an output or file → its text. */
  readonly texts: () => ReadonlyMap<string, string>;
}

/** @param places files that a value belongs in: they are not searched. */
export function recordedRuns(
  server: Server,
  env: Readonly<Record<string, string>>,
  places: readonly string[],
): Recorded {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  const outputs = new Map<string, string>();
  return {
    work,
    run: async (...args) => {
      const result = await work.run([...args, "--debug"], env);
      const name = `${outputs.size / 2}: ${args.join(" ")}`;
      outputs.set(`stdout of ${name}`, result.stdout).set(`stderr of ${name}`, result.stderr);
      return result;
    },
    texts: () => {
      const files = readdirSync(work.cwd, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => !places.some((place) => path === work.path(place)));
      return new Map([...outputs, ...files.map((path) => [path, readFileSync(path, "utf8")] as const)]);
    },
  };
}

/** Which of the secrets are in which output or file, in which form. */
export function leaksIn({ texts }: Recorded, secrets: readonly string[]): readonly string[] {
  const search = searchFor(secrets);
  return [...texts()].flatMap(([name, text]) => search(text).map((form) => `${form} in ${name}`));
}
