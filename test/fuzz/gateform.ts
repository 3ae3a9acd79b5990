// Runs gateform's commands in this process: tens of thousands of runs as processes would take hours. All but the
// parsing of the command line is what a user runs.

import { join } from "node:path";
import { Readable } from "node:stream";
import type { CommandSpec } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/command-table.ts";
import type { Io } from "../../src/cli/io.ts";
import { NO_OPTIONS, type Options } from "../../src/cli/options.ts";
import { runCommand } from "../../src/cli/program.ts";
import { requestLine } from "../../src/cli/request-line.ts";
import { type NetworkOptions, openNetwork } from "../../src/provider/network.ts";
import { COLOURED, PLAIN } from "../../src/render/style.ts";
import { keepFiles, keepSecretsOf, keepText } from "../canary/kept.ts";
import type { Place } from "./place.ts";

export interface Ran {
  /** The command with its arguments. */
  readonly what: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly json: string;
  readonly markdown: string;
  /** What was thrown past everything that catches. */
  readonly thrown: unknown;
}

export interface Calling {
  readonly place: Pick<Place, "cwd" | "read"> & { readonly write: (name: string, text: string) => void };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As a terminal would get it. */
  readonly coloured: boolean;
  /** How the network behaves. */
  readonly network?: Pick<NetworkOptions, "timeouts" | "wait">;
}

/** @param words the command with its arguments: `ledger show`. All three formats are asked for. */
export async function gateform(
  calling: Calling,
  words: string,
  options: Partial<Options> = {},
): Promise<Ran> {
  const { place, env, coloured } = calling;
  const { spec, args } = specOf(words.split(" "));
  const texts = { stdout: "", stderr: "" };
  const style = coloured ? COLOURED : PLAIN;
  const err = (text: string): void => {
    texts.stderr += text;
  };
  const network = openNetwork({
    env,
    parallelism: options.parallelism ?? NO_OPTIONS.parallelism,
    ...calling.network,
    onRequest: (event) => err(requestLine(event)),
  });
  const io: Io = {
    env,
    cwd: place.cwd,
    // An empty input: nothing here asks.
    stdin: Readable.from([]) as unknown as NodeJS.ReadStream,
    out: (text) => {
      texts.stdout += text;
    },
    err,
    outStyle: style,
    errStyle: style,
    terminals: { in: false, out: false, err: false },
    columns: () => 80,
    outColumns: () => undefined,
    debug: true,
    network,
  };
  for (const name of OUTPUTS) place.write(name, "");
  let code = -1;
  let thrown: unknown;
  try {
    code = await runCommand(io, spec, args, {
      ...NO_OPTIONS,
      output: ["text", `json=${OUTPUTS[0]}`, `markdown=${OUTPUTS[1]}`],
      ...options,
    });
  } catch (error) {
    thrown = error ?? "nothing";
  } finally {
    await network.close();
  }
  const json = place.read(OUTPUTS[0]);
  const markdown = place.read(OUTPUTS[1]);
  keepSecretsOf(env);
  for (const [name, text] of Object.entries({ ...texts, json, markdown, error: String(thrown) })) {
    keepText(`${name} of ${words}`, text);
  }
  // Other files may be sinks: documents choose their names.
  keepFiles(join(place.cwd, ".gateform"), new Map());
  return { what: words, code, ...texts, json, markdown, thrown };
}

const OUTPUTS = ["product.json", "product.md"] as const;

function specOf(words: readonly string[]): {
  readonly spec: CommandSpec;
  readonly args: readonly string[];
} {
  const [first = "", second = ""] = words;
  for (const entry of commands) {
    if ("usage" in entry) {
      if (entry.usage.split(" ")[0] === first) return { spec: entry, args: words.slice(1) };
    } else if (entry.name === first) {
      const spec = entry.commands.find(({ usage }) => usage.split(" ")[0] === second);
      if (spec !== undefined) return { spec, args: words.slice(2) };
    }
  }
  throw new Error(`no command ${words.join(" ")}`);
}
