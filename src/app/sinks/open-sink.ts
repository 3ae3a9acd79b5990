// From a sink as the file writes it to its driver.

import type { Sink } from "../../model/desired.ts";
import { fileSink } from "./file-sink.ts";
import type { SinkContext, SinkDriver } from "./sink.ts";
import { stdoutSink } from "./stdout-sink.ts";

/** Opens a sink for one value; nothing is looked at or written yet. */
export function openSink(sink: Sink, context: SinkContext): SinkDriver {
  if ("file" in sink) return fileSink(sink.file, context);
  return stdoutSink(context);
}
