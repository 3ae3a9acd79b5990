// The provider `cloudflare`: its settings, its kinds and checks, how to connect.

import * as z from "zod";
import { openHttp } from "../../provider/http.ts";
import type { ConnectInput, Provider, Session } from "../../provider/provider.ts";
import { Secret } from "../../provider/secret.ts";
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
import { preflight } from "./preflight.ts";
import { checkPermissionNames } from "./preflight-permissions.ts";

const BASE_URL = "https://api.cloudflare.com/client/v4";

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
    base_url: z
      .url({ protocol: /^https?$/ })
      .meta({
        title: "Base URL",
        description: "Where the API is; Cloudflare's own host or loopback",
        examples: [BASE_URL],
      })
      .optional(),
  }),
  credentials: { api_token: { env: "CLOUDFLARE_API_TOKEN" } },
  settings_env: { account_id: ["CLOUDFLARE_ACCOUNT_ID"] },
  base_url_env: "CLOUDFLARE_BASE_URL",
  hosts: ["api.cloudflare.com"],
  kinds: [
    gateway,
    providerConfig,
    route,
    customDomain,
    customProvider,
    customProviderCost,
    secretsStore,
    secret,
    token,
  ],
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
  preflight: async (api, plan) => {
    const found = await Promise.all([preflight(api, plan), checkPermissionNames(api, plan)]);
    return found.flat();
  },
};

/**
 * Makes no request: whether token and account are good shows at the first read, and no kind needs to know whose
 * token it is.
 */
async function open<C>(
  input: ConnectInput,
  client: (http: ReturnType<typeof openHttp>, account: string, fingerprint: ConnectInput["fingerprint"]) => C,
): Promise<Session<C>> {
  const { account_id, base_url } = input.settings;
  const account = String(account_id);
  const http = openHttp({
    provider: "cloudflare",
    title: "Cloudflare",
    base_url: input.base_url ?? (typeof base_url === "string" ? base_url : BASE_URL),
    token: input.secrets.api_token ?? new Secret(""),
    request_id_header: "cf-ray",
    classify: classifyCloudflare,
    parallelism: input.parallelism,
    ...(input.onRequest === undefined ? {} : { onRequest: input.onRequest }),
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  });
  return {
    account,
    actor: null,
    api: client(http, account, input.fingerprint),
    now: http.now,
    close: http.close,
  };
}
