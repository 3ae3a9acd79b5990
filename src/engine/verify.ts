// The proof that an apply converged: what a second plan still wants on addresses that were just applied.

import type { Diagnostic } from "../base/diagnostic.ts";
import { canonicalText } from "../base/json.ts";
import type { Change, Plan } from "../model/plan.ts";
import type { StepResult } from "../model/report.ts";

/**
 * Errors for whatever is left on the addresses whose steps succeeded. Values that may still settle are not part
 * of a plan's steps, so they do not appear here.
 */
export function restAfterApply(results: readonly StepResult[], rest: Plan): Diagnostic[] {
  const failed = new Set(results.filter((item) => !succeeded(item)).map((item) => item.address));
  const touched = new Set(results.map((item) => item.address).filter((address) => !failed.has(address)));
  const diagnostics: Diagnostic[] = [];
  for (const step of rest.steps) {
    // An earlier id whose time came meanwhile is the next run's business.
    if (step.action === "check-secret" || step.reason === "retired") continue;
    if (!touched.has(step.address)) continue;
    if (step.changes.length === 0 || step.action === "create") {
      diagnostics.push({
        severity: "error",
        code: "NOT_CONVERGED",
        address: step.address,
        message: `${step.address} was applied, but reading it back asks for another ${step.action} (${step.reason})`,
        hint: "the vendor took the request and did something else; compare with its dashboard",
      });
    }
    if (step.action !== "create")
      diagnostics.push(...step.changes.map((change) => describeRest(step.address, change)));
  }
  for (const refusal of rest.refused) {
    if (!touched.has(refusal.address)) continue;
    diagnostics.push({
      severity: "error",
      code: "NOT_CONVERGED",
      address: refusal.address,
      message: `${refusal.address} was applied, but could not be proved: ${refusal.message}`,
    });
  }
  return diagnostics;
}

/** Whether a step's outcome lets its dependants start. */
export function succeeded(result: Pick<StepResult, "outcome">): boolean {
  return !["failed", "blocked", "cancelled"].includes(result.outcome);
}

function describeRest(address: string, change: Change): Diagnostic {
  const show = (value: Change["before"]) =>
    change.sensitive === true ? "(sensitive)" : canonicalText(value);
  return {
    severity: "error",
    code: "NOT_CONVERGED",
    address,
    message: `${address}: ${change.path} was set to ${show(change.after)}, but reads back as ${show(change.before)}`,
    hint: `the vendor changes or ignores the value, or somebody else writes it too; to live with it, write \`lifecycle: { ignore_changes: [${change.path}] }\``,
  };
}
