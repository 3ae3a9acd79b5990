// Check RATE_LIMIT_WITHOUT_INTERVAL: one half of a rate limit, which limits nothing.

import { defineCheck } from "../../../provider/check.ts";
import { effectiveOf } from "../../../provider/effective.ts";
import { gateway } from "../kinds/gateway.ts";

const LIMIT = "rate_limiting_limit";
const INTERVAL = "rate_limiting_interval";

const file = (more: string): string => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      rate_limiting_limit: 100
${more}`;

export const rateLimitWithoutInterval = defineCheck({
  code: "RATE_LIMIT_WITHOUT_INTERVAL",
  severity: "warning",
  kind: gateway.rules.kind,
  title: "A rate limit without an interval, or an interval without a limit",
  page: {
    meaning:
      "A gateway's rate limit is `rate_limiting_limit` requests in `rate_limiting_interval` seconds. For Cloudflare 0 or `null` in either of them means that it is off (OpenAPI 2026-10). One of the two is set here and the other one is not.",
    importance:
      "The line in the file looks like a limit, and requests are not limited. Where it was to cap what a leaked token can spend, nothing does.",
    remedy: "Set both. To have no limit, set both to 0.",
    before: file(""),
    after: file("      rate_limiting_interval: 60\n"),
    silence: "Hardly ever: setting the other one to 0 as well says the same and says it openly.",
  },
  run: (desired, live) =>
    effectiveOf(gateway.rules, desired, live).flatMap(({ resource, value, declares }) => {
      const [limit, interval] = [value(LIMIT), value(INTERVAL)];
      // What the file does not say at all is none of its business.
      if (!(declares(LIMIT) || declares(INTERVAL))) return [];
      if (typeof limit !== "number" || typeof interval !== "number") return [];
      if (limit > 0 === interval > 0) return [];
      const [set, missing] = limit > 0 ? [LIMIT, INTERVAL] : [INTERVAL, LIMIT];
      const amount = limit > 0 ? limit : interval;
      return [
        {
          address: resource.address,
          path: declares(set) ? set : missing,
          message: `${set} is ${amount} and ${missing} is 0: requests are not limited`,
          hint: `give ${missing} a value, or set both to 0`,
        },
      ];
    }),
});
