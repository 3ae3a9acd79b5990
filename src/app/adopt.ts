// `adopt ADDRESS=ID`: puts a live resource into the ledger. Writes nothing at the vendor.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { emptyLedger } from "../ledger/documents.ts";
import { openLedgerWriter } from "../ledger/ledger-writer.ts";
import type { Plan } from "../model/plan.ts";
import { executePlan } from "./execute.ts";
import { openStack, planStack, type StackInput } from "./stack.ts";

export interface AdoptInput {
  readonly stack: StackInput;
  readonly adopt_ids: Readonly<Record<Address, string>>;
  /** Milliseconds to wait for another run's lock. */
  readonly lock_timeout: number;
}

export interface AdoptResult {
  readonly adopted: readonly Address[];
  /** What the next plan will do with what was adopted. */
  readonly next?: Plan;
  readonly diagnostics: readonly Diagnostic[];
}

/** Adopts all named addresses, or, when one of them cannot be adopted, none. */
export async function adoptResources(input: AdoptInput): Promise<AdoptResult> {
  const lock = await input.stack.backend.lock(input.lock_timeout);
  try {
    const stored = await input.stack.backend.read();
    const ledger = stored ?? emptyLedger(input.stack.config.desired.stack, {});
    const { stack, diagnostics } = await openStack(input.stack, ledger, "read");
    if (stack === undefined) return { adopted: [], diagnostics };
    try {
      const request = { adopt: false, adopt_ids: input.adopt_ids, allow_deletes: 0, destroy: false };
      const { plan } = await planStack(stack, ledger, request);
      const problems = refusals(plan, input.adopt_ids);
      if (problems.length > 0) return { adopted: [], diagnostics: [...diagnostics, ...problems] };
      const steps = plan.steps
        .filter((step) => step.action === "adopt" && Object.hasOwn(input.adopt_ids, step.address))
        .map((step) => ({ ...step, needs: [] }));
      const accounts = Object.fromEntries(
        [...stack.sessions].map(([name, session]) => [name, session.account]),
      );
      const writer = openLedgerWriter(stack.backend, {
        ...ledger,
        accounts: { ...ledger.accounts, ...accounts },
      });
      await executePlan({
        plan: { ...plan, steps },
        kinds: new Map(stack.kinds.map((kind) => [kind.rules.kind, kind])),
        sessions: stack.sessions,
        ledger: writer,
        secrets: new Map(),
        fingerprint: stack.fingerprint,
        sinks: new Map(),
        parallelism: 1,
        on: () => undefined,
        now: stack.now,
        pause: () => Promise.resolve(),
        ids: new Map(),
      });
      await writer.flush();
      const next = await planStack(stack, writer.current(), {
        adopt: false,
        allow_deletes: 0,
        destroy: false,
      });
      return { adopted: steps.map((step) => step.address), next: next.plan, diagnostics };
    } finally {
      await stack.close();
    }
  } finally {
    await lock.release();
  }
}

function refusals(plan: Plan, wanted: Readonly<Record<Address, string>>): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const adopting = new Set(plan.steps.filter((step) => step.action === "adopt").map((step) => step.address));
  for (const address of Object.keys(wanted).sort()) {
    const refusal = plan.refused.find((item) => item.address === address);
    if (refusal !== undefined) {
      const { code, message, hint, position } = refusal;
      problems.push({
        severity: "error",
        code,
        message,
        address,
        ...(hint === undefined ? {} : { hint }),
        ...(position === undefined ? {} : { position }),
      });
    } else if (!adopting.has(address)) {
      problems.push({
        severity: "error",
        code: "NOT_DECLARED",
        address,
        message: `${address} is not declared in the file`,
        hint: "declare it first; `adopt` puts what the file declares into the ledger",
      });
    }
  }
  return problems;
}
