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

import { withArticle } from "../base/article.ts";
import type { DesiredResource, Lifecycle } from "../model/desired.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";
import {
  ambiguous,
  type Case,
  candidatesOf,
  describeLive,
  holdersElsewhere,
  incomplete,
  listLive,
  notMakeable,
  ownedTwice,
  type ParentState,
  parentGone,
  partOfAnother,
  unreadable,
} from "./case.ts";
import {
  type Context,
  isKnownGone,
  isReadCompletely,
  leftBehind,
  mayBeAnothers,
  ownedLive,
  ownerOf,
  resolveRefs,
  rulesOf,
  sharedOwner,
} from "./context.ts";
import { diffFields } from "./diff.ts";
import {
  checkSecretDraft,
  createDraft,
  interruptedDelete,
  recordDrafts,
  takenOnTrust,
  updateDraft,
} from "./drafts.ts";
import { heldOf } from "./held.ts";
import { isFinished, replaceVerdict } from "./replace.ts";
import { isStored, needsRotation, rewritesSecrets, rotationOf } from "./rotate.ts";
import { adoptOnly, adoptVerdict, decideAdoption, neverOwned } from "./take-over.ts";
import { type Draft, refuse, type Verdict } from "./verdict.ts";

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
  const adopted = context.options.adopt_ids?.[resource.address];
  if (resource.unfound !== undefined) {
    const { code, message, hint } = resource.unfound;
    const live = entry === undefined ? undefined : ownedLive(context, entry);
    return refuse(resource.address, code, message, hint, { claims: live === undefined ? [] : [live] });
  }
  if (rules.ownership === "shared") return adopted === undefined ? decideShared(it) : neverOwned(it);
  if (adopted !== undefined) return decideAdoption(it, adopted);
  if (entry === undefined || entry.status === "deleted")
    return decideUnowned(it, entry === undefined ? "new" : "interrupted");
  if (entry.status === "creating") return decideInterrupted(it, entry);
  const live = ownedLive(context, entry);
  const other = live && sharedOwner(context, resource.address, live);
  if (live !== undefined && other !== undefined) return ownedTwice(rules, resource.address, live, other);
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
  // Its successor may be there already, from a replacement that was cut off.
  return leftBehind(context, entry).ours.length > 0
    ? decideInterrupted(it, entry)
    : decideUnowned(it, "vanished");
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
  const part = partOfAnother(context, resource.address, rules, first);
  if (part !== undefined) return part;
  const adopting = context.options.adopt || context.desired.policy.adopt;
  if (adopting) return adoptOnly(it, first);
  const about = `${withArticle(rules.noun)} ${describeLive(rules, first)} exists already and is not in the ledger`;
  if (context.ledger === null) {
    return refuse(
      resource.address,
      "OWNERSHIP_UNKNOWN",
      `${about}: without a ledger nobody can tell whether it belongs to this stack`,
      `run \`gateform adopt ${resource.address}=${first.id}\` to take it over, or \`gateform adopt --all\` for all of them`,
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
  const { context, rules, resource } = it;
  if (!parentGone(it) && !isReadCompletely(context, resource.kind, it.parent?.id)) return unreadable(it);
  const { ours, others } = leftBehind(context, entry);
  const mine = ours[0];
  // Where names are shared, what somebody else has made of the same name since is in nobody's way.
  const shared = rules.identity(it.fields) === null;
  const goOn = () => (shared ? createVerdict(it, "interrupted") : decideUnowned(it, "interrupted"));
  // Its create has answered: whatever that made is known by its id.
  if (entry.status === "creating" && entry.intent === undefined) return goOn();
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
  // Which secrets a successor got is known only where the entry is about it, and not still about the one before.
  const known = entry.status === "creating" || isFinished(it, mine);
  if (known && candidatesOf(it).includes(mine) && !rules.one_time_value) {
    const adopted = adoptVerdict(it, mine, "interrupted");
    if (adopted.refusal === undefined) return adopted;
  }
  const renewed = renewedVerdict(it, mine);
  if (renewed !== undefined) return renewed;
  // Either the file asks for something else by now, or its value was shown once, to a run that did not live to
  // deliver it. No consumer can be using it.
  const next = goOn();
  const claims = [...(next.claims ?? []), mine];
  if (next.refusal !== undefined) return { ...next, claims };
  return { ...next, drafts: [interruptedDelete(it, mine), ...next.drafts], claims };
}

/**
 * What a cut-off create made of a kind whose value the vendor gives anew: it stays, and gets what the file says by
 * now. That no sink has its value is known: the ledger says of one that is being delivered that it has to go.
 */
function renewedVerdict(it: Case, live: LiveResource): Verdict | undefined {
  const { context, rules, resource, entry } = it;
  if (!rules.can_renew || entry?.status !== "creating") return undefined;
  if (mayBeAnothers(context, resource.address, live)) return undefined;
  const { lifecycle } = resource;
  // The name is one that the run gave it: no change of somebody else's to be left alone.
  const named = rules.made_as === undefined ? lifecycle : withoutIgnored(lifecycle, "name");
  const difference = diffFields({
    rules,
    declared: it.fields,
    live: live.fields,
    applied: entry.applied,
    lifecycle: named,
    now: context.options.now,
  });
  if (difference.changes.some((change) => change.forces_replacement === true)) return undefined;
  const making = { ...it, resource: { ...resource, lifecycle: named } };
  return {
    address: resource.address,
    drafts: [updateDraft(making, live, difference, "undelivered")],
    claims: [live],
    vendor_id: live.id,
    ...notMakeable(rules, resource),
  };
}

function withoutIgnored(lifecycle: Lifecycle, field: string): Lifecycle {
  const { ignore_changes = [], ...others } = lifecycle;
  const left = ignore_changes.filter((path) => path !== field);
  return left.length === ignore_changes.length ? lifecycle : { ...others, ignore_changes: left };
}

function decideOwned(it: Case, live: LiveResource): Verdict {
  const { context, rules, resource, entry } = it;
  const difference = diffFields({
    rules,
    declared: it.fields,
    live: live.fields,
    applied: entry?.applied,
    held: heldOf(entry, live),
    lifecycle: resource.lifecycle,
    settling: entry?.settling,
    now: context.options.now,
    rewrite: rewritesSecrets(it),
  });
  const until = entry?.settling?.until;
  const settling = until === undefined ? [] : difference.settling.map((path) => ({ path, until }));
  const diagnostics = [...needsRotation(it), ...takenOnTrust(it, difference)];
  const base = { address: resource.address, settling, claims: [live], vendor_id: live.id, diagnostics };
  const replaced = difference.changes.some((change) => change.forces_replacement === true);
  const rotation = rotationOf(it, live, replaced);
  if (replaced || rotation !== undefined || context.taken.has(resource.address)) {
    return { ...replaceVerdict(it, live, difference, rotation), settling };
  }
  // What an interrupted replacement made and nobody wants any more goes.
  const { ours } = leftBehind(context, entry);
  const drafts: Draft[] = ours.length === 1 ? ours.map((left) => interruptedDelete(it, left)) : [];
  const rewritten = difference.changes.some(({ path }) => isStored(rules, path)) && rewritesSecrets(it);
  if (difference.changes.length > 0)
    drafts.push(updateDraft(it, live, difference, rewritten ? "rotate" : "changed"));
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
    collides: [...collides, ...holdersElsewhere(it)],
    ...notMakeable(rules, resource),
  };
}
