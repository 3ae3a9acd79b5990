// Short ways to write what a plan is made from. The kinds are those of the laws (test/laws/kinds.ts).

import { kindOf } from "../../../src/base/address.ts";
import type { JsonValue } from "../../../src/base/json.ts";
import { makePlan, type PlanInput, type PlanOptions } from "../../../src/engine/plan.ts";
import type { DesiredResource, Move, Policy, Scope } from "../../../src/model/desired.ts";
import type { Fields } from "../../../src/model/kind-rules.ts";
import type { Ledger, LedgerEntry } from "../../../src/model/ledger.ts";
import type { LiveResource, LiveState, Reading } from "../../../src/model/live.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { RULES, RULES_BY_KIND } from "../../laws/kinds.ts";

export const NOW = Date.UTC(2026, 5, 1);

/** A time so many seconds from now. */
export const inSeconds = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();

export function declare(
  address: string,
  fields: Fields = {},
  more: Partial<DesiredResource> = {},
): DesiredResource {
  return {
    address,
    kind: kindOf(address),
    fields,
    lifecycle: {},
    needs: more.parent === undefined ? [] : [more.parent],
    ...more,
  };
}

export function live(
  kind: string,
  id: string,
  fields: Fields = {},
  more: Partial<LiveResource> = {},
): LiveResource {
  return { kind, id, name: String(fields.name ?? fields.source ?? id), fields, ...more };
}

export function entry(
  kind: string,
  id: string | null,
  applied: Readonly<Record<string, JsonValue>> = {},
  more: Partial<LedgerEntry> = {},
): LedgerEntry {
  return { kind, status: "ready", id, applied, needs: [], changed_at: inSeconds(-3600), ...more };
}

export interface Setting {
  readonly declared?: readonly DesiredResource[];
  readonly live?: readonly LiveResource[];
  readonly ledger?: Readonly<Record<string, LedgerEntry>> | null;
  readonly policy?: Partial<Policy>;
  readonly removed?: readonly string[];
  readonly moved?: readonly Move[];
  /** Left out: every section is open. */
  readonly scopes?: readonly Scope[];
  /** Ids whose absence a second look confirmed, as `liveKey`s. */
  readonly absent?: readonly string[];
  /** Kinds whose lists are incomplete. */
  readonly unread?: readonly string[];
  readonly options?: Partial<PlanOptions>;
}

export function planOf(setting: Setting): Plan {
  return makePlan(inputOf(setting));
}

export function inputOf(setting: Setting): PlanInput {
  const { declared = [], live: resources = [], ledger = {} } = setting;
  return {
    desired: {
      stack: "unit",
      policy: { prune: "owned", exclusive: [], max_deletes: 0, adopt: false, ...setting.policy },
      resources: declared,
      scopes: setting.scopes ?? allScopes(declared),
      removed: setting.removed ?? [],
      moved: setting.moved ?? [],
    },
    live: liveState(resources, setting),
    ledger: ledger === null ? null : ledgerOf(ledger),
    rules: RULES_BY_KIND,
    options: { now: NOW, adopt: false, allow_deletes: 100, destroy: false, ...setting.options },
  };
}

export function ledgerOf(resources: Readonly<Record<string, LedgerEntry>>): Ledger {
  return { format: 1, stack: "unit", lineage: "line", serial: 3, accounts: {}, salt: "salt", resources };
}

function allScopes(declared: readonly DesiredResource[]): Scope[] {
  const roots = RULES.filter((rules) => rules.parent === undefined).map((rules) => ({ kind: rules.kind }));
  const gates = declared.filter((resource) => resource.kind === "m.gate");
  return [...roots, ...gates.map((gate) => ({ kind: "m.conf", parent: gate.address }))];
}

export function liveState(
  resources: readonly LiveResource[],
  { absent = [], unread = [] }: Setting,
): LiveState {
  const parents = resources.filter((item) => item.kind === "m.gate").map((item) => item.id);
  const readings: Reading[] = RULES.flatMap(({ kind, parent }): Reading[] => {
    const complete = !unread.includes(kind);
    const problem = complete ? {} : { error: "a page is missing" };
    return parent === undefined
      ? [{ kind, complete, ...problem }]
      : parents.map((id) => ({ kind, parent_id: id, complete, ...problem }));
  });
  return { accounts: { m: "account" }, resources, readings, absent, actors: { m: "me" } };
}

/** `action reason` of every step of an address, in order. */
export function stepsOf(plan: Plan, address: string): string[] {
  return plan.steps.filter((step) => step.address === address).map((step) => `${step.action} ${step.reason}`);
}

/** The code with which an address is refused. */
export function refusalOf(plan: Plan, address: string): string | undefined {
  return plan.refused.find((item) => item.address === address)?.code;
}

/** Ids of all steps, in order. */
export function idsOf(plan: Plan): string[] {
  return plan.steps.map((step) => step.id);
}
