/**
 * The budgets that a request has to pass: those of the team and of the key or project that calls, and of a user to whom
 * the key's spend is attributed (docs *Budgets*, 2026-08-28). Checked before a request, so the one that crosses the
 * limit completes. Alert thresholds send mail and change nothing here.
 */
import type { Store } from "../../store.ts";
import { replaced } from "../../store.ts";
import { coveredBy, entityId } from "../budget-rows.ts";
import { type Meter, metered, spend } from "../spend.ts";
import type { BudgetDefaultRecord, QuotaRecord } from "../state.ts";
import type { Caller } from "./access.ts";
import { overBudget } from "./errors.ts";

type Scope = BudgetDefaultRecord["scopeType"];

interface Budget {
  readonly scopeType: Scope;
  readonly id: string;
  readonly record: Pick<QuotaRecord, "limitAmount" | "refreshPeriod" | "active"> & Meter;
  readonly includeByok: boolean;
  readonly save: (meter: Required<Meter>) => void;
}

/** @throws Refusal 402 when one of the caller's budgets is used up */
export function checkBudgets(store: Store, caller: Caller, now: number): void {
  for (const { scopeType, id, record, includeByok } of budgetsOf(store, caller)) {
    const { currentSpend, currentByokSpend } = metered(record, now);
    const spent = currentSpend + (includeByok ? currentByokSpend : 0);
    if (record.active && spent >= record.limitAmount) {
      throw overBudget(scopeType, entityId(scopeType, id), spent, record.limitAmount);
    }
  }
}

/** Counts `cost` US dollars, through the team's own credential at a provider or through Vercel's. */
export function charge(store: Store, caller: Caller, cost: number, byok: boolean, now: number): void {
  for (const { record, save } of budgetsOf(store, caller)) save(spend(record, cost, byok, now));
}

function budgetsOf(store: Store, caller: Caller): Budget[] {
  return scopesOf(caller).flatMap(([scopeType, id]) => {
    const budget = scopeType === "api-key" ? ofKey(store, id) : ofScope(store, caller.teamId, scopeType, id);
    return budget ?? ofDefault(store, caller.teamId, scopeType, id) ?? [];
  });
}

/** A key counts for itself, a deployment's token for its project (docs 2026-08-28). */
function scopesOf(caller: Caller): [Scope, string][] {
  const team: [Scope, string] = ["team", caller.teamId];
  if (caller.kind === "project") return [["project", caller.project.id], team];
  const { id, metadata, createdBy } = caller.key;
  // Without the field a key that was made through the API counts for the team (API key docs, 2026-08-11).
  const attributed = metadata?.spendAttribution === "user";
  return [["api-key", id], ...(attributed ? [["user", createdBy] satisfies [Scope, string]] : []), team];
}

function ofKey(store: Store, id: string): Budget | undefined {
  const key = store.vercel.keys.find((candidate) => candidate.id === id);
  const quota = key?.quota ?? null;
  if (key === undefined || quota === null || quota.archived) return undefined;
  return {
    scopeType: "api-key",
    id,
    record: quota,
    includeByok: quota.includeByokInQuota,
    save(meter) {
      const after = { ...key, quota: { ...quota, ...meter } };
      store.writeVercel({ keys: replaced(store.vercel.keys, (other) => other.id === id, after) });
    },
  };
}

function ofScope(store: Store, teamId: string, scopeType: Scope, id: string): Budget | undefined {
  const budget = store.vercel.budgets.find(
    (candidate) =>
      candidate.teamId === teamId &&
      candidate.scopeType === scopeType &&
      candidate.scopeId === id &&
      !candidate.archived,
  );
  if (budget === undefined) return undefined;
  return {
    scopeType,
    id,
    record: budget,
    includeByok: budget.includeByokInQuota,
    save(meter) {
      const after = { ...budget, ...meter };
      store.writeVercel({ budgets: replaced(store.vercel.budgets, (other) => other === budget, after) });
    },
  };
}

function ofDefault(store: Store, teamId: string, scopeType: Scope, id: string): Budget | undefined {
  const preset = store.vercel.budget_defaults.find(
    (candidate) => candidate.teamId === teamId && candidate.scopeType === scopeType,
  );
  if (preset === undefined) return undefined;
  const record = coveredBy(store.vercel, preset, id);
  return {
    scopeType,
    id,
    record,
    // A default has no such setting (OAS autumn 2026).
    includeByok: false,
    save(meter) {
      const { quotaEntityId } = record;
      const others = store.vercel.default_spend.filter(
        (other) => other.teamId !== teamId || other.quotaEntityId !== quotaEntityId,
      );
      store.writeVercel({ default_spend: [...others, { teamId, quotaEntityId, ...meter }] });
    },
  };
}
