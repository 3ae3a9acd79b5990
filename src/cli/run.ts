// What plan, apply, destroy, drift and adopt share: the files read, the ledger's place known, the outputs opened.

import { openLedger } from "../app/open-ledger.ts";
import type { StackInput } from "../app/stack.ts";
import { type Diagnostic, hasErrors, sortDiagnostics } from "../base/diagnostic.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import type { LedgerBackend } from "../ledger/backend.ts";
import { providers } from "../providers/index.ts";
import { safeLine } from "../render/safe-text.ts";
import { Failure, failureOf } from "./failure.ts";
import type { Io } from "./io.ts";
import type { Options } from "./options.ts";
import { type Outputs, openOutputs } from "./output.ts";
import { outputTargets } from "./output-target.ts";

export interface LoadedRun {
  readonly config: LoadedConfig;
  /** Warnings and notes of the files. */
  readonly diagnostics: readonly Diagnostic[];
  readonly backend: LedgerBackend;
}

/** Reads the files that a command line names, whatever is wrong with them. */
export function loadFiles(
  io: Io,
  options: Pick<Options, "file" | "envAllow">,
  { lenientEnv }: { readonly lenientEnv: boolean },
): ReturnType<typeof loadConfig> {
  return loadConfig({
    files: options.file,
    cwd: io.cwd,
    env: io.env,
    envAllow: options.envAllow,
    providers,
    lenientEnv,
    stdin: () => readAll(io.stdin),
  });
}

/** Reads the files. Throws when anything in them is wrong. */
export async function loadRun(
  io: Io,
  command: string,
  options: Pick<Options, "file" | "envAllow">,
  stop?: AbortSignal,
): Promise<LoadedRun> {
  const { config, diagnostics } = await loadFiles(io, options, { lenientEnv: false });
  if (config === undefined || hasErrors(diagnostics)) {
    throw failureOf("CONFIG_INVALID", "the configuration cannot be used", diagnostics);
  }
  return { config, diagnostics, backend: ledgerOf(io, command, config, stop) };
}

/** The ledger where a configuration keeps it. */
export function ledgerOf(
  io: Io,
  command: string,
  config: Pick<LoadedConfig, "ledger">,
  stop?: AbortSignal,
): LedgerBackend {
  return openLedger(config.ledger, {
    env: io.env,
    cwd: io.cwd,
    command: `gateform ${command}`,
    warn: (message) => io.err(`warning: ${safeLine(message)}\n`),
    ...(stop === undefined ? {} : { signal: stop }),
    network: io.network,
  });
}

/** What `openStack` and those above it need. */
export function stackInput(
  io: Io,
  run: LoadedRun,
  options: Pick<Options, "parallelism">,
  signal?: AbortSignal,
): StackInput {
  return {
    config: run.config,
    providers,
    backend: run.backend,
    env: io.env,
    cwd: io.cwd,
    parallelism: options.parallelism,
    ...(signal === undefined ? {} : { signal }),
    network: io.network,
    now: Date.now,
  };
}

/** What a plan is limited to, where a command line names anything. */
export function targetsOf(names: readonly string[]): { readonly targets?: readonly string[] } {
  return names.length === 0 ? {} : { targets: [...new Set(names)] };
}

/** The places for a command's product. */
export function outputsOf(io: Io, options: Pick<Options, "output">): Outputs {
  const targets = outputTargets(options.output);
  if (typeof targets === "string") throw new Failure("USAGE", targets);
  return openOutputs(io, targets);
}

/** All diagnostics of a run in one order. */
export function joined(...lists: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  return sortDiagnostics(lists.flat());
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const parts: Buffer[] = [];
  // A stream without encoding gives buffers.
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
