/**
 * Vercel's bodies and objects, transcribed from SDK 1.28.35, OAS autumn 2026 and what CLI 64.0.2 sends.
 * OAS has no request bodies for keys and rules; those are the CLI's and Terraform PR #589's.
 */
import * as z from "zod";

/** Since 1970. */
export const milliseconds = z.number();

export const errorWire = z.object({
  error: z.looseObject({ code: z.string(), message: z.string() }),
});

export const limitAmount = z.number().min(1);
export const refreshPeriod = z.enum(["daily", "weekly", "monthly", "none"]);
export const alertThresholds = z.array(z.union([z.literal(50), z.literal(75), z.literal(100)]));

export const quotaWire = z.strictObject({
  quotaEntityId: z.string(),
  limitAmount,
  currentSpend: z.number(),
  currentByokSpend: z.number(),
  includeByokInQuota: z.boolean(),
  refreshPeriod,
  active: z.boolean(),
  archived: z.boolean(),
  alertThresholds: z.array(z.number()).optional(),
  createdAt: milliseconds,
  updatedAt: milliseconds,
});

export const keyWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  partialKey: z.string(),
  teamId: z.string(),
  purpose: z.string(),
  projectId: z.string().nullable(),
  expiresAt: milliseconds.nullable(),
  activeAt: milliseconds,
  createdAt: milliseconds,
  createdBy: z.string(),
  leakedAt: milliseconds.nullable(),
  leakedUrl: z.string().nullable(),
  createdByAppId: z.string().nullable(),
  quota: quotaWire.nullable().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

/** Terraform PR #589 (2026-08): at most 256 characters, not empty, no blanks at the ends. */
const keyName = z
  .string()
  .min(1)
  .max(256)
  .refine((name) => name.trim() === name, { message: "must not start or end with blanks" });

export const keyCreateBody = z.strictObject({
  purpose: z.literal("ai-gateway"),
  name: keyName.optional(),
  projectId: z.string().min(1).optional(),
  expiresAt: milliseconds.optional(),
  aiGatewayQuota: z
    .strictObject({
      limitAmount,
      includeByokInQuota: z.boolean().optional(),
      refreshPeriod: refreshPeriod.optional(),
      alertThresholds: alertThresholds.optional(),
    })
    .optional(),
  metadata: z
    .strictObject({
      /** Type not documented (SDK 1.28.35); kept as sent. */
      environment: z.unknown().optional(),
      spendAttribution: z.enum(["user", "team"]).optional(),
      zdr: z.strictObject({ enableNonZdrModels: z.boolean() }).optional(),
      bypassAll: z.boolean().optional(),
    })
    .optional(),
});

/** What secret scanners report (API key docs, 2026-08-11). */
export const leakBody = z.strictObject({ secret: z.strictObject({ api_key: z.string().min(1) }) });

export const keyRenameBody = z.strictObject({ name: keyName });

export const quotaBody = z.strictObject({
  limitAmount: limitAmount.optional(),
  refreshPeriod: refreshPeriod.optional(),
  includeByokInQuota: z.boolean().optional(),
  alertThresholds: alertThresholds.optional(),
  active: z.boolean().optional(),
  archived: z.boolean().optional(),
});

const model = z.string().min(1).max(256);
const text = z.string().max(1024);

export const ruleCreateBody = z.strictObject({
  type: z.enum(["deny", "rewrite"]),
  match: z.strictObject({ model }),
  action: z.strictObject({ rewriteModel: model.optional(), reason: text.optional() }).optional(),
  description: text.optional(),
  /** Never sent by CLI 64.0.2; open question 17 says accept. */
  enabled: z.boolean().optional(),
});

export const ruleUpdateBody = z.strictObject({
  ruleId: z.string().min(1),
  enabled: z.boolean().optional(),
  action: z.strictObject({ rewriteModel: model.optional(), reason: text.nullable().optional() }).optional(),
  description: text.nullable().optional(),
});

export const ruleWire = z.strictObject({
  ruleId: z.string(),
  ownerId: z.string(),
  type: z.enum(["deny", "rewrite"]),
  match: z.strictObject({ model: z.string() }),
  action: z.strictObject({ rewriteModel: z.string().optional(), reason: z.string().optional() }).optional(),
  enabled: z.boolean(),
  description: z.string().optional(),
  deleted: z.boolean().optional(),
  createdAt: milliseconds,
  updatedAt: milliseconds,
  createdBy: z.string().optional(),
  updatedBy: z.string().optional(),
});

export const paginationWire = z.strictObject({
  count: z.number(),
  next: z.string().nullable(),
  prev: z.string().nullable(),
});

/** CLI 64.0.2 needs `id`; `version: "northstar"` keeps it from offering a personal account beside the team. */
export const userWire = z.strictObject({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  version: z.literal("northstar"),
});

export const teamWire = z.strictObject({ id: z.string(), slug: z.string(), name: z.string() });

/** Of members: a number that counts up (form inferred). */
export const memberPaginationWire = z.strictObject({
  count: z.number(),
  next: z.number().nullable(),
  prev: z.number().nullable(),
  hasNext: z.boolean(),
});

/** What CLI 64.0.2 reads of a member; the live answer has more. */
export const memberWire = z.strictObject({
  uid: z.string(),
  email: z.string(),
  username: z.string(),
  name: z.string().optional(),
  role: z.string(),
});

/** What CLI 64.0.2 reads of a project; the live answer has much more. */
export const projectWire = z.strictObject({ id: z.string(), name: z.string() });
