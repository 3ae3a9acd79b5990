/**
 * Every point where the vendors' real behaviour is odd, contradictory or unknown is one switch here, with its
 * source. The two profiles are two literal tables: `live` is what was observed, `spec` what the vendors publish.
 */
import * as z from "zod";

const milliseconds = z.int().min(0);

export const switchesSchema = z.strictObject({
  /** Cloudflare: answers `default_config` of a provider config as 0/1. OAS 2026-10 says boolean; 0/1 was observed live in 2026; open question 15. */
  numeric_default_config: z.boolean(),
  /** Cloudflare: null in `cache_ttl` and `rate_limiting_*` is stored and answered as 0 (ALC live tests, 2026; open question 5). OAS 2026-10: null stays null. */
  rate_nulls_as_zero: z.boolean(),
  /** Cloudflare: how a gateway field that is off is answered. `empty`: `store_id` "", `otel` [], `spend_limits` {enabled:false,rules:[]} (ALC 2026 normalises these); `null`: null; `absent`: left out, which OAS 2026-10 allows for all but eight fields. */
  gateway_unset_as: z.enum(["empty", "null", "absent"]),
  /** Cloudflare: `log_management` of a new gateway. 10 000 000 (Terraform users, 2026) against 100 000 (ALC 2026), probably by account plan; open question 4. */
  log_management_default: z.int(),
  /** Cloudflare: `log_management_strategy` of a new gateway. DELETE_OLDEST (Terraform users) against STOP_INSERTING (ALC 2026); open question 4. */
  log_management_strategy_default: z.enum(["DELETE_OLDEST", "STOP_INSERTING"]),
  /** Cloudflare: PUT of a gateway resets optional fields that the body leaves out. Undocumented; off is inferred from chanfana 3.4.0; open question 1. */
  put_resets_omitted: z.boolean(),
  /** Cloudflare: gateways per account. 10 free, 20 paid (docs *Limits*, 2026); open question 7. */
  max_gateways: z.int().min(0),
  /** Cloudflare: keys unknown to a body's schema. `strip` is inferred from chanfana/zod; open question 3. */
  unknown_body_keys: z.enum(["strip", "refuse"]),
  /** Cloudflare: deleting a gateway also deletes the Secrets Store secrets of its provider configs. Undocumented; open question 8 says leave them. */
  gateway_delete_drops_secrets: z.boolean(),
  /** Cloudflare: POST of a provider config with both `secret` and `secret_id`. Undocumented; open question 12. */
  secret_and_secret_id: z.enum(["refuse", "use_secret_id"]),
  /** Cloudflare: POST of a provider config with `secret` where the store already holds a secret of the contract name. Undocumented; our choice. */
  existing_contract_secret: z.enum(["overwrite", "refuse"]),
  /** Cloudflare: how long a secret stays `pending` after create and PATCH (ALC 2026 polls every 5 s; open question 21). */
  secret_pending_ms: milliseconds,
  /** Cloudflare: how long a deleted provider config stays in the list and keeps its slot (ALC 2026 retries the create 5 times at 1 s; open question 21). */
  provider_config_delete_lag_ms: milliseconds,
  /** Cloudflare: items of the routes list carry the element graph. OAS 2026-10 yes; live no (ALC, DIS 2026; open question 22). */
  route_list_graph: z.boolean(),
  /** Cloudflare: PUT of a provider config exists. OAS 2026-10 has it, SDK 7.3.0 and Terraform 5.22 do not, and nobody has been seen to use it; off: 404/7003. */
  provider_config_put: z.boolean(),
  /** Cloudflare: scopes of a secret are answered in alphabetical order, however they were sent (Terraform 5.22 tells its users to write them so). */
  secret_scopes_sorted: z.boolean(),
  /** Cloudflare: dynamic routes carry `elements` beside `version.data`. OAS 2026-10 yes; live no (ALC 2026; open question 22). */
  route_elements: z.boolean(),
  /** Cloudflare: `data` and `active` of a route's version. `json`: array and boolean (ALC, DIS 2026); `strings`: OAS 2026-10; open question 22. */
  route_version_as: z.enum(["json", "strings"]),
  /** Cloudflare: POST of a route's version answers its `version_id`. Live yes (ALC 2026; open question 26); OAS 2026-10 no, so that it must be looked for in the list. */
  version_id_in_post: z.boolean(),
  /** Cloudflare: how long reads of a route show the graph before the last deployment, under the new version's id (ALC 2026 polls for up to two minutes; open question 21). */
  route_graph_lag_ms: milliseconds,
  /** Cloudflare: a route's graph of well-formed elements without one start, with an id twice or an edge to nowhere. Undocumented; `store` keeps it with `is_valid: false`; open question 24. */
  broken_graph: z.enum(["refuse", "store"]),
  /** Cloudflare: how long a custom domain is `initializing`, and then again `pending_dcv`. Unpublished. */
  custom_domain_step_ms: milliseconds,
  /** Cloudflare: what a new custom domain comes to. */
  custom_domain_outcome: z.enum(["active", "blocked", "error"]),
  /** Cloudflare: order of a token's policies and of the groups in them. `sorted`: by the ids that the server gives, which Terraform users meet as drift (2026). */
  token_policy_order: z.enum(["as_sent", "sorted"]),
  /** Cloudflare: account-owned tokens per account (docs 2026: 500). */
  max_account_tokens: z.int().min(0),
  /** Cloudflare: how a custom provider's or pricing rule's field without a value is answered. null in the examples of docs *Custom Providers* (2026); OAS 2026-10 has no null there, so absent. */
  custom_provider_unset_as: z.enum(["null", "absent"]),
  /** Cloudflare: refusals of custom providers. `openapi`: 400/7001 and 404/7002 (OAS 2026-10). `docs`: 409/1003 for a taken slug, 404/1004, 400/1002 for a bad `base_url` (docs *Custom Providers*, 2026); open question 27. */
  custom_provider_errors: z.enum(["openapi", "docs"]),
  /** Cloudflare: a list of pricing rules without `model_rule` and `cost_type` has those of `equals` and `tokens` only. OAS 2026-10 publishes these defaults for the filters; that they are meant is doubtful. */
  cost_filter_defaults: z.boolean(),
  /** Cloudflare: Secrets Store secrets per account (docs, open beta, 2026-09-25: 100). */
  secrets_quota: z.int().min(0),
  /** Cloudflare: Secrets Stores per account (docs 2026-09-25: one; open question 39). */
  max_stores: z.int().min(0),
  /** Cloudflare: requests per token in five minutes, above which 429. null: never, and the headers show an idle account. Real value 1200 (docs *Rate limits*, 2026). */
  cloudflare_rate_limit: z.int().min(1).nullable(),
  /** Cloudflare's data plane: where every percentage element draws, from 0 to below 1; null: another place for each request, the same in every run. */
  route_draw: z.number().min(0).lt(1).nullable(),
  /** Cloudflare's data plane: the account has credit for Unified Billing. Without it 402/2021 (observed 2026). */
  unified_billing_credit: z.boolean(),
  /** Cloudflare's data plane: stored keys serve callers without a token where the gateway asks for none. The BYOK docs (2026-07-31) name an authenticated gateway as a prerequisite and do not say what happens without one. */
  stored_keys_without_token: z.boolean(),
  /** Vercel: GET of one key carries `quota`. CLI 64.0.2 prints it from there and the docs show it; the author of Terraform PR #589 (2026-08) found it in the list only; open question 5. */
  quota_in_get: z.boolean(),
  /** Vercel: how long list and GET show the old quota after a write. Terraform PR #589 polls for up to 90 s; open question 6. */
  quota_lag_ms: milliseconds,
  /** Vercel: PATCH of a key renames it (Terraform PR #589, 2026-08). Off: 404, as the key docs of 2026-08-11 claim that a name cannot change; open question 11. */
  key_rename: z.boolean(),
  /** Vercel: API keys per team, above which 429 (SDK 1.28.35 declares `name` and `limit` in that body; value unpublished; open question 13). null: no cap. */
  max_keys: z.int().min(0).nullable(),
  /** Vercel: status for a missing or unknown token. CLI 64.0.2 expects 403; OAS lists 401 too; open question 3. */
  invalid_token_status: z.union([z.literal(401), z.literal(403)]),
  /** Vercel: `/v1/ai-gateway/*` works like `/ai-gateway/*`. SDK 1.28.35 says so, a live probe of 2026-08 got 404; open question 1. */
  v1_ai_gateway: z.boolean(),
  /** Vercel: what makes a second rule a conflict: the same source model, or model and type. Undocumented; open question 16. */
  rule_conflict: z.enum(["model", "model_and_type"]),
  /** Vercel: rules are refused at write time when they close a cycle, chain more than 10 rewrites, aim at a missing virtual model or name a model not in `creator/model` form. Docs of 2026-09-17 describe these at request time only; open questions 20-22. */
  strict_rules: z.boolean(),
  /** Vercel: PUT of a budget or default that is there. `merge`: what the body leaves out stays, as CLI 64.0.2, which sends no period of its own accord, would have it. `replace`: it goes back to the defaults that OAS of autumn 2026 declares. Undocumented beyond that. */
  budget_put: z.enum(["merge", "replace"]),
  /** Vercel: how the `scopeId` of a user's budget is written. SDK on GitHub 2026-10: the native id; CLI 64.0.2 also expects `usr_` before it. */
  user_scope_id: z.enum(["native", "usr_prefixed"]),
  /** Vercel: lists of virtual models hold deleted (archived) ones. CLI 64.0.2 sorts them out by `status`, so they may be there; open question 32 says hidden. */
  deleted_virtual_models_listed: z.boolean(),
  /** Vercel's data plane: how long it goes by the old rules and virtual models after a write. "A short time", "a few minutes" (docs 2026-09-17), no figure; open question 27. */
  vercel_settings_lag_ms: milliseconds,
  /** Vercel's data plane: models that are not in the server's short list do not exist. Off: everything that is written creator/model is served, as the vendor's list changes weekly. */
  catalog_only: z.boolean(),
  /** Vercel: requests per token in one minute, above which 429. null: never. Unpublished; open question 33. */
  vercel_rate_limit: z.int().min(1).nullable(),
});

