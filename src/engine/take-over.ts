// Take-overs: a live resource becomes this stack's, by its id or as the only one of the declared identity. Which of
// the two a row of the truth table asks for is said in `decide.ts`.

import { withArticle } from "../base/article.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import {
  ambiguous,
  type Case,
  candidatesOf,
  describeLive,
  parentGone,
  partOfAnother,
  unreadable,
} from "./case.ts";
import { isKnownGone, isReadCompletely, ownedLive, ownerOf } from "./context.ts";
import { diffFields } from "./diff.ts";
import { adoptDraft, checkSecretDraft, updateDraft } from "./drafts.ts";
import { refuse, type Verdict } from "./verdict.ts";

/** A take-over that a person asked for by address, with the id or without. */
export function decideAdoption(it: Case, id: string | null): Verdict {
  const { context, rules, resource, entry } = it;
  const { address } = resource;
  if (entry !== undefined && entry.status === "ready" && ownedLive(context, entry) !== undefined) {
    return refuse(
      address,
      "ALREADY_OWNED",
      `${address} is in the ledger already, with the id ${entry.id ?? ""}`,
    );
  }
  if (entry !== undefined && entry.status === "ready" && mayBeLive(it, entry)) {
    return refuse(
      address,
      "UNKNOWN",
      `${address} is in the ledger with the id ${entry.id ?? ""}, which was not found in the list, but nothing confirms that it is gone`,
      `run again when the vendor answers completely; to let go of ${entry.id ?? "it"} all the same, run \`gateform ledger forget ${address}\` first`,
    );
  }
  if (id === null) return decideAdoptionOfMatch(it);
  const live = context.byKey.get(liveKey(resource.kind, it.parent?.id, id));
  if (live === undefined) {
    return refuse(
      address,
      "NOT_FOUND",
      `no live ${rules.noun} with the id ${id} was found`,
      "take the id from a plan's message or the vendor's list",
    );
  }
  const owner = ownerOf(context, live);
  if (owner !== undefined && owner !== address) return ownedElsewhere(it, live, owner);
  return adoptVerdict(it, live, "existing");
}

/** Whether what an entry owns may be there although no list shows it: nobody else would know of it any more. */
function mayBeLive(it: Case, entry: LedgerEntry): boolean {
  const { settling } = entry;
  const fresh = settling?.created === true && Date.parse(settling.until) > it.context.options.now;
  return fresh || !isKnownGone(it.context, entry, parentGone(it));
}

/** The one live resource that has the declared identity, or name where only the id identifies it. */
function decideAdoptionOfMatch(it: Case): Verdict {
  const { context, rules, resource } = it;
  const candidates = candidatesOf(it);
  const free = candidates.filter((live) => (ownerOf(context, live) ?? resource.address) === resource.address);
  const [first, second] = free;
  if (second !== undefined) return ambiguous(it, free);
  if (first !== undefined) return adoptOnly(it, first);
  const [taken] = candidates;
  const owner = taken === undefined ? undefined : ownerOf(context, taken);
  if (taken !== undefined && owner !== undefined) return ownedElsewhere(it, taken, owner);
  if (!parentGone(it) && !isReadCompletely(context, resource.kind, it.parent?.id)) return unreadable(it);
  const what = rules.identity(it.fields) === null ? "name" : rules.identity_fields.join(", ");
  return refuse(
    resource.address,
    "NOT_FOUND",
    `no live ${rules.noun} has the ${what} that ${resource.address} declares`,
    "there is nothing to take over: apply creates it; to take over another one, name its id as in ADDRESS=ID",
  );
}

function ownedElsewhere(it: Case, live: LiveResource, owner: string): Verdict {
  return refuse(
    it.resource.address,
    "OWNED_ELSEWHERE",
    `the ${it.rules.noun} ${live.id} belongs to ${owner} already`,
    `run \`gateform ledger forget ${owner}\` first`,
  );
}

/** Takes over the only match. That it is the only one is not known from half a list. */
export function adoptOnly(it: Case, live: LiveResource): Verdict {
  if (!isReadCompletely(it.context, it.resource.kind, it.parent?.id))
    return { ...unreadable(it), claims: [live], vendor_id: live.id };
  return adoptVerdict(it, live, "existing");
}

/** The steps of a take-over, or why it would be none. */
export function adoptVerdict(it: Case, live: LiveResource, reason: "existing" | "interrupted"): Verdict {
  const { context, rules, resource } = it;
  const part = reason === "existing" ? partOfAnother(context, resource.address, rules, live) : undefined;
  if (part !== undefined) return part;
  const difference = diffFields({
    rules,
    declared: it.fields,
    live: live.fields,
    // A cut-off create sent what its entry says, secrets included.
    applied: reason === "interrupted" && it.entry?.status === "creating" ? it.entry.applied : undefined,
    lifecycle: resource.lifecycle,
    now: context.options.now,
  });
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
    adoptDraft(it, live, reason),
    ...(difference.changes.length > 0 ? [updateDraft(it, live, difference, "existing")] : []),
    // The file may ask for another secret by now than the one that a cut-off create sent.
    ...(reason === "interrupted" && difference.unchecked.length > 0
      ? [checkSecretDraft(it, live, difference.unchecked)]
      : []),
  ];
  return { address: resource.address, drafts, claims, vendor_id: live.id };
}

/** What is shared has no owner. */
export function neverOwned({ resource, rules }: Case): Verdict {
  return refuse(
    resource.address,
    "NEVER_OWNED",
    `${resource.address} is shared: ${withArticle(rules.noun)} is used where it exists and never owned`,
    "there is nothing to adopt",
  );
}
