// What could be taken into the ledger now: the same decisions as a plan's, without the rest of a plan. An adoption
// changes nothing live, so that nothing stands in its way but doubt about which one is meant.

import type { Address } from "../base/address.ts";
import { topologicalOrder } from "../base/graph.ts";
import { compareText } from "../base/json.ts";
import type { Refusal, Step } from "../model/plan.ts";
import { buildContext, type PlanInput } from "./context.ts";
import { decideDeclared } from "./declared.ts";
import type { Draft, Verdict } from "./verdict.ts";

export interface Adoption {
  readonly address: Address;
  /** Id of what is taken over. */
  readonly vendor_id: string;
  readonly step: Step;
  /** Renames its entry first: `moved` in the file. */
  readonly move?: Step;
  /** What the next plan would then change on it; `needs` and order are that plan's business. */
  readonly update?: Draft;
}

export interface Adoptions {
  /** By address. */
  readonly possible: readonly Adoption[];
  /** By address: what was asked for by name and cannot be taken over, and what would be if it were told which. */
  readonly refused: readonly Refusal[];
}

/** Refusals that are about a take-over; others are a plan's business. */
const ABOUT_ADOPTION = [
  "AMBIGUOUS",
  "ADOPT_REPLACES",
  "NAME_NOT_FOUND",
  "PART_OF",
  "READ_INCOMPLETE",
  "SPELLED_TWICE",
];

/**
 * Says of every declared address that owns nothing live whether it could be taken over: those that
 * `options.adopt_ids` names as it says, the others by identity.
 */
export function findAdoptions(input: PlanInput): Adoptions {
  const context = buildContext({ ...input, options: { ...input.options, adopt: true } });
  const named = input.options.adopt_ids ?? {};
  const needs = new Map(input.desired.resources.map((item) => [item.address, item.needs] as const));
  const { order, cycle } = topologicalOrder(needs);
  // What goes round in circles is the next plan's error.
  const verdicts = cycle === undefined ? decideDeclared(context, order) : [];
  return {
    possible: verdicts.flatMap(adoptionOf).sort(byAddress),
    refused: verdicts
      .flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]))
      .filter(({ address, code }) => Object.hasOwn(named, address) || ABOUT_ADOPTION.includes(code))
      .sort(byAddress),
  };
}

function adoptionOf({ address, drafts, refusal }: Verdict): Adoption[] {
  // What an interrupted run has made is in the ledger already.
  const step = drafts.find((draft) => draft.action === "adopt" && draft.reason === "existing");
  if (step === undefined || step.vendor_id === null || refusal !== undefined) return [];
  const update = drafts.find((draft) => draft.action === "update");
  const move = drafts.find((draft) => draft.action === "record" && draft.from !== undefined);
  return [
    {
      address,
      vendor_id: step.vendor_id,
      step: { ...step, needs: move === undefined ? [] : [move.id] },
      ...(move === undefined ? {} : { move: { ...move, needs: [] } }),
      ...(update === undefined ? {} : { update }),
    },
  ];
}

function byAddress(a: { readonly address: Address }, b: { readonly address: Address }): number {
  return compareText(a.address, b.address);
}
