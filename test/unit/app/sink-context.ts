// What a sink is opened with in tests: nothing is revealed, nothing is a terminal, time stands still.

import { secretResolver } from "../../../src/app/secrets.ts";
import type { SinkContext, SinkRun } from "../../../src/app/sinks/sink.ts";
import { openNetwork } from "../../../src/provider/network.ts";

/** @param base directory that everything happens in. */
export function sinkContext(base: string, more: Partial<SinkContext> = {}): SinkContext {
  return {
    address: "vercel.key.ci",
    base,
    env: process.env,
    revealed: false,
    terminal: false,
    ci: false,
    print: () => undefined,
    now: () => Date.UTC(2026, 9, 5),
    ...sinkRun(base, more.env),
    ...more,
  };
}

export function sinkRun(cwd: string, env: SinkContext["env"] = process.env): SinkRun {
  const network = openNetwork({ env: {}, parallelism: 1 });
  return {
    cwd,
    network,
    resolve: secretResolver({ env, cwd, allowCommand: true }).resolve,
    vendor: () => undefined,
  };
}
