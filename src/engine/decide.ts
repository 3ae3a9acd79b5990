// The truth table for declared resources. Deletes of what is no longer declared are in `undeclared.ts`.
//
//   live  in ledger                  →
//   no    no                         create
//   no    this id, known gone        create, vanished
//   no    this id, only not listed   refused: absence is believed late
//   yes   this id, equal             nothing (or record)
//   yes   this id, differs           update, or replace
//   yes   no, or another id          refused NOT_OWNED; with adopt: adopt (+ update)
//   –     creating / deleted         ours: finish what was cut off

import type { DesiredResource, Lifecycle } from "../model/desired.ts";
import type { Fields, KindRules } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";
import type { Change, Step } from "../model/plan.ts";
import {
  type Context,
  identityKey,
  isKnownGone,
  isReadCompletely,
  ownedLive,
  readingProblem,
  resolveRefs,
  rulesOf,
  splitCandidates,
} from "./context.ts";
import { type Difference, diffFields } from "./diff.ts";
import { canonicalFields, canonicalLive } from "./normalise.ts";
import { createBody, type Draft, draft, expectPresent, refuse, updateBody, type Verdict } from "./verdict.ts";

/** Where the parent of a resource stands, as decided before it. */
export interface ParentState {
  /** Its vendor id while it is live, else `undefined`: then no child of it can be live. */
  readonly id: string | undefined;
}

/** One declared resource as the functions below pass it on. */
interface Case {
  readonly context: Context;
  readonly rules: KindRules;
  readonly resource: DesiredResource;
  readonly entry: LedgerEntry | undefined;
  readonly parent: ParentState | undefined;
  /** Declared, references resolved as far as they can be. */
  readonly fields: Fields;
}

/**
 * Decides one declared resource.
 * @param ids vendor ids of the addresses decided before.
 */
export function decide(
  context: Context,
  resource: DesiredResource,
  parent: ParentState | undefined,
  ids: ReadonlyMap<string, string>,
): Verdict {
  const rules = rulesOf(context.rules, resource.kind);
  const entry = context.entries.get(resource.address);
  const it: Case = { context, rules, resource, entry, parent, fields: resolveRefs(resource.fields, ids) };
  if (rules.ownership === "shared") return decideShared(it);
  if (entry === undefined || entry.status === "deleted")
    return decideUnowned(it, entry === undefined ? "new" : "interrupted");
  if (entry.status === "creating") return decideInterrupted(it, entry);
  const live = ownedLive(context, entry);
  if (live !== undefined) return decideOwned(it, live);
  const { settling } = entry;
  if (settling?.created === true && Date.parse(settling.until) > context.options.now) {
    const vendor = entry.id === null ? {} : { vendor_id: entry.id };
    return {
      address: resource.address,
      drafts: [],
      settling: [{ path: "", until: settling.until }],
      ...vendor,
    };
  }
  if (!isKnownGone(context, entry, parentGone(it))) {
    return refuse(
      resource.address,
      "UNKNOWN",
      `${resource.address} (${entry.id ?? ""}) was not found in the list, but nothing confirms that it is gone${incomplete(it)}`,
      "nothing is done to it; run again when the vendor answers completely",
    );
  }
  return decideUnowned(it, "vanished");
}

function decideShared(it: Case): Verdict {
  const live = candidatesOf(it)[0];
  const { address } = it.resource;
  if (live !== undefined) return { address, drafts: [], vendor_id: live.id, claims: [live] };
  return createVerdict(it, "new");
}

function decideUnowned(it: Case, reason: "new" | "vanished" | "interrupted"): Verdict {
  const { context, rules, resource } = it;
  const candidates = candidatesOf(it);
  const foreign = candidates.filter((live) => ownerOf(context, live) === undefined);
  const first = foreign[0];
  if (first === undefined) {
    const holders = rules.identity(it.fields) === null ? [] : candidates;
    return createVerdict(it, reason, holders);
  }
  if (foreign.length > 1) return ambiguous(it, foreign);
  const adopting = context.options.adopt || context.desired.policy.adopt;
  if (adopting) return adoptVerdict(it, first, "existing");
  const about = `a ${rules.noun} ${describeLive(rules, first)} exists already and is not in the ledger`;
  if (context.ledger === null) {
    return refuse(
      resource.address,
      "OWNERSHIP_UNKNOWN",
      `${about}: without a ledger nobody can tell whether it belongs to this stack`,
      `run \`gateform adopt ${resource.address}=${first.id}\` to take it over`,
      { claims: [first], vendor_id: first.id },
    );
  }
  return refuse(
    resource.address,
    "NOT_OWNED",
    about,
    `run \`gateform adopt ${resource.address}=${first.id}\`, or plan and apply with \`--adopt\`, to take it over`,
    { claims: [first], vendor_id: first.id },
  );
}

