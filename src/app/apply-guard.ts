// What forbids an apply to start: refusals, errors, the brake, a ledger that is not there.

import type { Diagnostic } from "../base/diagnostic.ts";
import { isBraked } from "../engine/guard.ts";
import type { Plan } from "../model/plan.ts";

/** Errors that leave no rest to go on with: without an order nothing can be done, and a typo is no part of a plan. */
const FATAL: readonly string[] = ["DEPENDENCY_CYCLE", "TARGET_UNMATCHED", "NOTHING_TO_ROTATE"];

/**
 * What forbids to carry out a plan. The brake holds whatever else is allowed.
 * @param saved how many deletes are allowed was decided when the plan was made.
 */
export function guardPlan(plan: Plan, keepGoing: boolean, saved: boolean): Diagnostic[] {
  const found: Diagnostic[] = plan.diagnostics.filter((item) => item.severity === "error" && !keepGoing);
  const fatal = plan.diagnostics.filter((item) => FATAL.includes(item.code) && keepGoing);
  // Also what was refused only because the plan was made without a ledger: by now it is nobody's.
  const refusals = keepGoing ? [] : plan.refused;
  if (refusals.length > 0) {
    found.push({
      severity: "error",
      code: "PLAN_REFUSED",
      message: `${refusals.length} address${refusals.length === 1 ? " is" : "es are"} refused, so nothing was started: ${refusals
        .slice(0, 5)
        .map((item) => item.address)
        .join(", ")}${refusals.length > 5 ? ", …" : ""}`,
      hint: "settle them, or run the rest with `--keep-going`",
    });
  }
  if (isBraked(plan)) {
    const { counted_deletes } = plan.summary;
    found.push({
      severity: "error",
      code: "DELETES_BRAKED",
      message: `the plan deletes ${counted_deletes}, and ${plan.allowed_deletes} ${plan.allowed_deletes === 1 ? "is" : "are"} allowed, so nothing was started`,
      hint: saved
        ? `make the plan again with \`gateform plan --out\` and \`--allow-deletes ${counted_deletes}\`, or name the addresses under \`removed:\``
        : `allow it for this run with \`--allow-deletes ${counted_deletes}\`, or name the addresses under \`removed:\``,
    });
  }
  return [...found, ...fatal];
}

export interface LedgerRules {
  /** Where it is looked for. */
  readonly place: string;
  readonly destroy: boolean;
  /** Start a new ledger where there is none, even under CI. */
  readonly new_ledger: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Why a run cannot do without the ledger that is not there; `undefined` when it may start one. */
export function missingLedger({ place, destroy, new_ledger, env }: LedgerRules): Diagnostic | undefined {
  if (destroy) {
    return {
      severity: "error",
      code: "LEDGER_MISSING",
      message: `there is no ledger at ${place}, so nothing is known to belong to this stack`,
      hint: "run in the directory where it was applied, or name the ledger in the file",
    };
  }
  if (new_ledger || (env.CI ?? "") === "") return undefined;
  return {
    severity: "error",
    code: "LEDGER_MISSING",
    message: `there is no ledger at ${place}, and under CI none is started without being told to`,
    hint: "restore the ledger of the last run; for the very first run pass `--new-ledger`",
  };
}
