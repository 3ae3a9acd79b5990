// What export found and how it stands in a file, before it is text: resources under their parents, sections of the
// connected providers, and whatever could not be taken along.

import type { Address } from "../base/address.ts";
import type { Fields } from "./kind-rules.ts";

export interface ExportedResource {
  readonly address: Address;
  readonly kind: string;
  /** Its key in the map of its section; with a group's before it, joined by "/". */
  readonly key: string;
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  /** As a file sets them, in the spec's order; secrets as marks with sources. */
  readonly fields: Fields;
  /** Fields that mean something else when they are left out. */
  readonly fixed: readonly string[];
  /** What only one resource of a file can have. */
  readonly claims: readonly Claim[];
  /** Other live ones that no ledger has and that only the id tells from this one. */
  readonly twins: readonly string[];
  /** Names of variables that a secret of it is to come from and that no file named before. */
  readonly new_env: readonly string[];
  readonly sections: readonly ExportedSection[];
}

export interface Claim {
  /** Unique over all kinds. */
  readonly of: string;
  /** How a sentence names it: `source`. */
  readonly noun: string;
}

/** Everything of one kind in the account or in one parent, as far as it was asked for. Written even when empty. */
export interface ExportedSection {
  readonly kind: string;
  /** Of two with one claim the first one counts. */
  readonly resources: readonly ExportedResource[];
  readonly left_out: readonly LeftOut[];
}

/** Something live, or one of its fields, that no file of this version can say. */
export interface LeftOut {
  readonly address: Address;
  readonly noun: string;
  readonly id: string;
  readonly name: string;
  /** Left out alone, the rest of the resource being there. */
  readonly field?: string;
  /** Continues "… is not exported: ". */
  readonly reason: string;
}
