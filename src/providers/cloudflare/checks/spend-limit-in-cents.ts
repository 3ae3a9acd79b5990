// Check SPEND_LIMIT_IN_CENTS: a spend limit that is so high in dollars that somebody may have meant cents.

import { isObject, type JsonValue } from "../../../base/json.ts";
import { defineCheck } from "../../../provider/check.ts";
import { counted } from "../../../render/counts.ts";
import { gateway } from "../kinds/gateway.ts";

/** Dollars from which on a whole number is doubted. The choice is ours: a hundred dollars, written as cents. */
const DOUBTED = 10_000;

const file = (limit: number): string => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      spend_limits:
        enabled: true
        rules:
          - { id: monthly, limitType: cost, limit: ${limit}, window: 2592000 }
`;

export const spendLimitInCents = defineCheck({
  code: "SPEND_LIMIT_IN_CENTS",
  severity: "warning",
  kind: gateway.rules.kind,
  title: "A spend limit that is so high that it may be in cents",
  page: {
    meaning: `A rule of a gateway's \`spend_limits\` has a \`limit\` that is a whole number of at least ${DOUBTED}. Limits are in US dollars, and fractions are allowed (Cloudflare's docs, 2026).`,
    importance:
      "The limit for a whole account, which Cloudflare has retired (OpenAPI 2026-10), was in cents, and some tools say the same of a gateway's. A limit in cents that is read as dollars lets through a hundred times what was meant, and nothing else tells: it looks like any other limit.",
    remedy: "Write the limit in dollars: 250 for $250, 0.5 for 50 cents.",
    before: file(25_000),
    after: file(250),
    silence: "When that many dollars are meant.",
  },
  run: ({ resources }) =>
    resources.flatMap(({ kind, address, fields }) => {
      if (kind !== gateway.rules.kind) return [];
      return rulesIn(fields.spend_limits).flatMap((rule, index) => {
        if (!isObject(rule) || rule.enabled === false) return [];
        const { limit, window } = rule;
        if (typeof limit !== "number" || !Number.isInteger(limit) || limit < DOUBTED) return [];
        const time = typeof window === "number" ? ` in ${timeOf(window)}` : "";
        return [
          {
            address,
            path: `spend_limits.rules.${index}.limit`,
            message: `the spend limit of ${limit} is ${dollars(limit)}${time}: limits are in US dollars, not in cents`,
            hint: `if cents were meant, write ${limit / 100} for ${dollars(limit / 100)}`,
          },
        ];
      });
    }),
});

/** The rules that a file has, where the limits are on. */
function rulesIn(limits: JsonValue | undefined): readonly JsonValue[] {
  if (!isObject(limits) || limits.enabled === false) return [];
  return Array.isArray(limits.rules) ? limits.rules : [];
}

/** `$25,000`, `$123.45` */
function dollars(amount: number): string {
  const digits = Number.isInteger(amount) ? 0 : 2;
  return `$${amount.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** In the longest unit that fits: `30 days`. */
function timeOf(seconds: number): string {
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const;
  const [unit, length] = units.find(([, size]) => seconds % size === 0) ?? ["second", 1];
  return counted(seconds / length, unit);
}
