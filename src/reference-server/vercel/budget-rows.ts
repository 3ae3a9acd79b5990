/**
 * The list of all budgets of a team, as one row each: its own, those of its API keys, and those that a default gives to
 * what has none of its own.
 */
import type { z } from "zod";
import type { Context } from "../endpoint.ts";
import type { Switches } from "../switches.ts";
import type { budgetWire } from "./budget-shapes.ts";
import { presentQuota, shownQuota } from "./quotas.ts";
import type { BudgetDefaultRecord, BudgetRecord, VercelState } from "./state.ts";

type Row = z.infer<typeof budgetWire>;
type Scope = Row["scopeType"];

/** A budget as it is answered; no thresholds are left out, as in a key's quota. */
export function presentBudget(switches: Switches, budget: BudgetRecord): Row {
  const { teamId: _, scopeId, ...rest } = budget;
  const shown = shownScopeId(switches, budget.scopeType, scopeId);
  return { quotaEntityId: entityId(budget.scopeType, scopeId), scopeId: shown, ...presentQuota(rest) };
}

function shownScopeId(switches: Switches, scopeType: Scope, id: string): string {
  return scopeType === "user" && switches.user_scope_id === "usr_prefixed" ? `usr_${id}` : id;
}

/** Team and project ids carry their prefix already (SDK on GitHub, 2026-10); that of a user is inferred. */
function entityId(scopeType: Scope, id: string): string {
  if (scopeType === "api-key") return `api_key_id_${id}`;
  return scopeType === "user" ? `usr_${id}` : id;
}

/** What `GET …/budgets/list` holds: no archived budget. CLI 64.0.2 looks for those of keys here, too. */
export function budgetRows(context: Context, teamId: string): Row[] {
  const { switches, now } = context;
  const { budgets, budget_defaults, keys } = context.store.vercel;
  const ownKeys = keys.filter((key) => key.teamId === teamId);
  const own = budgets
    .filter((budget) => budget.teamId === teamId && !budget.archived)
    .map((budget) => presentBudget(switches, budget));
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
        .map((id) => inheritedRow(switches, preset, id))
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

/** What is spent under a default is not counted for each of those whom it covers. */
function inheritedRow(switches: Switches, preset: BudgetDefaultRecord, id: string): Row {
  const { teamId: _, alertThresholds: __, ...settings } = preset;
  return {
    ...settings,
    quotaEntityId: entityId(preset.scopeType, id),
    scopeId: shownScopeId(switches, preset.scopeType, id),
    currentSpend: 0,
    currentByokSpend: 0,
    includeByokInQuota: false,
    archived: false,
    source: "default",
  };
}
