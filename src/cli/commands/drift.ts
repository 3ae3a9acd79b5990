// `gateform drift`: live against last applied. Exit 2 on drift, whatever the format.

import { hasErrors } from "../../base/diagnostic.ts";
import { splitDrift } from "../../render/drift-view.ts";
import type { Run } from "../command-table.ts";
import { makePlanOf } from "../make-plan.ts";
import { emit } from "../output.ts";
import { driftProduct } from "../products.ts";
import { loadRun, outputsOf } from "../run.ts";

export const drift: Run = async (io, _args, options) => {
  const outputs = outputsOf(io, options);
  const run = await loadRun(io, "drift", options);
  const { plan, rules } = await makePlanOf(io, run, options, {
    adopt: false,
    allow_deletes: 0,
    need_ledger: true,
  });
  emit(io, outputs, driftProduct(plan, { rules, verbose: options.verbose === true }));
  if (hasErrors(plan.diagnostics)) return 1;
  const unmanaged = options.failOnUnmanaged === true && plan.unmanaged.length > 0;
  return unmanaged || splitDrift(plan).drift.length > 0 ? 2 : 0;
};
