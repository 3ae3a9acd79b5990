/**
 * The API-token permission groups that the server knows. Ids as seen by ALC and other users in 2026; the two
 * "Account API Tokens" ids are not published and made up here. Clients must look ids up, not build them in.
 */

/** OAS 2026-10; which group is in which is a guess. */
export const categories = [
  "developer_platform",
  "ai_and_machine_learning",
  "dns_and_zones",
  "app_security",
  "rules_and_configuration",
  "cloudflare_one_and_zero_trust",
  "analytics_and_logs",
  "network_services",
  "media",
  "email_and_messaging",
  "cache_and_performance",
  "account_and_billing",
  "other",
] as const;

type Category = (typeof categories)[number];

interface PermissionGroup {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly category: Category;
  readonly is_selectable: boolean;
}

function accountGroup(id: string, name: string, category: Category): PermissionGroup {
  return { id, name, scopes: ["com.cloudflare.api.account"], category, is_selectable: true };
}

export const permissionGroups: readonly PermissionGroup[] = [
  accountGroup("4dc8917b4b40457d88d3035d5dadb054", "AI Gateway Read", "ai_and_machine_learning"),
  accountGroup("6c8a3737f07f46369c1ea1f22138daaf", "AI Gateway Write", "ai_and_machine_learning"),
  accountGroup("644535f4ed854494a59cb289d634b257", "AI Gateway Run", "ai_and_machine_learning"),
  accountGroup("5e33b7d77788455c9fdf18cbd38ee5a0", "Secrets Store Read", "developer_platform"),
  accountGroup("adc8fa2bc6124928a8b3314dc63a1235", "Secrets Store Write", "developer_platform"),
  accountGroup("a92d2450e05d4e7bb7d0a64968f83d11", "Workers AI Read", "ai_and_machine_learning"),
  accountGroup("b05b28e839c54467a7d6cba5d3abb5a3", "Account API Tokens Read", "account_and_billing"),
  accountGroup("5bc3f8b21c554832afc660159ab75fa4", "Account API Tokens Write", "account_and_billing"),
];
