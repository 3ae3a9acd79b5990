/**
 * Making and changing Secrets Store secrets, for the store's own endpoints and for provider configs, which make
 * secrets behind the scenes. Every write makes the secret `pending` for a while (OAS 2026-10; ALC 2026).
 */
import type { Context } from "../endpoint.ts";
import { hexId } from "../ids.ts";
import { replaced } from "../store.ts";
import { refuseClassic } from "./envelopes.ts";
import type { SecretRecord } from "./state.ts";

type NewSecret = Pick<SecretRecord, "store_id" | "name" | "value" | "scopes" | "comment">;

export function isActive(secret: SecretRecord, now: number): boolean {
  return secret.active_from <= now;
}

/**
 * What the gateways serve: a new value only when it is active, the one before until then. Nobody has published it; a
 * rotation that left callers without a key would be noticed.
 */
export function servedValue(secret: SecretRecord, now: number): string | null {
  return isActive(secret, now) ? secret.value : secret.previous_value;
}

/** Adds a secret; refuses over the account's quota. The caller has checked that the name is free. */
export function addSecret(context: Context, fields: NewSecret): SecretRecord {
  const { secrets } = context.store.cloudflare;
  if (secrets.length >= context.switches.secrets_quota) {
    // Code and text unpublished; modelled on `maximum_stores_exceeded` (DIS 2026).
    throw refuseClassic(400, 1003, "maximum_secrets_exceeded");
  }
  const at = new Date(context.now).toISOString();
  const secret: SecretRecord = {
    id: hexId("secret", context.store.nextSequence()),
    ...fields,
    created: at,
    modified: at,
    previous_value: null,
    active_from: activeFrom(context),
  };
  context.store.writeCloudflare({ secrets: [...secrets, secret] });
  return secret;
}

export function rewriteSecret(
  context: Context,
  secret: SecretRecord,
  changes: Partial<Pick<SecretRecord, "value" | "scopes" | "comment">>,
): SecretRecord {
  const modified = new Date(context.now).toISOString();
  const changed = {
    ...secret,
    ...changes,
    modified,
    previous_value: servedValue(secret, context.now),
    active_from: activeFrom(context),
  };
  const secrets = replaced(context.store.cloudflare.secrets, (other) => other.id === secret.id, changed);
  context.store.writeCloudflare({ secrets });
  return changed;
}

function activeFrom(context: Context): number {
  const lag = context.switches.secret_pending_ms;
  return lag === 0 ? 0 : context.now + lag;
}
