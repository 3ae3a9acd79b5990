// What budgets have in common, be they a key's, a project's or a default: their fields as a file writes them, and how
// two values of one compare.

import * as z from "zod";
import type { JsonValue } from "../../../base/json.ts";
import type { FieldPolicy } from "../../../model/kind-rules.ts";
import type { ResolvedFields, ResolvedValue } from "../../../provider/kind.ts";

export const limit = z
  .number()
  .min(1)
  .meta({ title: "Limit", description: "US dollars per period, at least 1", examples: [500] });

/** @param fresh what a new budget gets where the file says nothing. */
export function refreshPeriod(fresh: string) {
  return z
    .enum(["daily", "weekly", "monthly", "none"])
    .meta({
      title: "Refresh period",
      description: `When the count starts again, in UTC; a new budget gets ${fresh}`,
      examples: ["monthly"],
    })
    .optional();
}

export const includeByok = z
  .boolean()
  .meta({
    title: "Include BYOK",
    description: "Whether requests with the team's own provider keys count; a new budget gets false",
    examples: [false],
  })
  .optional();

/** @param when what is to be known about when they are sent. */
export function alertThresholds(when: string) {
  return z
    .array(z.union([z.literal(50), z.literal(75), z.literal(100)]))
    .meta({
      title: "Alert thresholds",
      description: `Percentages of the limit at which an alert is sent${when}; [] for none, the order does not matter`,
      examples: [[50, 100]],
    })
    .optional();
}

/** Thresholds without repetitions, in order: they are a set. */
export function canonicalThresholds(value: JsonValue): JsonValue {
  const list = Array.isArray(value) ? value : [];
  return [...new Set(list)].sort((a, b) => Number(a) - Number(b));
}

/** Of budgets that are resources of their own: what the server fills in (OpenAPI of autumn 2026). */
export const BUDGET_POLICIES = {
  refresh_period: { server_default: true, canonical: (value: JsonValue) => value ?? "monthly" },
  alert_thresholds: { server_default: true, canonical: canonicalThresholds },
} as const satisfies Readonly<Record<string, FieldPolicy>>;

/** The members that are declared, under the names of the API. */
export function budgetToWire(budget: ResolvedFields): Record<string, ResolvedValue> {
  const { limit, refresh_period, include_byok, alert_thresholds } = budget;
  return {
    ...(limit === undefined ? {} : { limitAmount: limit }),
    ...(refresh_period === undefined ? {} : { refreshPeriod: refresh_period }),
    ...(include_byok === undefined ? {} : { includeByokInQuota: include_byok }),
    ...(alert_thresholds === undefined ? {} : { alertThresholds: alert_thresholds }),
  };
}
