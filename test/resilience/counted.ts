// Stands between a run and everything it talks to: counts the requests, and at a chosen one has the run killed, before
// the request goes on or after it was carried out and before its answer goes back.

import { type Asked, openRelay, type Relay, type When } from "./relay.ts";
import type { Peer, SetOptions } from "./scenes/set-scene.ts";

export interface Passed extends Asked {
  readonly peer: Peer;
  /** What `begin`'s `note` said when it came. */
  readonly note: number;
}

/** A place in a run: around one of its requests. */
export interface Place {
  /** Counted from 0. */
  readonly at: number;
  readonly when: When;
}

export interface Watch {
  readonly cut?: Place;
  /** Called once, when the cut is reached. */
  readonly strike?: () => void;
  readonly note?: () => number;
}

export interface Counted {
  readonly through: NonNullable<SetOptions["through"]>;
  /** Counts from 0 again. */
  readonly begin: (watch?: Watch) => void;
  /** Requests since then. */
  readonly passed: () => readonly Passed[];
  /** Resolves when nothing is under way anywhere. */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export function countRequests(): Counted {
  const relays: Relay[] = [];
  let watch: Watch = {};
  let passed: Passed[] = [];
  let places = new Map<Asked, number>();

  return {
    through: async (peer, url) => {
      const relay = await openRelay(url);
      relays.push(relay);
      relay.watch = async (asked, when) => {
        if (when === "before") {
          // What the run printed before it sent this is in its pipe; one turn of the loop reads that.
          await turn();
          places.set(asked, passed.length);
          passed.push({ ...asked, peer, note: watch.note?.() ?? 0 });
        }
        const { cut, strike } = watch;
        if (cut === undefined || cut.at !== places.get(asked) || cut.when !== when) return false;
        strike?.();
        return true;
      };
      return relay.origin;
    },
    begin: (next = {}) => {
      watch = next;
      passed = [];
      places = new Map();
    },
    passed: () => passed,
    idle: async () => {
      for (const relay of relays) await relay.idle();
    },
    close: async () => {
      for (const relay of relays) await relay.close();
    },
  };
}

async function turn(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((done) => setImmediate(done));
}
