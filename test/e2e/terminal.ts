// Runs the built command line on a pseudo-terminal, as a person at a keyboard does. `script` of util-linux makes the
// terminal; on Debian and Ubuntu it is part of every installation (package bsdutils).

import { spawn } from "node:child_process";
import { keepSecretsOf } from "../canary/kept.ts";
import { type CliOptions, cliPath, type Running, watch } from "./support.ts";

/** What a keyboard sends for these; the terminal makes a signal of the first and an end of input of the second. */
export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";

export interface OnTerminal extends Running {
  /** Presses keys; a line is sent with its `\n`. */
  readonly type: (keys: string) => void;
  /** Waits until the text is on the screen and only then presses the keys, so that no answer comes before its question. */
  readonly answer: (question: string, keys: string) => Promise<void>;
}

/**
 * Starts the command line with stdin, stdout and stderr on a terminal: `stdout` of the result is the screen, with what
 * was typed echoed and lines that end with `\r\n`; `stderr` stays empty.
 * @param options.redirect what a shell would write behind the command: `>plan.txt`, `2>log`, `<input`.
 */
export function onTerminal(
  args: readonly string[],
  options: Omit<CliOptions, "input"> & { readonly redirect?: string },
): OnTerminal {
  keepSecretsOf(options.env ?? {});
  const command = [process.execPath, cliPath, ...args].map(quoted).join(" ");
  const child = spawn("script", ["-qec", `exec ${command} ${options.redirect ?? ""}`, "/dev/null"], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? "", HOME: options.cwd, TERM: "xterm", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // What is typed after the command has ended goes nowhere.
  child.stdin.on("error", () => undefined);
  const running = watch(child, `gateform ${args.join(" ")}, on a terminal`);
  const type = (keys: string): void => void child.stdin.write(keys);
  return {
    ...running,
    type,
    answer: async (question, keys) => {
      await running.shown(question);
      type(keys);
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
