/**
 * Bodies and objects of budgets and budget defaults, transcribed from OAS autumn 2026 and the SDK's models on GitHub
 * (2026-10).
 */
import * as z from "zod";
import { alertThresholds, limitAmount, milliseconds, refreshPeriod } from "./shapes.ts";

export const budgetScopes = ["team", "project", "user", "api-key"] as const;

const settings = {
  limitAmount,
  refreshPeriod: refreshPeriod.optional(),
  alertThresholds: alertThresholds.optional(),
};

/** Whose budget: of the team, or of a project or user by its id. Those of API keys are written with the key. */
export const budgetSubject = z.discriminatedUnion("scopeType", [
  z.strictObject({ scopeType: z.literal("team") }),
  z.strictObject({ scopeType: z.literal("project"), projectId: z.string().min(1) }),
  z.strictObject({ scopeType: z.literal("user"), userId: z.string().min(1) }),
]);

const more = { ...settings, includeByokInQuota: z.boolean().optional() };

export const budgetBody = z.discriminatedUnion("scopeType", [
  z.strictObject({ scopeType: z.literal("team"), ...more }),
  z.strictObject({ scopeType: z.literal("project"), projectId: z.string().min(1), ...more }),
  z.strictObject({ scopeType: z.literal("user"), userId: z.string().min(1), ...more }),
]);

export const budgetWire = z.strictObject({
  quotaEntityId: z.string(),
  scopeType: z.enum(budgetScopes),
  /** The native id; of a user perhaps with `usr_` before it, which CLI 64.0.2 allows for. */
  scopeId: z.string(),
  limitAmount: z.number(),
  currentSpend: z.number(),
  currentByokSpend: z.number(),
  includeByokInQuota: z.boolean(),
  active: z.boolean(),
  archived: z.boolean(),
  refreshPeriod,
  createdAt: milliseconds,
  updatedAt: milliseconds,
  name: z.string().optional(),
  alertThresholds: z.array(z.number()).optional(),
  /** There when the row is inherited from a default. */
  source: z.literal("default").optional(),
});

export const budgetDefaultSubject = z.strictObject({ scopeType: z.enum(budgetScopes) });

export const budgetDefaultBody = budgetDefaultSubject.extend(settings);

export const budgetDefaultWire = z.strictObject({
  scopeType: z.enum(budgetScopes),
  limitAmount: z.number(),
  refreshPeriod,
  active: z.boolean(),
  alertThresholds: z.array(z.number()).optional(),
  createdAt: milliseconds,
  updatedAt: milliseconds,
});
