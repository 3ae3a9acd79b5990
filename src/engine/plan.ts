// Makes the plan: decides every address, orders the steps, guards them, counts. Pure and synchronous: the same
// three inputs give the same plan, and the clock is one of the options.

import { type Address, kindOf } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { topologicalOrder } from "../base/graph.ts";
import { compareText } from "../base/json.ts";
import { append } from "../base/multimap.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import { PLAN_FORMAT, type Plan, type Refusal } from "../model/plan.ts";
import { losesAlong, takenAlong } from "./alongside.ts";
import { forbidsRemoval } from "./case.ts";
import { buildContext, type Context, isBeside, ownerOf, type PlanInput, rulesOf } from "./context.ts";
import { decideDeclared } from "./declared.ts";
import { forbiddenSteps } from "./forbidden.ts";
import { withGaps } from "./gaps.ts";
import { blockedAddresses, brakeDiagnostic, countedDeletes, takenIdentities } from "./guard.ts";
import { renameHints, twinHints } from "./hints.ts";
import { clashingMoves } from "./moves.ts";
import { needsOfSteps, orderSteps, usersByAddress } from "./order.ts";
import { passingMoves } from "./passing.ts";
import { isNamedRemoved } from "./removal.ts";
import { decideRetiring, isDueAnyway } from "./retiring.ts";
import { unrotatable } from "./rotate.ts";
import { summarise } from "./summary.ts";
import { onlySelected, type Selection, selectAddresses } from "./target.ts";
import { compareLive, decideForeign, decideRemoved } from "./undeclared.ts";
import type { Draft, Verdict } from "./verdict.ts";

export type { PlanInput, PlanOptions } from "./context.ts";

/** Compares what is declared, live and in the ledger, and says what to do in which order. */
export function makePlan(input: PlanInput): Plan {
  const initial = withPassing(buildContext(input), input);
  const declaredOrder = topologicalOrder(
    new Map(input.desired.resources.map((item) => [item.address, item.needs])),
  );
  if (declaredOrder.cycle !== undefined)
    return finish(initial, {
      verdicts: [],
      unmanaged: [],
      diagnostics: [cycleDiagnostic(declaredOrder.cycle)],
    });
  // What is deleted may take along what stays declared: then that is decided once more.
  for (let context = initial; ; ) {
    const decided = decideAll(context, declaredOrder.order);
    const within = withinSelection(selectionOf(context, decided.verdicts));
    const taken = new Map([...context.taken, ...takenAlong(context, decided.verdicts, within)]);
    if (taken.size === context.taken.size) return finish(context, decided);
    context = { ...context, taken };
  }
}

/** The tables as they are once what a declared identity belongs to has the address that declares it. */
function withPassing(context: Context, input: PlanInput): Context {
  const { desired, ledger, options } = context;
  const { targets, destroy } = options;
  const selection =
    targets === undefined ? undefined : selectAddresses({ desired, ledger, targets, destroy });
  // Every mention of a moved address follows, so whoever uses it has to be part of the plan.
  const users = usersByAddress(context, []);
  const passing = passingMoves(
    context,
    (address) =>
      selection === undefined ||
      (selection.matched.has(address) &&
        (users.get(address) ?? []).every((user) => selection.selected.has(user))),
  );
  return passing.length === 0 ? context : buildContext(input, passing);
}

function decideAll(context: Context, order: readonly Address[]): Decided {
  const declared = decideDeclared(context, order);
  const homes = new Map(
    declared
      .filter((verdict) => verdict.refusal === undefined)
      .flatMap(({ address, claims }) => (claims ?? []).map(({ kind, id }) => [`${kind} ${id}`, address])),
  );
  const verdicts = [...declared, ...decideUndeclared(context, declared)];
  const claimed = new Set(verdicts.flatMap((verdict) => verdict.claims ?? []));
  const unmanaged: LiveResource[] = [];
  for (const live of [...context.live.resources].sort(compareLive)) {
    if (claimed.has(live) || context.owners.has(liveKey(live.kind, live.parent_id, live.id))) continue;
    if (live.part_of !== undefined) continue;
    const verdict = decideForeign(context, live, homes);
    if (verdict === null) {
      if (!isBeside(rulesOf(context.rules, live.kind), live)) unmanaged.push(live);
    } else {
      verdicts.push(verdict);
      for (const child of verdict.claims ?? []) claimed.add(child);
    }
  }
  return { verdicts, unmanaged: unmanaged.filter((live) => !claimed.has(live)), diagnostics: [] };
}

