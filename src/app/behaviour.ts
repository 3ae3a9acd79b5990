// What a plan changes in what requests get: the providers' own sense of their resources, over what is live and over
// what will be once the plan is carried out. Pure, and asks no provider which kinds it has.

import type { Address } from "../base/address.ts";
import { isSecretMark } from "../base/expression.ts";
import { compareText, isObject, type JsonValue, jsonEqual, record } from "../base/json.ts";
import { moveEntries, movesOfSteps } from "../engine/moves.ts";
import { canonicalFields, canonicalLive } from "../engine/normalise.ts";
import type { BehaviourChange, Outcome, PlanBehaviour } from "../model/behaviour.ts";
import type { Desired, Move } from "../model/desired.ts";
import type { Fields, KindRules, RulesByKind } from "../model/kind-rules.ts";
import type { Ledger } from "../model/ledger.ts";
import { type LiveState, liveKey } from "../model/live.ts";
import type { Plan, Step } from "../model/plan.ts";
import type { BehaviourGraph, BehaviourRules, GraphResource } from "../provider/behaviour.ts";
import { liveNode, readWhole } from "../provider/effective.ts";
import type { AnyProvider } from "../provider/provider.ts";

export interface BehaviourInput {
  readonly providers: readonly Pick<AnyProvider, "name" | "behaviour">[];
  readonly rules: RulesByKind;
  readonly desired: Pick<Desired, "moved">;
  readonly live: LiveState;
  readonly ledger: Ledger | null;
}

/** What a plan changes; `undefined` where no provider that was read to the end has anything to say. */
export function behaviourOfPlan(input: BehaviourInput, plan: Pick<Plan, "steps">): PlanBehaviour | undefined {
  const told = input.providers.flatMap(({ name, behaviour }) => {
    if (behaviour === undefined) return [];
    const kinds = kindsOf(behaviour, input.rules);
    const before = liveGraph(kinds, input);
    if (!before.known.has(behaviour.kind)) return [];
    const steps = plan.steps.filter((step) => kinds.some(({ kind }) => kind === step.kind));
    return [steps.length === 0 ? [] : changesOf(name, behaviour, before, afterSteps(kinds, input, steps))];
  });
  return told.length === 0 ? undefined : { format: 1, changes: told.flat() };
}

/** The rules of the kinds that a behaviour is about. */
export function kindsOf({ kind, also }: BehaviourRules, rules: RulesByKind): readonly KindRules[] {
  return [kind, ...also].flatMap((name) => {
    const found = rules.get(name);
    return found === undefined ? [] : [found];
  });
}

/** What is live, under the addresses of whoever owns it. */
export function liveGraph(
  kinds: readonly KindRules[],
  { live, ledger, desired }: Pick<BehaviourInput, "live" | "ledger" | "desired">,
): BehaviourGraph {
  const resources = [...nodesOf(kinds, live, ownersOf(ledger, desired.moved)).values()];
  return { resources, known: readWhole(kinds, live) };
}

function nodesOf(
  kinds: readonly KindRules[],
  live: LiveState,
  owners: ReadonlyMap<string, Address>,
): Map<string, GraphResource> {
  const byKind = new Map(kinds.map((rules) => [rules.kind, rules]));
  const nodes = new Map<string, GraphResource>();
  for (const item of live.resources) {
    const rules = byKind.get(item.kind);
    if (rules === undefined) continue;
    const key = liveKey(item.kind, item.parent_id, item.id);
    nodes.set(key, liveNode(rules, item, canonicalLive(rules, item.fields), owners.get(key)));
  }
  return nodes;
}

function ownersOf(ledger: Ledger | null, moved: readonly Move[]): ReadonlyMap<string, Address> {
  if (ledger === null) return new Map();
  const entries = Object.entries(moveEntries(ledger, moved).resources);
  return new Map(
    entries.flatMap(([address, { kind, parent_id, id }]) =>
      id === null ? [] : [[liveKey(kind, parent_id, id), address] as const],
    ),
  );
}

/** What is live once these steps are done: what they do not name stays as it is. */
function afterSteps(
  kinds: readonly KindRules[],
  { live, ledger, desired }: BehaviourInput,
  steps: readonly Step[],
): BehaviourGraph {
  const byKind = new Map(kinds.map((rules) => [rules.kind, rules]));
  const nodes = nodesOf(kinds, live, ownersOf(ledger, [...desired.moved, ...movesOfSteps(steps)]));
  for (const step of steps) {
    const { action, address, kind, parent_id, vendor_id, body } = step;
    const rules = byKind.get(kind);
    const key = vendor_id === null ? `new ${address}` : liveKey(kind, parent_id, vendor_id);
    if (rules === undefined) continue;
    if (action === "delete") nodes.delete(key);
    if (body === undefined) continue;
    const now = nodes.get(key);
    if (action === "create") {
      const fields = canonicalFields(rules, { ...body.defaults, ...body.fields });
      nodes.set(key, { kind, title: address, address, fields });
    } else if (now !== undefined) {
      const written = action === "update" ? laidOver(now.fields, body.fields) : now.fields;
      nodes.set(key, { ...now, title: address, address, fields: canonicalFields(rules, written) });
    }
  }
  return { resources: [...nodes.values()], known: readWhole(kinds, live) };
}

/** Declared values over live ones; what lies beside them in an object stays. */
function laidOver(below: Fields, above: Fields): Fields {
  const out: Record<string, JsonValue> = record();
  Object.assign(out, below);
  for (const [name, value] of Object.entries(above)) {
    const under = out[name];
    const both = isObject(value) && !isSecretMark(value) && isObject(under) && !isSecretMark(under);
    out[name] = both ? laidOver(under, value) : value;
  }
  return out;
}

function changesOf(
  provider: string,
  { of }: BehaviourRules,
  before: BehaviourGraph,
  after: BehaviourGraph,
): readonly BehaviourChange[] {
  const [was, will] = [of(before), of(after)];
  return [...new Set([...was.subjects, ...will.subjects])].sort(compareText).flatMap((subject) => {
    const pair = { before: was.trace(subject).outcome, after: will.trace(subject).outcome };
    return endsAlike(pair.before, pair.after) ? [] : [{ provider, subject, ...pair }];
  });
}

/** Whether a request gets the same, whichever way it takes. */
function endsAlike(a: Outcome, b: Outcome): boolean {
  const essence = ({ verdict, served_by, unordered, relay, status, code, message }: Outcome): JsonValue => [
    verdict,
    [...served_by],
    unordered ?? false,
    relay ?? null,
    status ?? null,
    code ?? null,
    // What is not known can only be told apart by what is said of it.
    verdict === "unknown" ? (message ?? null) : null,
  ];
  return jsonEqual(essence(a), essence(b));
}
