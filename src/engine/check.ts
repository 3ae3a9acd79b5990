// What the checks of all kinds of steps share: the tables, the words of a refusal, the differences.

import type { Address } from "../base/address.ts";
import { isSecretMark, listMarks } from "../base/expression.ts";
import { isObject, type JsonValue, record } from "../base/json.ts";
import { type Fields, isAnswered, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import type { Plan, Step } from "../model/plan.ts";
import type { Deviation } from "../model/report.ts";
import type { Standing } from "../model/standing.ts";
import { compareValues } from "./compare.ts";
import { type Context, isReadCompletely, readingProblem } from "./context.ts";
import { canonicalLive, fieldOf, leafAt } from "./normalise.ts";

export interface Check {
  readonly context: Context;
  readonly plan: Plan;
  /** `liveKey`s of what the plan deletes or rotates away. */
  readonly doomed: ReadonlySet<string>;
  /** Vendor ids of what the ledger has, the plan does not delete and, where it creates it, is live already. */
  readonly ids: ReadonlyMap<Address, string>;
  readonly stepsAt: (address: Address) => readonly Step[];
}

export const READY: Standing = { state: "ready" };

const AGAIN = "nothing was done to it; plan again";

export function moved(message: string, deviations: readonly Deviation[] = []): Standing {
  return {
    state: "refused",
    code: "MOVED",
    message,
    hint: AGAIN,
    ...(deviations.length === 0 ? {} : { deviations }),
  };
}

export function unreadableList(
  context: Context,
  step: Step,
  kind: string,
  parentId: string | undefined,
): Standing {
  return {
    state: "refused",
    code: "READ_INCOMPLETE",
    message: `${step.address}: the list of ${kind} could not be read completely: ${readingProblem(context, kind, parentId)}`,
    hint: "nothing was done to it; run again when the vendor answers completely",
  };
}

/** The paths at which two sets of canonical fields differ, members of merged objects one by one. */
export function deviationsOf(rules: KindRules, expected: Fields, found: Fields): Deviation[] {
  const deviations: Deviation[] = [];
  for (const field of [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort()) {
    const policy = policyOf(rules, field);
    if (policy.measured === true || !isAnswered(policy)) continue;
    const paths = policy.merge === true ? memberPaths(field, expected[field], found[field]) : [field];
    for (const path of paths) {
      const [a, b] = [leafAt(expected, path), leafAt(found, path)];
      if (compareValues(a, b) === "different") deviations.push(deviation(rules, path, a, b));
    }
  }
  return deviations;
}

/** One difference; what is or holds a secret is reduced to the fact that it is there. */
export function deviation(rules: KindRules, path: string, expected: JsonValue, found: JsonValue): Deviation {
  const { sensitive, write_only } = policyOf(rules, fieldOf(path));
  const secret = sensitive === true || write_only === true;
  if (!secret && listMarks([expected, found]).every(({ mark }) => !isSecretMark(mark)))
    return { path, expected, found };
  return { path, expected: concealed(expected), found: concealed(found), sensitive: true };
}

function concealed(value: JsonValue): JsonValue {
  return value === null ? null : { $secret: {} };
}

/** Members of a merged object are told apart; one that is empty and one that is absent have the same ones. */
function memberPaths(field: string, a: JsonValue | undefined, b: JsonValue | undefined): string[] {
  const sides = [a ?? null, b ?? null];
  if (!sides.every((value) => value === null || (isObject(value) && !isSecretMark(value)))) return [field];
  const names = new Set(sides.flatMap((value) => Object.keys(value ?? {})));
  return [...names].sort().map((name) => `${field}.${name}`);
}

/** A resource's canonical fields, with what was just written in place of what a read may still show. */
export function settledFields(
  rules: KindRules,
  live: LiveResource,
  entry: LedgerEntry | undefined,
  now: number,
): Fields {
  const fields: Record<string, JsonValue> = record();
  Object.assign(fields, canonicalLive(rules, live.fields));
  const { settling } = entry ?? {};
  if (entry === undefined || settling === undefined || Date.parse(settling.until) <= now) return fields;
  for (const [path, before] of Object.entries(settling.before)) {
    if (!Object.hasOwn(entry.applied, path) || compareValues(leafAt(fields, path), before) !== "same")
      continue;
    const field = fieldOf(path);
    const written = entry.applied[path] as JsonValue;
    const outer = fields[field];
    if (field === path) fields[field] = written;
    else fields[field] = { ...(isObject(outer) ? outer : {}), [path.slice(field.length + 1)]: written };
  }
  return fields;
}

/** The vendor id that an entry stands for, unless the plan deletes just that. */
export function standingId(entry: LedgerEntry, doomed: ReadonlySet<string>): string | undefined {
  if (entry.id === null || entry.status !== "ready") return undefined;
  return doomed.has(liveKey(entry.kind, entry.parent_id, entry.id)) ? undefined : entry.id;
}

/** The live resource that a step works on, where it is there. */
export function liveOf({ context }: Check, step: Step, id: string): LiveResource | undefined {
  return context.byKey.get(liveKey(step.kind, step.parent_id, id));
}

/** What is not live, and not known to be gone either. */
export function missing(context: Context, step: Step, id: string): Standing {
  const { address, kind, parent_id } = step;
  if (!isReadCompletely(context, kind, parent_id)) return unreadableList(context, step, kind, parent_id);
  return {
    state: "refused",
    code: "UNKNOWN",
    message: `${address} (${id}) was not found in the list, and nothing confirms that it is gone`,
    hint: "nothing was done to it; run again when the vendor answers completely",
  };
}

/** Whether what is not live under an id is gone, rather than only missing from what was read. */
export function isGone({ context }: Check, step: Step, id: string): boolean {
  const { kind, parent_id } = step;
  const entry = context.entries.get(step.address);
  // The first half of a replacement has deleted it.
  if (entry?.status === "deleted" && entry.id === id) return true;
  if (context.absent.has(liveKey(kind, parent_id, id))) return true;
  if (parent_id === undefined) return false;
  const parentKind = context.rules.get(kind)?.parent;
  const parents = context.live.resources.filter((live) => live.kind === parentKind);
  // With its parent everything in it goes; that list has to be believed, then.
  return (
    parentKind !== undefined &&
    isReadCompletely(context, parentKind, undefined) &&
    !parents.some((live) => live.id === parent_id)
  );
}

/** Why a step's parent is not the one that the plan saw; `undefined` when it is, or is made by the plan. */
export function movedParent({ context, stepsAt }: Check, step: Step): Standing | undefined {
  const { parent, parent_id } = step;
  if (parent === undefined || parent_id === undefined) return undefined;
  if (stepsAt(parent).some(({ action }) => action === "create" || action === "adopt")) return undefined;
  const entry = context.entries.get(parent);
  const kind = context.rules.get(step.kind)?.parent ?? "";
  const live = context.byKey.get(liveKey(kind, entry?.parent_id, parent_id));
  if (entry === undefined || entry.id !== parent_id)
    return moved(`${step.address} lives in ${parent}, which is ${parent_id} no longer, says the ledger`);
  if (live === undefined || (entry.mark !== undefined && live.mark !== undefined && entry.mark !== live.mark))
    return moved(`${step.address} lives in ${parent}, which is gone or was made again by somebody else`);
  return undefined;
}