export type Switches = z.infer<typeof switchesSchema>;

export type Profile = "live" | "spec";

const live: Switches = {
  numeric_default_config: true,
  rate_nulls_as_zero: true,
  gateway_unset_as: "empty",
  log_management_default: 10_000_000,
  log_management_strategy_default: "DELETE_OLDEST",
  put_resets_omitted: false,
  max_gateways: 20,
  unknown_body_keys: "strip",
  gateway_delete_drops_secrets: false,
  secret_and_secret_id: "refuse",
  existing_contract_secret: "overwrite",
  secret_pending_ms: 50,
  provider_config_delete_lag_ms: 50,
  route_list_graph: false,
  provider_config_put: true,
  secret_scopes_sorted: true,
  route_elements: false,
  route_version_as: "json",
  version_id_in_post: true,
  route_graph_lag_ms: 50,
  broken_graph: "refuse",
  custom_domain_step_ms: 50,
  custom_domain_outcome: "active",
  token_policy_order: "sorted",
  max_account_tokens: 500,
  custom_provider_unset_as: "null",
  custom_provider_errors: "openapi",
  cost_filter_defaults: false,
  secrets_quota: 100,
  max_stores: 1,
  cloudflare_rate_limit: null,
  route_draw: null,
  unified_billing_credit: true,
  stored_keys_without_token: true,
  quota_in_get: false,
  quota_lag_ms: 0,
  key_rename: true,
  max_keys: null,
  invalid_token_status: 403,
  v1_ai_gateway: false,
  rule_conflict: "model",
  strict_rules: false,
  budget_put: "merge",
  user_scope_id: "usr_prefixed",
  deleted_virtual_models_listed: false,
  vercel_settings_lag_ms: 0,
  catalog_only: false,
  vercel_rate_limit: null,
};

