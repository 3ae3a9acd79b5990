// The provider `cloudflare`: its settings, its kinds, how to connect.

import { z } from "zod";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Desired } from "../../model/desired.ts";
import type { LiveState } from "../../model/live.ts";
import { openHttp } from "../../provider/http.ts";
import type { ConnectInput, Provider, Session } from "../../provider/provider.ts";
import { Secret } from "../../provider/secret.ts";
import { classifyCloudflare } from "./classify.ts";
import {
  type CloudflareReader,
  type CloudflareWriter,
  cloudflareReader,
  cloudflareWriter,
} from "./client.ts";
import { gateway } from "./kinds/gateway.ts";
import { providerConfig } from "./kinds/provider-config.ts";
import { secretsStore } from "./kinds/secrets-store.ts";
import { preflight } from "./preflight.ts";

const BASE_URL = "https://api.cloudflare.com/client/v4";

/** Gateways per account: 10 on the free plan, 20 on paid ones (docs "Limits", 2026). */
const GATEWAYS_ON_FREE_PLAN = 10;

export const cloudflare: Provider<CloudflareReader, CloudflareWriter> = {
  name: "cloudflare",
  title: "Cloudflare",
  description: "Cloudflare AI Gateway: gateways and the provider keys stored for them, in one account.",
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
  base_url_env: "CLOUDFLARE_BASE_URL",
  hosts: ["api.cloudflare.com"],
  kinds: [gateway, providerConfig, secretsStore],
  checks,
  connect: (input) => open(input, cloudflareReader),
  connectForApply: (input) => open(input, cloudflareWriter),
  preflight,
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

function checks(desired: Desired, live?: LiveState): readonly Diagnostic[] {
  const ids = new Set<string>();
  for (const { kind, fields } of desired.resources) {
    if (kind === "cloudflare.gateway") ids.add(String(fields.id));
  }
  for (const { kind, id } of live?.resources ?? []) {
    if (kind === "cloudflare.gateway") ids.add(id);
  }
  if (ids.size <= GATEWAYS_ON_FREE_PLAN) return [];
  return [
    {
      severity: "warning",
      code: "MANY_GATEWAYS",
      message: `${ids.size} gateways are declared or live; Cloudflare allows ${GATEWAYS_ON_FREE_PLAN} per account on the free plan and 20 on paid ones`,
    },
  ];
}
