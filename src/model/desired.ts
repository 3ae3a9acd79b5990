// What the files ask for, after reading: resources with addresses, the sections that are in scope, the policy.

import type { Address } from "../base/address.ts";
import type { Position } from "../base/diagnostic.ts";
import type { SecretSource } from "../base/expression.ts";
import type { Fields } from "./kind-rules.ts";
import type { Sink } from "./sink.ts";

/** Left-out members are left as the ledger has them: no protection goes by omission. */
export interface Lifecycle {
  readonly prevent_destroy?: boolean;
  /** Fields or dotted paths whose differences are not acted on. */
  readonly ignore_changes?: readonly string[];
  readonly on_remove?: "delete" | "retain";
  /** Codes of checks that do not apply here. */
  readonly silence?: readonly string[];
}

/** How old a one-time value may become, and how long the one before goes on working. Left-out members: see each. */
export interface Rotation {
  /** `90d`; left out: it is rotated on demand only. */
  readonly after?: string;
  /** `24h`; left out: `DEFAULT_GRACE`. */
  readonly grace?: string;
}

/** How long a rotated value goes on working where the file says nothing. */
export const DEFAULT_GRACE = "24h";

export interface DesiredResource {
  readonly address: Address;
  readonly kind: string;
  readonly parent?: Address;
  /** What the file sets, identity fields filled in from the key; canonicalised by the engine, not here. */
  readonly fields: Fields;
  readonly lifecycle: Lifecycle;
  readonly deliver?: readonly Sink[];
  readonly rotation?: Rotation;
  /** Addresses this one needs: its parent, references, and edges inferred from plain values. */
  readonly needs: readonly Address[];
  /** Why nobody can tell what its key stands for; nothing is done to it. */
  readonly unfound?: { readonly code: string; readonly message: string; readonly hint: string };
  /** Not written in the file but implied by something that is. */
  readonly implied?: true;
  readonly position?: Position;
}

/**
 * A section that is looked at: everything of `kind` in `parent`. Files open the sections of each parent one by one;
 * without a parent, those of a kind that lives in another are all looked at.
 */
export interface Scope {
  readonly kind: string;
  readonly parent?: Address;
  /** Of a kind with groups, the one that is looked at; all of them if left out. */
  readonly group?: string;
}

export interface Policy {
  readonly prune: "owned" | "never";
  /** Sections of which the stack owns everything live: `cloudflare.gateways`. */
  readonly exclusive: readonly string[];
  readonly max_deletes: number;
  readonly adopt: boolean;
}

/** An address that was renamed in the file: the object stays, its ledger entry follows. */
export interface Move {
  readonly from: Address;
  readonly to: Address;
  /** Id of what moves, where that is known: nothing else that is found under `from` does. */
  readonly id?: string | null;
  /** Id of what the ledger has under `to` until then: it gets `from` in exchange. */
  readonly exchange?: string;
}

export interface Desired {
  readonly stack: string;
  readonly policy: Policy;
  /** Sorted by address. */
  readonly resources: readonly DesiredResource[];
  readonly scopes: readonly Scope[];
  readonly removed: readonly Address[];
  /** Chains are resolved: `to` is declared. An entry whose `from` the ledger does not have does nothing. */
  readonly moved: readonly Move[];
  /** In a destroy, which declares nothing: what the files protect or retain. It counts beside what the ledger says. */
  readonly guards?: ReadonlyMap<Address, Lifecycle>;
}

export type { SecretSource };
