// The other half of the truth table: what the ledger or a vendor has and no file declares.
//
//   in ledger, section not in the file   refused OUT_OF_SCOPE
//   in ledger, live                      delete; retain → forget; prune: never → kept
//   in ledger, known gone                forget
//   live only                            unmanaged; in an exclusive section: delete

import { type Address, kindOf } from "../base/address.ts";
import { compareText } from "../base/json.ts";
import type { KindRules } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import type { Reason } from "../model/plan.ts";
import { isProtected, ownedTwice, PROTECTED_HINT, partOfAnother, unfoundOf, wholeOf } from "./case.ts";
import {
  addressForLive,
  type Context,
  isKnownGone,
  isReadCompletely,
  leftBehind,
  ownedLive,
  ownerOf,
  readingProblem,
  rulesOf,
  sharedOwner,
} from "./context.ts";
import { inScope, isNamedRemoved, isParentGone, isRemoved, isRetained, outOfScope } from "./removal.ts";
import { stillInUse } from "./retiring.ts";
import { type Draft, draft, expectPresent, refuse, type Verdict } from "./verdict.ts";

/** Decides one ledger entry that no file declares, and what a replacement of it that was cut off has left. */
export function decideRemoved(context: Context, address: Address, entry: LedgerEntry): Verdict {
  const verdict = decideEntry(context, address, entry);
  const settled = entry.status !== "ready" || verdict.refusal !== undefined || verdict.kept === true;
  const rules = rulesOf(context.rules, entry.kind);
  // What is let go of stays, and its successor may be in use too, unless its value was shown once, to a run that died.
  const stays = !rules.can_delete || (!rules.one_time_value && isLetGo(context, entry));
  const left = settled || stays ? [] : leftBehind(context, entry).ours;
  const [mine] = left;
  if (mine === undefined) return verdict;
  if (left.length > 1) return unsettledLeftover(address, left);
  const cleared = deleteVerdict(context, rules, mine, {
    address,
    entry,
    reason: "interrupted",
    suffix: mine.id,
  });
  const claims = [...(cleared.claims ?? []), ...(verdict.claims ?? [])];
  if (cleared.refusal !== undefined) return { ...cleared, claims };
  return { ...verdict, drafts: [...cleared.drafts, ...verdict.drafts], claims };
}

function decideEntry(context: Context, address: Address, entry: LedgerEntry): Verdict {
  const rules = rulesOf(context.rules, entry.kind);
  if (!inScope(context, address, entry)) return outOfScope(rules, address, entry);
  const unclear = unfoundOf(context, entry.kind);
  if (unclear !== undefined && !context.options.destroy) {
    return refuse(
      address,
      unclear.code,
      `${address} is no longer declared, unless ${unclear.address} is another spelling of it, of which nobody can tell what it stands for`,
      unclear.hint,
      { claims: [ownedLive(context, entry)].filter((live) => live !== undefined) },
    );
  }
  // What is missing in half a list may be live: a key that was made, never delivered, and is known nowhere else.
  const mayHide = entry.intent !== undefined || (entry.retiring ?? []).length > 0;
  if (mayHide && !isParentGone(context, entry) && !isReadCompletely(context, entry.kind, entry.parent_id)) {
    return refuse(
      address,
      "READ_INCOMPLETE",
      `an earlier run may have left something of ${address}, and the list that would show it could not be read completely: ${readingProblem(context, entry.kind, entry.parent_id)}`,
      "run again when the vendor answers completely",
      { claims: [ownedLive(context, entry)].filter((live) => live !== undefined) },
    );
  }
  const forget = (reason: "retained" | "gone"): Verdict => ({
    address,
    drafts: [
      draft({
        action: "forget",
        address,
        kind: entry.kind,
        reason,
        expects: { state: "any" },
        vendor_id: entry.id,
      }),
    ],
  });
  if (entry.status !== "ready") return decideLeftover(context, rules, address, entry);
  if (isLetGo(context, entry))
    return claim(stillInUse(context, address, entry) ?? forget("retained"), ownedLive(context, entry));
  const live = ownedLive(context, entry);
  if (live === undefined) {
    if (isKnownGone(context, entry, isParentGone(context, entry))) return forget("gone");
    return refuse(
      address,
      "UNKNOWN",
      `${address} (${entry.id ?? ""}) is to be removed, but was not found in the list and nothing confirms that it is gone`,
      "nothing is done to it; run again when the vendor answers completely",
    );
  }
  const other = sharedOwner(context, address, live);
  if (other !== undefined) return ownedTwice(rules, address, live, other);
  const { destroy } = context.options;
  if (!destroy && context.desired.policy.prune === "never")
    return { address, drafts: [], kept: true, claims: [live] };
  const parentRemoved = entry.parent !== undefined && isRemoved(context, entry.parent);
  const named = isNamedRemoved(context, address);
  if (
    isProtected(undefined, entry) &&
    !(parentRemoved && named && !context.desired.removed.includes(address))
  ) {
    return refuse(
      address,
      "PREVENT_DESTROY",
      `${address} ${destroy ? "is to be destroyed" : "is no longer declared"}, and its lifecycle.prevent_destroy, ${destroy ? "in the file or kept in the ledger" : "kept in the ledger"}, forbids to delete it`,
      `${destroy ? "" : "declare it again and "}${PROTECTED_HINT}; or \`gateform ledger forget ${address}\` to keep it unmanaged`,
      { claims: [live] },
    );
  }
  const taker = context.taken.get(address) ?? removedWhole(context, live);
  if (live.part_of !== undefined && taker === undefined) {
    // What has it to itself and stays takes care of it; so does whoever gets that when this stack lets go of it.
    const whole = wholeOf(context, live);
    const part = whole === undefined ? partOfAnother(context, address, rules, live) : undefined;
    return part ?? claim(forget("retained"), live);
  }
  const own = destroy ? "destroyed" : "removed";
  return deleteVerdict(context, rules, live, {
    address,
    entry,
    reason: parentRemoved ? "child" : own,
    ...(taker === undefined ? {} : { along: taker }),
  });
}

