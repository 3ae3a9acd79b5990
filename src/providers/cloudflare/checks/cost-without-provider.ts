// Check COST_WITHOUT_PROVIDER: pricing rules of a custom provider that no gateway may use, so that they price nothing.
// Says nothing of a model that no route names: requests reach a provider without routes, too.

import { defineCheck } from "../../../provider/check.ts";
import { effectiveOf } from "../../../provider/effective.ts";
import { counted } from "../../../render/counts.ts";
import { customProvider } from "../kinds/custom-provider.ts";
import { customProviderCost } from "../kinds/custom-provider-cost.ts";

const file = (more: string): string => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  custom_providers:
    acme-llm:
      name: Acme LLM
      base_url: https://llm.acme.com
${more}      costs:
        large:
          model: acme-large
          token_pricing: { input_tokens: 0.000002, output_tokens: 0.000006 }
`;

export const costWithoutProvider = defineCheck({
  code: "COST_WITHOUT_PROVIDER",
  severity: "warning",
  kind: customProvider.rules.kind,
  title: "Pricing rules of a custom provider that is not enabled",
  page: {
    meaning:
      'A custom provider has pricing rules under `costs`, and the provider itself is not enabled. Left out, `enable` makes a provider that is not: Cloudflare\'s default is `false` (docs "Custom Providers", 2026). Rules that are themselves off with `enable: false` are not counted.',
    importance:
      "No gateway may use a provider that is not enabled, so the rules are for no provider: they price nothing, logs show no cost of it, and a spend limit that relies on them never counts.",
    remedy:
      "Write `enable: true` for the provider. Where it is off on purpose, switch its rules off as well, or take them out of the file.",
    before: file(""),
    after: file("      enable: true\n"),
    silence: "While the provider waits to be enabled and its prices are to be there before it is.",
  },
  run: (desired, live) =>
    effectiveOf(customProvider.rules, desired, live).flatMap(({ resource, value, declares }) => {
      if (value("enable") !== false) return [];
      const rules = desired.resources.filter(
        ({ kind, parent, fields }) =>
          kind === customProviderCost.rules.kind && parent === resource.address && fields.enable !== false,
      ).length;
      if (rules === 0) return [];
      return [
        {
          address: resource.address,
          ...(declares("enable") ? { path: "enable" } : {}),
          message: `the provider is not enabled, so that its ${counted(rules, "pricing rule")} ${rules === 1 ? "prices" : "price"} nothing`,
          hint: "write `enable: true`, or switch its pricing rules off",
        },
      ];
    }),
});
