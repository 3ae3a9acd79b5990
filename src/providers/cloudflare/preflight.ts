// What Cloudflare lets us see to be impossible before the first write: a full Secrets Store, a missing permission.

import { z } from "zod";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Plan } from "../../model/plan.ts";
import { ProviderError } from "../../provider/error.ts";
import { type CloudflareReader, resultOf } from "./client.ts";

const quotaShape = resultOf(
  z.looseObject({ secrets: z.looseObject({ quota: z.number(), usage: z.number() }) }),
);

/** Kinds whose every resource is a secret in the store, or has one. */
const STORED = ["cloudflare.provider_config", "cloudflare.secret"];

/**
 * Each new provider config stores one secret. Reading the quota takes "Secrets Store Read" or "Write", and writing
 * provider configs takes "Secrets Store Write" (OpenAPI 2026-10), so a refused read tells about the writes too.
 */
export async function preflight(api: CloudflareReader, plan: Plan): Promise<readonly Diagnostic[]> {
  const steps = plan.steps.filter(({ kind }) => STORED.includes(kind));
  const made = steps.filter(({ action }) => action === "create").length;
  const freed = steps.filter(({ action }) => action === "delete").length;
  const writes = steps.filter(({ action }) => ["create", "update", "delete"].includes(action));
  const [first] = writes;
  if (first === undefined) return [];
  try {
    const { secrets } = await api.get("/secrets_store/quota", quotaShape);
    const room = secrets.quota - secrets.usage + freed;
    if (made <= room) return [];
    return [
      {
        severity: "error",
        code: "SECRETS_QUOTA",
        message: `the plan stores ${made} new secrets, provider keys included, and the account's Secrets Store has room for ${room} (${secrets.usage} of ${secrets.quota} secrets are used)`,
        hint: "delete secrets that are no longer used, or ask Cloudflare for more",
      },
    ];
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.refused === "permission") {
      return [
        {
          severity: "error",
          code: "MISSING_PERMISSION",
          address: first.address,
          message: `the API token may not write provider configs and secrets: ${error.message}`,
          hint: 'give the token the permission group "Secrets Store Write" on this account',
        },
      ];
    }
    // The quota is a courtesy: where it cannot be read the writes themselves tell.
    return [
      {
        severity: "warning",
        code: "QUOTA_UNREADABLE",
        message: `the Secrets Store's quota could not be read: ${error.message}`,
      },
    ];
  }
}
