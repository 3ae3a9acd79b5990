// Opens the sinks of a resource and tries them, before the value that they are for exists.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Sink } from "../model/sink.ts";
import { openSink } from "./sinks/open-sink.ts";
import { type SinkContext, type SinkDriver, SinkError, type SinkRun } from "./sinks/sink.ts";

/** What the command line decides for all sinks of a run. */
export interface SinkSetting extends Omit<SinkContext, "address" | "revealed" | keyof SinkRun> {
  /** Addresses named by `--reveal`. */
  readonly reveal: readonly Address[];
}

/** Opens and tries all of them; every problem is reported, not only the first. */
export async function openSinks(
  address: Address,
  sinks: readonly Sink[],
  setting: SinkSetting,
  run: SinkRun,
): Promise<{ readonly sinks: readonly SinkDriver[]; readonly problems: readonly Diagnostic[] }> {
  const { reveal, ...rest } = setting;
  const drivers = sinks.map((sink) =>
    openSink(sink, { ...rest, ...run, address, revealed: reveal.includes(address) }),
  );
  const problems: Diagnostic[] = [];
  for (const driver of drivers) {
    try {
      await driver.try();
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      problems.push({
        severity: "error",
        code: error.code,
        address,
        message: `${address} cannot be delivered: ${error.message}`,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  }
  return { sinks: drivers, problems };
}
