// What people call the place of a sink: in plans, reports, ledgers and messages.

import type { Sink } from "../model/sink.ts";

/** Not safe for a terminal: the words are those of files and plans. */
export function sinkTarget(sink: Sink): string {
  if ("file" in sink) return sink.file.path;
  if ("command" in sink) return sink.command.argv[0] ?? "";
  if ("github_actions_secret" in sink) {
    const { repository, environment, organization, name } = sink.github_actions_secret;
    const place = repository ?? organization ?? "";
    return `${place}${environment === undefined ? "" : ` (${environment})`}: ${name}`;
  }
  if ("vercel_env" in sink) {
    const { project, name, targets } = sink.vercel_env;
    return `${project} (${targets.join(", ")}): ${name}`;
  }
  return "terminal";
}
