/**
 * Everything one running server holds: state, switches, faults, log, clock. Made once per start; the dispatcher
 * and the control endpoints work on it.
 */

import { createTraffic, type Traffic } from "./cloudflare/data-plane/traffic.ts";
import { createFaults, type FaultRule, type Faults } from "./faults.ts";
import type { Vendor } from "./http.ts";
import { initialState, seedState, writeStateFile } from "./persist.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import { createSecretMemory, type SecretMemory } from "./secrets.ts";
import type { State } from "./state.ts";
import { createStore, olderState, type Store } from "./store.ts";
import { type Profile, profiles, type Switches } from "./switches.ts";
import { createSettingsLag, type SettingsLag } from "./vercel/data-plane/lag.ts";

export interface ReferenceServerOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free port. */
  port?: number;
  /** `live` (default): quirks as observed. `spec`: as the vendors publish. */
  profile?: Profile;
  /** Keeps the state: read at the start if it exists, written after each change. */
  dataFile?: string;
  /** Initial state, in the format of `GET /_control/state`; every part may be left out. */
  seedFile?: string;
  faults?: FaultRule[];
  /** Overrides of the profile's switches. */
  switches?: Partial<Switches>;
  /** Cap on every page, whatever the client asks for. */
  pageSize?: number;
  /** Clock in milliseconds since 1970. */
  now?: () => number;
  /** Told of bugs of the server itself: its clients see a 500 without details. */
  onFailure?: (error: unknown) => void;
}

/** One handled request. Headers and bodies are never kept, so no secret is. */
export interface LogEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly vendor: Vendor;
  readonly method: string;
  readonly path: string;
  /** Re-encoded, without the question mark. */
  readonly query: string;
  /** null: the connection was dropped without an answer. */
  readonly status: number | null;
  /** Kind of the fault that struck. */
  readonly fault?: string;
}

export interface World {
  readonly store: Store;
  readonly faults: Faults;
  readonly log: LogEntry[];
  /** Of the whole time since the start: a reset does not empty it. */
  readonly secrets: SecretMemory;
  readonly rateLimits: RateLimits;
  /** What Cloudflare's data plane remembers of its requests beside the logs. */
  readonly traffic: Traffic;
  /** What Vercel's data plane still goes by. */
  readonly settingsLag: SettingsLag;
  readonly pageSize: number | undefined;
  readonly now: () => number;
  switches: Switches;
  /** The state that stale lists are answered from. */
  older: State;
  /** To be called after every request that may have changed the store, with the state before it. */
  committed(before: State, by: "client" | "control"): void;
  /** Back to the seed, the started switches and faults, an empty log. Ids go on counting. */
  reset(): void;
}

/** @throws Error when a data or seed file is not a state. */
export function createWorld(options: ReferenceServerOptions): World {
  const switches: Switches = { ...profiles[options.profile ?? "live"], ...options.switches };
  const store = createStore(initialState(options.dataFile, options.seedFile));
  const secrets = createSecretMemory();
  const keep = (): void => {
    secrets.note(store.state);
    if (options.dataFile !== undefined) writeStateFile(options.dataFile, store.state);
  };
  const world: World = {
    store,
    faults: createFaults(options.faults ?? []),
    log: [],
    secrets,
    rateLimits: createRateLimits(),
    traffic: createTraffic(),
    settingsLag: createSettingsLag(),
    pageSize: options.pageSize,
    now: options.now ?? Date.now,
    switches,
    older: store.state,
    committed(before, by) {
      if (store.state === before) return;
      world.older = olderState(world.older, before, store.state, by === "control");
      if (by === "control") world.settingsLag.clear();
      else {
        const lag = world.switches.vercel_settings_lag_ms;
        world.settingsLag.note(before.vercel, store.vercel, lag, world.now());
      }
      keep();
    },
    reset() {
      const fresh = seedState(options.seedFile);
      store.replace({ ...fresh, sequence: Math.max(fresh.sequence, store.state.sequence) });
      world.older = store.state;
      world.switches = switches;
      world.faults.clear();
      world.faults.add(options.faults ?? []);
      world.log.length = 0;
      world.traffic.clear();
      world.settingsLag.clear();
      keep();
    },
  };
  keep();
  return world;
}
