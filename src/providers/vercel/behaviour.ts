// What a team's routing rules do to requests: the provider's `behaviour`.

import { compareText } from "../../base/json.ts";
import type { BehaviourRules } from "../../provider/behaviour.ts";
import { cyclesOf } from "./routing/cycles.ts";
import { RULE, routingOf, VIRTUAL_MODEL } from "./routing/graph.ts";
import { walk } from "./routing/walk.ts";

export const vercelBehaviour: BehaviourRules = {
  noun: "model",
  kind: RULE,
  also: [VIRTUAL_MODEL],
  problem: (subject) =>
    /^[^/\s]+\/\S+$/.test(subject)
      ? undefined
      : "it is written creator/model, or vmc/slug for a virtual model",
  of: (graph) => {
    const routing = routingOf(graph);
    const cycles = cyclesOf(routing);
    const named = routing.rules.flatMap(({ source, destination }) =>
      destination === null ? [source] : [source, destination],
    );
    return {
      subjects: [...new Set([...named, ...routing.hit])].sort(compareText),
      trace: (subject) => walk(routing, cycles, subject),
    };
  },
};
