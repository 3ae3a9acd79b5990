// The command line and the reference server with a relay in between, which lets something happen before a certain write
// and no other: tests that count writes need no timing.

import type { Server } from "../e2e/support.ts";
import { openRelay } from "./relay.ts";

export interface Between {
  /** What a client needs to go through it. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** @param before happens before a request that could change something is passed on; these are counted from 1. */
export async function beforeWrites(
  { env, connection }: Pick<Server, "env" | "connection">,
  before: (write: number) => void | Promise<void>,
): Promise<Between> {
  const { origin } = new URL(connection.vercel.base_url);
  const relay = await openRelay(origin);
  let writes = 0;
  relay.watch = async ({ method }, when) => {
    if (when === "before" && method !== "GET") await before(++writes);
    return false;
  };
  return {
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace(origin, relay.origin)]),
    ),
    close: relay.close,
  };
}
