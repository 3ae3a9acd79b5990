// What a saved plan is about, in the terms that reading and planning work with: its resources as desired ones, and
// the part of the ledger that has to do with them. Other resources of the stack are not in it.

import { type Address, kindOf } from "../base/address.ts";
import { isSecretMark } from "../base/expression.ts";
import { compareText, isObject, type JsonValue, record } from "../base/json.ts";
import type { Desired, DesiredResource, Scope } from "../model/desired.ts";
import type { Fields, KindRules, RulesByKind } from "../model/kind-rules.ts";
import type { Ledger, LedgerEntry } from "../model/ledger.ts";
import type { Plan, Step } from "../model/plan.ts";
import { moveEntries, movesOfSteps } from "./moves.ts";
import { fieldOf, leavesOf } from "./normalise.ts";

export interface PlanScope {
  readonly desired: Desired;
  /** The entries of what the plan touches and of what that lives in, under the addresses that the plan gives them. */
  readonly ledger: Ledger;
}

/**
 * A plan's scope. What a step leaves out because it stays as it is (a secret that did not change, a field under
 * `ignore_changes`) is filled in from the ledger, so that planning again does not take it for released.
 */
export function scopeOfPlan(plan: Plan, stored: Ledger, rules: RulesByKind): PlanScope {
  const moved = movesOfSteps(plan.steps);
  const ledger = moveEntries(stored, moved);
  const entries = new Map<Address, LedgerEntry>();
  const keep = (address: Address): void => {
    const entry = Object.hasOwn(ledger.resources, address) ? ledger.resources[address] : undefined;
    if (entry === undefined || entries.has(address)) return;
    entries.set(address, entry);
    if (entry.parent !== undefined) keep(entry.parent);
  };
  for (const step of plan.steps) {
    keep(step.address);
    if (step.parent !== undefined) keep(step.parent);
  }
  const resources = new Map<Address, DesiredResource>();
  for (const step of plan.steps) {
    const before = resources.get(step.address);
    const resource = resourceOf(step, rules.get(step.kind), entries.get(step.address), before);
    if (resource !== undefined) resources.set(step.address, resource);
  }
  for (const parent of parentsOf(plan, entries)) {
    const entry = entries.get(parent);
    if (entry !== undefined && !resources.has(parent) && !isTouched(plan, parent))
      resources.set(parent, asRecorded(parent, entry));
  }
  return {
    desired: {
      stack: plan.stack,
      policy: { prune: "owned", exclusive: [], max_deletes: plan.allowed_deletes, adopt: false },
      resources: [...resources.values()].sort((a, b) => compareText(a.address, b.address)),
      scopes: scopesOf(plan, rules),
      removed: [],
      moved,
    },
    ledger: { ...ledger, resources: Object.fromEntries(entries) },
  };
}

/**
 * The ledger for looking at a plan's scope: with an entry for everything that the plan works on or in and that the
 * ledger does not have any more, so that its lists are read and its absence is looked into.
 */
export function ledgerToLookWith(plan: Plan, scope: PlanScope): Ledger {
  const resources: Record<string, LedgerEntry> = record();
  Object.assign(resources, scope.ledger.resources);
  const known = new Set(Object.values(scope.ledger.resources).map(({ kind, id }) => `${kind} ${id}`));
  const add = (name: string, kind: string, id: string, place: Pick<Step, "parent" | "parent_id">): void => {
    if (known.has(`${kind} ${id}`)) return;
    known.add(`${kind} ${id}`);
    const { parent, parent_id } = place;
    resources[name] = {
      kind,
      status: "ready",
      id,
      ...(parent === undefined ? {} : { parent }),
      ...(parent_id === undefined ? {} : { parent_id }),
      applied: {},
      needs: [],
      changed_at: plan.created_at,
    };
  };
  for (const step of plan.steps) {
    const { id, expects, kind, vendor_id, parent, parent_id } = step;
    if (expects.state === "present" && vendor_id !== null) add(id, kind, vendor_id, step);
    if (parent !== undefined && parent_id !== undefined) add(`${id} in`, kindOf(parent), parent_id, {});
  }
  return { ...scope.ledger, resources };
}

function resourceOf(
  step: Step,
  rules: KindRules | undefined,
  entry: LedgerEntry | undefined,
  before: DesiredResource | undefined,
): DesiredResource | undefined {
  const { body, address, kind, parent } = step;
  if (body === undefined || rules === undefined) return before;
  const released = new Set(step.released ?? []);
  const owned = step.action === "create" ? [] : Object.entries(entry?.applied ?? {});
  const fields = before === undefined ? body.fields : { ...before.fields, ...body.fields };
  const declared = Object.keys(leavesOf(rules, fields));
  const related = (a: string, b: string) => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
  const left = owned.filter(
    ([path]) => !released.has(path) && !declared.some((other) => related(other, path)),
  );
  return {
    address,
    kind,
    ...(parent === undefined ? {} : { parent }),
    fields: withLeaves(fields, left),
    lifecycle: body.lifecycle,
    ...(body.deliver === undefined ? {} : { deliver: body.deliver }),
    needs: body.needs,
  };
}

/** A resource that the plan only needs as a place, as it was last applied. */
function asRecorded(address: Address, entry: LedgerEntry): DesiredResource {
  return {
    address,
    kind: entry.kind,
    ...(entry.parent === undefined ? {} : { parent: entry.parent }),
    fields: withLeaves({}, Object.entries(entry.applied)),
    lifecycle: {},
    needs: entry.needs,
  };
}

/** Puts leaves back to where they came from: `opts.a` into the object `opts`. */
function withLeaves(fields: Fields, leaves: readonly (readonly [string, JsonValue])[]): Fields {
  const out: Record<string, JsonValue> = record();
  Object.assign(out, fields);
  for (const [path, value] of leaves) {
    const field = fieldOf(path);
    const outer = out[field];
    if (field === path) out[field] = value;
    else if (outer === undefined || (isObject(outer) && !isSecretMark(outer)))
      out[field] = { ...outer, [path.slice(field.length + 1)]: value };
  }
  return out;
}

function parentsOf(plan: Plan, entries: ReadonlyMap<Address, LedgerEntry>): Set<Address> {
  const parents = new Set<Address>();
  const add = (address: Address | undefined): void => {
    if (address === undefined || parents.has(address)) return;
    parents.add(address);
    add(entries.get(address)?.parent);
  };
  for (const step of plan.steps) add(step.parent ?? entries.get(step.address)?.parent);
  return parents;
}

function isTouched(plan: Plan, address: Address): boolean {
  return plan.steps.some((step) => step.address === address);
}

/** Every list that a step's resource stands in, and those of what it lives in. */
function scopesOf(plan: Plan, rules: RulesByKind): Scope[] {
  const scopes = new Map<string, Scope>();
  const add = (kind: string, parent: Address | undefined): void => {
    scopes.set(`${kind} ${parent ?? ""}`, { kind, ...(parent === undefined ? {} : { parent }) });
    const outer = rules.get(kind)?.parent;
    if (outer !== undefined) add(outer, undefined);
  };
  for (const step of plan.steps) add(step.kind, step.parent);
  return [...scopes.values()];
}
