// The precondition of steps on something that is there: update, adopt, check-secret.

import type { JsonValue } from "../base/json.ts";
import { type Fields, isAnswered, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";
import { type Change, renewsValue, type Step } from "../model/plan.ts";
import type { Deviation } from "../model/report.ts";
import type { Standing } from "../model/standing.ts";
import {
  type Check,
  deviation,
  deviationsOf,
  isGone,
  liveOf,
  missing,
  moved,
  movedParent,
  READY,
  settledFields,
} from "./check.ts";
import { compareValues, unknownSecret } from "./compare.ts";
import { ownerOf, resolveRefs, rulesOf } from "./context.ts";
import { diffFields } from "./diff.ts";
import { isLifecycle, lifecycleChanges } from "./drafts.ts";
import { isInDoubt } from "./entry-secrets.ts";
import { type Held, heldOf, heldSecret } from "./held.ts";
import { fieldOf, leafAt } from "./normalise.ts";

/** Checks a step whose resource is to be there; what was done of it already is taken out of it. */
export function checkPresent(
  check: Check,
  step: Step,
): { readonly standing: Standing; readonly step?: Step } {
  const { expects, address } = step;
  if (expects.state !== "present") return { standing: READY };
  const { context } = check;
  const live = liveOf(check, step, expects.id);
  if (live === undefined) {
    return {
      standing: isGone(check, step, expects.id)
        ? moved(`${address} (${expects.id}) is gone`)
        : missing(context, step, expects.id),
    };
  }
  const other = incarnation(step, live) ?? ownership(check, step, live) ?? movedParent(check, step);
  if (other !== undefined) return { standing: other };
  const it = caseOf(check, step, live);
  const delivery = checkDelivery(it, step, live);
  if (delivery !== undefined && delivery !== "left") return { standing: delivery };
  if (step.action === "adopt" && ownerOf(context, live) === address)
    return { standing: { state: "already", live } };
  const deviations = [
    ...deviationsOf(it.rules, expects.fields, it.now).filter(
      ({ path }) => !isWanted(it, path) && !hasSettled(check, step, it, path),
    ),
    ...movedSecrets(it),
  ];
  if (deviations.length > 0)
    return { standing: moved(`${address} has changed since the plan was made`, deviations) };
  if (step.action === "adopt") return { standing: READY };
  // What is written is the body; what somebody has agreed to are the changes.
  const unseen = it.unplanned.map(({ path, before, after }) => deviation(it.rules, path, before, after));
  if (unseen.length > 0)
    return {
      standing: moved(`${address} would be changed where the plan says nothing of a change`, unseen),
    };
  if (step.action === "check-secret") return { standing: READY, step: withKnownSecrets(it, step) };
  const left = step.changes.filter((change) => isLifecycle(change) || it.left.has(change.path));
  if (delivery === undefined && left.every(isLifecycle)) return { standing: { state: "already", live } };
  if (delivery === undefined && renewsValue(step))
    return { standing: READY, step: { ...step, reason: "changed", changes: left } };
  return left.length === step.changes.length
    ? { standing: READY }
    : { standing: READY, step: { ...step, changes: left } };
}

/**
 * Whether the value of a step that delivers one is still to be made; `undefined` where it is not, or there is none. It
 * is refused where a sink may have got it meanwhile.
 */
function checkDelivery(
  { rules, entry }: PresentCase,
  step: Step,
  live: LiveResource,
): Standing | "left" | undefined {
  if (!renewsValue(step) || (entry?.status === "ready" && entry.id === live.id)) return undefined;
  const begun = (entry?.retiring ?? []).some(({ id }) => id === live.id);
  if (rules.can_renew && entry?.status === "creating" && !begun) return "left";
  return moved(
    `${step.address} (${live.id}) was undelivered when the plan was made, and a sink may have its value by now`,
  );
}

interface PresentCase {
  readonly rules: KindRules;
  readonly entry: LedgerEntry | undefined;
  readonly held: Held;
  /** Canonical live fields. */
  readonly now: Fields;
  /** Changes that the plan makes at this address. */
  readonly updates: readonly Change[];
  /** Paths whose change is still to be made. */
  readonly left: ReadonlySet<string>;
  /** What the step would change besides. */
  readonly unplanned: readonly Change[];
  /** Secrets of which the plan does not know whether they change. */
  readonly unknowns: readonly Change[];
}

function caseOf(check: Check, step: Step, live: LiveResource): PresentCase {
  const { context, ids, stepsAt } = check;
  const rules = rulesOf(context.rules, step.kind);
  const entry = context.entries.get(step.address);
  const now = settledFields(rules, live, entry, context.options.now);
  const held = heldOf(entry, live);
  const steps = stepsAt(step.address);
  const left = new Set<string>();
  const unplanned: Change[] = [];
  const seen = new Set([
    ...steps.flatMap((other) => other.changes.map(({ path }) => path)),
    ...check.plan.settling.flatMap(({ address, path }) => (address === step.address ? [path] : [])),
  ]);
  for (const other of steps) {
    const { action, body, changes: planned } = other;
    if (body === undefined || (action !== "update" && action !== "check-secret")) continue;
    const { changes, unchecked } = diffFields({
      rules,
      declared: resolveRefs(body.fields, ids),
      live: now,
      applied: entry?.applied,
      held,
      lifecycle: body.lifecycle,
      now: context.options.now,
      rewrite: other.reason === "rotate",
    });
    const own = new Set(planned.map(({ path }) => path));
    for (const { path } of [...changes, ...unchecked]) if (own.has(path)) left.add(path);
    for (const change of planned) if (isRewritten(other, change, entry)) left.delete(change.path);
    if (other !== step) continue;
    unplanned.push(...[...changes, ...lifecycleOf(step, entry)].filter(({ path }) => !seen.has(path)));
  }
  const changesOf = (action: Step["action"]) =>
    steps.filter((other) => other.action === action).flatMap((other) => other.changes);
  return {
    rules,
    entry,
    held,
    now,
    left,
    unplanned,
    updates: changesOf("update"),
    unknowns: changesOf("check-secret"),
  };
}

/** Whether an earlier run of the plan has written a secret that a rotation writes whatever it was. */
function isRewritten(step: Step, { path, before }: Change, entry: LedgerEntry | undefined): boolean {
  if (step.reason !== "rotate" || entry === undefined || !Object.hasOwn(entry.applied, path)) return false;
  const written = entry.applied[path] as JsonValue;
  const wanted = step.body?.fields ?? {};
  return (
    !isInDoubt(written) &&
    compareValues(written, before) === "different" &&
    compareValues(written, leafAt(wanted, path)) === "same"
  );
}

/** Protections that an owned resource has by now and the step would take away, or the other way round. */
function lifecycleOf({ body }: Step, entry: LedgerEntry | undefined): readonly Change[] {
  return entry?.status === "ready" ? lifecycleChanges(body?.lifecycle ?? {}, entry) : [];
}

/** Whether a difference is one that the plan makes here and that is there already. */
function isWanted(it: PresentCase, path: string): boolean {
  const isAt = (change: Change) => path === change.path || path.startsWith(`${change.path}.`);
  return (
    it.updates.some((change) => isAt(change) && !it.left.has(change.path)) ||
    it.unknowns.some((change) => isAt(change) && (!it.left.has(change.path) || isAsApplied(it, change.path)))
  );
}

/** Whether a value is the one that this stack wrote last: an earlier run of the plan may have. */
function isAsApplied({ entry, now }: PresentCase, path: string): boolean {
  const applied = entry?.applied ?? {};
  return (
    Object.hasOwn(applied, path) && compareValues(applied[path] as JsonValue, leafAt(now, path)) === "same"
  );
}

/** Whether a read showed an old value when the plan was made, and shows by now what had been written before. */
function hasSettled({ plan }: Check, { address }: Step, it: PresentCase, path: string): boolean {
  const waited = plan.settling.some((item) => item.address === address && item.path === path);
  return waited && isAsApplied(it, path);
}

/** Secrets that nobody can read: the ledger says what was written last, unless a write was cut off. */
function movedSecrets(it: PresentCase): Deviation[] {
  return it.updates.flatMap((change) => {
    const { path, before, after } = change;
    if (isAnswered(policyOf(it.rules, fieldOf(path))) || !it.left.has(path)) return [];
    const written = knownSecret(it, change);
    const same = compareValues(written, before) !== "different" || isInDoubt(written);
    return same ? [] : [deviation(it.rules, path, before, after)];
  });
}

function knownSecret({ entry, held }: PresentCase, { path, after }: Change): JsonValue {
  const applied = entry?.applied ?? {};
  return Object.hasOwn(applied, path) ? heldSecret(applied[path] as JsonValue, held) : unknownSecret(after);
}

/** With what the ledger says by now: an earlier run of the plan may have written the secret. */
function withKnownSecrets(it: PresentCase, step: Step): Step {
  const changes = step.changes.map((change) => {
    const answered = isAnswered(policyOf(it.rules, fieldOf(change.path)));
    return { ...change, before: answered ? leafAt(it.now, change.path) : knownSecret(it, change) };
  });
  return { ...step, changes };
}

/** Why the ledger does not say of a resource any more what it said when the plan was made. */
export function ownership(check: Check, step: Step, live: LiveResource): Standing | undefined {
  const { address, expects } = step;
  const owner = ownerOf(check.context, live);
  if (owner === address) return undefined;
  if (owner !== undefined)
    return moved(`${address} (${live.id}) belongs to ${owner} by now, says the ledger`);
  const ours = expects.state === "present" && expects.ledger !== undefined;
  return ours ? moved(`${address} (${live.id}) is in the ledger no more`) : undefined;
}

/** Why a resource is another one under the same id. */
export function incarnation({ address, expects }: Step, live: LiveResource): Standing | undefined {
  const mark = expects.state === "present" ? expects.mark : undefined;
  return mark === undefined || live.mark === undefined || live.mark === mark
    ? undefined
    : moved(`${address} was deleted and made again by somebody else since the plan was made`);
}
