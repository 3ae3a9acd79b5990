// Check GATEWAY_OPEN_WITH_KEYS: a gateway that holds provider keys and asks nobody who they are.

import type { Desired } from "../../../model/desired.ts";
import type { Fields } from "../../../model/kind-rules.ts";
import type { LiveState } from "../../../model/live.ts";
import { defineCheck } from "../../../provider/check.ts";
import { effectiveOf } from "../../../provider/effective.ts";
import { gateway } from "../kinds/gateway.ts";
import { providerConfig } from "../kinds/provider-config.ts";

const file = (authentication: boolean): string => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      authentication: ${authentication}
      provider_configs:
        openai:
          secret: { env: OPENAI_API_KEY }
`;

export const gatewayOpenWithKeys = defineCheck({
  code: "GATEWAY_OPEN_WITH_KEYS",
  severity: "warning",
  kind: gateway.rules.kind,
  title: "A gateway with stored provider keys that lets everybody in",
  page: {
    meaning:
      'The gateway has provider configs, that is, keys of yours that Cloudflare adds to requests, and `authentication` is off. Then every request gets through, with a token or without (Cloudflare\'s docs, "Authenticated Gateway").',
    importance:
      "The gateway's URL is made of the account's id and the gateway's id, and neither is a secret. Whoever knows the two sends requests that are paid with your keys.",
    remedy:
      "Write `authentication: true`, and give callers a token with the permission AI Gateway Run, to be sent in the header `cf-aig-authorization`. Callers without one are refused from then on, so hand out the tokens first.",
    before: file(false),
    after: file(true),
    silence:
      "When something in front of the gateway keeps strangers out, or for a trial with a key that is worth nothing.",
  },
  run: (desired, live) => {
    const counts = countKeys(desired, live);
    // Where the file says nothing and nothing was read, authentication may well be on: the plan will tell.
    return effectiveOf(gateway.rules, desired, live).flatMap(({ resource, value }) => {
      const keys = counts.get(String(resource.fields.id)) ?? 0;
      if (keys === 0 || value("authentication") !== false) return [];
      return [
        {
          address: resource.address,
          path: "authentication",
          message: `the gateway holds ${keys === 1 ? "a provider key" : `${keys} provider keys`} and authentication is off: anybody who knows its URL can spend with ${keys === 1 ? "it" : "them"}`,
          hint: "write `authentication: true`",
        },
      ];
    });
  },
});

/** Gateway id → how many provider keys it has, declared or live. */
function countKeys(desired: Desired, live: LiveState | undefined): ReadonlyMap<string, number> {
  const { kind, identity } = providerConfig.rules;
  const ids = new Map(
    desired.resources.flatMap((item) =>
      item.kind === gateway.rules.kind ? [[item.address, String(item.fields.id)]] : [],
    ),
  );
  const keys = new Set<string>();
  const add = (id: string | undefined, fields: Fields): void => void keys.add(`${id}\n${identity(fields)}`);
  for (const item of desired.resources) if (item.kind === kind) add(ids.get(item.parent ?? ""), item.fields);
  for (const item of live?.resources ?? []) if (item.kind === kind) add(item.parent_id, item.fields);
  const counts = new Map<string, number>();
  for (const [id = ""] of [...keys].map((key) => key.split("\n"))) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
