// The words and symbols that plans, drift reports and apply reports have in common.

import type { Action, Reason } from "../model/plan.ts";
import { safeLine } from "./safe-text.ts";

/**
 * What a block of a plan does as a whole: a delete and a create of one address are one replacement, and a create whose
 * predecessor goes later is a rotation.
 */
export type BlockAction = Action | "replace" | "rotate";

export const SYMBOLS: Readonly<Record<BlockAction, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  rotate: "↻",
  delete: "-",
  adopt: "<",
  forget: "x",
  record: "=",
  "check-secret": "?",
};

/** For the legend: what each symbol means. */
export const MEANINGS: Readonly<Record<BlockAction, string>> = {
  create: "create",
  update: "update in place",
  replace: "replace",
  rotate: "rotate",
  delete: "delete",
  adopt: "adopt what is live",
  forget: "forget (ledger only)",
  record: "record (ledger only)",
  "check-secret": "check a secret at apply",
};

/** Why a step is there; empty where its action says it all. */
export const REASONS: Readonly<Record<Reason, string>> = {
  new: "",
  vanished: "vanished: was in the ledger, is gone",
  interrupted: "interrupted: an earlier run was cut off or failed here, this finishes it",
  undelivered:
    "undelivered: its value was lost before it reached a sink; it keeps its id and gets a new value, the old one stops working",
  changed: "",
  replaced: "",
  removed: "removed: no longer declared",
  destroyed: "destroyed: asked for by `gateform destroy`",
  exclusive: "exclusive: live but not declared, in a section that policy.exclusive names",
  child: "goes because its parent goes",
  retired: "retired: an earlier one whose time is over",
  rotate: "rotate: asked for",
  "rotation-due": "rotation is due: its value is older than rotate_after",
  existing: "exists already and is taken over",
  retained: "retained: no longer declared, stays live, is no longer managed",
  gone: "gone: no longer declared, no longer live",
  moved: "", // the block says from where
  lifecycle: "lifecycle settings differ from the ledger",
  claimed: "newly declared fields have the declared value already",
  released: "fields that are no longer declared",
  secret: "whether it changed can only be told at apply",
};

/** Of a secret whose source is at hand, and which nothing is known of that it could be compared with. */
export const NOT_COMPARABLE =
  "cannot be compared with what is stored, which apply leaves as it is; later changes are noticed";

/** Only the ledger changes; nothing is written at the vendor. */
export function isLedgerOnly(action: BlockAction): boolean {
  return action === "forget" || action === "record";
}

/** ` (id key_1)` for a step about a further live thing of an address, whose own stays; empty for others. */
export function furtherId(step: string): string {
  const at = step.indexOf("#");
  return at < 0 ? "" : ` (id ${safeLine(step.slice(at + 1))})`;
}

/** The action as a verb: `check secret of`. */
export function verbOf(action: Action): string {
  return action === "check-secret" ? "check secret of" : action;
}
