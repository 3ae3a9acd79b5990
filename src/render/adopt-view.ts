// An adoption as people read it: what was taken over, what could not be, and what the next plan changes on it.

import type { Address } from "../base/address.ts";
import type { RulesByKind } from "../model/kind-rules.ts";
import type { Plan, Refusal, Step } from "../model/plan.ts";
import { counted } from "./counts.ts";
import { summaryText } from "./plan-view.ts";

export interface AdoptionView {
  readonly stack: string;
  readonly adopted: readonly { readonly address: Address; readonly vendor_id: string }[];
  readonly refused: readonly Refusal[];
  /** It was picked from a list that had the refusals, too. */
  readonly asked: boolean;
  readonly next: Plan;
  readonly rules: RulesByKind;
}

/** The first line: counts. */
export function adoptionHead({ adopted, refused, asked }: AdoptionView): string {
  if (adopted.length > 0) return `Adopted ${counted(adopted.length, "resource")} into the ledger`;
  return asked || refused.length > 0
    ? "Nothing was adopted"
    : "Nothing to adopt: what the file declares is in the ledger, or not live";
}

/** The last line: what the next plan comes to as a whole. */
export function nextSummary({ next }: AdoptionView): string {
  return `Next plan: ${summaryText(next).replace(/^Plan: /, "")}`;
}

/** What the next plan changes on what was adopted; whether a secret differs is not known before apply. */
export function nextSteps({ adopted, next }: AdoptionView): readonly Step[] {
  const taken = new Set(adopted.map((item) => item.address));
  return next.steps.filter((step) => taken.has(step.address) && step.action !== "check-secret");
}
