// How much room a plan needs in the Secrets Store, step by step: what it stores, and which of its deletes make room in
// time. Pure; what the account allows is asked elsewhere.

import type { Address } from "../../base/address.ts";
import type { Plan, Step } from "../../model/plan.ts";
import { providerConfig } from "./kinds/provider-config.ts";
import { secret } from "./kinds/secret.ts";
import { contractName } from "./kinds/stored-secret.ts";

export interface Room {
  /** How many secrets the plan stores, provider keys included. */
  readonly stored: number;
  /** Of what stores them, those that no delete has made room for before. */
  readonly growing: readonly Address[];
  /** Deletes that free a place, and of which nobody can tell that they come before anything that needs one. */
  readonly late: readonly Address[];
  /** Replacements of which the new one has to be stored beside the old one, so that none of them can go first. */
  readonly beside: readonly Address[];
}

/**
 * Steps run side by side where none needs the other, so a delete makes room only for what waits for it: each takes the
 * place of one. What is left over would be stored on top, in the worst order.
 */
export function roomFor(plan: Plan): Room {
  const before = needsOf(plan);
  const makers = plan.steps.filter(storesSecret);
  const places = placesFreed(plan);
  const taken = new Map<string, string>();
  /** Finds a place for a step, moving others to another place of theirs where that helps. */
  const place = (step: string, tried: Set<string>): boolean => {
    for (const [name, freed] of places) {
      if (tried.has(name) || !freed.some(({ id }) => before(step).has(id))) continue;
      tried.add(name);
      const holder = taken.get(name);
      if (holder !== undefined && !place(holder, tried)) continue;
      taken.set(name, step);
      return true;
    }
    return false;
  };
  const growing = makers.filter(({ id }) => !place(id, new Set()));
  const unused = [...places].flatMap(([name, [first]]) =>
    taken.has(name) || first === undefined ? [] : [first],
  );
  const isReplaced = ({ replacement }: Step): boolean => replacement === "create-first";
  return {
    stored: makers.length,
    growing: growing.map(({ address }) => address),
    late: unused.filter((step) => !isReplaced(step)).map(({ address }) => address),
    beside: unused.filter(isReplaced).map(({ address }) => address),
  };
}

/** A config that is given a key stores it; one that only names a stored one does not. */
function storesSecret({ kind, action, body }: Step): boolean {
  if (action !== "create") return false;
  return (
    kind === secret.rules.kind || (kind === providerConfig.rules.kind && body?.fields.secret !== undefined)
  );
}

/** Names of secrets that go, each with the steps that make it go: with a config goes the secret of its name. */
function placesFreed({ steps }: Plan): ReadonlyMap<string, readonly Step[]> {
  const places = new Map<string, Step[]>();
  for (const step of steps) {
    const { kind, action, expects, parent_id = "" } = step;
    if (action !== "delete" || expects.state !== "present") continue;
    const { fields } = expects;
    const name =
      kind === providerConfig.rules.kind
        ? contractName(fields, parent_id)
        : kind === secret.rules.kind
          ? String(fields.name)
          : undefined;
    if (name !== undefined) places.set(name, [...(places.get(name) ?? []), step]);
  }
  return places;
}

/** Step id → ids of all steps that have to be done before it. */
function needsOf({ steps }: Plan): (id: string) => ReadonlySet<string> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const known = new Map<string, ReadonlySet<string>>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const all = new Set(byId.get(id)?.needs ?? []);
    for (const other of all) for (const next of byId.get(other)?.needs ?? []) all.add(next);
    known.set(id, all);
    return all;
  };
}