function decideInterrupted(it: Case, entry: LedgerEntry): Verdict {
  const { rules, resource } = it;
  if (!parentGone(it) && !isReadCompletely(it.context, resource.kind, it.parent?.id)) return unreadable(it);
  const unowned = candidatesOf(it).filter((live) => ownerOf(it.context, live) === undefined);
  const { ours, others } = splitCandidates(entry, unowned);
  const mine = ours[0];
  if (mine === undefined && others.length === 0) return decideUnowned(it, "interrupted");
  if (mine === undefined || ours.length > 1) {
    return refuse(
      resource.address,
      "AMBIGUOUS",
      `an earlier run was cut off while it made ${resource.address}; ${listLive(rules, [...ours, ...others])} may be what it made`,
      `nothing is removed; run \`gateform adopt ${resource.address}=ID\` with the right one, or \`gateform ledger forget ${resource.address}\``,
      { claims: [...ours, ...others] },
    );
  }
  if (!rules.one_time_value) return adoptVerdict(it, mine, "interrupted");
  // Its value was shown once, to a run that did not live to deliver it: no consumer can have it.
  const created = createVerdict(it, "interrupted");
  const lost = draft(
    {
      ...common(it),
      action: "delete",
      reason: "interrupted",
      expects: expectPresent(rules, mine),
      vendor_id: mine.id,
      suffix: mine.id,
    },
    {},
  );
  return { ...created, drafts: [lost, ...created.drafts], claims: [mine] };
}

function decideOwned(it: Case, live: LiveResource): Verdict {
  const { context, rules, resource, entry } = it;
  const difference = diffFields({
    rules,
    declared: it.fields,
    live: live.fields,
    applied: entry?.applied,
    lifecycle: resource.lifecycle,
    settling: entry?.settling,
    now: context.options.now,
  });
  const until = entry?.settling?.until;
  const settling = until === undefined ? [] : difference.settling.map((path) => ({ path, until }));
  const base = { address: resource.address, settling, claims: [live], vendor_id: live.id };
  if (difference.changes.some((change) => change.forces_replacement === true)) {
    return { ...replaceVerdict(it, live, difference), settling };
  }
  const drafts: Draft[] = [];
  if (difference.changes.length > 0) drafts.push(updateDraft(it, live, difference, "changed"));
  else drafts.push(...recordDrafts(it, live, difference));
  if (difference.unchecked.length > 0) drafts.push(checkSecretDraft(it, live, difference.unchecked));
  return { ...base, drafts };
}

function createVerdict(
  it: Case,
  reason: "new" | "vanished" | "interrupted",
  collides: readonly LiveResource[] = [],
): Verdict {
  const { context, rules, resource } = it;
  if (!parentGone(it) && !isReadCompletely(context, resource.kind, it.parent?.id)) return unreadable(it);
  return {
    address: resource.address,
    drafts: [createDraft(it, reason)],
    collides,
    ...nothingDelivered(rules, resource),
  };
}

function createDraft(it: Case, reason: Step["reason"], extra: Partial<Draft> = {}): Draft {
  const { rules, resource } = it;
  const body = createBody(rules, resource, it.fields);
  const changes: Change[] = Object.keys(body.fields)
    .sort()
    .map((path) => ({
      path,
      before: null,
      after: body.fields[path] ?? null,
      moved: "config" as const,
      ...(rules.fields[path]?.write_only === true || rules.fields[path]?.sensitive === true
        ? { sensitive: true as const }
        : {}),
    }));
  return draft(
    { ...common(it), action: "create", reason, expects: { state: "absent" } },
    {
      changes,
      body,
      known_ids: candidatesOf(it)
        .map((live) => live.id)
        .sort(),
      ...extra,
    },
  );
}

