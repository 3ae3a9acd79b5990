// Replacement: an immutable field differs, so a new object takes the place of the old one.

import { policyOf } from "../model/kind-rules.ts";
import type { LiveResource } from "../model/live.ts";
import { carriedFields } from "./carry.ts";
import {
  type Case,
  candidatesOf,
  childIds,
  common,
  describeLive,
  holdersElsewhere,
  isProtected,
  listLive,
  notMakeable,
  PROTECTED_HINT,
  partOfAnother,
  unfoundOf,
  unreadable,
} from "./case.ts";
import { isReadCompletely, leftBehind, ownerOf } from "./context.ts";
import { type Difference, diffFields } from "./diff.ts";
import { adoptDraft, createDraft, interruptedDelete, lifecycleChanges } from "./drafts.ts";
import { canonicalFields, fieldOf } from "./normalise.ts";
import type { Rotation } from "./rotate.ts";
import { createBody, type Draft, draft, expectPresent, refuse, type Verdict } from "./verdict.ts";

/**
 * Decides a replacement. The new one is made first; where its identity is held, the old one goes first and the
 * plan says that there is a gap.
 * @param rotation the successor is to have another value, and the old one goes later, when its grace is over.
 */
export function replaceVerdict(
  it: Case,
  live: LiveResource,
  difference: Difference,
  rotation?: Rotation,
): Verdict {
  const { context, rules, resource } = it;
  const { address } = resource;
  const own = { claims: [live], vendor_id: live.id };
  const forced = difference.changes
    .filter((change) => change.forces_replacement === true)
    .map((change) => change.path);
  const taker = context.taken.get(address);
  const rotates = taker === undefined ? rotation : undefined;
  const what =
    rotates !== undefined
      ? `a rotation of ${address} puts another one in its place`
      : taker === undefined
        ? `a change of ${forced.join(", ")} replaces ${address}`
        : `${address} goes with ${taker}, so it has to be made again`;
  const stuck = forced.filter((path) => policyOf(rules, fieldOf(path)).irreplaceable === true);
  if (stuck.length > 0) {
    return refuse(
      address,
      "NOT_REPLACEABLE",
      `${what}, and ${describeLive(rules, live)} keeps its id and its ${stuck.join(", ")} even when it is deleted`,
      "write the live value back, or declare another one under another key",
      own,
    );
  }
  if (isProtected(resource.lifecycle, it.entry)) {
    return refuse(
      address,
      "PREVENT_DESTROY",
      `${what}, and lifecycle.prevent_destroy forbids that`,
      PROTECTED_HINT,
      own,
    );
  }
  if (context.desired.policy.prune === "never") {
    return refuse(
      address,
      "REPLACE_FORBIDDEN",
      `${what}, and policy.prune: never forbids deletes`,
      "write `prune: owned` to allow it",
      own,
    );
  }
  const unclear = unfoundOf(context, resource.kind);
  if (unclear !== undefined) {
    return refuse(
      address,
      unclear.code,
      `${what}, and nobody can tell whether ${unclear.address} stands for ${describeLive(rules, live)}`,
      unclear.hint,
      own,
    );
  }
  if (!isReadCompletely(context, resource.kind, it.parent?.id)) return { ...unreadable(it), ...own };
  const part = taker === undefined ? partOfAnother(context, address, rules, live) : undefined;
  if (part !== undefined) return { ...part, ...own };
  // The successor that an earlier run made before it was cut off, when it can be told without doubt.
  const { ours } = leftBehind(context, it.entry);
  if (ours.length > 1) {
    return refuse(
      address,
      "AMBIGUOUS",
      `${what}, and an earlier run was cut off while it made one; ${listLive(rules, ours)} may be what it made`,
      "nothing is removed; delete at the vendor what nobody uses, and run again",
      { ...own, claims: [live, ...ours] },
    );
  }
  const mine = ours[0];
  const fields = canonicalFields(rules, it.fields);
  const holders = rules.identity(fields) === null ? [] : candidatesOf(it).filter((other) => other !== mine);
  const foreign = holders.find((other) => ownerOf(context, other) === undefined);
  if (foreign !== undefined) {
    return refuse(
      address,
      "NOT_OWNED",
      `${what}, but ${describeLive(rules, foreign)} has the new identity already and is not in the ledger`,
      "choose another value, or remove the other one first",
      { ...own, claims: [live, foreign] },
    );
  }
  const elsewhere = holdersElsewhere(it).filter((other) => other !== mine);
  // Whoever has the new name has to go first, and may wait for this one's in its turn.
  const replacement = holders.length > 0 || elsewhere.length > 0 ? "gap" : "create-first";
  const changes = [...difference.changes, ...lifecycleChanges(resource.lifecycle, it.entry)];
  const along = taker === undefined ? {} : { along: taker };
  const about = { changes, risks: difference.risks, replacement, ...along } as const;
  const retires = rotates === undefined ? {} : rotatingExtra(it, live, rotates);
  const finishes = mine !== undefined && isFinished(it, mine);
  const created = finishes
    ? adoptDraft(it, mine, "interrupted", about)
    : createDraft(it, rotates?.reason ?? "replaced", { ...about, ...retires });
  const leftover = mine !== undefined && !finishes ? [interruptedDelete(it, mine)] : [];
  const removed = draft(
    {
      ...common(it),
      action: "delete",
      reason: "replaced",
      vendor_id: live.id,
      expects: expectPresent(rules, live, childIds(live)),
    },
    { replacement, ...along, ...(live.children === undefined ? {} : { children: live.children }) },
  );
  return {
    address,
    drafts: [...leftover, created, ...(rotates === undefined ? [removed] : [])],
    collides: [...holders, ...elsewhere].filter((other) => other !== live),
    claims: mine === undefined ? [live] : [live, mine],
    vendor_id: finishes ? mine.id : live.id,
    ...notMakeable(rules, resource),
  };
}

/** What a create that rotates has beside what every replacement has. */
function rotatingExtra(it: Case, live: LiveResource, { grace }: Rotation): Partial<Draft> {
  const body = createBody(it.rules, it.resource, it.fields);
  const carried = carriedFields(it.rules, body.fields, live);
  return {
    retires: { id: live.id, grace },
    body: { ...body, defaults: { ...body.defaults, ...carried } },
  };
}

/** Whether a successor that a cut-off run made is what is declared now, so that it can stay. */
export function isFinished(it: Case, successor: LiveResource): boolean {
  const { context, rules, resource } = it;
  if (rules.one_time_value || !candidatesOf(it).includes(successor)) return false;
  const { changes, unchecked } = diffFields({
    rules,
    declared: it.fields,
    live: successor.fields,
    applied: undefined,
    lifecycle: resource.lifecycle,
    now: context.options.now,
  });
  return changes.length === 0 && unchecked.length === 0;
}
