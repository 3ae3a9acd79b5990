// The question before a run that writes. Asked on stderr, as stdout holds the product; only the full word counts.

import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/**
 * Asks and reads one line.
 * @returns whether it was `expected`; false, too, when input ends or `stop` fires.
 */
export function confirm(
  streams: { readonly input: Readable; readonly output: Writable },
  question: string,
  expected: string,
  stop: AbortSignal,
): Promise<boolean> {
  if (stop.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    // Without raw mode the terminal turns Ctrl-C into a signal, as everywhere else in a run.
    const lines = createInterface({ input: streams.input, output: streams.output, terminal: false });
    const onStop = (): void => lines.close();
    stop.addEventListener("abort", onStop, { once: true });
    let answered = false;
    lines.once("line", (line) => {
      answered = true;
      resolve(line.trim() === expected);
      lines.close();
    });
    lines.once("close", () => {
      stop.removeEventListener("abort", onStop);
      // What is printed next begins a line of its own.
      if (!answered) streams.output.write("\n");
      resolve(false);
    });
    streams.output.write(question);
  });
}
