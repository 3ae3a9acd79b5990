/**
 * Holds the current state. The state is never changed in place: a write puts new lists beside the old ones, so
 * that a snapshot is a reference, a refused request costs nothing to take back, and a stale list is just an
 * older reference.
 */
import type { CloudflareState } from "./cloudflare/state.ts";
import type { State } from "./state.ts";
import type { VercelState } from "./vercel/state.ts";

export interface Store {
  readonly state: State;
  readonly cloudflare: CloudflareState;
  readonly vercel: VercelState;
  /** Replaces some collections of the Cloudflare half. */
  writeCloudflare(patch: Partial<CloudflareState>): void;
  /** Replaces some collections of the Vercel half. */
  writeVercel(patch: Partial<VercelState>): void;
  /** The next number for an id; each is given once. */
  nextSequence(): number;
  /** Puts another state in place, e.g. a snapshot. */
  replace(state: State): void;
}

export function createStore(initial: State): Store {
  let state = initial;
  return {
    get state() {
      return state;
    },
    get cloudflare() {
      return state.cloudflare;
    },
    get vercel() {
      return state.vercel;
    },
    writeCloudflare(patch) {
      state = { ...state, cloudflare: { ...state.cloudflare, ...patch } };
    },
    writeVercel(patch) {
      state = { ...state, vercel: { ...state.vercel, ...patch } };
    },
    nextSequence() {
      state = { ...state, sequence: state.sequence + 1 };
      return state.sequence;
    },
    replace(next) {
      state = next;
    },
  };
}

/** `list` with the item that `same` finds replaced by `item`. */
export function replaced<T>(list: readonly T[], same: (candidate: T) => boolean, item: T): T[] {
  return list.map((candidate) => (same(candidate) ? item : candidate));
}

/**
 * The state in which each collection is as it was before its last write by a client.
 * `before` and `after` bracket one request; `older` is the result of the previous call. Writes over the control
 * endpoint (`control`) are not lagged: they show in the older state at once.
 */
export function olderState(older: State, before: State, after: State, control: boolean): State {
  return {
    ...after,
    cloudflare: olderCollections(older.cloudflare, before.cloudflare, after.cloudflare, control),
    vercel: olderCollections(older.vercel, before.vercel, after.vercel, control),
  };
}

function olderCollections<T extends object>(older: T, before: T, after: T, control: boolean): T {
  const result = { ...after };
  for (const name of Object.keys(after) as (keyof T)[]) {
    if (before[name] === after[name]) result[name] = older[name];
    else if (!control) result[name] = before[name];
  }
  return result;
}
