// `gateform plan`: what apply would do. Reads the files, the ledger and the vendors, and writes nothing but, with
// --out, the plan.

import { resolve } from "node:path";
import { hasErrors } from "../../base/diagnostic.ts";
import { blockingRefusals } from "../../engine/guard.ts";
import { hasChanges, type Plan } from "../../model/plan.ts";
import { renderSavedText } from "../../render/saved-plan.ts";
import type { Run } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { makePlanOf } from "../make-plan.ts";
import { emit, type Outputs } from "../output.ts";
import { checkPlanPlace, savedPlan, savePlan } from "../plan-file.ts";
import { planProduct } from "../products.ts";
import { loadRun, outputsOf } from "../run.ts";

export const plan: Run = async (io, _args, options) => {
  const outputs = outputsOf(io, options);
  const { out } = options;
  if (out !== undefined) checkOut(io, out, outputs);
  const run = await loadRun(io, "plan", options);
  const { plan: made, rules } = await makePlanOf(io, run, options, {
    adopt: options.adopt === true,
    allow_deletes: options.allowDeletes,
    allow_permissions: options.allowPermission,
  });
  const saved = out === undefined ? undefined : savedPlan(made, out, options);
  if (out !== undefined) await savePlan(io, out, made);
  const view = { rules, verbose: options.verbose === true, ...(saved === undefined ? {} : { saved }) };
  emit(io, outputs, planProduct(made, view));
  if (saved !== undefined) io.err(`\n${renderSavedText(saved, io.errStyle)}`);
  return exitCodeOf(made, options.detailedExitcode === true);
};

function checkOut(io: Io, out: string, { targets }: Outputs): void {
  const same = targets.find(
    ({ file }) => file !== undefined && resolve(io.cwd, file) === resolve(io.cwd, out),
  );
  if (same !== undefined) throw new Failure("USAGE", `--out and --output both write to ${out}`);
  checkPlanPlace(io, out);
}

function exitCodeOf(made: Plan, detailed: boolean): number {
  if (blockingRefusals(made).length > 0 || hasErrors(made.diagnostics)) return 1;
  return detailed && hasChanges(made) ? 2 : 0;
}
