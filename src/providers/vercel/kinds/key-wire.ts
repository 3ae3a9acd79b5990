// An API key and its budget as Vercel's API writes them, and their translation to the file's vocabulary.

import * as z from "zod";
import { isObject, type JsonObject, type JsonValue, jsonEqual } from "../../../base/json.ts";
import type { LiveResource } from "../../../model/live.ts";
import type { ResolvedFields, ResolvedValue } from "../../../provider/kind.ts";
import { timeText } from "../../../provider/time.ts";
import { canonicalThresholds } from "./budget-fields.ts";

/** Vercel calls a key's budget its quota. SDK 1.28.35 declares more members than are read here. */
export const quotaShape = z.looseObject({
  limitAmount: z.number(),
  includeByokInQuota: z.boolean().nullish(),
  refreshPeriod: z.string().nullish(),
  active: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  alertThresholds: z.array(z.number()).nullish(),
});

export type Quota = z.output<typeof quotaShape>;

export const keyShape = z.looseObject({
  id: z.string(),
  name: z.string(),
  purpose: z.string().nullish(),
  projectId: z.string().nullish(),
  expiresAt: z.number().nullish(),
  leakedAt: z.number().nullish(),
  createdAt: z.number().nullish(),
  createdBy: z.string().nullish(),
  quota: quotaShape.nullish(),
  /** `environment` is there, too (SDK 1.28.35); nobody says what may stand in it. */
  metadata: z
    .looseObject({
      spendAttribution: z.string().nullish(),
      zdr: z.looseObject({ enableNonZdrModels: z.boolean().nullish() }).nullish(),
      bypassAll: z.boolean().nullish(),
    })
    .nullish(),
});

export type WireKey = z.output<typeof keyShape>;

/** Translates a key. `quota` is given apart because not every answer about a key carries it. */
export function keyFromWire(key: WireKey, quota: Quota | null | undefined): LiveResource {
  return {
    kind: "vercel.key",
    id: key.id,
    name: key.name,
    fields: {
      name: key.name,
      project_id: key.projectId ?? null,
      expires_at: typeof key.expiresAt === "number" ? timeText(key.expiresAt) : null,
      ...(typeof key.leakedAt === "number" ? { leaked_at: timeText(key.leakedAt) } : {}),
      spend_attribution: key.metadata?.spendAttribution ?? null,
      zdr_exempt: key.metadata?.zdr?.enableNonZdrModels ?? false,
      bypass_all_settings: key.metadata?.bypassAll ?? false,
      budget: budgetFromWire(quota),
    },
    ...(typeof key.createdAt === "number" ? { created_at: key.createdAt } : {}),
    ...(typeof key.createdBy === "string" ? { created_by: key.createdBy } : {}),
  };
}

/** As CLI 64.0.2 sends it: what is off is left out, since only owners may name it. `undefined` for nothing to say. */
export function metadataToWire(fields: ResolvedFields): ResolvedFields | undefined {
  const { spend_attribution, zdr_exempt, bypass_all_settings } = fields;
  const metadata = {
    ...(typeof spend_attribution === "string" ? { spendAttribution: spend_attribution } : {}),
    ...(zdr_exempt === true ? { zdr: { enableNonZdrModels: true } } : {}),
    ...(bypass_all_settings === true ? { bypassAll: true } : {}),
  };
  return Object.keys(metadata).length === 0 ? undefined : metadata;
}

/** A budget that was removed (`archived`) or switched off (not `active`) limits nothing and counts as none. */
export function budgetFromWire(quota: Quota | null | undefined): JsonValue {
  if (quota === null || quota === undefined) return null;
  if (quota.archived === true || quota.active === false) return null;
  return {
    limit: quota.limitAmount,
    refresh_period: quota.refreshPeriod ?? "none",
    include_byok: quota.includeByokInQuota ?? false,
    alert_thresholds: quota.alertThresholds ?? [],
  };
}

/** True for a declared budget, false for an absent or null one. */
export function isBudget(value: ResolvedValue | undefined): value is ResolvedFields {
  return isObject(value);
}

/** The one form of a budget: thresholds are a set. Members that are left out stay left out. */
export function canonicalBudget(value: JsonValue): JsonValue {
  if (!isObject(value)) return null;
  const { alert_thresholds: thresholds } = value;
  if (thresholds === undefined) return value;
  return { ...value, alert_thresholds: canonicalThresholds(thresholds) };
}

/** What the server fills in where a new budget leaves it out (SDK 1.28.35). */
export const BUDGET_DEFAULTS: JsonObject = {
  refresh_period: "none",
  include_byok: false,
  alert_thresholds: [],
};

/** A budget without what the server fills in; `undefined` for none. */
export function shortBudget(value: JsonValue): JsonValue | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter(([name, item]) => !jsonEqual(BUDGET_DEFAULTS[name], item)),
  );
}