/** The address of what a live resource belongs to, where that is removed and not only let go of. */
function removedWhole(context: Context, live: LiveResource): Address | undefined {
  const whole = wholeOf(context, live);
  const entry = whole === undefined ? undefined : context.entries.get(whole);
  if (whole === undefined || entry === undefined || !isRemoved(context, whole)) return undefined;
  return isLetGo(context, entry) ? undefined : whole;
}

/** Whether a removed entry is only forgotten, and what it names stays. */
function isLetGo(context: Context, entry: LedgerEntry): boolean {
  return isRetained(context, entry) || !rulesOf(context.rules, entry.kind).can_delete;
}

/** An interrupted create or the first half of a replacement that is no longer wanted. */
function decideLeftover(context: Context, rules: KindRules, address: Address, entry: LedgerEntry): Verdict {
  const gone: Verdict = {
    address,
    drafts: [
      draft({ action: "forget", address, kind: entry.kind, reason: "gone", expects: { state: "any" } }),
    ],
  };
  if (entry.status === "deleted") return gone;
  const { ours } = leftBehind(context, entry);
  const mine = ours[0];
  if (mine === undefined) return gone;
  if (ours.length > 1 || rules.key_is_id) return unsettledLeftover(address, ours);
  return deleteVerdict(context, rules, mine, { address, entry, reason: "interrupted" });
}

function unsettledLeftover(address: Address, ours: readonly LiveResource[]): Verdict {
  return refuse(
    address,
    "AMBIGUOUS",
    `an earlier run was cut off while it made ${address}; ${ours.map((live) => live.id).join(", ")} may be what it made`,
    `remove what is yours by hand, then run \`gateform ledger forget ${address}\``,
    { claims: ours },
  );
}

interface Removal {
  readonly address: Address;
  readonly entry?: LedgerEntry;
  readonly parent?: Address;
  readonly reason: Reason;
  readonly suffix?: string;
  /** What takes it along. */
  readonly along?: Address;
}

