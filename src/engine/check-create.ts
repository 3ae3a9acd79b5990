// The precondition of creates: nothing of that identity has come since the plan was made, but perhaps by an earlier
// run of the same plan, which may have ended it or left it half done.

import type { Fields, KindRules } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import type { Change, Step } from "../model/plan.ts";
import type { Deviation } from "../model/report.ts";
import type { Standing } from "../model/standing.ts";
import {
  type Check,
  deviation,
  isGone,
  missing,
  moved,
  movedParent,
  READY,
  settledFields,
  standingId,
  unreadableList,
} from "./check.ts";
import {
  type Context,
  identityKey,
  isReadCompletely,
  leftBehind,
  mayBeAnothers,
  ownedLive,
  ownerOf,
  resolveRefs,
  rulesOf,
} from "./context.ts";
import { diffFields } from "./diff.ts";
import { heldOf } from "./held.ts";
import { canonicalFields } from "./normalise.ts";
import { decideRetiring } from "./retiring.ts";
import { type Draft, draft, expectPresent } from "./verdict.ts";

export interface FoundCreate {
  readonly standing: Standing;
  /** What is left to do instead of the create. */
  readonly step?: Step;
  /** Deletes of what an earlier run left behind, before the step and after it. */
  readonly before?: readonly Step[];
  readonly after?: readonly Step[];
}

export function checkCreate(check: Check, step: Step): FoundCreate {
  const it = caseOf(check, step);
  const { context } = check;
  const parent = movedParent(check, step);
  if (parent !== undefined) return { standing: parent };
  // Nothing can be in what is yet to be made.
  if (step.parent !== undefined && it.parentId === undefined) return { standing: READY };
  const other = rotatedElsewhere(it);
  if (other !== undefined) return { standing: other };
  const named = naming(check, it);
  if (named !== undefined) return { standing: READY, step: named, after: undelivered(check, it) };
  const done = finished(check, it);
  if (done !== undefined) return { standing: done, after: undelivered(check, it) };
  if (!isReadCompletely(context, step.kind, it.parentId))
    return { standing: unreadableList(context, step, step.kind, it.parentId) };
  const { ours, others } = leftBehind(context, it.entry);
  const mine = ours.filter((live) => !isDoomed(check, live));
  const unclear = others.filter((live) => !isDoomed(check, live));
  const obstacle = obstacleOf(check, it, [...mine, ...unclear]);
  if (obstacle !== undefined) return { standing: obstacle };
  if (mine.length > 1 || (mine.length === 0 && unclear.length > 0))
    return { standing: ambiguous(step, [...mine, ...unclear]) };
  const [left] = mine;
  if (left !== undefined && !it.rules.one_time_value) return { standing: takenOver(check, it, left) };
  const instead = left === undefined ? undefined : renewal(check, it, left);
  if (instead !== undefined) return { standing: READY, step: instead, after: undelivered(check, it) };
  // Its value was shown once, to a run that did not live to deliver it: nobody can be using it.
  return {
    standing: READY,
    before: left === undefined ? [] : [leftover(it, left)],
    after: undelivered(check, it),
  };
}

/** What a rotation takes the place of has to be ours still, or to have been rotated already. */
function rotatedElsewhere({ step, entry }: CreateCase): Standing | undefined {
  if (step.retires === undefined || entry?.status === "ready") return undefined;
  return moved(`${step.address} (${step.retires.id}) is in the ledger no more`);
}

interface CreateCase {
  readonly step: Step;
  readonly rules: KindRules;
  readonly entry: LedgerEntry | undefined;
  readonly parentId: string | undefined;
  /** Declared, references resolved as far as they can be. */
  readonly fields: Fields;
  readonly candidates: readonly LiveResource[];
}

function caseOf({ context, ids }: Check, step: Step): CreateCase {
  const rules = rulesOf(context.rules, step.kind);
  const parentId = step.parent_id ?? (step.parent === undefined ? undefined : ids.get(step.parent));
  const fields = resolveRefs(step.body?.fields ?? {}, ids);
  return {
    step,
    rules,
    entry: context.entries.get(step.address),
    parentId,
    fields,
    candidates: candidatesFor(context, step, parentId, fields),
  };
}

/** What is live with the identity, or the name, that a create's fields would have. */
export function candidatesFor(
  context: Context,
  step: Step,
  parentId: string | undefined,
  fields: Fields,
): readonly LiveResource[] {
  const rules = rulesOf(context.rules, step.kind);
  return context.byIdentity.get(identityKey(rules, parentId, canonicalFields(rules, fields))) ?? [];
}

function isDoomed({ doomed }: Check, live: LiveResource): boolean {
  return doomed.has(liveKey(live.kind, live.parent_id, live.id));
}

/** What the ledger has under the address already: made by an earlier run of this plan, or by another one. */
function finished(check: Check, it: CreateCase): Standing | undefined {
  const { context, doomed } = check;
  const { entry, step, rules } = it;
  if (rules.ownership === "shared") {
    const [live] = it.candidates;
    return live === undefined ? undefined : { state: "already", live };
  }
  const id = entry === undefined ? undefined : standingId(entry, doomed);
  if (entry === undefined || id === undefined) return undefined;
  const live = ownedLive(context, entry);
  if (live !== undefined) return compared(check, it, live);
  const { settling } = entry;
  if (settling?.created === true && Date.parse(settling.until) > context.options.now)
    return { state: "already" };
  const placed = it.parentId === undefined ? step : { ...step, parent_id: it.parentId };
  return isGone(check, placed, id) ? undefined : missing(context, placed, id);
}

