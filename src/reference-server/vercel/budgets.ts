/**
 * Budgets by scope: so far only what CLI 64.0.2 asks before it lists keys.
 */
import * as z from "zod";
import type { Endpoint } from "../endpoint.ts";
import { json } from "../http.ts";
import { teamEndpoints } from "./endpoints.ts";

/** An empty list is the normal answer (OAS autumn 2026). */
const defaults = teamEndpoints({
  method: "GET",
  paths: ["/ai-gateway/budgets/defaults/list"],
  roles: ["OWNER", "MEMBER", "DEVELOPER", "BILLING", "VIEWER"],
  reply: z.strictObject({ defaults: z.array(z.unknown()) }),
  handle: () => json(200, { defaults: [] }),
});

export const budgetEndpoints: readonly Endpoint[] = defaults;
