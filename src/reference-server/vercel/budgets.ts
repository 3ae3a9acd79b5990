/**
 * Budgets of the team, its projects and its users. PUT makes or changes, DELETE archives; a change keeps the spend of
 * the running period. Evidence: OAS autumn 2026, SDK on GitHub 2026-10, CLI 64.0.2 observed.
 */
import * as z from "zod";
import type { Context, Endpoint } from "../endpoint.ts";
import { json } from "../http.ts";
import { replaced } from "../store.ts";
import { budgetRows, presentBudget } from "./budget-rows.ts";
import { budgetBody, budgetScopes, budgetSubject, budgetWire } from "./budget-shapes.ts";
import {
  allReaders,
  badRequest,
  type Caller,
  gatewayPaths,
  readBody,
  refuse,
  teamEndpoints,
} from "./endpoints.ts";
import { projectNamed } from "./projects.ts";
import { unique } from "./quotas.ts";
import type { BudgetRecord } from "./state.ts";

/** Special team permission of who is no Owner and manages budgets all the same (OAS autumn 2026). */
export const BUDGET_MANAGER = "AiGatewayBudgetManager";

type Subject = z.infer<typeof budgetSubject>;

/** The id of what the budget is for, which must be there, and which the caller must be allowed to write. */
function scopeIdOf(context: Context, caller: Caller, subject: Subject): string {
  const manager = caller.role === "OWNER" || caller.permissions.includes(BUDGET_MANAGER);
  const project =
    subject.scopeType === "project" ? projectNamed(context, caller, subject.projectId, "id") : undefined;
  // Budget docs 2026-08-28: a project's budget also by the admins of that project.
  if (!manager && project?.admins.includes(caller.user.id) !== true) {
    throw refuse(403, "forbidden", `Not authorized: role ${caller.role} may not do this`);
  }
  switch (subject.scopeType) {
    case "team":
      return caller.team.id;
    case "project":
      if (project === undefined) throw refuse(404, "not_found", "Project not found");
      return project.id;
    case "user": {
      const member = context.store.vercel.users.find(
        (user) =>
          user.id === subject.userId &&
          user.memberships.some((membership) => membership.team_id === caller.team.id),
      );
      if (member === undefined) throw refuse(404, "not_found", "Team member not found");
      return member.id;
    }
    default:
      return subject satisfies never;
  }
}

function budgetOf(
  context: Context,
  caller: Caller,
  scopeType: BudgetRecord["scopeType"],
  scopeId: string,
): BudgetRecord | undefined {
  return context.store.vercel.budgets.find(
    (budget) =>
      budget.teamId === caller.team.id && budget.scopeType === scopeType && budget.scopeId === scopeId,
  );
}

function save(context: Context, old: BudgetRecord | undefined, budget: BudgetRecord): void {
  const { budgets } = context.store.vercel;
  context.store.writeVercel({
    budgets: old === undefined ? [...budgets, budget] : replaced(budgets, (other) => other === old, budget),
  });
}

const put = teamEndpoints({
  method: "PUT",
  ...gatewayPaths("budgets"),
  roles: allReaders,
  request: budgetBody,
  reply: budgetWire,
  handle(context, caller, body) {
    const scopeId = scopeIdOf(context, caller, body);
    const old = budgetOf(context, caller, body.scopeType, scopeId);
    const kept = context.switches.budget_put === "merge" && old?.archived === false ? old : undefined;
    const budget: BudgetRecord = {
      teamId: caller.team.id,
      scopeType: body.scopeType,
      scopeId,
      limitAmount: body.limitAmount,
      // The defaults of OAS autumn 2026.
      refreshPeriod: body.refreshPeriod ?? kept?.refreshPeriod ?? "monthly",
      includeByokInQuota: body.includeByokInQuota ?? kept?.includeByokInQuota ?? false,
      alertThresholds: unique(body.alertThresholds ?? kept?.alertThresholds ?? []),
      currentSpend: old?.currentSpend ?? 0,
      currentByokSpend: old?.currentByokSpend ?? 0,
      spentAt: old?.spentAt,
      active: true,
      archived: false,
      createdAt: old?.createdAt ?? context.now,
      updatedAt: context.now,
    };
    save(context, old, budget);
    return json(200, presentBudget(context, budget));
  },
});

/** Without paging. Archived ones never show. */
const list = teamEndpoints({
  method: "GET",
  ...gatewayPaths("budgets/list"),
  roles: allReaders,
  reply: z.strictObject({ budgets: z.array(budgetWire) }),
  handle(context, caller) {
    const wanted = context.incoming.query.get("scopeType");
    if (wanted !== null && !budgetScopes.some((scope) => scope === wanted)) {
      throw badRequest(`Invalid request: \`scopeType\`: must be one of ${budgetScopes.join(", ")}`);
    }
    const rows = budgetRows(context, caller.team.id);
    return json(200, { budgets: rows.filter((row) => wanted === null || row.scopeType === wanted) });
  },
});

/** Answers the archived budget; 404 without one (open question 29). */
const remove = teamEndpoints({
  method: "DELETE",
  ...gatewayPaths("budgets"),
  roles: allReaders,
  reply: budgetWire,
  handle(context, caller) {
    const { teamId: _, slug: __, ...query } = Object.fromEntries(context.incoming.query);
    const subject = readBody(budgetSubject, { kind: "json", value: query });
    const scopeId = scopeIdOf(context, caller, subject);
    const old = budgetOf(context, caller, subject.scopeType, scopeId);
    if (old === undefined || old.archived) throw refuse(404, "not_found", "Budget not found");
    const budget = { ...old, archived: true, updatedAt: context.now };
    save(context, old, budget);
    return json(200, presentBudget(context, budget));
  },
});

export const budgetEndpoints: readonly Endpoint[] = [put, list, remove].flat();
