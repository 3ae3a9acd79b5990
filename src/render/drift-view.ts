// What of a plan is drift: live against last applied, on what this stack owns. The rest of the plan is what the
// files ask for, and does not count. Pure; the exit code of `drift` is decided from this.

import type { Address } from "../base/address.ts";
import type { Change, Plan } from "../model/plan.ts";
import { type Block, blocksOf } from "./plan-view.ts";

export interface DriftItem {
  readonly address: Address;
  /**
   * `changed`: fields differ from what was last applied; `vanished`: an owned resource is gone; `appeared`: one
   * that nobody declared, in a section of which the stack owns everything.
   */
  readonly what: "changed" | "vanished" | "appeared";
  /** The fields that the world moved; `before` is live, `after` declared. */
  readonly changes: readonly Change[];
}

export interface DriftView {
  readonly drift: readonly DriftItem[];
  /** Blocks of the plan, or the part of one, that only the files or the ledger ask for. */
  readonly configOnly: readonly Block[];
}

/** Splits a plan; secret checks are on neither side, as nobody can tell yet, unless the vendor shows a foreign write. */
export function splitDrift(plan: Pick<Plan, "steps">): DriftView {
  const drift: DriftItem[] = [];
  const configOnly: Block[] = [];
  for (const block of blocksOf(plan)) {
    const { address } = block;
    const reasons = block.steps.map((step) => step.reason);
    const moved = block.changes.filter(isDrift);
    const others = block.changes.filter((change) => !isDrift(change));
    if (reasons.includes("vanished") || reasons.includes("gone"))
      drift.push({ address, what: "vanished", changes: [] });
    else if (reasons.includes("exclusive")) drift.push({ address, what: "appeared", changes: [] });
    else {
      if (moved.length > 0) drift.push({ address, what: "changed", changes: moved });
      if (block.action === "check-secret") continue;
      if (moved.length === 0 || others.length > 0) configOnly.push({ ...block, changes: others });
    }
  }
  return { drift, configOnly };
}

function isDrift(change: Change): boolean {
  return change.moved === "world" || change.moved === "both";
}
