// The options that commands share: one declaration each, with the parser that turns its text into a value.

import { InvalidArgumentError, Option } from "commander";
import { durationOf } from "../base/duration.ts";
import { parseOutput } from "./output-target.ts";

/** Parsed options of any command; each command declares which of them it takes. */
export interface Options {
  readonly file: readonly string[];
  readonly output: readonly string[];
  readonly envAllow: readonly string[];
  readonly reveal: readonly string[];
  readonly fault: readonly string[];
  readonly target: readonly string[];
  /** Addresses and patterns of what gets another value. */
  readonly rotate: readonly string[];
  readonly parallelism: number;
  readonly allowDeletes: number;
  /** Permission groups that files may grant beside those of AI Gateway. */
  readonly allowPermission: readonly string[];
  /** Milliseconds. */
  readonly lockTimeout: number;
  readonly detailedExitcode?: true;
  readonly autoApprove?: true;
  readonly keepGoing?: true;
  readonly adopt?: true;
  readonly newLedger?: true;
  readonly all?: true;
  /** File to save a plan in. */
  readonly out?: string;
  /** Digest of the plan that was approved. */
  readonly digest?: string;
  readonly verbose?: true;
  readonly failOnUnmanaged?: true;
  readonly stack?: string;
  readonly withDefaults?: true;
  readonly live?: true;
  readonly split?: true;
  readonly force?: true;
  readonly host: string;
  readonly port: number;
  readonly profile: "live" | "spec";
  readonly data?: string;
  readonly seed?: string;
  /** False with `--no-color`. */
  readonly color: boolean;
  readonly debug: boolean;
}

const declarations = {
  file: () =>
    new Option(
      "-f, --file <path>",
      "file, directory, glob or - for standard input; repeat to overlay (default: gateform.yaml)",
    ).argParser(append),
  output: () =>
    new Option(
      "-o, --output <format>",
      "text, json or markdown on stdout, or FORMAT=FILE; repeat for several (default: text)",
    ).argParser((value: string, before?: readonly string[]) => {
      const parsed = parseOutput(value);
      if (typeof parsed === "string") throw new InvalidArgumentError(parsed);
      return append(value, before);
    }),
  envAllow: () =>
    new Option(
      "--env-allow <pattern>",
      "more names that ${env:NAME} may read; * stands for any text; repeatable",
    ).argParser(append),
  target: () =>
    new Option(
      "--target <address>",
      "only this address, or what a pattern such as vercel.rule.* matches, and what it needs; repeatable",
    ).argParser(append),
  rotate: () =>
    new Option(
      "--rotate <address>",
      "also rotate this address, or what a pattern such as vercel.key.* matches; repeatable",
    ).argParser(append),
  parallelism: () =>
    new Option("--parallelism <n>", "requests and steps at a time, per vendor")
      .argParser(count(1, 64))
      .default(8),
  detailedExitcode: () =>
    new Option("--detailed-exitcode", "exit 2 instead of 0 when there are changes, or there were"),
  allowDeletes: () =>
    new Option("--allow-deletes <n>", "deletes that this run may make, where policy.max_deletes allows fewer")
      .argParser(count(0, 1_000_000))
      .default(0, "none"),
  allowPermission: () =>
    new Option(
      "--allow-permission <name>",
      "a permission group, beside those of AI Gateway, that tokens may be given; repeatable",
    ).argParser(append),
  adopt: () => new Option("--adopt", "take over live resources of the same identity"),
  autoApprove: () => new Option("--auto-approve", "do not ask; needed where there is no terminal"),
  keepGoing: () => new Option("--keep-going", "do what can be done although parts of the plan are refused"),
  newLedger: () => new Option("--new-ledger", "start a ledger where there is none, also under CI"),
  all: () => new Option("--all", "everything that is declared, live, and not in the ledger"),
  out: () => new Option("--out <file>", "save the plan, for `gateform show` and `gateform apply`"),
  digest: () =>
    new Option("--digest <sha256>", "apply the saved plan only if this is its digest, as `show` prints it"),
  lockTimeout: () =>
    new Option("--lock-timeout <duration>", "how long to wait for another run's lock: 30s, 5m")
      .argParser(duration)
      .default(0, "0s"),
  reveal: () =>
    new Option(
      "--reveal <address>",
      "show this key's value once on the terminal (sink `stdout`); repeatable",
    ).argParser(append),
  verbose: () => new Option("--verbose", "also show ids, the order's reasons and what stays as it is"),
  failOnUnmanaged: () => new Option("--fail-on-unmanaged", "count live resources that nobody declares, too"),
  stack: () =>
    new Option("--stack <name>", "name of the stack in the export (default: that of the file, else main)"),
  withDefaults: () => new Option("--with-defaults", "also write what the server fills in by itself"),
  // The same option to a reader of the command line, and another thing in its help.
  exportOut: () =>
    new Option("--out <path>", "write to this file, or with --split to this directory (default: stdout)"),
  live: () => new Option("--live", "go by what is live at the vendor, not by the files"),
  split: () => new Option("--split", "one file per section, and one for the rest"),
  force: () => new Option("--force", "overwrite files that are there already"),
  host: () => new Option("--host <address>", "address to listen on").default("127.0.0.1"),
  port: () =>
    new Option("--port <n>", "port to listen on; 0 takes a free one")
      .argParser(count(0, 65_535))
      .default(8787),
  profile: () =>
    new Option("--profile <name>", "live: with the vendors' quirks; spec: as they publish")
      .choices(["live", "spec"])
      .default("live"),
  data: () => new Option("--data <file>", "keep the state in this file"),
  seed: () => new Option("--seed <file>", "start with the state in this file"),
  fault: () =>
    new Option("--fault <json>", "a fault to play: see docs/reference-server.md; repeatable").argParser(
      append,
    ),
} satisfies Partial<Record<keyof Options | "exportOut", () => Option>>;

/** What options are before anything is parsed: those that a command does not take, too. */
export const NO_OPTIONS = {
  file: [],
  output: [],
  envAllow: [],
  reveal: [],
  fault: [],
  target: [],
  rotate: [],
  parallelism: 8,
  allowDeletes: 0,
  allowPermission: [],
  lockTimeout: 0,
  host: "127.0.0.1",
  port: 8787,
  profile: "live",
  color: true,
  debug: false,
} satisfies Options;

export type OptionName = keyof typeof declarations;

/** A fresh declaration: commander keeps what was parsed in it. */
export function optionNamed(name: OptionName): Option {
  return declarations[name]();
}

function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function count(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** `90s` → 90000; only 0 needs no unit. */
export function duration(text: string): number {
  const found = text === "0" ? 0 : durationOf(text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError("It takes a number with a unit: 500ms, 30s, 5m or 1h.");
}
