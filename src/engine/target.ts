// `--target` and `destroy ADDRESS`: the part of a plan that was asked for. What is needed by it comes along, what
// depends on it does not; a destroy is the other way round. A delete is only ever made of what was named itself.

import { type Address, kindOf } from "../base/address.ts";
import { addressMatcher } from "../base/address-pattern.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { dependantsOf } from "../base/graph.ts";
import { suggest } from "../base/suggest.ts";
import type { Desired } from "../model/desired.ts";
import type { Ledger } from "../model/ledger.ts";
import { type Context, ledgerNeeds } from "./context.ts";
import { usersByAddress } from "./order.ts";
import { refuse, type Verdict } from "./verdict.ts";

export interface SelectionInput {
  readonly desired: Desired;
  readonly ledger: Ledger | null;
  /** Addresses and patterns, as given. */
  readonly targets: readonly string[];
  readonly destroy: boolean;
}

export interface Selection {
  /** Named, or in a destroy dependent on what is named. */
  readonly matched: ReadonlySet<Address>;
  /** All that the plan is about. */
  readonly selected: ReadonlySet<Address>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What targets select.
 * @param more addresses that neither the files nor the ledger have: what is live in an exclusive section.
 */
export function selectAddresses(input: SelectionInput, more: Iterable<Address> = []): Selection {
  const { desired, ledger, targets, destroy } = input;
  const entries = Object.keys(ledger?.resources ?? {});
  const known = new Set(
    destroy ? entries : [...desired.resources.map(({ address }) => address), ...entries, ...more],
  );
  const matched = new Set<Address>();
  const diagnostics: Diagnostic[] = [];
  for (const target of targets) {
    const matches = addressMatcher(target);
    const found = [...known].filter(matches);
    for (const address of found) matched.add(address);
    if (found.length === 0) diagnostics.push(unmatched(target, known, destroy));
  }
  if (destroy) {
    for (const address of dependantsOf(matched, ledgerNeeds(ledger)).keys()) matched.add(address);
    return { matched, selected: matched, diagnostics };
  }
  const needs = new Map(desired.resources.map((resource) => [resource.address, resource.needs]));
  const selected = new Set(matched);
  for (const address of selected) for (const needed of needs.get(address) ?? []) selected.add(needed);
  return { matched, selected, diagnostics };
}

/** Verdicts of the selection; those that would do half of something are refused. */
export function onlySelected(
  context: Context,
  verdicts: readonly Verdict[],
  { matched, selected }: Selection,
): readonly Verdict[] {
  const kept = verdicts.filter((verdict) => selected.has(verdict.address));
  const idle = new Set<Address>();
  for (const { address, drafts, refusal } of verdicts) {
    if (!selected.has(address) && (drafts.length > 0 || refusal !== undefined)) idle.add(address);
  }
  const users = usersByAddress(context, []);
  return kept.map((verdict) => {
    const { address } = verdict;
    const deletes = verdict.drafts.some((step) => step.action === "delete" && step.reason !== "retired");
    if (!matched.has(address)) {
      if (deletes)
        return refuse(
          address,
          "NOT_TARGETED",
          `${address} is needed by what is targeted and would have to be deleted or replaced for it`,
          `look at its own plan, then add \`--target ${address}\``,
          { ...verdict, drafts: [] },
        );
      return { ...verdict, drafts: verdict.drafts.filter((step) => step.action !== "delete") };
    }
    const takers = verdict.drafts.flatMap(({ along }) => (along === undefined ? [] : [along]));
    const left = deletes
      ? [
          ...(users.get(address) ?? []).filter((user) => idle.has(user)),
          ...takers.filter((taker) => !selected.has(taker)),
        ]
      : [];
    if (left.length === 0) return verdict;
    return refuse(
      address,
      "NOT_TARGETED",
      `${address} is to be deleted, and the steps of what lives in it or uses it are not targeted: ${left.slice(0, 5).join(", ")}${left.length > 5 ? ", …" : ""}`,
      `add ${left
        .slice(0, 3)
        .map((user) => `\`--target ${user}\``)
        .join(" ")}${left.length > 3 ? " …" : ""}`,
      { ...verdict, drafts: [] },
    );
  });
}

/** Findings that concern a selection: those about another address, or a list that nothing of it is in, do not. */
export function concernsSelection({ selected }: Selection, finding: Pick<Diagnostic, "address">): boolean {
  return finding.address === undefined || selected.has(finding.address);
}

/** Kinds of what is selected. */
export function kindsSelected({ selected }: Selection): ReadonlySet<string> {
  return new Set([...selected].map(kindOf));
}

function unmatched(target: string, known: ReadonlySet<Address>, destroy: boolean): Diagnostic {
  const near = suggest(target, known);
  return {
    severity: "error",
    code: "TARGET_UNMATCHED",
    message: destroy
      ? `${target} is nothing that the ledger has`
      : `${target} is nothing that the files declare or the ledger has`,
    hint:
      near === undefined ? "write an address, or a pattern such as vercel.rule.*" : `did you mean ${near}?`,
  };
}
