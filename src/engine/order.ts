// The one order: which step needs which, from the edges between addresses. No table of kinds, no numbers.

import { type Address, parseAddress } from "../base/address.ts";
import { topologicalOrder } from "../base/graph.ts";
import { append } from "../base/multimap.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import { renewsValue, type Step } from "../model/plan.ts";
import { type Context, ledgerNeeds, rulesOf } from "./context.ts";
import type { Draft } from "./verdict.ts";

export interface OrderInput {
  readonly context: Context;
  readonly drafts: readonly Draft[];
  /** Address → live resources that hold the identity its create will take. */
  readonly collisions: ReadonlyMap<Address, readonly LiveResource[]>;
}

export type Needs = ReadonlyMap<string, readonly string[]>;

/**
 * Step id → ids of the steps it needs.
 * - What makes or changes a resource comes after what makes or changes the resources it needs.
 * - A replacement makes first and deletes then, or the other way round where the identity would collide.
 * - What goes along with something else goes after it, when it is gone already, and what would go along with it is
 *   made after it. What would belong to what is made, and is to go, goes before that.
 * - What gives an entry its new address comes before everything else there.
 * - A delete comes after the deletes of, and the updates that stop using it on, whatever needed it, unless that
 *   would close a circle: where an identity passes from one resource to another, there is a gap.
 */
export function needsOfSteps(input: OrderInput): Needs {
  const { context, drafts } = input;
  const making = new Map<Address, Draft[]>();
  const deleting = new Map<Address, Draft[]>();
  const forgetting = new Map<Address, Draft[]>();
  const deletingId = new Map<string, string>();
  for (const step of drafts) {
    if (step.action === "delete") {
      append(deleting, step.address, step);
      deletingId.set(`${step.kind} ${step.parent_id ?? ""}/${step.vendor_id ?? ""}`, step.id);
    } else if (step.action === "forget") append(forgetting, step.address, step);
    else if (step.action !== "record") append(making, step.address, step);
  }
  const users = usersByAddress(context, drafts);
  const byId = new Map(drafts.map((step) => [step.id, step]));
  const needs = new Map<string, Set<string>>(drafts.map((step) => [step.id, new Set<string>()]));
  /** Delete → creates that it makes room for. */
  const successors = new Map<string, Draft[]>();
  const add = (step: Draft, before: Draft) => {
    if (step.id !== before.id) needs.get(step.id)?.add(before.id);
  };
  for (const [address, steps] of making) {
    for (const needed of context.declared.get(address)?.needs ?? []) {
      for (const before of making.get(needed) ?? []) for (const step of steps) add(step, before);
    }
    chain(steps, add);
    for (const step of steps) {
      for (const taker of takersOf(context, drafts, step)) add(step, taker);
      for (const part of partsInTheWay(context, drafts, step)) add(step, part);
    }
    for (const holder of input.collisions.get(address) ?? []) {
      const id = deletingId.get(`${holder.kind} ${holder.parent_id ?? ""}/${holder.id}`);
      const gone = byId.get(id ?? "");
      for (const step of steps) {
        if (gone === undefined || step.action !== "create") continue;
        add(step, gone);
        append(successors, gone.id, step);
      }
    }
  }
  for (const [address, steps] of deleting) {
    // The entry goes last: until then it knows every id of the address that is still live.
    const last = steps.filter((step) => step.reason !== "retired" && step.reason !== "interrupted");
    const first = steps.filter((step) => !last.includes(step));
    for (const step of [...last, ...(forgetting.get(address) ?? [])])
      for (const before of first) add(step, before);
    for (const step of steps) {
      for (const taker of step.along === undefined ? [] : (deleting.get(step.along) ?? [])) add(step, taker);
    }
    const create = successorOf(making.get(address) ?? []);
    for (const step of steps) {
      if (create === undefined || step.reason === "retired") continue;
      if (step.replacement === "create-first") add(step, create);
      else add(create, step); // a gap, or a left-over whose place the create takes
    }
  }
  // A renamed entry is found under its new address from then on, and so is what lives in it. Its old address is free,
  // or has something else.
  for (const move of drafts) {
    const { address, from } = move;
    if (from === undefined) continue;
    for (const step of drafts) if (step.address === from || isWithin(context, step, address)) add(step, move);
  }
  // What follows gives way to what stands above. A name or an identity that passes from one resource to another
  // has to be free before its new holder can be made, even where something uses the old holder until then.
  const prefer = (step: Draft, before: Draft) => {
    if (!reaches(needs, before.id, step.id)) add(step, before);
  };
  // Where something new stands under an address that was given up, it is mentioned only once that is so.
  for (const move of drafts) {
    const { address, from } = move;
    if (from === undefined || context.moves.get(address)?.id === undefined) continue;
    for (const step of drafts)
      if (step.body?.needs.some((needed) => needed === address || needed === from)) prefer(step, move);
  }
  // Nothing goes before its successor can be made.
  const preferReady = (step: Draft, create: Draft) => {
    for (const id of needs.get(create.id) ?? []) {
      const before = byId.get(id);
      if (before !== undefined && before.action !== "delete") prefer(step, before);
    }
  };
  for (const [address, steps] of deleting) {
    const made = making.get(address) ?? [];
    const create = successorOf(made);
    const delivered = create ?? made.find(renewsValue);
    for (const step of steps) {
      for (const other of successors.get(step.id) ?? []) preferReady(step, other);
      if (step.reason === "retired") {
        // What no sink has goes also where the delivery of another one fails again.
        if (delivered !== undefined && isDelivering(context, step)) prefer(step, delivered);
      } else if (create !== undefined && step.replacement !== "create-first") preferReady(step, create);
    }
    for (const user of users.get(address) ?? []) {
      for (const before of deleting.get(user) ?? []) for (const step of steps) prefer(step, before);
      if (user !== address)
        for (const before of making.get(user) ?? []) for (const step of steps) prefer(step, before);
    }
  }
  return new Map([...needs].map(([id, set]) => [id, [...set].sort()]));
}

