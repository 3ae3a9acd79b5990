// Check RULE_DESTINATION_DENIED: a rewrite to a model that a deny rule refuses.

import type { TraceStep } from "../../../model/behaviour.ts";
import { defineCheck } from "../../../provider/check.ts";
import { rule } from "../kinds/rule.ts";
import { rewriteLine, ruleFile, ruleView } from "./rule-checks.ts";

const file = (destination: string): string =>
  ruleFile(
    rewriteLine("opus-to-gpt", "anthropic/claude-opus-4.7", destination),
    "no-gpt-5-5: { type: deny, source: openai/gpt-5.5 }",
  );

export const ruleDestinationDenied = defineCheck({
  code: "RULE_DESTINATION_DENIED",
  severity: "warning",
  kind: rule.rules.kind,
  title: "A rewrite to a model that another rule denies",
  page: {
    meaning:
      "The rule sends requests to a model that a deny rule is for, or to a virtual model all of whose models are denied. Live rules that no file declares count, too. Of a chain the rule nearest to the deny is named.",
    importance:
      "A rewritten request is held to the rules of its new model: it gets status 403, as if its own model were denied. Nobody sees that from the rewrite.",
    remedy:
      "Write a destination that no rule denies. If requests for the source are to be refused, say so with a deny rule for the source.",
    before: file("openai/gpt-5.5"),
    after: file("openai/gpt-5.1"),
    silence: "When the source is to be denied for as long as its destination is.",
  },
  run: (desired, live) => {
    const view = ruleView(desired, live);
    const own = new Set(view.declared.map(({ address }) => address));
    return view.declared.flatMap(({ address, destination, trace: { steps, outcome } }) => {
      const last = steps.at(-1);
      if (destination === null || outcome.verdict !== "denied" || last === undefined) return [];
      // A rule further on is nearer to the deny, and is told itself.
      if (steps.slice(1).some((step) => isRewrite(step) && own.has(step.address ?? ""))) return [];
      return [
        {
          address,
          path: "destination",
          message: `its requests end at ${last.from}, which ${last.by} denies: they get status 403`,
          hint: "write a destination that is not denied",
        },
      ];
    });
  },
});

function isRewrite({ action }: TraceStep): boolean {
  return action === "rewrite";
}
