/**
 * Bodies of the control endpoints.
 */
import * as z from "zod";
import { roles } from "../vercel/state.ts";

/**
 * Makes a token; the answer is `{token, id}`, for Vercel `{token, user_id}`, or of a project's deployment `{token}`.
 */
export const tokenBody = z.discriminatedUnion("vendor", [
  z.strictObject({
    vendor: z.literal("cloudflare"),
    /** Permission groups by name. */
    permissions: z.array(z.string()),
    name: z.string().optional(),
    owner: z.enum(["account", "user"]).optional(),
    status: z.enum(["active", "disabled"]).optional(),
    expires_on: z.iso.datetime().optional(),
  }),
  z
    .strictObject({
      vendor: z.literal("vercel"),
      role: z.enum(roles).optional(),
      /** Instead of a role: the id of the project whose deployment shows the token to the gateway. */
      project_id: z.string().min(1).optional(),
      /** Team ids; default: the first team. Empty: a user without any team. */
      team_ids: z.array(z.string()).optional(),
      /** Special team permissions. */
      permissions: z.array(z.string()).optional(),
      /** An existing user; then `role`, `team_ids` and `permissions` do not matter. */
      user_id: z.string().optional(),
    })
    .refine(({ role, project_id }) => (role === undefined) !== (project_id === undefined), {
      message: "one of role and project_id",
    }),
]);

/** Makes a child of a gateway; the answer is the record. */
export const childBody = z.strictObject({
  kind: z.enum(["route", "custom_domain", "dataset", "evaluation"]),
  gateway_id: z.string(),
  /** Name, for a custom domain the hostname. */
  name: z.string().min(1),
  elements: z.array(z.record(z.string(), z.unknown())).optional(),
});

export const childDeleteBody = z.strictObject({
  kind: z.enum(["route", "custom_domain", "dataset", "evaluation"]),
  /** The id, for a custom domain the hostname. */
  id: z.string(),
});
