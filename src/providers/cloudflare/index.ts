// The provider `cloudflare`: its settings, its kinds and checks, how to connect.

import * as z from "zod";
import { type Http, openHttp } from "../../provider/http.ts";
import type { ConnectInput, Provider, Session } from "../../provider/provider.ts";
import { costWithoutProvider } from "./checks/cost-without-provider.ts";
import { gatewayOpenWithKeys } from "./checks/gateway-open-with-keys.ts";
import { logpushWithoutKey } from "./checks/logpush-without-key.ts";
import { manyGateways } from "./checks/many-gateways.ts";
import { rateLimitWithoutInterval } from "./checks/rate-limit-without-interval.ts";
import { routeCycle } from "./checks/route-cycle.ts";
import { routeEdgeToNowhere } from "./checks/route-edge-to-nowhere.ts";
import { routeElementUnreached } from "./checks/route-element-unreached.ts";
import { routeIdTwice } from "./checks/route-id-twice.ts";
import { routeShares } from "./checks/route-shares.ts";
import { routeStarts } from "./checks/route-starts.ts";
import { runTokenReachesAll } from "./checks/run-token-reaches-all.ts";
import { spendLimitInCents } from "./checks/spend-limit-in-cents.ts";
import { unknownProvider } from "./checks/unknown-provider.ts";
import { classifyCloudflare } from "./classify.ts";
import {
  type CloudflareReader,
  type CloudflareWriter,
  cloudflareReader,
  cloudflareWriter,
  type Place,
} from "./client.ts";
import { customDomain } from "./kinds/custom-domain.ts";
import { customProvider } from "./kinds/custom-provider.ts";
import { customProviderCost } from "./kinds/custom-provider-cost.ts";
import { gateway } from "./kinds/gateway.ts";
import { providerConfig } from "./kinds/provider-config.ts";
import { route } from "./kinds/route.ts";
import { secret } from "./kinds/secret.ts";
import { secretsStore } from "./kinds/secrets-store.ts";
import { token } from "./kinds/token.ts";
import { apiEmail, authOf, credentials, logins } from "./login.ts";
import { preflight } from "./preflight.ts";

const HOST = "api.cloudflare.com";
const BASE_URL = `https://${HOST}/client/v4`;

/** Docs "Rate limits", 2026: per token in five minutes, over all that its user does; per address in a second. */
const QUOTA = { requests: 1200, milliseconds: 300_000, per_second: 200 };

const kinds = [
  gateway,
  providerConfig,
  route,
  customDomain,
  customProvider,
  customProviderCost,
  secretsStore,
  secret,
  token,
];

/** Kind → permission group that its writes take. */
const needs = new Map(
  kinds.flatMap(({ rules: { kind, write_permission } }) =>
    write_permission === undefined ? [] : [[kind, write_permission] as const],
  ),
);

export const cloudflare: Provider<CloudflareReader, CloudflareWriter> = {
  name: "cloudflare",
  title: "Cloudflare",
  description:
    "Cloudflare AI Gateway: gateways, the provider keys stored for them, their dynamic routes, providers of one's own, and callers' tokens, in one account.",
  settings: z.strictObject({
    account_id: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, {
        error: "expected an account id, as the dashboard's address shows it",
      })
      .meta({
        title: "Account id",
        description: "The Cloudflare account that everything in this block lives in",
        examples: ["023e105f4ecef8ad9ca31a8372d0c353"],
      }),
    api_email: apiEmail,
    base_url: z
      .url({ protocol: /^https?$/ })
      .meta({
        title: "Base URL",
        description: "Where the API is; Cloudflare's own host or loopback",
        examples: [BASE_URL],
      })
      .optional(),
  }),
  credentials,
  logins,
  settings_env: { account_id: ["CLOUDFLARE_ACCOUNT_ID"] },
  base_url_env: "CLOUDFLARE_BASE_URL",
  hosts: [HOST],
  kinds,
  checks: [
    costWithoutProvider,
    gatewayOpenWithKeys,
    logpushWithoutKey,
    manyGateways,
    rateLimitWithoutInterval,
    routeCycle,
    routeEdgeToNowhere,
    routeElementUnreached,
    routeIdTwice,
    routeShares,
    routeStarts,
    runTokenReachesAll,
    spendLimitInCents,
    unknownProvider,
  ],
  connect: (input) => open(input, cloudflareReader),
  connectForApply: (input) => open(input, cloudflareWriter),
  preflight: (api, plan) => preflight(api, plan, needs),
};

/**
 * Makes no request: whether credential and account are good shows at the first read, and no kind needs to know whose
 * it is.
 */
async function open<C>(input: ConnectInput, client: (http: Http, place: Place) => C): Promise<Session<C>> {
  const { account_id, base_url } = input.settings;
  const account = String(account_id);
  const { auth, credential } = authOf(input);
  const where = input.base_url ?? (typeof base_url === "string" ? base_url : BASE_URL);
  const http = openHttp({
    provider: "cloudflare",
    title: "Cloudflare",
    base_url: where,
    auth,
    request_id_header: "cf-ray",
    classify: (answer) => classifyCloudflare(answer, credential),
    network: input.network,
    ...(new URL(where).hostname === HOST ? { quota: QUOTA } : {}),
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  });
  return {
    account,
    actor: null,
    api: client(http, { account, credential, fingerprint: input.fingerprint }),
    now: http.now,
    hide: http.hide,
    close: http.close,
  };
}
