// Check RULE_CHAIN: a rewrite whose destination is rewritten in turn, so that its line does not say what serves.

import { defineCheck } from "../../../provider/check.ts";
import { rule } from "../kinds/rule.ts";
import { chainStarts, rewriteLine, ruleFile, ruleView } from "./rule-checks.ts";

const HAIKU = "anthropic/claude-haiku-4.5";

const file = (first: string): string =>
  ruleFile(
    rewriteLine("opus", "anthropic/claude-opus-4.7", first),
    rewriteLine("sonnet", "anthropic/claude-sonnet-4.6", HAIKU),
  );

export const ruleChain = defineCheck({
  code: "RULE_CHAIN",
  severity: "note",
  kind: rule.rules.kind,
  title: "A rewrite whose destination is rewritten again",
  page: {
    meaning:
      'The rule sends requests to a model that another rule rewrites. Vercel follows such chains (its docs, "Routing Rules", 2026-09-17), so that another model serves them than the one that the rule names. It is said once for each chain, at its first rule, and only where the chain ends at a model that serves.',
    importance:
      "Who reads the rule alone expects its destination to answer, with its price and abilities. And whoever changes the second rule changes the first one's effect.",
    remedy:
      "Write as destination the model that is to serve. `gateform trace MODEL` shows each step of the way.",
    before: file("anthropic/claude-sonnet-4.6"),
    after: file(HAIKU),
    silence: "When the chain is meant: the one model follows wherever the other one goes.",
  },
  run: (desired, live) =>
    chainStarts(ruleView(desired, live)).flatMap(({ address, trace: { steps, subject, outcome } }) => {
      const rewrites = steps.filter(({ action }) => action === "rewrite");
      const last = rewrites.at(-1)?.to[0];
      if (outcome.verdict !== "served" || rewrites.length < 2 || last === undefined) return [];
      return [
        {
          address,
          path: "destination",
          message: `requests are rewritten ${rewrites.length} times: ${[subject, ...rewrites.map(({ to }) => to[0])].join(" → ")}`,
          hint: `\`destination: ${last}\` says the same without the others`,
        },
      ];
    }),
});
