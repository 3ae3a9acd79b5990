// The precondition of deletes: still the same thing, still ours to delete, with nothing new in it.

import type { LiveResource } from "../model/live.ts";
import { liveKey } from "../model/live.ts";
import type { Step } from "../model/plan.ts";
import type { Standing } from "../model/standing.ts";
import { forbidsRemoval } from "./case.ts";
import { type Check, deviationsOf, isGone, liveOf, missing, moved, READY, unreadableList } from "./check.ts";
import { incarnation, ownership } from "./check-present.ts";
import { isReadCompletely, leftBehind, rulesOf } from "./context.ts";
import { canonicalLive } from "./normalise.ts";

export function checkDelete(check: Check, step: Step): Standing {
  const { context } = check;
  const { address, expects } = step;
  if (expects.state !== "present") return READY;
  const live = liveOf(check, step, expects.id);
  if (live === undefined) {
    if (!isGone(check, step, expects.id)) return missing(context, step, expects.id);
    return { state: "already", ...(leavesEntry(check, step, expects.id) ? { drop: true } : {}) };
  }
  const other = incarnation(step, live) ?? ownership(check, step, live);
  if (other !== undefined) return other;
  const entry = context.entries.get(address);
  if (entry?.id === expects.id && forbidsRemoval(entry) && expects.ledger !== "protected") {
    return {
      state: "refused",
      code: "PREVENT_DESTROY",
      message: `${address} was protected from removal after the plan was made: ${entry.prevent_destroy === true ? "lifecycle.prevent_destroy" : "lifecycle.on_remove: retain"}, kept in the ledger, forbids to delete it`,
      hint: "nothing was done to it; plan again",
    };
  }
  const rules = rulesOf(context.rules, step.kind);
  const deviations = deviationsOf(rules, expects.fields, canonicalLive(rules, live.fields));
  if (deviations.length > 0) return moved(`${address} has changed since the plan was made`, deviations);
  return checkWhole(check, step, live) ?? checkContents(check, step, live, expects.children ?? []) ?? READY;
}

/** What it came to belong to since it was planned to go, and what the plan leaves where it is. */
function checkWhole({ doomed }: Check, { address }: Step, { part_of }: LiveResource): Standing | undefined {
  if (part_of === undefined || doomed.has(part_of.key)) return undefined;
  return moved(`${address} belongs to ${part_of.title} by now, which needs it`);
}

/** What came to live in something since it was planned to go. */
function checkContents(
  check: Check,
  step: Step,
  live: LiveResource,
  known: readonly string[],
): Standing | undefined {
  const { context, doomed } = check;
  const rules = rulesOf(context.rules, step.kind);
  if (rules.has_children && live.children === undefined)
    return unreadableList(context, step, `${step.kind} children`, live.id);
  const fresh = (live.children ?? [])
    .filter((child) => !known.includes(child.id))
    .map((child) => `${child.noun} "${child.name}"`);
  for (const kind of context.rules.values()) {
    if (kind.parent !== step.kind) continue;
    if (!isReadCompletely(context, kind.kind, live.id))
      return unreadableList(context, step, kind.kind, live.id);
    for (const child of context.byParent.get(liveKey(kind.kind, live.id, "")) ?? [])
      if (!doomed.has(liveKey(child.kind, child.parent_id, child.id)))
        fresh.push(`${kind.noun} "${child.name}"`);
  }
  if (fresh.length === 0) return undefined;
  return moved(
    `${step.address} holds ${fresh.slice(0, 10).join(", ")}${fresh.length > 10 ? ", …" : ""}, which was not there when the plan was made`,
  );
}

/** Whether the ledger still has what is gone. */
function leavesEntry({ context, stepsAt }: Check, step: Step, id: string): boolean {
  const entry = context.entries.get(step.address);
  if (entry === undefined) return false;
  if ((entry.retiring ?? []).some((item) => item.id === id)) return true;
  if (step.reason !== "interrupted") return entry.id === id && entry.status === "ready";
  // The intent is that of a later create, which still needs it, or of one that left something else.
  if (stepsAt(step.address).some(({ action }) => action === "create")) return false;
  return entry.intent !== undefined && leftBehind(context, entry).ours.length === 0;
}
