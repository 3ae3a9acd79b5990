// Shows a value once, to a person who asked for it at a terminal. Never under CI: logs are kept.

import { exactLine } from "../../render/safe-text.ts";
import { type SinkContext, type SinkDriver, SinkError } from "./sink.ts";

export function stdoutSink(context: SinkContext): SinkDriver {
  async function check(): Promise<void> {
    const { address } = context;
    if (!context.revealed) {
      throw new SinkError(
        "SINK_NOT_REVEALED",
        `The value of ${address} goes to stdout, and this run was not asked to show it.`,
        `add --reveal ${address}, or deliver it to a file`,
      );
    }
    if (context.ci || !context.terminal) {
      throw new SinkError(
        "SINK_NO_TERMINAL",
        `The value of ${address} goes to stdout, which ${context.ci ? "is kept as a log under CI" : "is not a terminal"}.`,
        "apply from a terminal, or deliver it to a file",
      );
    }
  }
  return {
    try: check,
    keeps: () => true,
    deliver: async (value) => {
      await check();
      // A vendor that is not what it seems must not write on a terminal by what it calls a key.
      const text = value.reveal();
      if (exactLine(text) !== text) {
        throw new SinkError(
          "SINK_VALUE",
          `The value of ${context.address} has characters that a terminal would act on.`,
          "deliver it to a file, and look at what the vendor has made",
        );
      }
      await context.print(context.address, value);
      return { sink: "stdout", target: "terminal", at: new Date(context.now()).toISOString() };
    },
    // What was seen stays seen: the caller revokes it at the vendor.
    undo: async () => undefined,
  };
}