/** Deletes that would take along what a create makes, because it belongs to what they delete. */
function takersOf(context: Context, drafts: readonly Draft[], { action, kind, body }: Draft): Draft[] {
  const rule = rulesOf(context.rules, kind).part_of;
  if (rule === undefined || action !== "create") return [];
  return drafts.filter((step) => {
    if (step.action !== "delete" || step.kind !== rule.kind) return false;
    const whole = context.byKey.get(liveKey(step.kind, step.parent_id, step.vendor_id ?? ""));
    return whole !== undefined && rule.is({ id: "", fields: body?.fields ?? {} }, whole);
  });
}

/** Deletes of what would belong to what a create makes, if it were still there: they would take that apart again. */
function partsInTheWay(
  context: Context,
  drafts: readonly Draft[],
  { action, kind, parent, body }: Draft,
): Draft[] {
  if (action !== "create") return [];
  const whole = {
    id: "",
    fields: body?.fields ?? {},
    ...(parent === undefined ? {} : { parent_id: parseAddress(parent)?.keys.at(-1) ?? "" }),
  };
  return drafts.filter((step) => {
    const rule = step.action === "delete" ? rulesOf(context.rules, step.kind).part_of : undefined;
    if (rule?.kind !== kind) return false;
    const part = context.byKey.get(liveKey(step.kind, step.parent_id, step.vendor_id ?? ""));
    return part !== undefined && rule.is(part, whole);
  });
}

/** Whether a step is about an address or about something that lives in it. */
function isWithin(context: Context, step: Draft, address: Address): boolean {
  let at: Address | undefined = step.address;
  let parent = step.parent;
  while (at !== undefined && at !== address) {
    at = parent;
    parent = at === undefined ? undefined : context.entries.get(at)?.parent;
  }
  return at === address;
}

/** adopt → create → update → check-secret of one address. */
function chain(steps: readonly Draft[], add: (step: Draft, before: Draft) => void): void {
  const rank = ["adopt", "create", "update", "check-secret"];
  for (const step of steps) {
    for (const before of steps)
      if (rank.indexOf(before.action) < rank.indexOf(step.action)) add(step, before);
  }
}

/** What takes the place of an address's deleted object. */
function successorOf(made: readonly Draft[]): Draft | undefined {
  return made.find((other) => other.action === "create" || other.replacement !== undefined);
}

/** Whether some sinks may have the value of an earlier id. */
function isDelivering({ entries }: Context, { address, vendor_id }: Draft): boolean {
  const retiring = entries.get(address)?.retiring ?? [];
  return retiring.some(({ id, delivering }) => id === vendor_id && delivering === true);
}

/** Whether a step needs another, directly or over others. */
function reaches(needs: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const id of seen) {
    if (id === to) return true;
    for (const next of needs.get(id) ?? []) seen.add(next);
  }
  return false;
}

/** Address → addresses that needed it when they were last applied, or that live in it. */
export function usersByAddress(
  context: Context,
  drafts: readonly Draft[],
): ReadonlyMap<Address, readonly Address[]> {
  const table = new Map<Address, Address[]>();
  for (const [user, needs] of ledgerNeeds(context.ledger))
    for (const used of needs) append(table, used, user);
  for (const step of drafts) {
    if (step.parent !== undefined && !context.entries.has(step.address))
      append(table, step.parent, step.address);
  }
  return table;
}

/** Steps in a stable order in which each comes after what it needs, or the cycle that forbids one. */
export function orderSteps(
  drafts: readonly Draft[],
  needs: Needs,
): { readonly steps: readonly Step[]; readonly cycle?: readonly string[] } {
  const byId = new Map(drafts.map((step) => [step.id, step]));
  // Ties are broken by address first, then by action: names for sorting put the address in front.
  const nameOf = (id: string) => `${byId.get(id)?.address ?? ""}\u0000${id}`;
  const idOf = new Map(drafts.map((step) => [nameOf(step.id), step.id]));
  const sorted = topologicalOrder(
    new Map(drafts.map((step) => [nameOf(step.id), (needs.get(step.id) ?? []).map(nameOf)])),
  );
  if (sorted.cycle !== undefined)
    return { steps: [], cycle: sorted.cycle.map((name) => idOf.get(name) ?? name) };
  const steps = sorted.order.flatMap((name) => {
    const step = byId.get(idOf.get(name) ?? "");
    return step === undefined ? [] : [{ ...step, needs: needs.get(step.id) ?? [] }];
  });
  return { steps };
}
