// Check RUN_TOKEN_REACHES_ALL: a token for callers in an account with several gateways opens each of them.

import { defineCheck } from "../../../provider/check.ts";
import { gateway } from "../kinds/gateway.ts";
import { token } from "../kinds/token.ts";
import { mayRun } from "../kinds/token-wire.ts";

const file = (gateways: string): string => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support: { authentication: true }
${gateways}  tokens:
    support-caller:
      permissions: [AI Gateway Run]
      deliver: [{ file: { path: out/support-caller.token } }]
`;

export const runTokenReachesAll = defineCheck({
  code: "RUN_TOKEN_REACHES_ALL",
  severity: "note",
  kind: token.rules.kind,
  title: "A caller's token that opens every gateway of the account",
  page: {
    meaning:
      'A token has the permission AI Gateway Run, and the account has more than one gateway. Permissions are given on the account: there is none for a single gateway (Cloudflare\'s docs, "Authenticated Gateway").',
    importance:
      "Whoever holds the token passes every authenticated gateway of the account, whatever the token is called, and spends with the provider keys that are stored in any of them. What keeps one team out of another team's gateway is not the token.",
    remedy:
      "Put gateways whose callers must be kept apart into accounts of their own, each with a stack of its own. `condition.request_ip` makes a token useless elsewhere; it does not narrow what it opens.",
    before: file("    payroll: { authentication: true }\n"),
    after: file(""),
    silence: "When every caller may use every gateway of the account.",
  },
  run: (desired, live) => {
    const ids = new Set<string>();
    for (const { kind, fields } of desired.resources)
      if (kind === gateway.rules.kind) ids.add(String(fields.id));
    for (const { kind, id } of live?.resources ?? []) if (kind === gateway.rules.kind) ids.add(id);
    if (ids.size < 2) return [];
    return desired.resources
      .filter(({ kind, fields }) => kind === token.rules.kind && mayRun(fields))
      .map(({ address }) => ({
        address,
        path: "permissions",
        message: `AI Gateway Run opens all ${ids.size} gateways of the account, with the provider keys that are stored in them`,
        hint: "keep gateways whose callers must be kept apart in accounts of their own",
      }));
  },
});
