// Before the first write: what Cloudflare lets us see to be impossible. First the permissions, as without them the
// rest need not be looked at; then the room in the Secrets Store and the names of permission groups.

import { type Diagnostic, hasErrors } from "../../base/diagnostic.ts";
import type { Plan } from "../../model/plan.ts";
import type { CloudflareReader } from "./client.ts";
import { checkPermissionNames } from "./preflight-names.ts";
import { checkOwnPermissions, type Needs } from "./preflight-permissions.ts";
import { checkQuota } from "./preflight-quota.ts";

/** @param needs kind → permission group that its writes take. */
export async function preflight(
  api: CloudflareReader,
  plan: Plan,
  needs: Needs,
): Promise<readonly Diagnostic[]> {
  const missing = await checkOwnPermissions(api, plan, needs);
  if (hasErrors(missing)) return missing;
  const found = await Promise.all([checkQuota(api, plan), checkPermissionNames(api, plan)]);
  return [...missing, ...found.flat()];
}
