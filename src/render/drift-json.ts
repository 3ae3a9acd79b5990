// Drift as JSON: the split that `drift-view.ts` makes, and what stands beside it in the plan.

import type { Plan } from "../model/plan.ts";
import { splitDrift } from "./drift-view.ts";
import { jsonText } from "./json-text.ts";

/** `{ format, stack, accounts, partial?, drift, config_only, settling, unmanaged, refused, diagnostics }` */
export function renderDriftJson(plan: Plan): string {
  const { drift, configOnly } = splitDrift(plan);
  return jsonText({
    format: 1,
    stack: plan.stack,
    accounts: plan.accounts,
    ...(plan.partial === undefined ? {} : { partial: plan.partial }),
    drift,
    config_only: configOnly.map(({ address, action, changes }) => ({ address, action, changes })),
    settling: plan.settling,
    unmanaged: plan.unmanaged,
    refused: plan.refused,
    diagnostics: plan.diagnostics,
  });
}
