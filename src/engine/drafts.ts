// Makes the steps for a declared resource: what each carries for review, for the vendor and for the ledger.

import type { Diagnostic } from "../base/diagnostic.ts";
import type { DesiredResource, Lifecycle } from "../model/desired.ts";
import { policyOf } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";
import type { Change, Step } from "../model/plan.ts";
import { type Case, candidatesOf, common } from "./case.ts";
import type { Context } from "./context.ts";
import type { Difference } from "./diff.ts";
import { canonicalLive, fieldOf } from "./normalise.ts";
import { createBody, type Draft, draft, expectPresent, updateBody, type Verdict } from "./verdict.ts";

export function createDraft(it: Case, reason: Step["reason"], extra: Partial<Draft> = {}): Draft {
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
      known_ids: [...candidatesOf(it).map((live) => live.id), ...deletedBefore(it)].sort(),
      ...extra,
    },
  );
}

/** What a replacement has deleted may still be listed while its successor is made. */
function deletedBefore({ entry }: Case): string[] {
  return entry?.status === "deleted" && entry.id !== null ? [entry.id] : [];
}

export function updateDraft(
  it: Case,
  live: LiveResource,
  difference: Difference,
  reason: "changed" | "existing" | "undelivered" | "rotate",
): Draft {
  const { rules, resource, entry } = it;
  const paths = difference.changes.map((change) => change.path);
  // The step also records these, so its reader sees a protection go.
  const lifecycle = reason === "existing" ? [] : lifecycleChanges(resource.lifecycle, entry);
  return draft(
    { ...common(it), action: "update", reason, vendor_id: live.id, expects: expectPresent(rules, live) },
    {
      changes: [...difference.changes, ...lifecycle],
      risks: difference.risks,
      body: updateBody(rules, resource, it.fields, [...paths, ...difference.claimed]),
      ...(difference.released.length > 0 ? { released: difference.released } : {}),
    },
  );
}

export function checkSecretDraft(it: Case, live: LiveResource, unchecked: readonly Change[]): Draft {
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
export function recordDrafts(it: Case, live: LiveResource, difference: Difference): Draft[] {
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
        changes: changes.filter(isLifecycle),
        body: updateBody(rules, resource, it.fields, claimed),
        ...(released.length > 0 ? { released } : {}),
        ...(claimed.length > 0 ? { claimed } : {}),
      },
    ),
  ];
}

/** A warning where a field is declared from now on that the vendor never shows: nobody can tell whether it has that value. */
export function takenOnTrust({ rules, resource }: Case, { claimed }: Difference): readonly Diagnostic[] {
  const unseen = claimed.filter((path) => {
    const { unanswered, inert } = policyOf(rules, fieldOf(path));
    return unanswered === true && inert !== true;
  });
  if (unseen.length === 0) return [];
  const { address } = resource;
  return [
    {
      severity: "warning",
      code: "NEVER_SHOWN",
      address,
      message: `${address}: the vendor never shows ${unseen.join(", ")}, so nobody can tell whether the ${rules.noun} that is there has the declared value; it is taken for granted, and nothing is changed`,
      hint: `what is there goes on as it is; to be sure of the value, have the ${rules.noun} made again at a time when it may be gone for a while: take it out of the file, apply, declare it once more, apply`,
    },
  ];
}

/** A verdict with the step that gives the entry its new address, where the file has renamed it. */
export function withMove(context: Context, resource: DesiredResource, verdict: Verdict): Verdict {
  const { address, kind, needs } = resource;
  const move = context.moves.get(address);
  if (move === undefined) return verdict;
  const { from, exchange } = move;
  const about = { from, ...(exchange === undefined ? {} : { exchange }) };
  const recorded = verdict.drafts.find((step) => step.action === "record");
  const rest = verdict.drafts.filter((step) => step !== recorded);
  const entry = context.entries.get(address);
  const step: Draft =
    recorded === undefined
      ? draft(
          {
            action: "record",
            address,
            kind,
            parent: resource.parent,
            parent_id: entry?.parent_id,
            reason: "moved",
            vendor_id: entry?.id ?? null,
            expects: { state: "any" },
          },
          // Lifecycle settings that differ are recorded by the step that shows them.
          { ...about, body: { fields: {}, defaults: {}, lifecycle: {}, needs } },
        )
      : { ...recorded, reason: "moved", ...about };
  return { ...verdict, drafts: [step, ...rest] };
}

/** Whether a change is one of the ledger alone. */
export function isLifecycle({ path }: Change): boolean {
  return path.startsWith("lifecycle.");
}

export function lifecycleChanges(lifecycle: Lifecycle, entry: LedgerEntry | undefined): Change[] {
  const changes: Change[] = [];
  for (const key of ["prevent_destroy", "on_remove"] as const) {
    const after = lifecycle[key];
    const before = entry?.[key] ?? (key === "prevent_destroy" ? false : "delete");
    if (after !== undefined && after !== before)
      changes.push({ path: `lifecycle.${key}`, before, after, moved: "config" });
  }
  return changes;
}

/** Removes what a run that was cut off has made and nobody can be using. */
export function interruptedDelete(it: Case, live: LiveResource): Draft {
  return draft({
    ...common(it),
    action: "delete",
    reason: "interrupted",
    expects: expectPresent(it.rules, live),
    vendor_id: live.id,
    suffix: live.id,
  });
}

/** Takes a live resource over. */
export function adoptDraft(
  it: Case,
  live: LiveResource,
  reason: "existing" | "interrupted",
  extra: Partial<Draft> = {},
): Draft {
  const { rules, resource } = it;
  return draft(
    { ...common(it), action: "adopt", reason, vendor_id: live.id, expects: expectPresent(rules, live) },
    { body: { ...createBody(rules, resource, it.fields), defaults: {} }, ...extra },
  );
}
