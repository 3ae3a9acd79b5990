// From a sink as the file writes it to its driver.

import type { Sink } from "../../model/sink.ts";
import { commandSink } from "./command-sink.ts";
import { fileSink } from "./file-sink.ts";
import { githubSink } from "./github-sink.ts";
import type { SinkContext, SinkDriver } from "./sink.ts";
import { stdoutSink } from "./stdout-sink.ts";
import { vercelSink } from "./vercel-sink.ts";

/** Opens a sink for one value; nothing is looked at or written yet. */
export function openSink(sink: Sink, context: SinkContext): SinkDriver {
  if ("file" in sink) return fileSink(sink.file, context);
  if ("command" in sink) return commandSink(sink.command, context);
  if ("github_actions_secret" in sink) return githubSink(sink.github_actions_secret, context);
  if ("vercel_env" in sink) return vercelSink(sink.vercel_env, context);
  return stdoutSink(context);
}
