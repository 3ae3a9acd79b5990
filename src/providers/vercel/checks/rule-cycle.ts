// Check RULE_CYCLE: rewrites that lead back to where a request has been.

import { compareText } from "../../../base/json.ts";
import { defineCheck } from "../../../provider/check.ts";
import { rule } from "../kinds/rule.ts";
import { rewriteLine, ruleFile, ruleView } from "./rule-checks.ts";

const file = (more: string): string =>
  ruleFile(
    rewriteLine("opus", "anthropic/claude-opus-4.7", "openai/gpt-5.5"),
    rewriteLine("gpt", "openai/gpt-5.5", "anthropic/claude-opus-4.7", more),
  );

export const ruleCycle = defineCheck({
  code: "RULE_CYCLE",
  severity: "error",
  kind: rule.rules.kind,
  title: "Rewrites that lead in a circle",
  page: {
    meaning:
      "Following the rewrites, a request comes back to a model that it was sent on from. Live rules that no file declares count, too.",
    importance:
      'Vercel takes such rules and answers every request for one of their models with status 400 (its docs, "Routing Rules", 2026-09-17); as a fallback such a model is skipped.',
    remedy: "Let one of the rules lead to a model that no rule of the circle names, or disable one of them.",
    before: file(""),
    after: file(", enabled: false"),
    silence: "There is no good reason known: the models of a circle cannot be used.",
  },
  run: (desired, live) => {
    const view = ruleView(desired, live);
    return view.cycles.list.flatMap((cycle) => {
      const into = view.declared.filter(({ source }) => view.cycles.from(source) === cycle);
      const inside = into.filter(({ source }) => view.cycles.placeOf(source) !== undefined);
      // Where all of the circle is somebody else's, what leads into it is the place to look at.
      const [at] = (inside.length > 0 ? inside : into).sort((a, b) => compareText(a.address, b.address));
      if (at === undefined) return [];
      return [
        {
          address: at.address,
          path: "destination",
          message: `${at.trace.outcome.message ?? "the rewrites lead in a circle"}; requests for ${at.source} get status 400`,
          hint: `lead one of ${cycle.map(({ title }) => title).join(", ")} out of it`,
        },
      ];
    });
  },
});