/** What is left of a create that was cut off before it could give what it had made its own name. */
function naming({ context, doomed }: Check, it: CreateCase): Step | undefined {
  const { entry, step, rules, fields } = it;
  const live =
    entry === undefined || standingId(entry, doomed) === undefined ? undefined : ownedLive(context, entry);
  if (live === undefined || rules.is_made_as?.(live.name, String(fields.name ?? "")) !== true)
    return undefined;
  const changes = changesOf(context, it, live);
  if (changes.length === 0 || changes.some(({ path }) => path !== "name")) return undefined;
  return {
    ...step,
    action: "update",
    reason: "changed",
    vendor_id: live.id,
    expects: expectPresent(rules, live),
    changes,
  };
}

/** What is live and ours, against what the step would make. */
function compared(check: Check, it: CreateCase, live: LiveResource): Standing {
  const { step } = it;
  const deviations = differences(check, it, live);
  return deviations.length === 0
    ? { state: "already", live }
    : moved(`${step.address} was made meanwhile (${live.id}), and not as the plan wants it`, deviations);
}

function differences({ context }: Check, it: CreateCase, live: LiveResource): Deviation[] {
  return changesOf(context, it, live).map(({ path, before, after }) =>
    deviation(it.rules, path, after, before),
  );
}

function changesOf(context: Context, it: CreateCase, live: LiveResource): readonly Change[] {
  const { rules, step } = it;
  // Until a successor is recorded, the entry tells of the one that it is to take the place of.
  const entry = it.entry?.status === "creating" || it.entry?.id === live.id ? it.entry : undefined;
  return diffFields({
    rules,
    declared: it.fields,
    live: settledFields(rules, live, entry, context.options.now),
    applied: entry?.applied,
    held: heldOf(entry, live),
    lifecycle: step.body?.lifecycle ?? {},
    now: context.options.now,
  }).changes;
}

/** What holds the place that the step would take. */
function obstacleOf(check: Check, it: CreateCase, leftBehind: readonly LiveResource[]): Standing | undefined {
  const { step, rules } = it;
  const known = new Set(step.known_ids ?? []);
  const fresh = it.candidates.filter(
    (live) => !known.has(live.id) && !isDoomed(check, live) && !leftBehind.includes(live),
  );
  const foreign = fresh.filter((live) => ownerOf(check.context, live) === undefined);
  const [first] = foreign;
  if (first !== undefined) {
    const ids = foreign.map((live) => live.id).join(", ");
    return {
      state: "refused",
      code: "NOT_OWNED",
      message: `${step.address}: somebody else has made ${ids} since the plan was made`,
      hint: `\`gateform adopt ${step.address}=${foreign.length === 1 ? first.id : "ID"}\` takes it over; then plan again`,
    };
  }
  // Names may be shared; what makes a resource one of a kind may not.
  const holder =
    rules.identity(it.fields) === null ? undefined : fresh.find((live) => !isOwn(check, it, live));
  return holder === undefined
    ? undefined
    : moved(
        `${step.address} would have the identity of ${holder.id}, which belongs to ${ownerOf(check.context, holder) ?? ""} by now`,
      );
}

function isOwn(check: Check, it: CreateCase, live: LiveResource): boolean {
  return ownerOf(check.context, live) === it.step.address;
}

function ambiguous(step: Step, found: readonly LiveResource[]): Standing {
  return {
    state: "refused",
    code: "AMBIGUOUS",
    message: `${step.address}: an earlier run was cut off while it made it; ${found.map((live) => live.id).join(", ")} may be what it made`,
    hint: `nothing was removed; settle it with \`gateform adopt ${step.address}=ID\`, then plan again`,
  };
}

/** What a cut-off run of this plan made and did not live to record. */
function takenOver(check: Check, it: CreateCase, live: LiveResource): Standing {
  const { step } = it;
  return it.candidates.includes(live)
    ? compared(check, it, live)
    : moved(
        `${step.address}: an earlier run was cut off while it made ${live.id}, which is another one by now`,
      );
}

/** The create as it goes on with what an earlier run of this plan made, where the vendor gives that another value. */
function renewal({ context }: Check, it: CreateCase, live: LiveResource): Step | undefined {
  const { step, rules, entry } = it;
  if (!rules.can_renew || entry?.status !== "creating") return undefined;
  if (mayBeAnothers(context, step.address, live)) return undefined;
  const changes = changesOf(context, it, live);
  if (changes.some((change) => change.forces_replacement === true)) return undefined;
  return {
    ...step,
    action: "update",
    reason: "undelivered",
    vendor_id: live.id,
    expects: expectPresent(rules, live),
    changes,
  };
}

function leftover({ step, rules }: CreateCase, live: LiveResource): Step {
  return asStep(
    draft({
      action: "delete",
      address: step.address,
      kind: step.kind,
      reason: "interrupted",
      vendor_id: live.id,
      parent: step.parent,
      parent_id: live.parent_id,
      expects: expectPresent(rules, live),
      suffix: live.id,
    }),
    [],
  );
}

/** Keys that an earlier run of this plan made and delivered nowhere; they go after their successor is there. */
function undelivered(check: Check, { entry, step }: CreateCase): Step[] {
  if (entry === undefined) return [];
  const known = new Set(step.known_ids ?? []);
  return decideRetiring(check.context, step.address, entry, step, false)
    .filter(({ vendor_id, kind, parent_id }) => {
      const id = vendor_id ?? "";
      return !known.has(id) && !check.doomed.has(liveKey(kind, parent_id, id));
    })
    .map((found) => asStep(found, [step.id]));
}

function asStep(found: Draft, needs: readonly string[]): Step {
  return { ...found, needs };
}
