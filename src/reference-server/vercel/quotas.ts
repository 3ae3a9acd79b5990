/**
 * Budgets of API keys ("quota" on the wire): making, changing, archiving, and when reads show a write.
 * Evidence: Terraform PR #589 (2026-08), CLI 64.0.2.
 */
import type { z } from "zod";
import type { Context } from "../endpoint.ts";
import { badRequest, refuse } from "./endpoints.ts";
import type { quotaBody, quotaWire } from "./shapes.ts";
import { metered } from "./spend.ts";
import type { KeyRecord, QuotaRecord } from "./state.ts";

type QuotaBody = z.infer<typeof quotaBody>;

/** What create and PATCH make of the old quota (null: the key never had one) and a body. */
export function changedQuota(
  keyId: string,
  old: QuotaRecord | null,
  body: QuotaBody,
  now: number,
): QuotaRecord {
  if (old === null) {
    // CLI and Terraform never do it knowingly; open question 10.
    if (body.archived === true) throw refuse(404, "not_found", "This key has no budget");
    if (body.limitAmount === undefined) throw badRequest("Invalid request: `limitAmount`: required");
    return {
      quotaEntityId: `api_key_id_${keyId}`,
      limitAmount: body.limitAmount,
      currentSpend: 0,
      currentByokSpend: 0,
      includeByokInQuota: body.includeByokInQuota ?? false,
      // `none` for keys (SDK 1.28.35), although the budget docs claim monthly; open question 9.
      refreshPeriod: body.refreshPeriod ?? "none",
      active: body.active ?? true,
      archived: false,
      alertThresholds: unique(body.alertThresholds ?? []),
      createdAt: now,
      updatedAt: now,
    };
  }
  return {
    ...old,
    limitAmount: body.limitAmount ?? old.limitAmount,
    includeByokInQuota: body.includeByokInQuota ?? old.includeByokInQuota,
    refreshPeriod: body.refreshPeriod ?? old.refreshPeriod,
    active: body.active ?? old.active,
    // Any later PATCH that does not archive revives the budget (Terraform PR #589).
    archived: body.archived ?? false,
    alertThresholds: body.alertThresholds === undefined ? old.alertThresholds : unique(body.alertThresholds),
    updatedAt: now,
  };
}

/** `key` with its new quota; for the lag, reads go on showing what they showed. */
export function withQuota(context: Context, key: KeyRecord, quota: QuotaRecord): KeyRecord {
  const { quota_before: _, ...rest } = key;
  const lag = context.switches.quota_lag_ms;
  if (lag === 0) return { ...rest, quota };
  return { ...rest, quota, quota_before: { until: context.now + lag, quota: shownRecord(key, context.now) } };
}

/** The quota that list and GET show now: null when there never was one, or it is archived (docs 2026-08-28; open question 7). */
export function shownQuota(key: KeyRecord, now: number): z.infer<typeof quotaWire> | null {
  const quota = shownRecord(key, now);
  return quota === null || quota.archived ? null : presentQuota(metered(quota, now));
}

/** An empty list of thresholds is left out ("empty or absent = off", SDK 1.28.35). */
export function presentQuota<T extends { alertThresholds: number[] }>(
  quota: T,
): Omit<T, "alertThresholds"> & { alertThresholds?: number[] } {
  const { alertThresholds, ...rest } = quota;
  return alertThresholds.length === 0 ? rest : { ...rest, alertThresholds };
}

function shownRecord(key: KeyRecord, now: number): QuotaRecord | null {
  return key.quota_before !== undefined && key.quota_before.until > now ? key.quota_before.quota : key.quota;
}

/** A set to the service (Terraform PR #589 models it so). */
export function unique(thresholds: readonly number[]): number[] {
  return [...new Set(thresholds)].sort((a, b) => a - b);
}
