/**
 * Whose key a provider is called with (docs *BYOK*, 2026-07-31; *Unified Billing*, 2026): the caller's own, even a
 * placeholder (cloudflare-docs#33517, 2026); else the stored key, found by its contract name; else Cloudflare's.
 */
import { tail } from "../../echo.ts";
import type { World } from "../../world.ts";
import type { GatewayRecord } from "../gateway-shapes.ts";
import { servedValue } from "../secret-records.ts";
import type { SecretRecord } from "../state.ts";
import { needsCredential, noAlias, noCredit } from "./errors.ts";

export type Credential =
  | { readonly source: "caller"; readonly key: string }
  | { readonly source: "byok"; readonly alias: string; readonly key: string }
  | { readonly source: "unified" }
  /** Workers AI, paid by the account itself. */
  | { readonly source: "account" }
  | { readonly source: "none" };

/** What the look-up depends on beside the stored keys. */
export interface Claim {
  readonly gateway: GatewayRecord;
  /** As on the data plane: `openai`, `custom-acme`. */
  readonly provider: string;
  readonly authenticated: boolean;
  /** Headers for the provider by lower-case name; those for Cloudflare are none of them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The alias that the caller named; undefined: none. */
  readonly alias: string | undefined;
  readonly ownCredentialsOnly: boolean;
}

/** Providers that take their key in a header of their own; all of them may get `authorization` as well. */
const keyHeaders: Readonly<Record<string, string>> = {
  anthropic: "x-api-key",
  "azure-openai": "api-key",
  cartesia: "x-api-key",
  elevenlabs: "xi-api-key",
  "google-ai-studio": "x-goog-api-key",
};

/** The caller's key among the provider's headers. */
export function callerKey(provider: string, headers: Claim["headers"]): string | undefined {
  return headers[keyHeaders[provider] ?? "authorization"] ?? headers.authorization;
}

/** @throws Refusal 2040 for an unknown alias, 2021 without credit, 400 where a credential is demanded and missing */
export function credentialFor(world: World, claim: Claim): Credential {
  const { provider, authenticated, gateway } = claim;
  const own = callerKey(provider, claim.headers);
  if (own !== undefined) return { source: "caller", key: own.replace(/^\w+ /, "") };
  const stored = storedKey(world, claim);
  if (stored !== undefined) return stored;
  // Workers AI stays allowed whatever third parties need (changelog 2026-09-14).
  if (provider === "workers-ai") {
    if (!authenticated) return { source: "none" };
    return gateway.workers_ai_billing_mode === "unified" ? unified(world) : { source: "account" };
  }
  // A custom provider may carry its credentials in its own headers, and Cloudflare has none for it.
  if (provider.startsWith("custom-")) return { source: "none" };
  if (claim.ownCredentialsOnly) throw needsCredential(provider);
  // Unified Billing needs an authenticated caller (docs 2026); others reach the provider without a key.
  return authenticated ? unified(world) : { source: "none" };
}

function unified(world: World): Credential {
  if (!world.switches.unified_billing_credit) throw noCredit();
  return { source: "unified" };
}

function storedKey(world: World, claim: Claim): Credential | undefined {
  const { gateway, provider, authenticated } = claim;
  if (!authenticated && !world.switches.stored_keys_without_token) return undefined;
  const alias = claim.alias ?? "default";
  // Which slug a custom provider's key is stored under is undocumented: the bare one first, then as it is called.
  const slugs = [...new Set([provider.replace(/^custom-/, ""), provider])];
  const usable = world.store.cloudflare.secrets.filter(
    (secret) =>
      secret.store_id === gateway.store_id &&
      secret.scopes.includes("ai_gateway") &&
      servedValue(secret, world.now()) !== null,
  );
  for (const slug of slugs) {
    const secret = usable.find((candidate) => candidate.name === `${gateway.id}_${slug}_${alias}`);
    const key = secret === undefined ? null : servedValue(secret, world.now());
    if (key !== null) return { source: "byok", alias, key };
  }
  if (claim.alias === undefined) return undefined;
  throw noAlias(provider, alias, aliasesOf(usable, gateway.id, slugs));
}

function aliasesOf(secrets: readonly SecretRecord[], gateway: string, slugs: readonly string[]): string[] {
  return slugs.flatMap((slug) => {
    const prefix = `${gateway}_${slug}_`;
    return secrets.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  });
}

/** How a credential may be shown: where it is from and at most its last four characters. */
export function labelOf(credential: Credential): string {
  switch (credential.source) {
    case "caller":
      return `caller${tail(credential.key)}`;
    case "byok":
      return `byok:${credential.alias}${tail(credential.key)}`;
    default:
      return credential.source;
  }
}
