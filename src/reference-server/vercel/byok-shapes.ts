/**
 * Bodies and objects of BYOK credentials (REST docs of 2026-10-27 to 2026-10-30). The documentation was seen in part
 * only: the shape of `credential` and what a list is wrapped in are inferred.
 */
import * as z from "zod";
import { milliseconds } from "./shapes.ts";

const name = z.string().min(1).max(100);

/** Vendor fields to their secrets, such as `apiKey`; which ones a provider wants is not published. */
export const credentialFields = z
  .record(z.string().min(1), z.string().min(1))
  .refine((fields) => Object.keys(fields).length > 0, { message: "must not be empty" });

export const credentialCreateBody = z.strictObject({
  /** Ignored: a customer's token always creates in its own team. */
  ownerId: z.string().optional(),
  providerSlug: z.string().min(1),
  name,
  credential: credentialFields,
  active: z.boolean().optional(),
  zeroDataRetention: z.boolean().optional(),
});

export const credentialUpdateBody = z.strictObject({
  name: name.optional(),
  active: z.boolean().optional(),
  zeroDataRetention: z.boolean().optional(),
  /** Replaces the secret in place. */
  credential: credentialFields.optional(),
});

/** Never with the secret. */
export const credentialWire = z.strictObject({
  credentialId: z.string(),
  ownerId: z.string(),
  providerSlug: z.string(),
  name,
  active: z.boolean(),
  zeroDataRetention: z.boolean().optional(),
  deleted: z.boolean(),
  createdAt: milliseconds,
  updatedAt: milliseconds,
  /** In lists that ask for them; their shape is not published. */
  modelMappings: z.array(z.record(z.string(), z.unknown())).optional(),
});
