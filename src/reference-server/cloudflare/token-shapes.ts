/**
 * Bodies, answers and records of API tokens, transcribed from Cloudflare's OpenAPI document of 2026-10 (Account Owned
 * API Tokens).
 */
import * as z from "zod";
import { isRange } from "./ip-ranges.ts";

const name = z.string().max(120);
const cidrs = z.array(z.string().refine(isRange));
const condition = z.object({
  request_ip: z.object({ in: cidrs, not_in: cidrs }).partial().optional(),
});
/** Names of resources, to `"*"`, or to a map of resources below them. */
const resources = z.union([
  z.record(z.string(), z.string()),
  z.record(z.string(), z.record(z.string(), z.string())),
]);
const effect = z.enum(["allow", "deny"]);
/** Any offset is taken; answers are in UTC. */
const moment = z.iso.datetime({ offset: true });

const policyBody = z.object({
  effect,
  permission_groups: z.array(z.object({ id: z.string() })).min(1),
  resources,
});

const postShape = {
  name: name.min(1),
  policies: z.array(policyBody).min(1),
  condition: condition.optional(),
  expires_on: moment.optional(),
  not_before: moment.optional(),
};

export const tokenPostBody = z.object(postShape);
/** Replaces all of it. `expired` is in the published list of states, but is nothing that one could set. */
export const tokenPutBody = z.object({ ...postShape, status: z.enum(["active", "disabled"]).optional() });

export type TokenBody = z.infer<typeof tokenPostBody>;

const status = z.enum(["active", "disabled", "expired"]);
const timestamp = z.iso.datetime();

/** What verify answers. */
export const verifyWire = z.strictObject({
  id: z.string(),
  status,
  expires_on: timestamp.optional(),
  not_before: timestamp.optional(),
});

export const tokenWire = z.strictObject({
  id: z.string(),
  name,
  status,
  policies: z.array(
    z.strictObject({
      id: z.string(),
      effect,
      permission_groups: z.array(
        z.strictObject({
          id: z.string(),
          name: z.string().optional(),
          meta: z.record(z.string(), z.string()).optional(),
        }),
      ),
      resources,
    }),
  ),
  condition: condition.optional(),
  issued_on: timestamp,
  modified_on: timestamp,
  last_used_on: timestamp.nullable(),
  expires_on: timestamp.optional(),
  not_before: timestamp.optional(),
  creator_email_at_creation: z.string().optional(),
});

/** Only POST answers the value with the token. */
export const newTokenWire = tokenWire.extend({ value: z.string().min(40).max(80) });

const epoch = "2026-01-01T00:00:00.000Z";

const policyRecord = z.strictObject({
  id: z.string(),
  effect,
  /** Ids of groups. */
  permission_groups: z.array(z.string()),
  resources,
});

export const tokenRecord = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{1,32}$/),
  /** The bearer value; 40-80 characters (OAS 2026-10). */
  value: z.string().min(40).max(80),
  name: name.default("seeded token"),
  /** Account-owned and user-owned tokens are listed and verified at different paths. */
  owner: z.enum(["account", "user"]).default("account"),
  status: z.enum(["active", "disabled"]).default("active"),
  /** Permission groups by name, allowed on the account; worked out from the policies where a client wrote some. */
  permissions: z.array(z.string()),
  /** null: one that allows the permissions on the account. */
  policies: z.array(policyRecord).nullable().default(null),
  condition: condition.nullable().default(null),
  expires_on: timestamp.nullable().default(null),
  not_before: timestamp.nullable().default(null),
  issued_on: timestamp.default(epoch),
  modified_on: timestamp.default(epoch),
  creator_email_at_creation: z.string().nullable().default(null),
});

export type TokenRecord = z.infer<typeof tokenRecord>;
export type PolicyRecord = z.infer<typeof policyRecord>;