function adoptVerdict(it: Case, live: LiveResource, reason: "existing" | "interrupted"): Verdict {
  const { context, rules, resource } = it;
  const difference = diffFields({
    rules,
    declared: it.fields,
    live: live.fields,
    applied: undefined,
    lifecycle: resource.lifecycle,
    now: context.options.now,
  });
  const body = createBody(rules, resource, it.fields);
  const adopt = draft(
    { ...common(it), action: "adopt", reason, vendor_id: live.id, expects: expectPresent(rules, live) },
    { body: { ...body, defaults: {} } },
  );
  const claims = [live];
  if (difference.changes.some((change) => change.forces_replacement === true)) {
    const fields = difference.changes
      .filter((change) => change.forces_replacement === true)
      .map((change) => change.path);
    return refuse(
      resource.address,
      "ADOPT_REPLACES",
      `${describeLive(rules, live)} differs in ${fields.join(", ")}, which cannot be changed: taking it over would replace it`,
      "write the live values into the file first, adopt, and change them afterwards",
      { claims, vendor_id: live.id },
    );
  }
  const drafts = [
    adopt,
    ...(difference.changes.length > 0 ? [updateDraft(it, live, difference, "existing")] : []),
  ];
  return { address: resource.address, drafts, claims, vendor_id: live.id };
}

function replaceVerdict(it: Case, live: LiveResource, difference: Difference): Verdict {
  const { context, rules, resource } = it;
  const { address } = resource;
  const own = { claims: [live], vendor_id: live.id };
  const forced = difference.changes
    .filter((change) => change.forces_replacement === true)
    .map((change) => change.path);
  const what = `a change of ${forced.join(", ")} replaces ${address}`;
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
  if (!isReadCompletely(context, resource.kind, it.parent?.id)) return { ...unreadable(it), ...own };
  const sameIdentity = rules.identity(canonicalFields(rules, it.fields));
  const holders = sameIdentity === null ? [] : candidatesOf(it);
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
  const replacement = holders.length > 0 ? "gap" : "create-first";
  const created = createDraft(it, "replaced", {
    changes: difference.changes,
    risks: difference.risks,
    replacement,
  });
  const removed = draft(
    {
      ...common(it),
      action: "delete",
      reason: "replaced",
      vendor_id: live.id,
      expects: expectPresent(rules, live, childIds(live)),
    },
    { replacement, ...(live.children === undefined ? {} : { children: live.children }) },
  );
  const lost = nothingDelivered(rules, resource);
  return {
    address,
    drafts: [created, removed],
    collides: holders.filter((other) => other !== live),
    ...own,
    ...lost,
  };
}

function updateDraft(
  it: Case,
  live: LiveResource,
  difference: Difference,
  reason: "changed" | "existing",
): Draft {
  const { rules, resource } = it;
  const paths = difference.changes.map((change) => change.path);
  return draft(
    { ...common(it), action: "update", reason, vendor_id: live.id, expects: expectPresent(rules, live) },
    {
      changes: difference.changes,
      risks: difference.risks,
      body: updateBody(rules, resource, it.fields, paths),
      ...(difference.released.length > 0 ? { released: difference.released } : {}),
    },
  );
}

function checkSecretDraft(it: Case, live: LiveResource, unchecked: readonly Change[]): Draft {
  const { rules, resource } = it;
  const paths = unchecked.map((change) => change.path);
  return draft(
    {
      ...common(it),
      action: "check-secret",
      reason: "secret",
      vendor_id: live.id,
      expects: expectPresent(rules, live),
    },
    { changes: unchecked, body: updateBody(rules, resource, it.fields, paths) },
  );
}