function decideUndeclared(context: Context, declared: readonly Verdict[]): Verdict[] {
  const successors = new Map(
    declared.flatMap(({ address, drafts }) =>
      drafts.filter(isSuccessor).map((step) => [address, step] as const),
    ),
  );
  const verdicts: Verdict[] = [];
  for (const [address, entry] of [...context.entries].sort(([a], [b]) => compareText(a, b))) {
    const removed = context.declared.has(address) ? [] : [decideRemoved(context, address, entry)];
    verdicts.push(...removed);
    const goes = removed.some(({ kept }) => kept !== true);
    const retired = decideRetiring(context, address, entry, successors.get(address), goes);
    if (retired.length > 0) verdicts.push({ address, drafts: retired });
  }
  return verdicts;
}

function isSuccessor({ action }: Draft): boolean {
  return action === "create";
}

interface Decided {
  readonly verdicts: readonly Verdict[];
  readonly unmanaged: readonly LiveResource[];
  readonly diagnostics: readonly Diagnostic[];
}

function finish(context: Context, decided: Decided): Plan {
  const { desired, ledger, live, options } = context;
  const { targets } = options;
  const selection = selectionOf(context, decided.verdicts);
  const within = withinSelection(selection);
  const verdicts =
    selection === undefined ? decided.verdicts : onlySelected(context, decided.verdicts, selection);
  const unmanaged = selection === undefined ? decided.unmanaged : [];
  const hints = options.destroy ? [] : [...renameHints(context), ...twinHints(context, decided.unmanaged)];
  const all = verdicts.flatMap((verdict) => verdict.drafts);
  // One address may have several verdicts: its own, and that of an earlier id which is to go.
  const collisions = new Map<Address, LiveResource[]>();
  for (const { address, collides = [] } of verdicts)
    for (const holder of collides) append(collisions, address, holder);
  const forbidden = forbiddenSteps(context, all);
  const roots = [
    ...clashingMoves(ledger, desired.moved).filter((refusal) => within(refusal.address)),
    ...verdicts.flatMap((verdict) => (verdict.refusal === undefined ? [] : [verdict.refusal])),
    ...forbidden.refusals,
  ];
  const refused = spreadRefusals(context, all, roots, collisions);
  const stopped = new Set(refused.map((item) => item.address));
  const left = all
    .filter((step) => !stopped.has(step.address) || isRetiredInPlace(context, step))
    .filter((step) => !forbidden.steps.has(step.id))
    .map((step) => withStanding(context, step));
  const drafts = withGaps(context, left, collisions);
  const { steps, cycle } = orderSteps(drafts, needsOfSteps({ context, drafts, collisions }));
  const counted = countedDeletes(steps);
  const allowed = Math.max(desired.policy.max_deletes, options.allow_deletes);
  const changing = new Set(
    steps.filter((step) => step.action !== "check-secret").map((step) => step.address),
  );
  const unchanged = desired.resources
    .filter(
      ({ address, implied }) =>
        implied !== true && within(address) && !stopped.has(address) && !changing.has(address),
    )
    .map(({ address }) => address)
    .sort(compareText);
  return {
    format: PLAN_FORMAT,
    stack: desired.stack,
    lineage: ledger?.lineage ?? null,
    serial: ledger?.serial ?? null,
    accounts: live.accounts,
    created_at: new Date(options.now).toISOString(),
    ...(targets === undefined ? {} : { partial: targets }),
    steps,
    unchanged: cycle === undefined && decided.diagnostics.length === 0 ? unchanged : [],
    kept: verdicts.filter((verdict) => verdict.kept === true).map((verdict) => verdict.address),
    settling: verdicts.flatMap(({ address, settling }) =>
      (settling ?? []).map((item) => ({ address, ...item })),
    ),
    unmanaged: unmanaged.map(({ kind, id, parent_id, name }) => ({
      kind,
      id,
      ...(parent_id === undefined ? {} : { parent_id }),
      name,
    })),
    refused,
    allowed_deletes: allowed,
    summary: summarise(steps, {
      unchanged: unchanged.length,
      unmanaged: unmanaged.length,
      refused: refused.length,
    }),
    diagnostics: [
      ...decided.diagnostics,
      ...verdicts.flatMap((verdict) => verdict.diagnostics ?? []),
      ...(options.destroy ? [] : unrotatable(context)),
      ...(selection?.diagnostics ?? []),
      ...hints.filter((hint) => hint.address === undefined || within(hint.address)),
      ...(cycle === undefined ? [] : [cycleDiagnostic(cycle)]),
      ...brakeDiagnostic(counted, allowed),
    ],
  };
}

