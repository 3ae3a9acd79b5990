// Check RULE_VIRTUAL_MODEL_GONE: a rewrite to a virtual model that is missing, archived or a draft.

import { defineCheck } from "../../../provider/check.ts";
import { rule } from "../kinds/rule.ts";
import { rewriteLine, ruleFile, ruleView } from "./rule-checks.ts";

const file = (slug: string): string =>
  `${ruleFile(rewriteLine("gpt-to-fast", "openai/gpt-5.5", "vmc/fast"))}  virtual_models:
    ${slug}: { kind: alias, model: openai/gpt-5.1 }
`;

const GONE: readonly (string | undefined)[] = [
  "virtual-model-missing",
  "virtual-model-archived",
  "virtual-model-draft",
];

export const ruleVirtualModelGone = defineCheck({
  code: "RULE_VIRTUAL_MODEL_GONE",
  severity: "warning",
  kind: rule.rules.kind,
  title: "A rewrite to a virtual model that is missing or not active",
  page: {
    meaning:
      "The rule sends requests to `vmc/<slug>`, and there is no virtual model of that slug, or it is archived or a draft. Whether one is missing is told only where virtual models are read, that is, where the file has the section `virtual_models`.",
    importance:
      'The target must exist and be active; otherwise Vercel answers requests for the rule\'s source with status 400 (its docs, "Routing Rules", 2026-09-17).',
    remedy:
      "Declare the virtual model, make it active again, or write another destination. Slugs are written exactly as they are.",
    before: file("fats"),
    after: file("fast"),
    silence: "When something else makes the virtual model, after this file is applied.",
  },
  run: (desired, live) =>
    ruleView(desired, live).declared.flatMap(({ address, destination, trace: { steps, outcome } }) => {
      const last = steps.findLast(({ action }) => action === "rewrite");
      // Of a chain the last rule is told; a virtual model that is asked for itself is nobody's rewrite.
      if (!GONE.includes(outcome.code) || last?.to[0] !== destination) return [];
      return [
        {
          address,
          path: "destination",
          message: `${outcome.message ?? "its virtual model is gone"}: requests get status 400`,
          hint:
            outcome.code === "virtual-model-missing"
              ? "declare it under `virtual_models`, or write another destination"
              : "give it `status: active`, or write another destination",
        },
      ];
    }),
});
