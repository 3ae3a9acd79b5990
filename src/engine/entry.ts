// Ledger entries after each kind of step: pure functions from the entry before to the entry after.

import { digestOf } from "../base/digest.ts";
import { durationOf } from "../base/duration.ts";
import { canonicalText, type JsonValue, record } from "../base/json.ts";
import { type Fields, isAnswered, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { Delivery, Intent, LedgerEntry, Retiring, Settling } from "../model/ledger.ts";
import type { Imprint } from "../model/live.ts";
import { type Change, renewsValue, type Step, type StepBody } from "../model/plan.ts";
import type { Sink } from "../model/sink.ts";
import { compareValues } from "./compare.ts";
import { imprintedEntry } from "./entry-secrets.ts";
import { canonicalLive, fieldOf, type Leaves, leafAt, leavesOf } from "./normalise.ts";

/**
 * The entry while a create is under way: a replacement keeps the id that is still live.
 * @param applied what the create sends: whoever finds the result later knows by it which secrets it has.
 */
export function intendedEntry(
  before: LedgerEntry | undefined,
  step: Step,
  parentId: string | undefined,
  intent: Intent,
  applied: Leaves,
  now: string,
): LedgerEntry {
  if (before !== undefined && before.status === "ready" && step.replacement === "create-first") {
    return { ...before, intent, ...(step.retires === undefined ? {} : { rotating: true as const }) };
  }
  return {
    kind: step.kind,
    status: "creating",
    id: null,
    ...place(step, parentId),
    applied,
    ...protections(before, step.body),
    needs: step.body?.needs ?? [],
    intent,
    ...(before?.retiring === undefined ? {} : { retiring: before.retiring }),
    changed_at: now,
  };
}

/**
 * The entry from just before the first sink gets the value of an id on: whatever happens now, it goes as soon as
 * another value is in all sinks.
 */
export function withDelivery(entry: LedgerEntry, id: string, now: string): LedgerEntry {
  const others = (entry.retiring ?? []).filter((item) => item.id !== id);
  return { ...entry, retiring: [...others, { id, due: now, delivering: true }] };
}

/** The entry without an earlier id that is gone now. */
export function withoutRetiring(entry: LedgerEntry, id: string): LedgerEntry {
  const { retiring, ...rest } = entry;
  const left = (retiring ?? []).filter((item) => item.id !== id);
  return left.length === 0 ? rest : { ...rest, retiring: left };
}

/** The entry when an earlier id is gone that a sink may still have: whoever keeps the address owes that sink a value. */
function withoutGone(entry: LedgerEntry, id: string): LedgerEntry {
  const owed = (entry.retiring ?? []).some((item) => item.id === id && item.delivering === true);
  const left = withoutRetiring(entry, id);
  return owed && entry.status === "ready" ? { ...left, rotating: true } : left;
}

export interface SuccessInput {
  readonly rules: KindRules;
  readonly before: LedgerEntry | undefined;
  readonly step: Step;
  readonly parent_id: string | undefined;
  /** `fields`: what the vendor answered to the write, where it did. */
  readonly live: {
    readonly id: string;
    readonly mark?: string;
    readonly fields?: Fields;
    readonly imprint?: Imprint;
  };
  /** What the step applied: canonical fields with references resolved and secrets as bare fingerprints. */
  readonly fields: Fields;
  readonly delivered?: readonly Delivery[];
  /** ms since 1970 */
  readonly now: number;
}

/** The entry after a create or an update. */
export function appliedEntry(input: SuccessInput): LedgerEntry {
  const { before, step, live, rules } = input;
  // Only what this step takes the place of goes; what an adoption lets go of was never agreed to be deleted.
  const replaces = step.action !== "adopt" || step.replacement !== undefined;
  const replaced =
    replaces && before?.status === "ready" && before.id !== null && before.id !== live.id
      ? before.id
      : undefined;
  const fresh = step.action === "create" || step.action === "adopt";
  const due = new Date(input.now + graceOf(step)).toISOString();
  const retiring = [
    ...(before?.retiring ?? [])
      .filter((item) => item.id !== live.id)
      .map((item) => afterDelivery(item, input, due)),
    ...(replaced === undefined ? [] : [{ id: replaced, due }]),
  ];
  const same = !fresh || before?.id === live.id;
  const delivered = input.delivered ?? (same ? before?.delivered : undefined);
  const imprint = live.imprint ?? (same ? before?.imprint : undefined);
  const entry: LedgerEntry = {
    kind: step.kind,
    status: "ready",
    id: live.id,
    ...place(step, input.parent_id),
    ...(live.mark === undefined ? {} : { mark: live.mark }),
    applied: mergeApplied(
      fresh ? {} : (before?.applied ?? {}),
      leavesOf(rules, input.fields),
      step.released ?? [],
    ),
    ...protections(before, step.body),
    needs: step.body?.needs ?? before?.needs ?? [],
    // What an interrupted replacement left may still have to go.
    ...(fresh || renewsValue(step) || before?.intent === undefined ? {} : { intent: before.intent }),
    ...(fresh || before?.rotating === undefined ? {} : { rotating: before.rotating }),
    ...settlingAfter(input),
    ...(retiring.length === 0 ? {} : { retiring }),
    ...(delivered === undefined ? {} : { delivered }),
    ...deliverDigestAfter(input, delivered),
    changed_at: new Date(input.now).toISOString(),
  };
  return imprint === undefined ? entry : imprintedEntry(entry, imprint);
}

/** Milliseconds for which the one whose place a step takes stays live. */
export function graceOf({ retires }: Step): number {
  return retires === undefined ? 0 : (durationOf(retires.grace) ?? 0);
}

/** An id that some sinks may have had: now that another is in all of them, whoever still uses it has the grace, too. */
function afterDelivery(item: Retiring, { step, delivered }: SuccessInput, due: string): Retiring {
  if (item.delivering === undefined || delivered === undefined) return item;
  return { id: item.id, due: step.retires === undefined ? item.due : due };
}

function deliverDigestAfter(
  { before, step, delivered }: SuccessInput,
  known: readonly Delivery[] | undefined,
): Pick<LedgerEntry, "deliver_digest"> {
  if (known === undefined) return {};
  const digest = delivered === undefined ? before?.deliver_digest : deliverDigest(step.body?.deliver ?? []);
  return digest === undefined ? {} : { deliver_digest: digest };
}

/** What tells a `deliver` from another one. */
export function deliverDigest(sinks: readonly Sink[]): string {
  return digestOf(sinks as unknown as JsonValue); // sinks are JSON
}

/**
 * The entry after an adoption. What was live for the declared fields counts as last applied, so that the next
 * difference reads as what it is: the file asking for something else. Of what nobody can read, only what a cut-off
 * create of ours sent is known.
 */
export function adoptedEntry(input: SuccessInput): LedgerEntry {
  const entry = appliedEntry(input);
  const { expects } = input.step;
  const live = expects.state === "present" ? canonicalLive(input.rules, expects.fields) : {};
  const applied = record<JsonValue>();
  const sent = input.before?.status === "creating" ? input.before.applied : {};
  for (const path of Object.keys(entry.applied)) {
    const policy = input.rules.fields[fieldOf(path)];
    if (isAnswered(policy)) applied[path] = leafAt(live, path);
    else if (Object.hasOwn(sent, path)) applied[path] = sent[path] as JsonValue;
    else if (policy?.unanswered === true) applied[path] = entry.applied[path] as JsonValue;
  }
  const { settling: _, ...rest } = entry;
  return { ...rest, applied };
}

/** The entry after a ledger-only step: lifecycle settings, newly owned and released fields. */
export function recordedEntry(
  input: Omit<SuccessInput, "live"> & { readonly before: LedgerEntry },
): LedgerEntry {
  const { before, step, rules } = input;
  const leaves = leavesOf(rules, input.fields);
  const claimed = record<JsonValue>();
  for (const path of step.claimed ?? []) claimed[path] = leaves[path] ?? null;
  return {
    ...before,
    applied: mergeApplied(before.applied, claimed, step.released ?? []),
    ...protections(before, step.body),
    needs: step.body?.needs ?? before.needs,
    changed_at: new Date(input.now).toISOString(),
  };
}

/**
 * The entry when what a step wants was there already: it counts as applied, and nothing changes where the ledger
 * says so. Of secrets only what is known to be live.
 */
export function confirmedEntry(
  input: Pick<SuccessInput, "rules" | "step" | "fields" | "now"> & {
    readonly before: LedgerEntry;
    readonly live: { readonly fields: Fields };
  },
): LedgerEntry {
  const { rules, before, step } = input;
  const live = canonicalLive(rules, input.live.fields);
  const leaves = record<JsonValue>();
  for (const [path, value] of Object.entries(leavesOf(rules, input.fields))) {
    const { write_only, sensitive } = policyOf(rules, fieldOf(path));
    if (write_only === true && Object.hasOwn(before.applied, path)) continue;
    leaves[path] = sensitive === true ? leafAt(live, path) : value;
  }
  const after: LedgerEntry = {
    ...before,
    applied: mergeApplied(before.applied, leaves, step.released ?? []),
    ...protections(before, step.body),
    needs: step.body?.needs ?? before.needs,
  };
  return canonicalText({ entry: after as unknown as JsonValue }) === // entries are JSON
    canonicalText({ entry: before as unknown as JsonValue })
    ? before
    : { ...after, changed_at: new Date(input.now).toISOString() };
}

/** The entry after a delete; `undefined`: there is nothing left to remember. */
export function deletedEntry(
  before: LedgerEntry | undefined,
  step: Step,
  now: string,
): LedgerEntry | undefined {
  if (before === undefined || step.vendor_id === null) return before;
  if ((before.retiring ?? []).some((item) => item.id === step.vendor_id))
    return withoutGone(before, step.vendor_id);
  if (step.reason === "interrupted") {
    const { intent: _, ...rest } = before;
    return rest.id === null && (rest.retiring ?? []).length === 0 ? undefined : rest;
  }
  if (before.id !== step.vendor_id) return before;
  if (step.replacement !== "gap") return undefined;
  const {
    settling: _,
    mark: __,
    intent: ___,
    delivered: ____,
    deliver_digest: _____,
    imprint: ______,
    ...rest
  } = before;
  // The id stays: a list that lags behind may still show it.
  return { ...rest, status: "deleted", applied: {}, changed_at: now };
}

/** The entry after a forget: of another id of it, or of all. */
export function forgottenEntry(before: LedgerEntry | undefined, step: Step): LedgerEntry | undefined {
  if (before === undefined || step.reason !== "retired" || step.vendor_id === null) return undefined;
  return withoutGone(before, step.vendor_id);
}

function mergeApplied(
  before: Readonly<Record<string, JsonValue>>,
  now: Readonly<Record<string, JsonValue>>,
  released: readonly string[],
): Readonly<Record<string, JsonValue>> {
  const out = record<JsonValue>();
  const related = (a: string, b: string) => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
  const gone = [...released, ...Object.keys(now)];
  for (const [path, value] of Object.entries(before))
    if (!gone.some((item) => related(item, path))) out[path] = value;
  for (const [path, value] of Object.entries(now)) out[path] = value;
  return out;
}

function settlingAfter(input: SuccessInput): { readonly settling?: Settling } {
  const { rules, step } = input;
  if (rules.settles_within === 0) return {};
  const until = new Date(input.now + rules.settles_within * 1000).toISOString();
  if (step.action === "create") return { settling: { until, before: {}, created: true } };
  // What the answer to the write still shows as it was will not come by waiting: the vendor has ignored it.
  const answer = input.live.fields === undefined ? undefined : canonicalLive(rules, input.live.fields);
  const ignored = ({ path, before }: Change) =>
    answer !== undefined &&
    isAnswered(rules.fields[fieldOf(path)]) &&
    compareValues(leafAt(answer, path), before) === "same";
  return {
    settling: {
      until,
      before: Object.fromEntries(
        step.changes.filter((change) => !ignored(change)).map((change) => [change.path, change.before]),
      ),
    },
  };
}

/** The entry when one more value was written just after the rest: reads may show the one before it for as long. */
export function withSettling(entry: LedgerEntry, path: string, before: JsonValue): LedgerEntry {
  const { settling } = entry;
  if (settling === undefined) return entry;
  return { ...entry, settling: { ...settling, before: { ...settling.before, [path]: before } } };
}

/** The entry once a read has shown the written values: from then on an old value is drift. */
export function settledEntry(before: LedgerEntry): LedgerEntry {
  const { settling: _, ...rest } = before;
  return rest;
}

function place(step: Step, parentId: string | undefined): Pick<LedgerEntry, "parent" | "parent_id"> {
  return {
    ...(step.parent === undefined ? {} : { parent: step.parent }),
    ...(parentId === undefined ? {} : { parent_id: parentId }),
  };
}

/** What the file leaves out stays as the ledger has it: no protection goes by omission. */
function protections(
  before: LedgerEntry | undefined,
  body: StepBody | undefined,
): Pick<LedgerEntry, "prevent_destroy" | "on_remove"> {
  const prevent = body?.lifecycle.prevent_destroy ?? before?.prevent_destroy;
  const onRemove = body?.lifecycle.on_remove ?? before?.on_remove;
  return {
    ...(prevent === undefined ? {} : { prevent_destroy: prevent }),
    ...(onRemove === undefined ? {} : { on_remove: onRemove }),
  };
}
