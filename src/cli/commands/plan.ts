// `gateform plan`: what apply would do. Reads the files, the ledger and the vendors, and writes nothing.

import { hasErrors } from "../../base/diagnostic.ts";
import { blockingRefusals } from "../../engine/guard.ts";
import { hasChanges, type Plan } from "../../model/plan.ts";
import type { Run } from "../command.ts";
import { makePlanOf } from "../make-plan.ts";
import { emit } from "../output.ts";
import { planProduct } from "../products.ts";
import { loadRun, outputsOf } from "../run.ts";

export const plan: Run = async (io, _args, options) => {
  const outputs = outputsOf(io, options);
  const run = await loadRun(io, "plan", options);
  const { plan: made, rules } = await makePlanOf(io, run, options, {
    adopt: options.adopt === true,
    allow_deletes: options.allowDeletes,
  });
  emit(io, outputs, planProduct(made, { rules, verbose: options.verbose === true }));
  return exitCodeOf(made, options.detailedExitcode === true);
};

function exitCodeOf(made: Plan, detailed: boolean): number {
  if (blockingRefusals(made).length > 0 || hasErrors(made.diagnostics)) return 1;
  return detailed && hasChanges(made) ? 2 : 0;
}
