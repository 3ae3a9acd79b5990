// Check RULE_CHAIN_TOO_LONG: more rewrites one after the other than Vercel makes.

import { defineCheck } from "../../../provider/check.ts";
import { rule } from "../kinds/rule.ts";
import { MAX_REWRITES } from "../routing/walk.ts";
import { chainStarts, rewriteLine, ruleFile, ruleView } from "./rule-checks.ts";

const LAST = "openai/gpt-5.1";
const model = (index: number): string => `acme/model-${index}`;

/** One rewrite too many. @param next where the rule with this number leads. */
const file = (next: (index: number) => string): string =>
  ruleFile(
    ...Array.from({ length: MAX_REWRITES + 1 }, (_, index) =>
      rewriteLine(`step-${index + 1}`, model(index + 1), next(index + 1)),
    ),
  );

export const ruleChainTooLong = defineCheck({
  code: "RULE_CHAIN_TOO_LONG",
  severity: "error",
  kind: rule.rules.kind,
  title: `More than ${MAX_REWRITES} rewrites one after the other`,
  page: {
    meaning: `A request for the rule's source is rewritten more than ${MAX_REWRITES} times before it comes to a model that no rule rewrites. Live rules that no file declares count, too.`,
    importance: `Vercel takes such rules and answers requests for these models with status 400 (its docs, "Routing Rules", 2026-09-17); as a fallback such a model is skipped.`,
    remedy: "Lead the first rules straight to the model that is to serve.",
    before: file((index) => (index > MAX_REWRITES ? LAST : model(index + 1))),
    after: file(() => LAST),
    silence: "There is no good reason known: the models at the beginning of the chain cannot be used.",
  },
  run: (desired, live) => {
    const view = ruleView(desired, live);
    const starts = chainStarts(view);
    // The beginning may be somebody else's: then the first declared rule of what is too long.
    const all = view.declared.filter(({ trace }) => trace.outcome.code === "too-many-rewrites");
    const own = starts.filter((start) => all.includes(start));
    return (own.length > 0 ? own : all.slice(0, 1)).map(({ address, source }) => ({
      address,
      path: "destination",
      message: `requests for ${source} would be rewritten more than ${MAX_REWRITES} times, and get status 400`,
      hint: "lead it straight to the model that is to serve",
    }));
  },
});
