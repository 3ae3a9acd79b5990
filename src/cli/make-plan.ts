// A plan for commands that only read: without a lock, as reading takes none.

import { openStack, type PlanRequest, planStack } from "../app/stack.ts";
import type { Address } from "../base/address.ts";
import type { RulesByKind } from "../model/kind-rules.ts";
import type { Plan } from "../model/plan.ts";
import { Failure, failureOf } from "./failure.ts";
import type { Io } from "./io.ts";
import type { Options } from "./options.ts";
import { joined, type LoadedRun, stackInput, targetsOf } from "./run.ts";

export interface MadePlan {
  /** With the warnings of the files among its diagnostics. */
  readonly plan: Plan;
  readonly rules: RulesByKind;
  /** Addresses that the ledger has. */
  readonly owned: ReadonlySet<Address>;
}

/** @param request.need_ledger fails where there is none. */
export async function makePlanOf(
  io: Io,
  run: LoadedRun,
  options: Pick<Options, "parallelism" | "target" | "rotate">,
  request: Pick<PlanRequest, "adopt" | "allow_deletes" | "allow_permissions"> & {
    readonly need_ledger?: true;
  },
): Promise<MadePlan> {
  const ledger = await run.backend.read();
  if (ledger === null && request.need_ledger === true) {
    throw new Failure("LEDGER_MISSING", `there is no ledger at ${run.backend.describe()}`, {
      hint: "drift is live against last applied: run where the ledger of the last apply is",
    });
  }
  const { stack, diagnostics } = await openStack(stackInput(io, run, options), ledger, "read");
  if (stack === undefined) {
    throw failureOf("NOT_CONNECTED", "the stack cannot be read", joined(run.diagnostics, diagnostics));
  }
  try {
    const { plan } = await planStack(stack, ledger, {
      adopt: request.adopt,
      allow_deletes: request.allow_deletes,
      ...(request.allow_permissions === undefined ? {} : { allow_permissions: request.allow_permissions }),
      destroy: false,
      ...(options.rotate.length === 0 ? {} : { rotate: options.rotate }),
      ...targetsOf(options.target),
    });
    const all = joined(run.diagnostics, diagnostics, plan.diagnostics);
    return {
      plan: { ...plan, diagnostics: all },
      rules: stack.rules,
      owned: new Set(Object.keys(ledger?.resources ?? {})),
    };
  } finally {
    await stack.close();
  }
}
