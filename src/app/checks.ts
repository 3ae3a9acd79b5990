// Runs the providers' domain checks and turns what they find into diagnostics: with code, severity and place, and
// without what the files silence. Pure; validate runs it on the files alone, plans on what is live, too.

import type { Address } from "../base/address.ts";
import type { Diagnostic, Position } from "../base/diagnostic.ts";
import type { Desired } from "../model/desired.ts";
import { type LiveState, liveKey } from "../model/live.ts";
import type { Plan } from "../model/plan.ts";
import type { Check, CheckFinding } from "../provider/check.ts";
import type { AnyProvider } from "../provider/provider.ts";

export interface CheckInput {
  readonly providers: readonly Pick<AnyProvider, "kinds" | "checks">[];
  readonly desired: Desired;
  /** Left out where nothing was read. */
  readonly live?: LiveState;
  /** Where the files declare a resource or one of its fields. */
  readonly locate: (
    address: Address,
    path?: string,
  ) => { readonly position: Position; readonly snippet?: string } | undefined;
}

/** What all checks of all providers find. */
export function runChecks(input: CheckInput): readonly Diagnostic[] {
  const silenced = silencedIn(input.desired);
  return input.providers.flatMap((provider) =>
    provider.checks.flatMap((check) =>
      check
        .run(input.desired, input.live)
        .filter(({ address }) => !silenced.has(`${check.code} ${address ?? check.kind}`))
        .map((finding) => toDiagnostic(check, finding, nounOf(check, provider), input)),
    ),
  );
}

/** What will be live once a plan's deletes are done: its reader need not hear of what the plan settles. */
export function remaining(live: LiveState, plan: Pick<Plan, "steps">): LiveState {
  const doomed = new Set(
    plan.steps.flatMap(({ action, kind, parent_id, vendor_id }) =>
      action === "delete" && vendor_id !== null ? [liveKey(kind, parent_id, vendor_id)] : [],
    ),
  );
  return {
    ...live,
    resources: live.resources.filter(({ kind, parent_id, id }) => !doomed.has(liveKey(kind, parent_id, id))),
  };
}

/** `CODE ADDRESS` and `CODE KIND`: a finding about all of a kind together is silenced by any of them. */
function silencedIn(desired: Desired): ReadonlySet<string> {
  return new Set(
    desired.resources.flatMap(({ address, kind, lifecycle }) =>
      (lifecycle.silence ?? []).flatMap((code) => [`${code} ${address}`, `${code} ${kind}`]),
    ),
  );
}

function toDiagnostic(check: Check, finding: CheckFinding, noun: string, input: CheckInput): Diagnostic {
  const { address, path, message, hint } = finding;
  const place = address === undefined ? undefined : input.locate(address, path);
  const where = address === undefined ? ` in any ${noun}` : "";
  return {
    severity: check.severity,
    code: check.code,
    message,
    hint: `${hint === undefined ? "if" : hint.endsWith("?") ? `${hint} If` : `${hint}; if`} it is meant, write \`lifecycle: { silence: [${check.code}] }\`${where}. \`gateform explain ${check.code}\` says more`,
    ...(address === undefined ? {} : { address }),
    ...place,
  };
}

function nounOf(check: Check, { kinds }: Pick<AnyProvider, "kinds">): string {
  return kinds.find(({ rules }) => rules.kind === check.kind)?.rules.noun ?? "resource";
}
