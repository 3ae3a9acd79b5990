// From sinks as the file writes them to their drivers, tried before the value exists.

import type { Address } from "../../base/address.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Sink } from "../../model/desired.ts";
import { fileSink } from "./file-sink.ts";
import { type OpenSinks, type SinkContext, type SinkDriver, SinkError } from "./sink.ts";
import { stdoutSink } from "./stdout-sink.ts";

/** Opens a sink for one value; nothing is looked at or written yet. */
export function openSink(sink: Sink, context: SinkContext): SinkDriver {
  if ("file" in sink) return fileSink(sink.file, context);
  return stdoutSink(context);
}

/** @param reveal addresses that `--reveal` names. */
export function sinkOpener(
  context: Omit<SinkContext, "address" | "revealed">,
  reveal: ReadonlySet<Address>,
): OpenSinks {
  return async (address, sinks) => {
    const drivers = sinks.map((sink) =>
      openSink(sink, { ...context, address, revealed: reveal.has(address) }),
    );
    const problems: Diagnostic[] = [];
    for (const driver of drivers) {
      try {
        await driver.try();
      } catch (error) {
        if (!(error instanceof SinkError)) throw error;
        problems.push(problemOf(error, address));
      }
    }
    return problems.length === 0 ? { sinks: drivers } : { problems };
  };
}

function problemOf({ code, message, hint }: SinkError, address: Address): Diagnostic {
  return { severity: "error", code, message, address, ...(hint === undefined ? {} : { hint }) };
}
