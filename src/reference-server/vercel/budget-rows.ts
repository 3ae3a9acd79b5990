/**
 * The list of all budgets of a team, as one row each: its own, those of its API keys, and those that a default gives to
 * what has none of its own.
 */
import type { z } from "zod";
import type { Context } from "../endpoint.ts";
import type { Switches } from "../switches.ts";
import type { budgetWire } from "./budget-shapes.ts";
import { presentQuota, shownQuota } from "./quotas.ts";
import { metered } from "./spend.ts";
import type { BudgetDefaultRecord, BudgetRecord, VercelState } from "./state.ts";

type Row = z.infer<typeof budgetWire>;
type Scope = Row["scopeType"];

/** A budget as it is answered; no thresholds are left out, as in a key's quota. */
export function presentBudget({ switches, now }: Context, budget: BudgetRecord): Row {
  const { teamId: _, scopeId, ...rest } = metered(budget, now);
  const shown = shownScopeId(switches, budget.scopeType, scopeId);
  return { quotaEntityId: entityId(budget.scopeType, scopeId), scopeId: shown, ...presentQuota(rest) };
}

function shownScopeId(switches: Switches, scopeType: Scope, id: string): string {
  return scopeType === "user" && switches.user_scope_id === "usr_prefixed" ? `usr_${id}` : id;
}

/** Team and project ids carry their prefix already (SDK on GitHub, 2026-10); that of a user is inferred. */
export function entityId(scopeType: Scope, id: string): string {
  if (scopeType === "api-key") return `api_key_id_${id}`;
  return scopeType === "user" ? `usr_${id}` : id;
}

/** What `GET …/budgets/list` holds: no archived budget. CLI 64.0.2 looks for those of keys here, too. */
export function budgetRows(context: Context, teamId: string): Row[] {
  const { now } = context;
  const { budgets, budget_defaults, keys } = context.store.vercel;
  const ownKeys = keys.filter((key) => key.teamId === teamId);
  const own = budgets
    .filter((budget) => budget.teamId === teamId && !budget.archived)
    .map((budget) => presentBudget(context, budget));
  const ofKeys = ownKeys.flatMap((key): Row[] => {
    const quota = shownQuota(key, now);
    if (quota === null) return [];
    return [{ ...quota, scopeType: "api-key", scopeId: key.id, name: key.name }];
  });
  const rows = [...own, ...ofKeys];
  const inherited = budget_defaults
    .filter((preset) => preset.teamId === teamId)
    .flatMap((preset) =>
      members(context.store.vercel, teamId, preset.scopeType)
        .map((id) => inheritedRow(context, preset, id))
        .filter((row) => !rows.some(({ quotaEntityId }) => quotaEntityId === row.quotaEntityId)),
    );
  return [...rows, ...inherited];
}

/** Ids of everything that a default of this scope covers. */
function members(state: VercelState, teamId: string, scopeType: Scope): string[] {
  const inTeam = <T extends { id: string; teamId: string }>(list: readonly T[]) =>
    list.filter((item) => item.teamId === teamId).map(({ id }) => id);
  switch (scopeType) {
    case "team":
      return [teamId];
    case "project":
      return inTeam(state.projects);
    case "user":
      return state.users
        .filter((user) => user.memberships.some((membership) => membership.team_id === teamId))
        .map(({ id }) => id);
    case "api-key":
      return inTeam(state.keys);
    default:
      return scopeType satisfies never;
  }
}

function inheritedRow({ switches, store, now }: Context, preset: BudgetDefaultRecord, id: string): Row {
  const { alertThresholds: _, ...covered } = coveredBy(store.vercel, preset, id);
  return {
    ...metered(covered, now),
    scopeId: shownScopeId(switches, preset.scopeType, id),
    includeByokInQuota: false,
    archived: false,
    source: "default",
  };
}

/** A default as the budget of one of those whom it covers, with what that one has spent. */
export function coveredBy(state: VercelState, preset: BudgetDefaultRecord, id: string) {
  const { teamId, ...settings } = preset;
  const quotaEntityId = entityId(preset.scopeType, id);
  const spent = state.default_spend.find(
    (record) => record.teamId === teamId && record.quotaEntityId === quotaEntityId,
  );
  const { currentSpend = 0, currentByokSpend = 0, spentAt } = spent ?? {};
  return { ...settings, quotaEntityId, currentSpend, currentByokSpend, spentAt };
}
