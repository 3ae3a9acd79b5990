// Check LOGPUSH_WITHOUT_KEY: logs that are to leave, and no key to encrypt them with.

import { defineCheck } from "../../../provider/check.ts";
import { effectiveOf } from "../../../provider/effective.ts";
import { gateway } from "../kinds/gateway.ts";

const LOGPUSH = "logpush";
const KEY = "logpush_public_key";

const file = (more: string): string => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      collect_logs: true
      logpush: true
${more}`;

export const logpushWithoutKey = defineCheck({
  code: "LOGPUSH_WITHOUT_KEY",
  severity: "warning",
  kind: gateway.rules.kind,
  title: "Logpush without a public key",
  page: {
    meaning:
      '`logpush` is on and the gateway has no `logpush_public_key`. Cloudflare encrypts what it pushes with that key, so that only who holds the private half can read it (Cloudflare\'s docs, "Logpush").',
    importance:
      "Logs hold prompts and answers. What Cloudflare pushes without a key, if anything, it does not say; either the logs do not arrive, or they arrive in a form that nobody asked for.",
    remedy:
      "Make an RSA key pair, keep the private key where the logs are read, and write the public one as `logpush_public_key`. Without a use for the logs, write `logpush: false`.",
    before: file(""),
    after: file("      logpush_public_key: MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n"),
    silence: "When you have seen the logs arrive as you want them.",
  },
  run: (desired, live) =>
    effectiveOf(gateway.rules, desired, live).flatMap(({ resource, value, declares }) => {
      // What the file does not say at all is none of its business.
      if (!(declares(LOGPUSH) || declares(KEY))) return [];
      if (value(LOGPUSH) !== true || value(KEY) !== null) return [];
      return [
        {
          address: resource.address,
          path: LOGPUSH,
          message: `${LOGPUSH} is on and there is no ${KEY} to encrypt the logs with`,
          hint: `write the public half of a key pair as ${KEY}, or \`${LOGPUSH}: false\``,
        },
      ];
    }),
});
