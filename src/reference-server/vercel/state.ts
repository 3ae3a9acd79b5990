/**
 * What the Vercel half remembers: teams, users with their roles, tokens, projects, API keys and BYOK credentials with
 * their plaintext, rules, budgets and virtual models, the soft-deleted ones included.
 */
import * as z from "zod";
import { budgetDefaultWire, budgetWire } from "./budget-shapes.ts";
import { credentialFields, credentialWire } from "./byok-shapes.ts";
import { quotaWire, ruleWire } from "./shapes.ts";
import { virtualModelWire } from "./virtual-model-shapes.ts";

const epoch = Date.UTC(2026, 0, 1);

export const roles = ["OWNER", "MEMBER", "DEVELOPER", "BILLING", "VIEWER", "CONTRIBUTOR"] as const;
export type Role = (typeof roles)[number];

const teamRecord = z.strictObject({
  id: z.string().regex(/^team_[A-Za-z0-9]+$/),
  slug: z.string().min(1),
  name: z.string().min(1),
});

const userRecord = z.strictObject({
  id: z.string().min(1),
  username: z.string().min(1),
  email: z.string().min(1),
  name: z.string().optional(),
  memberships: z.array(
    z.strictObject({
      team_id: z.string(),
      role: z.enum(roles),
      /** Special team permissions, e.g. AiGatewayBudgetManager (OAS autumn 2026). */
      permissions: z.array(z.string()).default([]),
    }),
  ),
});

const tokenRecord = z.strictObject({
  /** CLI 64.0.2 refuses anything outside [A-Za-z0-9_]. */
  token: z.string().regex(/^[A-Za-z0-9_]+$/),
  user_id: z.string(),
});

const projectRecord = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  teamId: z.string(),
  /** Ids of users who administer it whatever their role. */
  admins: z.array(z.string()).default([]),
});

/** When something was spent last. */
const spentAt = z.number().optional();

const quotaRecord = quotaWire.extend({ alertThresholds: z.array(z.number()), spentAt });

const keyRecord = z.strictObject({
  id: z.string().min(1),
  /** Order of creation, unique; the list's cursor. A seed may leave it out: then the order of the list counts. */
  position: z.int().min(1).optional(),
  /** The plaintext. The API answers it once; it stays here so that a test can check what a sink holds. */
  secret: z.string(),
  name: z.string(),
  partialKey: z.string(),
  teamId: z.string(),
  purpose: z.string().default("ai-gateway"),
  projectId: z.string().nullable().default(null),
  expiresAt: z.number().nullable().default(null),
  activeAt: z.number().default(epoch),
  createdAt: z.number().default(epoch),
  createdBy: z.string(),
  leakedAt: z.number().nullable().default(null),
  leakedUrl: z.string().nullable().default(null),
  createdByAppId: z.string().nullable().default(null),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** The budget, archived ones included; null: never had one. */
  quota: quotaRecord.nullable().default(null),
  /** While the lag lasts (until `until`, milliseconds since 1970) reads show this instead. */
  quota_before: z.strictObject({ until: z.number(), quota: quotaRecord.nullable() }).optional(),
});

const ruleRecord = ruleWire.extend({ deleted: z.boolean().default(false) });

const budgetRecord = budgetWire.omit({ quotaEntityId: true, name: true, source: true }).extend({
  teamId: z.string(),
  scopeType: z.enum(["team", "project", "user"]),
  currentSpend: z.number().default(0),
  currentByokSpend: z.number().default(0),
  spentAt,
  includeByokInQuota: z.boolean().default(false),
  active: z.boolean().default(true),
  archived: z.boolean().default(false),
  alertThresholds: z.array(z.number()).default([]),
  createdAt: z.number().default(epoch),
  updatedAt: z.number().default(epoch),
});

const budgetDefaultRecord = budgetDefaultWire.extend({
  teamId: z.string(),
  active: z.boolean().default(true),
  alertThresholds: z.array(z.number()).default([]),
  createdAt: z.number().default(epoch),
  updatedAt: z.number().default(epoch),
});

/** What one of those that a default covers has spent. */
const defaultSpendRecord = z.strictObject({
  teamId: z.string(),
  quotaEntityId: z.string(),
  currentSpend: z.number(),
  currentByokSpend: z.number(),
  spentAt,
});

/** What a deployment of a project shows the gateway instead of a key (OIDC docs 2026). */
const oidcTokenRecord = z.strictObject({
  token: z.string().min(1),
  project_id: z.string(),
  /** Milliseconds since 1970. */
  expires_at: z.number(),
});

const virtualModelRecord = virtualModelWire.extend({
  kind: virtualModelWire.shape.kind.default("alias"),
  status: virtualModelWire.shape.status.default("active"),
  deleted: z.boolean().default(false),
  createdAt: z.number().default(epoch),
  updatedAt: z.number().default(epoch),
});

const credentialRecord = credentialWire.extend({
  /** The plaintext. The API never answers it; it stays here so that a test can see what arrived. */
  credential: credentialFields,
  active: z.boolean().default(true),
  deleted: z.boolean().default(false),
  modelMappings: credentialWire.shape.modelMappings.unwrap().default([]),
  createdAt: z.number().default(epoch),
  updatedAt: z.number().default(epoch),
});

const team = { id: "team_FN6s2dJTGc4B5hRNee8bJNZ4", slug: "acme", name: "Acme" };
const owner = {
  id: "HkSHRenffSAUwWWve8kTFRPT",
  username: "owner",
  email: "owner@acme.example",
  memberships: [{ team_id: team.id, role: "OWNER" as const }],
};

export const vercelState = z.strictObject({
  /** The first one is the one in `Connection`. */
  teams: z.array(teamRecord).min(1).default([team]),
  users: z.array(userRecord).min(1).prefault([owner]),
  /** The first one is the one in `Connection`. */
  tokens: z
    .array(tokenRecord)
    .min(1)
    .default([{ token: "yS7QQrfWzvheKfP7yuC9ghbm", user_id: owner.id }]),
  projects: z
    .array(projectRecord)
    .prefault([{ id: "prj_Zf3xS5tPSeRJq8pyD7Y2u4kGmCQN", name: "web", teamId: team.id }]),
  keys: z.array(keyRecord).default([]),
  rules: z.array(ruleRecord).default([]),
  budgets: z.array(budgetRecord).default([]),
  budget_defaults: z.array(budgetDefaultRecord).default([]),
  default_spend: z.array(defaultSpendRecord).default([]),
  /** In the order of their creation. */
  virtual_models: z.array(virtualModelRecord).default([]),
  byok_credentials: z.array(credentialRecord).default([]),
  oidc_tokens: z.array(oidcTokenRecord).default([]),
  /** Ids of teams whose requests go to no provider that keeps them; the dashboard alone sets it. */
  zero_data_retention: z.array(z.string()).default([]),
});

export type VercelState = Omit<z.infer<typeof vercelState>, "keys"> & { keys: KeyRecord[] };
export type TeamRecord = z.infer<typeof teamRecord>;
export type UserRecord = z.infer<typeof userRecord>;
export type KeyRecord = z.infer<typeof keyRecord> & { position: number };
export type QuotaRecord = z.infer<typeof quotaRecord>;
export type RuleRecord = z.infer<typeof ruleRecord>;
export type ProjectRecord = z.infer<typeof projectRecord>;
export type BudgetRecord = z.infer<typeof budgetRecord>;
export type BudgetDefaultRecord = z.infer<typeof budgetDefaultRecord>;
export type VirtualModelRecord = z.infer<typeof virtualModelRecord>;
export type CredentialRecord = z.infer<typeof credentialRecord>;
