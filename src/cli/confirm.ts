// Questions on a terminal. Asked on stderr, as stdout holds the product.

import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Asks and reads one line.
 * @returns the line without blanks around it; `null` when input ends or `stop` fires before there is one.
 */
export function askLine(streams: Terminal, question: string, stop: AbortSignal): Promise<string | null> {
  if (stop.aborted) return Promise.resolve(null);
  return new Promise((resolve) => {
    // Without raw mode the terminal turns Ctrl-C into a signal, as everywhere else in a run.
    const lines = createInterface({ input: streams.input, output: streams.output, terminal: false });
    const onStop = (): void => lines.close();
    stop.addEventListener("abort", onStop, { once: true });
    let answered = false;
    lines.once("line", (line) => {
      answered = true;
      resolve(line.trim());
      lines.close();
    });
    lines.once("close", () => {
      stop.removeEventListener("abort", onStop);
      // What is printed next begins a line of its own.
      if (!answered) streams.output.write("\n");
      resolve(null);
    });
    streams.output.write(question);
  });
}

/** Asks before a run that writes; only the full word counts. */
export async function confirm(
  streams: Terminal,
  question: string,
  expected: string,
  stop: AbortSignal,
): Promise<boolean> {
  return (await askLine(streams, question, stop)) === expected;
}
