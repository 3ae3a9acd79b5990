/**
 * Budget defaults: what everything of a scope has that has no budget of its own. One per scope.
 * Evidence: OAS autumn 2026, CLI 64.0.2 observed, budget docs 2026-08-28.
 */
import * as z from "zod";
import type { Context, Endpoint } from "../endpoint.ts";
import { json } from "../http.ts";
import { replaced } from "../store.ts";
import { budgetDefaultBody, budgetDefaultSubject, budgetDefaultWire } from "./budget-shapes.ts";
import { BUDGET_MANAGER } from "./budgets.ts";
import {
  allReaders,
  type Caller,
  gatewayPaths,
  noContent,
  readBody,
  refuse,
  teamEndpoints,
} from "./endpoints.ts";
import { presentQuota, unique } from "./quotas.ts";
import type { BudgetDefaultRecord } from "./state.ts";

function defaultOf(
  context: Context,
  caller: Caller,
  scopeType: BudgetDefaultRecord["scopeType"],
): BudgetDefaultRecord | undefined {
  return context.store.vercel.budget_defaults.find(
    (preset) => preset.teamId === caller.team.id && preset.scopeType === scopeType,
  );
}

function present(preset: BudgetDefaultRecord): z.infer<typeof budgetDefaultWire> {
  const { teamId: _, ...rest } = preset;
  return presentQuota(rest);
}

/** An empty list is the normal answer (OAS autumn 2026). */
const list = teamEndpoints({
  method: "GET",
  ...gatewayPaths("budgets/defaults/list"),
  roles: allReaders,
  reply: z.strictObject({ defaults: z.array(budgetDefaultWire) }),
  handle(context, caller) {
    const { budget_defaults } = context.store.vercel;
    const defaults = budget_defaults.filter((preset) => preset.teamId === caller.team.id);
    return json(200, { defaults: defaults.map(present) });
  },
});

const put = teamEndpoints({
  method: "PUT",
  ...gatewayPaths("budgets/defaults"),
  roles: ["OWNER"],
  permission: BUDGET_MANAGER,
  request: budgetDefaultBody,
  reply: budgetDefaultWire,
  handle(context, caller, body) {
    const old = defaultOf(context, caller, body.scopeType);
    const kept = context.switches.budget_put === "merge" ? old : undefined;
    const preset: BudgetDefaultRecord = {
      teamId: caller.team.id,
      scopeType: body.scopeType,
      limitAmount: body.limitAmount,
      // As for budgets; no default of its own is published.
      refreshPeriod: body.refreshPeriod ?? kept?.refreshPeriod ?? "monthly",
      alertThresholds: unique(body.alertThresholds ?? kept?.alertThresholds ?? []),
      active: true,
      createdAt: old?.createdAt ?? context.now,
      updatedAt: context.now,
    };
    const { budget_defaults } = context.store.vercel;
    context.store.writeVercel({
      budget_defaults:
        old === undefined
          ? [...budget_defaults, preset]
          : replaced(budget_defaults, (other) => other === old, preset),
    });
    return json(200, present(preset));
  },
});

/** 404 without one (open question 29). */
const remove = teamEndpoints({
  method: "DELETE",
  ...gatewayPaths("budgets/defaults"),
  roles: ["OWNER"],
  permission: BUDGET_MANAGER,
  handle(context, caller) {
    const { teamId: _, slug: __, ...query } = Object.fromEntries(context.incoming.query);
    const { scopeType } = readBody(budgetDefaultSubject, { kind: "json", value: query });
    const old = defaultOf(context, caller, scopeType);
    if (old === undefined) throw refuse(404, "not_found", "Budget default not found");
    const { budget_defaults } = context.store.vercel;
    context.store.writeVercel({ budget_defaults: budget_defaults.filter((other) => other !== old) });
    return noContent;
  },
});

export const budgetDefaultEndpoints: readonly Endpoint[] = [list, put, remove].flat();
