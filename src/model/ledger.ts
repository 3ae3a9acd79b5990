// The ledger: what this stack owns, under which vendor ids, and what it last applied. No secret is in it.

import type { Address } from "../base/address.ts";
import type { JsonValue } from "../base/json.ts";
import type { Imprint } from "./live.ts";
import type { Action } from "./plan.ts";
import type { Outcome } from "./report.ts";

/** A create call that was about to be made: what a crash may have left behind is recognised by it. */
export interface Intent {
  /** What was to be made: kind, parent and identity (or name), as the engine compares them. */
  readonly identity: string;
  /** Live ids of that identity or name from before the call: none of them can be ours. */
  readonly known_ids: readonly string[];
  /** The request's window by the vendor's clock, ms since 1970. */
  readonly not_before: number;
  readonly not_after: number;
  /** The vendor's id of the credential's user, where the kind reports creators. */
  readonly creator: string | null;
  /** The identity is a name that this request alone has given, so that whatever has it is ours. */
  readonly own_name?: true;
}

export interface Delivery {
  /** `file` or `stdout` */
  readonly sink: string;
  /** Where to: a path as the file writes it. Never a value. */
  readonly target: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface Settling {
  /** RFC 3339; until then an old value in a read is expected. */
  readonly until: string;
  /** Path → the value from before the write. */
  readonly before: Readonly<Record<string, JsonValue>>;
  /** The resource was just created and may be missing from reads. */
  readonly created?: true;
}

export interface Retiring {
  readonly id: string;
  /** RFC 3339 */
  readonly due: string;
  /** Some sinks may have its value, and not all of them: it goes when another one is in all of them. */
  readonly delivering?: true;
  /** Digests of those sinks of `deliver` that may have it. Left out: nobody knows which, so it may be any. */
  readonly sinks?: readonly string[];
}

export interface LedgerEntry {
  readonly kind: string;
  /** `creating`: an intent, perhaps committed at the vendor. `deleted`: first half of a replacement is done, `id` is gone. */
  readonly status: "ready" | "creating" | "deleted";
  readonly id: string | null;
  readonly parent?: Address;
  readonly parent_id?: string;
  /** Incarnation of a user-chosen id. */
  readonly mark?: string;
  /** Path → last applied value of every declared field; secrets as fingerprints. */
  readonly applied: Readonly<Record<string, JsonValue>>;
  /** What the vendor showed of the secrets in it after our last write, or when we first looked. */
  readonly imprint?: Imprint;
  readonly prevent_destroy?: boolean;
  readonly on_remove?: "delete" | "retain";
  readonly needs: readonly Address[];
  readonly intent?: Intent;
  readonly settling?: Settling;
  /** A rotation was begun, and its value is not in all sinks yet: the next run finishes it. */
  readonly rotating?: true;
  /** Other ids of this address that are still live and go when due. */
  readonly retiring?: readonly Retiring[];
  readonly delivered?: readonly Delivery[];
  /** Digest of the `deliver` that was carried out last. */
  readonly deliver_digest?: string;
  /** RFC 3339 time of the last change by gateform. */
  readonly changed_at: string;
}

/** What a run did at one address. */
export interface HistoryChange {
  readonly address: Address;
  readonly action: Action;
  readonly outcome: Outcome;
  /** The vendor's id. */
  readonly id?: string;
  /** Of a failure. */
  readonly code?: string;
  /** Sinks that took a one-time value: `file out/ci.token`. Never a value. */
  readonly delivered?: readonly string[];
}

/** A run that changed something. */
export interface HistoryRun {
  /** Serial of the write that recorded it. */
  readonly serial: number;
  /** RFC 3339. */
  readonly at: string;
  /** `apply`, `rotate`, `destroy`, `adopt`, `forget`. */
  readonly command: string;
  /** `alice@build-3`, or the user that the CI knows. */
  readonly by: string;
  /** Page of the CI's job. */
  readonly job?: string;
  readonly changes: readonly HistoryChange[];
  /** How many changes are left out. */
  readonly more?: number;
}

export interface Ledger {
  readonly format: 1;
  readonly stack: string;
  /** Random; a ledger made anew is another lineage. */
  readonly lineage: string;
  /** Counts writes. */
  readonly serial: number;
  /** Provider → account or team id that all entries live in. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Random; keys the fingerprints when `GATEFORM_LEDGER_KEY` is not set. */
  readonly salt: string;
  readonly resources: Readonly<Record<Address, LedgerEntry>>;
  /** The last runs that changed something, the newest last. */
  readonly history?: readonly HistoryRun[];
}

export const LEDGER_FORMAT = 1;
