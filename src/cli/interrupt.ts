// Ctrl-C and SIGTERM for runs that write: the first one lets what is running end, the second one does not.

import type { Io } from "./io.ts";

export interface Interrupts {
  /** Fires at the first signal: start nothing more. */
  readonly stop: AbortSignal;
  /** Fires at the second one: end waits, too. */
  readonly now: AbortSignal;
  /** Gives the signals back to Node. */
  readonly release: () => void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Takes over both signals. The second one ends the process at once: the ledger is only ever replaced as a whole, and
 * its lock is released as the process exits.
 */
export function watchSignals(io: Io): Interrupts {
  const stop = new AbortController();
  const now = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    const name = signal === "SIGINT" ? "Ctrl-C" : signal;
    if (!stop.signal.aborted) {
      io.err(`\n${name}: what is running is ended and kept in the ledger; once more stops at once.\n`);
      stop.abort();
      return;
    }
    io.err(`\n${name} again: stopped. The ledger is valid; the next run finishes what was cut off.\n`);
    now.abort();
    process.exit(1);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    now: now.signal,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}

/** Resolves at the first signal, for commands that run until they are told to end. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.once(signal, () => resolve());
  });
}
