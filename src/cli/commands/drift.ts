// `gateform drift`: live against last applied. Exit 2 on drift, whatever the format.

import type { Address } from "../../base/address.ts";
import { hasErrors } from "../../base/diagnostic.ts";
import type { Plan } from "../../model/plan.ts";
import { splitDrift } from "../../render/drift-view.ts";
import type { Run } from "../command.ts";
import { makePlanOf } from "../make-plan.ts";
import { emit } from "../output.ts";
import { driftProduct } from "../products.ts";
import { loadRun, outputsOf } from "../run.ts";

export const drift: Run = async (io, _args, options) => {
  const outputs = outputsOf(io, options);
  const run = await loadRun(io, "drift", options);
  const { plan, rules, owned } = await makePlanOf(io, run, options, {
    adopt: false,
    allow_deletes: 0,
    allow_permissions: "all",
    need_ledger: true,
  });
  emit(io, outputs, driftProduct(plan, { rules, verbose: options.verbose === true }));
  return driftExitCode(plan, owned, options.failOnUnmanaged === true);
};

/** 2 where there is drift; 1 where it cannot be told of something that is ours, as its address is refused. */
export function driftExitCode(plan: Plan, owned: ReadonlySet<Address>, failOnUnmanaged: boolean): 0 | 1 | 2 {
  if (hasErrors(plan.diagnostics)) return 1;
  if (splitDrift(plan).drift.length > 0 || (failOnUnmanaged && plan.unmanaged.length > 0)) return 2;
  return plan.refused.some((refusal) => owned.has(refusal.address)) ? 1 : 0;
}
