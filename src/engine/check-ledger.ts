// The precondition of steps that change only the ledger: the entry is still the one that they were planned for.

import type { JsonValue } from "../base/json.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { liveKey } from "../model/live.ts";
import type { Step } from "../model/plan.ts";
import type { Standing } from "../model/standing.ts";
import { type Check, moved, READY } from "./check.ts";
import { compareValues } from "./compare.ts";
import { leftBehind, ownedLive, resolveRefs, rulesOf } from "./context.ts";
import { canonicalFields, leavesOf } from "./normalise.ts";

export function checkLedgerStep(check: Check, step: Step): Standing {
  const entry = check.context.entries.get(step.address);
  return step.action === "forget" ? checkForget(check, step, entry) : checkRecord(check, step, entry);
}

function checkForget({ context }: Check, step: Step, entry: LedgerEntry | undefined): Standing {
  const { address, vendor_id, reason } = step;
  if (entry === undefined) return { state: "already" };
  if (reason === "retired") {
    if (!(entry.retiring ?? []).some(({ id }) => id === vendor_id)) return { state: "already" };
    const live = context.byKey.has(liveKey(step.kind, step.parent_id, vendor_id ?? ""));
    return live
      ? moved(`${address} (${vendor_id ?? ""}) was gone when the plan was made, and is live now`)
      : READY;
  }
  // A left-over of a cut-off run has no id to compare.
  const same = vendor_id === null ? entry.status !== "ready" : entry.id === vendor_id;
  if (!same) return moved(`${address} is ${entry.id ?? "being made"} in the ledger by now`);
  if (reason !== "gone") return READY;
  const back = ownedLive(context, entry) ?? leftBehind(context, entry).ours[0];
  // The place of a deleted half of a replacement may still be listed.
  return back === undefined || entry.status === "deleted"
    ? READY
    : moved(`${address} was gone when the plan was made, and ${back.id} is live now`);
}

function checkRecord(check: Check, step: Step, entry: LedgerEntry | undefined): Standing {
  const { address, vendor_id, from, exchange } = step;
  const pending = check.context.moves.has(address);
  // Somebody else has put something under the address: that is not what was to go to the other one.
  if (exchange !== undefined && !pending && check.context.entries.get(from ?? "")?.id === vendor_id)
    return moved(`${address} is ${entry?.id ?? "gone"} in the ledger by now, and no longer ${exchange}`);
  // A rename that was made: what later steps of the plan have made of the entry is for them to say.
  const same = entry?.status === "ready" && entry.id === vendor_id;
  if (from !== undefined && !pending && entry !== undefined && !same) return { state: "already" };
  if (entry === undefined || !same)
    return moved(
      `${address} is ${entry?.id ?? "gone"} in the ledger by now, and no longer ${vendor_id ?? ""}`,
    );
  // What the ledger has under its old address, the tables have under the new one already.
  return !pending && isRecorded(check, step, entry) ? { state: "already" } : READY;
}

/** Whether the ledger says already what a step is to record. */
function isRecorded({ context, ids }: Check, step: Step, entry: LedgerEntry): boolean {
  const { body, released = [], claimed = [] } = step;
  const { prevent_destroy, on_remove } = body?.lifecycle ?? {};
  const rules = rulesOf(context.rules, step.kind);
  const leaves = leavesOf(rules, canonicalFields(rules, resolveRefs(body?.fields ?? {}, ids)));
  return (
    (prevent_destroy === undefined || prevent_destroy === (entry.prevent_destroy ?? false)) &&
    (on_remove === undefined || on_remove === (entry.on_remove ?? "delete")) &&
    released.every((path) => !Object.hasOwn(entry.applied, path)) &&
    claimed.every(
      (path) =>
        Object.hasOwn(entry.applied, path) &&
        compareValues(entry.applied[path] as JsonValue, leaves[path] ?? null) !== "different",
    )
  );
}
