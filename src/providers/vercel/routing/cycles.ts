// Circles among rewrites. Every model has at most one rule that counts, so each circle is found once, in one pass.

import { compareText } from "../../../base/json.ts";
import type { Routing, Rule } from "./graph.ts";

export interface Cycles {
  /** The rules of each circle in the order in which a request meets them, the one with the smallest source first. */
  readonly list: readonly (readonly Rule[])[];
  /** The circle that requests for a model end up in. */
  readonly from: (model: string) => readonly Rule[] | undefined;
  /** Where in its circle a model stands; `undefined` for one that only leads into it. */
  readonly placeOf: (model: string) => number | undefined;
}

/** Finds every circle, and which models lead into which. */
export function cyclesOf(routing: Routing): Cycles {
  const ends = new Map<string, readonly Rule[] | null>();
  const places = new Map<string, number>();
  const list: (readonly Rule[])[] = [];
  for (const { source } of [...routing.rules].sort((a, b) => compareText(a.source, b.source))) {
    const path: Rule[] = [];
    const at = new Map<string, number>();
    let model = source;
    let end: readonly Rule[] | null | undefined;
    while (end === undefined) {
      const again = at.get(model);
      if (again !== undefined) {
        end = fromSmallest(path.slice(again));
        for (const [place, rule] of end.entries()) places.set(rule.source, place);
        list.push(end);
        break;
      }
      const known = ends.get(model);
      const rule = routing.ruleFor(model);
      if (known !== undefined || rule === undefined || rule === "undecided" || rule.destination === null) {
        end = known ?? null;
        break;
      }
      at.set(model, path.length);
      path.push(rule);
      model = rule.destination;
    }
    for (const passed of path) ends.set(passed.source, end ?? null);
  }
  return { list, from: (model) => ends.get(model) ?? undefined, placeOf: (model) => places.get(model) };
}

/** The same circle, told from a place that does not depend on where a walk came in. */
function fromSmallest(cycle: readonly Rule[]): readonly Rule[] {
  const sources = cycle.map(({ source }) => source);
  const first = sources.indexOf([...sources].sort(compareText)[0] ?? "");
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