/** Ledger-only steps: ownership of fields or lifecycle settings that differ from what the ledger says. */
function recordDrafts(it: Case, live: LiveResource, difference: Difference): Draft[] {
  const { rules, resource, entry } = it;
  const lifecycle = lifecycleChanges(resource.lifecycle, entry);
  const { released, claimed } = difference;
  if (lifecycle.length === 0 && released.length === 0 && claimed.length === 0) return [];
  const reason = lifecycle.length > 0 ? "lifecycle" : released.length > 0 ? "released" : "claimed";
  const fields = canonicalLive(rules, live.fields);
  const changes: Change[] = [
    ...lifecycle,
    ...claimed.map((path) => ({
      path,
      before: fields[path] ?? null,
      after: fields[path] ?? null,
      moved: "config" as const,
    })),
  ];
  return [
    draft(
      { ...common(it), action: "record", reason, vendor_id: live.id, expects: { state: "any" } },
      {
        changes: changes.filter((change) => change.path.startsWith("lifecycle.")),
        body: updateBody(rules, resource, it.fields, []),
        ...(released.length > 0 ? { released } : {}),
        ...(claimed.length > 0 ? { claimed } : {}),
      },
    ),
  ];
}

function lifecycleChanges(lifecycle: Lifecycle, entry: LedgerEntry | undefined): Change[] {
  const changes: Change[] = [];
  for (const key of ["prevent_destroy", "on_remove"] as const) {
    const after = lifecycle[key];
    const before = entry?.[key] ?? (key === "prevent_destroy" ? false : "delete");
    if (after !== undefined && after !== before)
      changes.push({ path: `lifecycle.${key}`, before, after, moved: "config" });
  }
  return changes;
}

const PROTECTED_HINT =
  "write `lifecycle: { prevent_destroy: false }` and apply that first; leaving the line out keeps the protection";

/** The file decides where it says something; where it says nothing, the ledger's protection holds. */
export function isProtected(lifecycle: Lifecycle | undefined, entry: LedgerEntry | undefined): boolean {
  return lifecycle?.prevent_destroy ?? entry?.prevent_destroy ?? false;
}

export { PROTECTED_HINT };

function nothingDelivered(rules: KindRules, resource: DesiredResource): Partial<Verdict> {
  if (!rules.one_time_value || (resource.deliver ?? []).length > 0) return {};
  return {
    drafts: [],
    refusal: {
      address: resource.address,
      code: "NO_SINK",
      message: `${resource.address} has a value that is shown once, on creation, and no sink to put it in`,
      hint: "add `deliver: [{ file: { path: out/NAME } }]`",
    },
  };
}

function unreadable(it: Case): Verdict {
  return refuse(
    it.resource.address,
    "READ_INCOMPLETE",
    `the list that ${it.resource.address} belongs to could not be read completely: ${readingProblem(it.context, it.resource.kind, it.parent?.id)}`,
    "nothing under that parent is created, replaced or deleted in this run",
  );
}

function ambiguous(it: Case, foreign: readonly LiveResource[]): Verdict {
  return refuse(
    it.resource.address,
    "AMBIGUOUS",
    `several live ${it.rules.noun}s could be ${it.resource.address}: ${listLive(it.rules, foreign)}`,
    `run \`gateform adopt ${it.resource.address}=ID\` with the right one`,
    { claims: foreign },
  );
}

function candidatesOf(it: Case): readonly LiveResource[] {
  if (it.parent !== undefined && it.parent.id === undefined) return [];
  const key = identityKey(it.rules, it.parent?.id, canonicalFields(it.rules, it.fields));
  return it.context.byIdentity.get(key) ?? [];
}

function parentGone(it: Case): boolean {
  return it.parent !== undefined && it.parent.id === undefined;
}

function ownerOf(context: Context, live: LiveResource): string | undefined {
  return context.owners.get(`${live.kind} ${live.parent_id ?? ""}/${live.id}`);
}

function common(it: Case) {
  return {
    address: it.resource.address,
    kind: it.resource.kind,
    parent: it.resource.parent,
    parent_id: it.parent?.id,
  };
}

function incomplete(it: Case): string {
  if (parentGone(it) || isReadCompletely(it.context, it.resource.kind, it.parent?.id)) return "";
  return ` (${readingProblem(it.context, it.resource.kind, it.parent?.id)})`;
}

function childIds(live: LiveResource): string[] {
  return (live.children ?? []).map((child) => child.id);
}

function describeLive(rules: KindRules, live: LiveResource): string {
  return rules.key_is_id || live.name === live.id ? `"${live.id}"` : `"${live.name}" (id ${live.id})`;
}

function listLive(rules: KindRules, list: readonly LiveResource[]): string {
  return list.map((live) => describeLive(rules, live)).join(", ");
}
