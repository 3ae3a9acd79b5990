// Before the first write: whether the account has the permission groups that the plan's tokens name.

import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Plan } from "../../model/plan.ts";
import { ProviderError } from "../../provider/error.ts";
import type { CloudflareReader } from "./client.ts";
import { findGroups, unknownText } from "./kinds/permission-names.ts";
import { token } from "./kinds/token.ts";

/** Names that the account does not know, step by step. Asks nothing when no token gets permissions. */
export async function checkPermissionNames(
  api: CloudflareReader,
  plan: Plan,
): Promise<readonly Diagnostic[]> {
  const uses = plan.steps
    .filter(({ kind, action }) => kind === token.rules.kind && (action === "create" || action === "update"))
    .flatMap(({ address, changes }) =>
      changes
        .filter(({ path }) => path === "permissions")
        .flatMap(({ after }) =>
          Array.isArray(after) ? after.map((name) => ({ address, name: String(name) })) : [],
        ),
    );
  const [first] = uses;
  if (first === undefined) return [];
  try {
    const { unknown } = await findGroups(
      api,
      uses.map(({ name }) => name),
    );
    return unknown.flatMap((item) =>
      uses
        .filter(({ name }) => name === item.name)
        .map(
          ({ address }): Diagnostic => ({
            severity: "error",
            code: "UNKNOWN_PERMISSION",
            address,
            message: unknownText(item),
            hint: "write a name as the API has it: `GET /accounts/{account_id}/tokens/permission_groups` lists all",
          }),
        ),
    );
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.refused !== "permission") return [];
    return [
      {
        severity: "error",
        code: "MISSING_PERMISSION",
        address: first.address,
        message: `the credential may not read permission groups: ${error.message}`,
        hint: 'tokens take the permission group "Account API Tokens Write" on this account',
      },
    ];
  }
}
