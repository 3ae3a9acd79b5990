// Before the first write: whether the Secrets Store has room for the secrets that the plan makes.

import * as z from "zod";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Plan } from "../../model/plan.ts";
import { ProviderError } from "../../provider/error.ts";
import { counted, firstOf } from "../../render/counts.ts";
import { type CloudflareReader, resultOf } from "./client.ts";
import { type Room, roomFor } from "./preflight-room.ts";

const quotaShape = resultOf(
  z.looseObject({ secrets: z.looseObject({ quota: z.number(), usage: z.number() }) }),
);

/** Kinds whose every resource is a secret in the store, or has one. */
const STORED = ["cloudflare.provider_config", "cloudflare.secret"];

/**
 * Reading the quota takes "Secrets Store Read" or "Write", and writing provider configs takes "Secrets Store Write"
 * (OpenAPI 2026-10), so a refused read tells about the writes too.
 */
export async function checkQuota(api: CloudflareReader, plan: Plan): Promise<readonly Diagnostic[]> {
  const [first] = plan.steps.filter(
    ({ kind, action }) => STORED.includes(kind) && ["create", "update", "delete"].includes(action),
  );
  if (first === undefined) return [];
  try {
    const { secrets } = await api.get("/secrets_store/quota", quotaShape);
    return tooFew(roomFor(plan), secrets);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.refused === "permission") {
      return [
        {
          severity: "error",
          code: "MISSING_PERMISSION",
          address: first.address,
          message: `the credential may not write provider configs and secrets: ${error.message}`,
          hint: 'provider configs and secrets take the permission group "Secrets Store Write" on this account',
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

/** Nothing where all that the plan stores has a place, whatever the order of its steps. */
function tooFew(
  { stored, growing, late, beside }: Room,
  { quota, usage }: { readonly quota: number; readonly usage: number },
): readonly Diagnostic[] {
  const free = Math.max(0, quota - usage);
  const left = growing.slice(free);
  const [first] = left;
  if (first === undefined) return [];
  const reused = stored - growing.length;
  const places = reused === 0 ? "" : `, and ${reused} more that the plan itself frees before`;
  const both =
    beside.length === 0
      ? ""
      : `. The new one of a replacement is stored beside the old one first: ${firstOf(beside, 3)}`;
  const hint =
    late.length === 0
      ? `delete secrets that are no longer used, ask Cloudflare for more, or store fewer${both}`
      : `some deletes of the plan make room, but do not have to come first: carry them out on their own with ${firstOf(
          late.map((address) => `\`--target ${address}\``),
          3,
        )}, then apply the rest`;
  return [
    {
      severity: "error",
      code: "SECRETS_QUOTA",
      address: first,
      message: `the plan stores ${counted(stored, "new secret")}, provider keys included, and the account's Secrets Store has ${free} free of ${quota}${places}. Without a place: ${firstOf(left, 5)}`,
      hint,
    },
  ];
}
