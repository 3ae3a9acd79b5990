// What a stack owns, as its ledger tells it: `gateform show`. Nothing in it was asked of a vendor.

import type { Address } from "../base/address.ts";
import type { Position } from "../base/diagnostic.ts";
import type { Delivery, LedgerEntry } from "./ledger.ts";

export interface OwnedResource {
  readonly address: Address;
  readonly kind: string;
  /** `null`: its create was cut off, or the first half of its replacement is done. */
  readonly id: string | null;
  readonly parent?: Address;
  /** Vendor id of the parent. */
  readonly parent_id?: string;
  /** What is reached under it: name → URL. */
  readonly urls: Readonly<Record<string, string>>;
  readonly status: LedgerEntry["status"];
  readonly prevent_destroy: boolean;
  readonly on_remove: "delete" | "retain";
  /** Where its one-time value was put by this stack. Left out for kinds that have none. */
  readonly delivered?: readonly Delivery[];
  /** A rotation was begun, and the next apply ends it. */
  readonly rotating?: true;
  /** Other ids that are still live and go when due. */
  readonly retiring: NonNullable<LedgerEntry["retiring"]>;
  /** RFC 3339; until then a read may still show values from before the last write. */
  readonly settling_until?: string;
  /** Whether the file declares it still. */
  readonly declared: boolean;
  readonly position?: Position;
  /** RFC 3339 time of the last change by gateform. */
  readonly changed_at: string;
}

export interface Inventory {
  readonly format: 1;
  readonly stack: string;
  readonly lineage: string;
  readonly serial: number;
  /** Where the ledger is. */
  readonly ledger: string;
  /** Provider → account or team id. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Those of one kind together: kinds in their providers' order, then by address. */
  readonly resources: readonly OwnedResource[];
}
