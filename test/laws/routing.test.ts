// Laws of what routing rules do to requests, against an independent reading of Vercel's docs: a machine that is asked
// hop by hop and knows no graph.

import fc from "fast-check";
import { describe, expect } from "vitest";
import { deepFreeze } from "../../src/base/json.ts";
import type { BehaviourGraph, GraphResource } from "../../src/provider/behaviour.ts";
import { vercelBehaviour } from "../../src/providers/vercel/behaviour.ts";
import { law } from "./law.ts";
import { ALL, MODELS, type Scenario, scenario } from "./routing-world.ts";

function graphOf({ rules, virtual, read }: Scenario): BehaviourGraph {
  const resources: GraphResource[] = [
    ...rules.map(({ source, to, on }, index) => ({
      kind: "vercel.rule",
      title: `r${index}`,
      fields: { type: to === null ? "deny" : "rewrite", source, destination: to, enabled: on },
    })),
    ...Object.entries(virtual).map(([slug, inner]) => ({
      kind: "vercel.virtual_model",
      title: `vercel.virtual_model.${slug}`,
      fields: { slug, kind: "alias", model: inner ?? "x/0", status: inner === null ? "archived" : "active" },
    })),
  ];
  return { resources, known: new Set(read ? ["vercel.rule", "vercel.virtual_model"] : ["vercel.rule"]) };
}

/** What the gateway answers, one hop at a time. */
function answerOf({ rules, virtual, read }: Scenario, subject: string): string {
  const active = rules.filter(({ on }) => on);
  let named = subject;
  for (let rewrites = 0; ; rewrites++) {
    const rule = active.find(({ source }) => source === named);
    if (rule === undefined) break;
    if (rule.to === null) return rewrites > 10 ? "400" : "403";
    if (rewrites === 10) return "400";
    named = rule.to;
  }
  if (!named.startsWith("vmc/")) return `200 ${named}`;
  const inner = virtual[named.slice(4)];
  if (inner === undefined && !read) return "?";
  if (inner === undefined || inner === null) return named === subject ? "404" : "400";
  return active.some(({ source, to }) => source === inner && to === null) ? "403" : `200 ${inner}`;
}

function told(graph: BehaviourGraph, subject: string): string {
  const { verdict, served_by, status } = vercelBehaviour.of(graph).trace(subject).outcome;
  return verdict === "served" ? `200 ${served_by.join()}` : verdict === "unknown" ? "?" : String(status);
}

describe("routing", () => {
  law("ends for every model as a gateway that takes one hop after the other answers", {
    scenario,
    runs: 400,
    holds: (it) => {
      const graph = graphOf(it);
      for (const subject of [...ALL, "y/unheard-of"])
        expect(told(graph, subject), subject).toBe(answerOf(it, subject));
    },
  });

  law("does not depend on the order of the rules and changes nothing that it is given", {
    // Of two, so that several rules have one source.
    scenario: fc.tuple(scenario, scenario, fc.array(fc.nat(), { minLength: 40, maxLength: 40 })),
    runs: 150,
    holds: ([it, more, keys]) => {
      const graph = deepFreeze(graphOf({ ...it, rules: [...it.rules, ...more.rules] }));
      const shuffled = [...graph.resources]
        .map((resource, index) => ({ resource, key: keys[index] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ resource }) => resource);
      const [one, other] = [graph, { ...graph, resources: shuffled }].map((item) => vercelBehaviour.of(item));
      expect(other?.subjects).toEqual(one?.subjects);
      for (const subject of ALL) expect(other?.trace(subject)).toEqual(one?.trace(subject));
    },
  });

  law("serves a model that no rule names by itself, in no step", {
    scenario,
    holds: (it) => {
      const behaviour = vercelBehaviour.of(graphOf(it));
      for (const subject of MODELS.filter((name) => !behaviour.subjects.includes(name))) {
        expect(behaviour.trace(subject)).toMatchObject({ steps: [], outcome: { served_by: [subject] } });
      }
    },
  });

  law("tells steps that hang together, the last of them before the end", {
    scenario,
    runs: 150,
    holds: (it) => {
      const behaviour = vercelBehaviour.of(graphOf(it));
      for (const subject of ALL) {
        const { steps, outcome } = behaviour.trace(subject);
        expect(steps.length).toBeLessThanOrEqual(12);
        expect(outcome.through).toEqual(steps.map(({ by }) => by));
        let at = subject;
        for (const step of steps) {
          expect(step.from).toBe(at);
          at = step.to[0] ?? at;
        }
        if (outcome.verdict === "served") expect(outcome.served_by).toEqual([at]);
      }
    },
  });
});
