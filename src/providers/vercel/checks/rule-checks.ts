// What the checks of routing rules share: the rules as they will be, each declared one with the way that a request
// for its source takes, and the file of their examples.

import type { Trace } from "../../../model/behaviour.ts";
import type { Desired } from "../../../model/desired.ts";
import type { LiveState } from "../../../model/live.ts";
import { graphOf } from "../../../provider/effective.ts";
import { rule } from "../kinds/rule.ts";
import { virtualModel } from "../kinds/virtual-model.ts";
import { type Cycles, cyclesOf } from "../routing/cycles.ts";
import { type Routing, type Rule, routingOf } from "../routing/graph.ts";
import { walk } from "../routing/walk.ts";

/** A rule that the files declare, with what becomes of a request for its source. */
export interface DeclaredRule extends Rule {
  readonly address: string;
  readonly trace: Trace;
}

export interface RuleView {
  readonly routing: Routing;
  readonly cycles: Cycles;
  /** Enabled ones, by address. */
  readonly declared: readonly DeclaredRule[];
}

/** The rules after an apply: declared ones, and live ones that stay. */
export function ruleView(desired: Desired, live: LiveState | undefined): RuleView {
  const routing = routingOf(graphOf([rule.rules, virtualModel.rules], desired, live));
  const cycles = cyclesOf(routing);
  const declared = routing.rules.flatMap((item) =>
    item.address === undefined
      ? []
      : [{ ...item, address: item.address, trace: walk(routing, cycles, item.source) }],
  );
  return { routing, cycles, declared };
}

/** Declared rewrites that no other rule leads to: each begins a chain. */
export function chainStarts({ routing, declared }: RuleView): readonly DeclaredRule[] {
  const targets = new Set(routing.rules.map(({ destination }) => destination));
  return declared.filter(({ source, destination }) => destination !== null && !targets.has(source));
}

/** A whole file with these rules in it, a line each. */
export function ruleFile(...rules: readonly string[]): string {
  return `version: 1
stack: acme-prod
vercel:
  team: acme
  rules:
${rules.map((line) => `    ${line}\n`).join("")}`;
}

/** A line of `ruleFile`. @param more fields, with a comma before them. */
export function rewriteLine(key: string, source: string, destination: string, more = ""): string {
  return `${key}: { type: rewrite, source: ${source}, destination: ${destination}${more} }`;
}
