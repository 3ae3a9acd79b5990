// Who asks Cloudflare: an API token, or a user by e-mail and Global API key (docs "Global API key", OpenAPI 2026-10:
// `api_email` and `api_key` beside `api_token`). Variables are those of Cloudflare's SDKs and Terraform provider.

import * as z from "zod";
import { type Auth, bearer } from "../../provider/auth.ts";
import type { ConnectInput, Credential, Login } from "../../provider/provider.ts";
import { Secret } from "../../provider/secret.ts";

/** `key` can do whatever its user can; only a `token` has permission groups of its own. */
export type CredentialKind = "token" | "key";

export const credentials = {
  api_token: {
    env: "CLOUDFLARE_API_TOKEN",
    title: "API token",
    description:
      "Where the API token comes from, of the account or of a user, with no more permissions than it needs",
  },
  api_key: {
    env: "CLOUDFLARE_API_KEY",
    title: "Global API key",
    description:
      "Where a user's Global API key comes from, in place of an API token and together with api_email. It may do whatever the user may, in every account: an API token is better",
  },
} as const satisfies Record<string, Credential>;

export const apiEmail = z
  .string()
  .regex(/^[!-?A-~]+@[!-?A-~]+$/, { error: "expected an e-mail address" })
  .meta({
    title: "API e-mail",
    description:
      "E-mail of the user whose Global API key api_key is; if left out, CLOUDFLARE_EMAIL says it. Not for API tokens",
    examples: ["ops@acme.example"],
  })
  .optional();

export const logins: readonly [Login, ...Login[]] = [
  { noun: "an API token", credentials: ["api_token"], settings: {} },
  {
    noun: "an e-mail and Global API key",
    credentials: ["api_key"],
    settings: { api_email: "CLOUDFLARE_EMAIL" },
    advice: {
      code: "GLOBAL_API_KEY",
      message:
        "this run uses a Global API key, which may do whatever its user may, in every account, and cannot be narrowed",
      hint: "an API token with the permissions that this file needs is better: name it as `cloudflare.api_token`, or set CLOUDFLARE_API_TOKEN",
    },
  },
];

/** The headers for what was chosen. */
export function authOf({ secrets, settings }: Pick<ConnectInput, "secrets" | "settings">): {
  readonly auth: Auth;
  readonly credential: CredentialKind;
} {
  const { api_key: key, api_token } = secrets;
  if (key === undefined) return { auth: bearer(api_token ?? new Secret("")), credential: "token" };
  const email = String(settings.api_email);
  return {
    auth: { headers: () => ({ "x-auth-email": email, "x-auth-key": key.reveal() }), secrets: [key] },
    credential: "key",
  };
}
