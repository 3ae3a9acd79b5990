/**
 * What the data plane remembers between requests and nobody can read back: counts, spend and cached answers. Kept in
 * memory; a restart forgets it, and so does a reset. Logs are part of the state instead.
 */
import { createWindows, type Windows } from "./windows.ts";

/** An answer of a provider that may be given again. */
export interface CachedAnswer {
  readonly body: unknown;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface Traffic {
  readonly windows: Windows;
  readonly cache: Map<string, CachedAnswer>;
  clear(): void;
}

export function createTraffic(): Traffic {
  const windows = createWindows();
  const cache = new Map<string, CachedAnswer>();
  return {
    windows,
    cache,
    clear() {
      windows.clear();
      cache.clear();
    },
  };
}