/** What `--target` selects; `undefined` for all. */
function selectionOf(
  { desired, ledger, options }: Context,
  verdicts: readonly Verdict[],
): Selection | undefined {
  const { targets, destroy } = options;
  if (targets === undefined) return undefined;
  return selectAddresses(
    { desired, ledger, targets, destroy },
    verdicts.map((verdict) => verdict.address),
  );
}

function withinSelection(selection: Selection | undefined): (address: Address) => boolean {
  return (address) => selection === undefined || selection.selected.has(address);
}

/** A delete that a refusal of its address does not concern; what is not renamed has its entry elsewhere. */
function isRetiredInPlace(context: Context, step: Draft): boolean {
  const { reason, address } = step;
  const moving = [...context.moves.values()].some(({ from, to }) => from === address || to === address);
  return reason === "retired" && !moving && isDueAnyway(context, step);
}

/** What a step's review and its later check need of the ledger and the file, beside what is live. */
function withStanding(context: Context, step: Draft): Draft {
  const reviewed =
    step.action === "delete" && isNamedRemoved(context, addressUntilNow(context, step))
      ? { reviewed: true as const }
      : {};
  const { expects } = step;
  if (expects.state !== "present") return { ...step, ...reviewed };
  const live = context.byKey.get(liveKey(step.kind, step.parent_id, expects.id));
  if (live === undefined || ownerOf(context, live) !== step.address) return { ...step, ...reviewed };
  const entry = context.entries.get(step.address);
  const ledger = entry !== undefined && forbidsRemoval(entry) ? "protected" : "owned";
  return { ...step, ...reviewed, expects: { ...expects, ledger } };
}

/** The address that a step's object has until the plan's moves: a reviewer of its removal has seen that one. */
function addressUntilNow({ moves }: Context, { kind, address, vendor_id }: Draft): Address {
  const move = moves.get(address);
  if (move !== undefined && move.id === vendor_id) return move.from;
  const exchanged = [...moves.values()].find(
    ({ to, exchange }) => exchange === vendor_id && kindOf(to) === kind,
  );
  return exchanged?.to ?? address;
}

function cycleDiagnostic(cycle: readonly string[]): Diagnostic {
  return {
    severity: "error",
    code: "DEPENDENCY_CYCLE",
    message: `these depend on each other in a circle: ${cycle.join(" → ")}`,
    hint: "take one of the references away",
  };
}

/**
 * Refusals with all that follows from them: what depends on a refused address, what would take the identity of
 * something that does not go because its address is refused, and what would take that along.
 */
function spreadRefusals(
  context: Context,
  drafts: readonly Draft[],
  roots: readonly Refusal[],
  collisions: ReadonlyMap<Address, readonly LiveResource[]>,
): Refusal[] {
  const refused = uniqueByAddress([...roots, ...blockedAddresses(context, drafts, roots)]);
  const stopped = new Set(refused.map((item) => item.address));
  const left = drafts.filter((step) => !stopped.has(step.address));
  const more = [
    ...takenIdentities(context, left, new Map([...collisions].filter(([address]) => !stopped.has(address)))),
    ...losesAlong(context, left),
  ];
  return more.length === 0 ? refused : spreadRefusals(context, drafts, [...roots, ...more], collisions);
}

function uniqueByAddress(list: readonly Refusal[]): Refusal[] {
  const seen = new Map<Address, Refusal>();
  for (const item of list) if (!seen.has(item.address)) seen.set(item.address, item);
  return [...seen.values()].sort((a, b) => compareText(a.address, b.address));
}
