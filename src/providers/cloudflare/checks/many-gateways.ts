// Check MANY_GATEWAYS: more gateways than an account may have, on its smallest plan.

import { defineCheck } from "../../../provider/check.ts";
import { gateway } from "../kinds/gateway.ts";

/** Gateways per account: 10 on the free plan, 20 on paid ones (docs "Limits", 2026). */
const ON_FREE_PLAN = 10;

const names = (count: number): string =>
  Array.from({ length: count }, (_, index) => `    team-${index + 1}: {}`).join("\n");

const file = (count: number): string => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
${names(count)}
`;

export const manyGateways = defineCheck({
  code: "MANY_GATEWAYS",
  severity: "warning",
  kind: gateway.rules.kind,
  title: "More gateways than the account's plan may allow",
  page: {
    meaning: `More than ${ON_FREE_PLAN} gateways are declared or live in the account. Cloudflare allows ${ON_FREE_PLAN} per account on the free plan and 20 on paid ones.`,
    importance:
      "Which plan the account is on cannot be seen over the API. Beyond its limit Cloudflare refuses to create further gateways, in the middle of an apply, and what depends on them is blocked.",
    remedy:
      "Let teams share a gateway, delete those that nobody uses, or ask Cloudflare for a higher limit. Requests can carry metadata that tells teams apart in one gateway's logs.",
    before: file(ON_FREE_PLAN + 1),
    after: file(ON_FREE_PLAN),
    silence: "When the account's plan allows as many. Any one gateway may carry the line; it counts for all.",
  },
  run: (desired, live) => {
    const ids = new Set<string>();
    for (const { kind, fields } of desired.resources)
      if (kind === gateway.rules.kind) ids.add(String(fields.id));
    for (const { kind, id } of live?.resources ?? []) if (kind === gateway.rules.kind) ids.add(id);
    if (ids.size <= ON_FREE_PLAN) return [];
    return [
      {
        message: `${ids.size} gateways are declared or live; Cloudflare allows ${ON_FREE_PLAN} per account on the free plan and 20 on paid ones`,
      },
    ];
  },
});
