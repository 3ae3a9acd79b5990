// What stops a plan or parts of it: refusals that spread to dependants, identities that stay taken, the brake.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { dependantsOf } from "../base/graph.ts";
import type { LiveResource } from "../model/live.ts";
import type { Plan, Refusal, Step } from "../model/plan.ts";
import { describeLive } from "./case.ts";
import { type Context, rulesOf } from "./context.ts";
import { usersByAddress } from "./order.ts";
import type { Draft } from "./verdict.ts";

/** Creates whose identity is held by something that this plan does not take away. */
export function takenIdentities(
  context: Context,
  drafts: readonly Draft[],
  collisions: ReadonlyMap<Address, readonly LiveResource[]>,
): Refusal[] {
  const leaving = new Set(
    drafts
      .filter((step) => step.action === "delete")
      .map((step) => `${step.kind} ${step.parent_id ?? ""}/${step.vendor_id ?? ""}`),
  );
  const refusals: Refusal[] = [];
  for (const [address, holders] of collisions) {
    for (const holder of holders) {
      const key = `${holder.kind} ${holder.parent_id ?? ""}/${holder.id}`;
      if (leaving.has(key)) continue;
      refusals.push(taken(context, address, holder, context.owners.get(key)));
    }
  }
  return refusals;
}

function taken(
  context: Context,
  address: Address,
  holder: LiveResource,
  owner: Address | undefined,
): Refusal {
  const rules = rulesOf(context.rules, holder.kind);
  const what = `${address} would have the identity of the ${rules.noun} ${describeLive(rules, holder)}`;
  if (owner !== undefined) {
    return {
      address,
      code: "IDENTITY_TAKEN",
      message: `${what}, which belongs to ${owner}`,
      hint: `change or remove ${owner} first`,
      because: owner,
    };
  }
  const parent = rules.parent === undefined ? undefined : rulesOf(context.rules, rules.parent).noun;
  const place = parent === undefined ? "" : ` in the ${parent} "${holder.parent_id ?? ""}"`;
  return {
    address,
    code: "IDENTITY_TAKEN",
    message: `${what}${place}, which is not in the ledger`,
    hint: "there can be one only: remove that one first, or leave it and take this one out of the file",
  };
}

/**
 * Refusals of what depends on refused addresses. A delete depends on what used the resource: that must be gone
 * or changed before.
 */
export function blockedAddresses(
  context: Context,
  drafts: readonly Draft[],
  refused: readonly Refusal[],
): Refusal[] {
  const users = usersByAddress(context, drafts);
  const needs = new Map<Address, Address[]>(refused.map((item) => [item.address, []]));
  for (const step of drafts) {
    if (step.action === "forget" || step.action === "record" || step.reason === "retired") continue;
    const edges =
      step.action === "delete"
        ? [...(users.get(step.address) ?? []), ...goesAlong(step)]
        : (context.declared.get(step.address)?.needs ?? []);
    needs.set(step.address, [...(needs.get(step.address) ?? []), ...edges]);
  }
  // What is planned for an address that gives up its object was planned as if it had done so.
  for (const { from, to } of context.moves.values())
    if (needs.has(from) || context.declared.has(from)) needs.set(from, [...(needs.get(from) ?? []), to]);
  const roots = refused.map((item) => item.address);
  return [...dependantsOf(roots, needs)].map(([address, because]) => ({
    address,
    code: "BLOCKED",
    message: `${address} depends on ${because}, which is refused`,
    because,
  }));
}

/** What goes only because something else goes stays where that stays. */
function goesAlong({ reason, parent, along }: Draft): readonly Address[] {
  return [
    ...(reason === "child" && parent !== undefined ? [parent] : []),
    ...(along === undefined ? [] : [along]),
  ];
}

/** Deletes that the brake counts: not those that a reviewer has seen by name, nor what nobody can be using. */
export function countedDeletes(steps: readonly Step[]): number {
  return steps.filter(
    (step) =>
      step.action === "delete" &&
      step.reason !== "retired" &&
      step.reason !== "interrupted" &&
      step.reviewed !== true,
  ).length;
}

/** Says that the brake will stop an apply of this plan, and how to let it go. */
export function brakeDiagnostic(counted: number, allowed: number): Diagnostic[] {
  if (counted <= allowed) return [];
  return [
    {
      severity: "warning",
      code: "DELETES_BRAKED",
      message: `the plan deletes ${counted}, ${allowed === 0 ? "and none is" : `but only ${allowed} ${allowed === 1 ? "is" : "are"}`} allowed: apply will not start`,
      hint: `allow it for one run with \`--allow-deletes ${counted}\`, or name the addresses under \`removed:\``,
    },
  ];
}

/** True when the plan deletes more than is allowed, so that apply must not start. */
export function isBraked(plan: Plan): boolean {
  return countedDeletes(plan.steps) > plan.allowed_deletes;
}

/**
 * Refusals that make plan exit 1 and apply refuse to start: all but those that only say that, without a ledger,
 * ownership is not known.
 */
export function blockingRefusals(plan: Plan): readonly Refusal[] {
  const unknown = new Set(
    plan.refused.filter((item) => item.code === "OWNERSHIP_UNKNOWN").map((item) => item.address),
  );
  return plan.refused.filter(
    (item) =>
      !unknown.has(item.address) &&
      !(item.code === "BLOCKED" && item.because !== undefined && unknown.has(item.because)),
  );
}
