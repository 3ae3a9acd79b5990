// A plan that was made some time ago: whether it is one for this stack at all, what of it still holds, and what is
// left of it afterwards. Reads only what the plan touches.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { makePlan } from "../engine/plan.ts";
import { ledgerToLookWith, type PlanScope, scopeOfPlan } from "../engine/plan-scope.ts";
import { checkPreconditions } from "../engine/precondition.ts";
import type { Ledger } from "../model/ledger.ts";
import type { LiveState } from "../model/live.ts";
import type { Plan } from "../model/plan.ts";
import type { Checked } from "../model/standing.ts";
import { planWithFingerprints, withFingerprints } from "./fingerprints.ts";
import { observe } from "./observe.ts";
import type { ReadBack } from "./prove.ts";
import { type Stack, unreadLists } from "./stack.ts";

/** Why a plan is not one for this stack and this ledger; found before anything is asked of a vendor. */
export function misfitPlan(
  plan: Plan,
  stack: string,
  { ledger, place }: { readonly ledger: Ledger | null; readonly place: string },
): Diagnostic | undefined {
  if (plan.stack !== stack) {
    return refusal(
      "PLAN_STACK",
      `the plan is for the stack ${plan.stack}, and the files are for the stack ${stack}`,
      "apply it with the files that it was made from",
    );
  }
  const found = misfitOfLedger(plan, ledger);
  return found === undefined ? undefined : refusal("PLAN_LINEAGE", `the plan ${found} ${place}`, AGAIN);
}

const AGAIN = "what it was made from is no longer what there is: plan again";

function misfitOfLedger({ lineage, serial }: Plan, ledger: Ledger | null): string | undefined {
  if (ledger === null) return lineage === null ? undefined : `was made with a ledger, and there is none at`;
  if (lineage === null) return "was made without a ledger, and there is one by now at";
  if (ledger.lineage !== lineage) return "was made with another ledger than the one at";
  // Whatever the plan relies on and an older copy does not know would look like somebody else's.
  return serial !== null && ledger.serial < serial
    ? `was made with serial ${serial} of the ledger, and only serial ${ledger.serial} is at`
    : undefined;
}

/** Why a plan is not one for the accounts that the credentials lead to, or for what this gateform manages. */
export function misfitStack(plan: Plan, stack: Pick<Stack, "sessions" | "rules">): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [provider, account] of Object.entries(plan.accounts)) {
    const session = stack.sessions.get(provider);
    if (session?.account === account) continue;
    found.push(
      refusal(
        "PLAN_ACCOUNT",
        session === undefined
          ? `the plan is for ${provider} account ${account}, and the file has no \`${provider}\` block`
          : `the plan is for ${provider} account ${account}, but the credentials lead to ${session.account}`,
        "apply it with the files and credentials of the account that it was made for",
      ),
    );
  }
  const homeless = plan.steps.find(({ kind }) => !Object.hasOwn(plan.accounts, kind.split(".")[0] ?? ""));
  if (homeless !== undefined && found.length === 0) {
    const provider = homeless.kind.split(".")[0] ?? "";
    found.push(
      refusal(
        "PLAN_ACCOUNT",
        `the plan has \`${homeless.id}\` and does not say for which ${provider} account it was made`,
        AGAIN,
      ),
    );
  }
  const strange = plan.steps.find((step) => !stack.rules.has(step.kind));
  if (strange !== undefined && found.length === 0) {
    found.push(
      refusal(
        "PLAN_UNREADABLE",
        `the plan has a step on ${strange.kind}, a kind that this gateform does not know here`,
        AGAIN,
      ),
    );
  }
  return found;
}

function refusal(code: string, message: string, hint: string): Diagnostic {
  return { severity: "error", code, message, hint };
}

/** What looking needs of a stack. */
export type Looking = Pick<
  Stack,
  "kinds" | "sessions" | "rules" | "parallelism" | "pause" | "now" | "resolver" | "fingerprint"
>;

/** Reads what a plan touches and says of every step where it stands. */
export async function recheck(stack: Looking, ledger: Ledger, plan: Plan): Promise<Checked> {
  const scope = scopeOfPlan(plan, ledger, stack.rules);
  const live = await look(stack, plan, scope);
  return checkPreconditions({
    plan: await planWithFingerprints(plan, stack.resolver, stack.fingerprint),
    desired: scope.desired,
    live,
    ledger,
    rules: stack.rules,
    options: { now: stack.now(), adopt: false, allow_deletes: 0, allow_permissions: "all", destroy: false },
  });
}

function look(stack: Looking, plan: Plan, scope: PlanScope): Promise<LiveState> {
  return observe({
    desired: scope.desired,
    ledger: ledgerToLookWith(plan, scope),
    kinds: stack.kinds,
    sessions: stack.sessions,
    destroy: false,
    parallelism: stack.parallelism,
    pause: stack.pause,
  });
}

/** Plans again what a plan wanted, and nothing else: the files may have changed since it was made. */
export async function planScopeAgain(stack: Looking, ledger: Ledger, plan: Plan): Promise<ReadBack> {
  const scope = scopeOfPlan(plan, ledger, stack.rules);
  const live = await look(stack, plan, scope);
  const { desired } = await withFingerprints(scope.desired, stack.resolver, stack.fingerprint);
  const made = makePlan({
    desired,
    live,
    ledger: scope.ledger,
    rules: stack.rules,
    options: { now: stack.now(), adopt: false, allow_deletes: 0, allow_permissions: "all", destroy: false },
  });
  const addresses = new Set<Address>(desired.resources.map((resource) => resource.address));
  return {
    plan: {
      ...made,
      diagnostics: [...made.diagnostics, ...unreadLists(live)],
    },
    live,
    covers: (address) => addresses.has(address),
  };
}
