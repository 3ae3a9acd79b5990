// The process as commands see it: environment, streams, terminals. Commands get it handed in and touch no globals.

import { type Network, openNetwork } from "../provider/network.ts";
import { COLOURED, PLAIN, type Style } from "../render/style.ts";
import { requestLine, waitNotes } from "./request-line.ts";

export type Env = Readonly<Record<string, string | undefined>>;

export interface Io {
  readonly env: Env;
  /** Absolute. */
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  /** Writes the product: what a command was run for. */
  readonly out: (text: string) => void;
  /** Writes everything else. */
  readonly err: (text: string) => void;
  readonly outStyle: Style;
  readonly errStyle: Style;
  readonly terminals: { readonly in: boolean; readonly out: boolean; readonly err: boolean };
  /** Columns of the terminal that `err` writes to. */
  readonly columns: () => number;
  /** Columns of the terminal that `out` writes to; `undefined` where that is none. */
  readonly outColumns: () => number | undefined;
  /** `--debug`, or `GATEFORM_DEBUG` is set. */
  readonly debug: boolean;
  /** What all requests of the run go through. */
  readonly network: Network;
}

/** What the command line says of the process itself. */
export interface ProcessOptions {
  /** False forbids colours. */
  readonly color: boolean;
  readonly debug: boolean;
  readonly parallelism: number;
}

export function processIo({ color, parallelism, ...options }: ProcessOptions): Io {
  const { stdin, stdout, stderr, env } = process;
  const err = (text: string): void => void stderr.write(text);
  const debug = options.debug || isOn(env.GATEFORM_DEBUG);
  const terminals = { in: stdin.isTTY === true, out: stdout.isTTY === true, err: stderr.isTTY === true };
  return {
    env,
    cwd: process.cwd(),
    stdin,
    out: (text) => void stdout.write(text),
    err,
    outStyle: styleFor(env, terminals.out, color),
    errStyle: styleFor(env, terminals.err, color),
    terminals,
    // Some terminals say that they have none.
    columns: () => stderr.columns || 80,
    outColumns: () => (terminals.out ? stdout.columns || 80 : undefined),
    debug,
    network: openNetwork({
      env,
      parallelism,
      // A progress line may be in the way.
      onRequest: debug
        ? (event) => err(requestLine(event))
        : waitNotes((text) => err(terminals.err ? `\r\u001b[K${text}` : text), Date.now),
    }),
  };
}

/**
 * Colours or none. `--no-color` wins, then `NO_COLOR` (no-color.org: any value but the empty one), then
 * `FORCE_COLOR` (any value but 0 and false), then whether the stream is a terminal.
 */
export function styleFor(env: Env, terminal: boolean, color: boolean): Style {
  if (!color || isSet(env.NO_COLOR)) return PLAIN;
  if (isSet(env.FORCE_COLOR)) return isOn(env.FORCE_COLOR) ? COLOURED : PLAIN;
  return terminal && env.TERM !== "dumb" ? COLOURED : PLAIN;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

function isOn(value: string | undefined): boolean {
  return isSet(value) && value !== "0" && value !== "false";
}

/** True where a program runs this one: nobody reads a prompt, and logs are kept. */
export function isCi(env: Env): boolean {
  return isSet(env.CI);
}