/** A delete with its children, or the reason why the children forbid it. */
function deleteVerdict(context: Context, rules: KindRules, live: LiveResource, removal: Removal): Verdict {
  const { address } = removal;
  if (!isReadCompletely(context, rules.kind, live.parent_id)) {
    return refuse(
      address,
      "READ_INCOMPLETE",
      `the list that ${address} belongs to could not be read completely: ${readingProblem(context, rules.kind, live.parent_id)}`,
      "nothing under that parent is created, replaced or deleted in this run",
      { claims: [live] },
    );
  }
  if (rules.has_children && live.children === undefined) {
    return refuse(
      address,
      "READ_INCOMPLETE",
      `what lives in ${address} could not be read, so nobody can tell what its delete would take away`,
      "run again when the vendor answers completely",
      { claims: [live] },
    );
  }
  const unread = childKinds(context, live).find((kind) => !isReadCompletely(context, kind.kind, live.id));
  if (unread !== undefined) {
    return refuse(
      address,
      "READ_INCOMPLETE",
      `the list of ${unread.noun}s in ${address} could not be read completely: ${readingProblem(context, unread.kind, live.id)}`,
      "nobody can tell what its delete would take away; run again when the vendor answers completely",
      { claims: [live] },
    );
  }
  // What is to be kept on removal is let go of, so it would be lost like what was never managed.
  const unowned = managedChildren(context, live).filter((child) => {
    const owner = ownerOf(context, child);
    return owner === undefined || context.entries.get(owner)?.on_remove === "retain";
  });
  const unmanaged = [
    ...(live.children ?? []).map((child) => `${child.noun} "${child.name}"`),
    ...unowned.map((child) => `${rulesOf(context.rules, child.kind).noun} "${child.name}"`),
  ];
  if (unmanaged.length > 0 && !isNamedRemoved(context, address)) {
    return refuse(
      address,
      "CHILDREN_UNMANAGED",
      `${address} holds ${unmanaged.length} thing${unmanaged.length === 1 ? "" : "s"} that gateform does not manage and that would go with it: ${unmanaged.slice(0, 10).join(", ")}${unmanaged.length > 10 ? ", …" : ""}`,
      `move them away, or accept their loss with \`removed: [${address}]\``,
      { claims: [live, ...unowned] },
    );
  }
  const parent = removal.entry?.parent ?? removal.parent;
  const step = draft(
    {
      action: "delete",
      address,
      kind: rules.kind,
      reason: removal.reason,
      vendor_id: live.id,
      parent,
      parent_id: live.parent_id,
      expects: expectPresent(
        rules,
        live,
        (live.children ?? []).map((child) => child.id),
      ),
      ...(removal.suffix === undefined ? {} : { suffix: removal.suffix }),
    },
    {
      ...(removal.along === undefined ? {} : { along: removal.along }),
      ...(live.children === undefined ? {} : { children: live.children }),
    },
  );
  // Children that nobody owns go first and one by one too, so that what belongs to them (stored keys) goes too.
  const children = unowned.flatMap((child) => childDeletes(context, child, address));
  return { address, drafts: [...children, step], claims: [live, ...unowned] };
}

function childDeletes(context: Context, child: LiveResource, parent: Address): Draft[] {
  const rules = rulesOf(context.rules, child.kind);
  if (!rules.can_delete) return [];
  const address = `${child.kind}.${parent.slice(kindOf(parent).length + 1)}/${addressForLive(context, child).split("/").at(-1) ?? child.id}`;
  return [
    draft({
      action: "delete",
      address,
      kind: child.kind,
      reason: "child",
      vendor_id: child.id,
      parent,
      parent_id: child.parent_id,
      expects: expectPresent(rules, child),
    }),
  ];
}

function childKinds(context: Context, live: LiveResource): KindRules[] {
  return [...context.rules.values()].filter((rules) => rules.parent === live.kind);
}

function managedChildren(context: Context, live: LiveResource): LiveResource[] {
  return childKinds(context, live)
    .flatMap((rules) => context.byParent.get(liveKey(rules.kind, live.id, "")) ?? [])
    .sort(compareLive);
}

/**
 * Decides one live resource that neither a file nor the ledger knows; `null`: it is unmanaged.
 * @param homes `kind id` → address of everything live that is declared and ours or to be taken over.
 */
export function decideForeign(
  context: Context,
  live: LiveResource,
  homes: ReadonlyMap<string, Address>,
): Verdict | null {
  const rules = rulesOf(context.rules, live.kind);
  const { exclusive } = context.desired.policy;
  if (rules.section === null || !exclusive.includes(rules.section) || rules.exclusive === "never")
    return null;
  // It may be what a declared one stands for.
  if (unfoundOf(context, live.kind) !== undefined) return null;
  if (rules.spare?.is(live) === true || !rules.can_delete || context.ledger === null) return null;
  // A ledger that this run begins is a lost one until proved otherwise; a destroy is about what the ledger has.
  if (context.ledger.serial === 0 || context.options.destroy) return null;
  if (context.desired.policy.prune === "never") return null;
  const parent =
    rules.parent === undefined ? undefined : homes.get(`${rules.parent} ${live.parent_id ?? ""}`);
  // Inside of what is not ours, nothing is.
  if (rules.parent !== undefined && parent === undefined) return null;
  return deleteVerdict(context, rules, live, {
    address: addressForLive(context, live),
    reason: "exclusive",
    ...(parent === undefined ? {} : { parent }),
  });
}

function claim(verdict: Verdict, live: LiveResource | undefined): Verdict {
  return live === undefined ? verdict : { ...verdict, claims: [live] };
}

/** Sorts live resources for output: by kind, parent, name and id. */
export function compareLive(a: LiveResource, b: LiveResource): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.parent_id ?? "", b.parent_id ?? "") ||
    compareText(a.name, b.name) ||
    compareText(a.id, b.id)
  );
}
