// Check RULE_SHADOWED: a second live rule for the source of a declared one.

import { canonicalLive } from "../../../engine/normalise.ts";
import type { LiveResource } from "../../../model/live.ts";
import { defineCheck } from "../../../provider/check.ts";
import { liveNode } from "../../../provider/effective.ts";
import { rule } from "../kinds/rule.ts";
import { routingOf } from "../routing/graph.ts";
import { ruleFile, ruleView } from "./rule-checks.ts";

const SOURCE = "openai/gpt-5.5";
const FILE = ruleFile(`no-gpt-5-5: { type: deny, source: ${SOURCE} }`);

const liveRule = (id: string, type: string, destination: string | null): LiveResource => ({
  kind: rule.rules.kind,
  id,
  name: `${type} ${SOURCE}`,
  fields: { type, source: SOURCE, destination, enabled: true },
});

export const ruleShadowed = defineCheck({
  code: "RULE_SHADOWED",
  severity: "warning",
  kind: rule.rules.kind,
  title: "A rule beside another live one for the same source",
  page: {
    meaning:
      "Two enabled rules for one source model are live, and the file declares one of them. Files cannot declare two; a plan sees the other one.",
    importance:
      "Vercel does not say which of the two counts. Where it is the other one, the declared rule does nothing: a model that the file denies may be served.",
    remedy:
      "Delete or disable the other rule. The message has its id, as `vercel ai-gateway rules remove` takes it.",
    before: `${FILE}# live, beside it: another rule for ${SOURCE}, a rewrite\n`,
    live: [liveRule("rule_1", "deny", null), liveRule("rule_2", "rewrite", "openai/gpt-5.1")],
    after: FILE,
    silence: "When the two rules do the same, or the other one is about to go.",
  },
  run: (desired, live) => {
    const nodes = (live?.resources ?? [])
      .filter(({ kind }) => kind === rule.rules.kind)
      .map((item) => liveNode(rule.rules, item, canonicalLive(rule.rules, item.fields), undefined));
    const enabled = routingOf({ resources: nodes, known: new Set() });
    return ruleView(desired, live).declared.flatMap(({ address, source }) => {
      const same = enabled.rulesFor(source);
      if (same.length < 2) return [];
      return [
        {
          address,
          path: "source",
          message: `${same.length} enabled rules for ${source} are live (${same.map(({ id }) => id).join(", ")}), and Vercel does not say which one counts`,
          hint: "delete or disable those that are not this one",
        },
      ];
    });
  },
});