const spec: Switches = {
  numeric_default_config: false,
  rate_nulls_as_zero: false,
  gateway_unset_as: "null",
  log_management_default: 100_000,
  log_management_strategy_default: "STOP_INSERTING",
  put_resets_omitted: false,
  max_gateways: 20,
  unknown_body_keys: "strip",
  gateway_delete_drops_secrets: false,
  secret_and_secret_id: "refuse",
  existing_contract_secret: "overwrite",
  secret_pending_ms: 0,
  provider_config_delete_lag_ms: 0,
  route_list_graph: true,
  provider_config_put: true,
  secret_scopes_sorted: false,
  route_elements: true,
  route_version_as: "strings",
  version_id_in_post: false,
  route_graph_lag_ms: 0,
  broken_graph: "refuse",
  custom_domain_step_ms: 0,
  custom_domain_outcome: "active",
  token_policy_order: "as_sent",
  max_account_tokens: 500,
  custom_provider_unset_as: "absent",
  custom_provider_errors: "openapi",
  cost_filter_defaults: false,
  secrets_quota: 100,
  max_stores: 1,
  cloudflare_rate_limit: null,
  route_draw: null,
  unified_billing_credit: true,
  stored_keys_without_token: false,
  quota_in_get: true,
  quota_lag_ms: 0,
  key_rename: true,
  max_keys: null,
  invalid_token_status: 401,
  v1_ai_gateway: true,
  rule_conflict: "model",
  strict_rules: false,
  budget_put: "replace",
  user_scope_id: "native",
  deleted_virtual_models_listed: false,
  vercel_settings_lag_ms: 0,
  catalog_only: false,
  vercel_rate_limit: null,
};

/** The switch positions of each profile. */
export const profiles: Readonly<Record<Profile, Switches>> = { live, spec };
