// One change of each field of `examples/vercel-complete`, kind by kind: what is written in the file in place of what
// stands there, and what of it cannot be done in place. `vercel-complete.test.ts` sees that none is missing.

import { type Changed, change, type FieldChange, secret } from "./field-change.ts";

const DAY = 86_400_000;
/** A time that Vercel takes as the end of a key, whenever this runs. */
const daysAhead = (days: number): string =>
  new Date(Math.floor(Date.now() / DAY + days) * DAY).toISOString().replace(".000", "");

/** What the file's variables are before any change. */
export const variables = { GATEFORM_CI_EXPIRES: daysAhead(200) };

const replaced = { replace: "create-first" } as const;
const alone = { alone: true } as const;

const key: readonly FieldChange[] = [
  change("name", "continuous integration"),
  change("project_id", "prj_12HKQaOmR5t5Uy6vdcQsNIiZgHGB", replaced),
  change("project_id", null, { ...replaced, ...alone }),
  change("expires_at", daysAhead(365), replaced),
  change("spend_attribution", "user", replaced),
  change("zdr_exempt", true, replaced),
  change("bypass_all_settings", true, replaced),
  change("budget.limit", 250.5),
  change("budget.refresh_period", "weekly"),
  change("budget.include_byok", true),
  change("budget.alert_thresholds", [100, 75]),
  change("budget", null, alone),
];

const alias: readonly FieldChange[] = [
  change("model", "openai/gpt-5.5"),
  change("status", "draft"),
  change("display_name", "Support bot"),
  change("description", null),
  change("visibility", "public"),
  change("models", ["openai/gpt-5.1-mini", "anthropic/claude-haiku-4.5"]),
  change("provider_order", ["openai", "azure"]),
  change("provider_only", ["openai", "azure"]),
  change("sort", "ttft"),
  change("has", ["vision", "implicit-caching"]),
  change("speed", null),
  change("allow_fallback_from_fast", false),
  change("service_tier", "@default"),
  change("instance_id", "ins_support_2"),
  change("inference_region.scope", "specific"),
  change("inference_region.geo_region", "us"),
  change("inference_region.provider_region", "us-east-1"),
  change("inference_region.providers.bedrock.scope", "zone"),
  change("inference_region.providers.bedrock.geo_region", "us"),
  change("inference_region.providers.bedrock.provider_region", "us-west-2"),
  change("inference_region.providers.bedrock", null, alone),
  change("inference_region", null, alone),
  change("zero_data_retention", false),
  change("disallow_prompt_training", null),
  change("caching", "@default"),
  change("provider_options.openai.reasoningEffort", "high"),
  change("provider_timeouts.byok.openai", 20000),
  change("provider_timeouts", "@default", alone),
  change("observability_tags", ["support"]),
  change("lifecycle.prevent_destroy", false, { action: "record" }),
];

/** By the order of the file. */
export const changed: readonly Changed[] = [
  { kind: "vercel.key", address: "vercel.key.ci", body: ["vercel", "keys", "ci"], changes: key },
  {
    kind: "vercel.rule",
    address: "vercel.rule.no-previews",
    body: ["vercel", "rules", "no-previews"],
    changes: [
      change("type", "rewrite", { replace: "gap", along: { destination: "google/gemini-3-pro" }, ...alone }),
      change("source", "openai/gpt-5-preview", replaced),
    ],
  },
  {
    kind: "vercel.rule",
    address: "vercel.rule.opus-to-sonnet",
    body: ["vercel", "rules", "opus-to-sonnet"],
    changes: [
      change("destination", "vmc/in-house"),
      change("reason", null),
      change("description", "until May"),
      change("enabled", false),
    ],
  },
  {
    kind: "vercel.virtual_model",
    address: "vercel.virtual_model.support",
    body: ["vercel", "virtual_models", "support"],
    changes: alias,
  },
  {
    kind: "vercel.virtual_model",
    address: "vercel.virtual_model.in-house",
    body: ["vercel", "virtual_models", "in-house"],
    changes: [change("base_url", "https://llm-2.acme.com/v1")],
  },
  {
    kind: "vercel.budget",
    address: "vercel.budget.projects/web",
    body: ["vercel", "budgets", "projects", "web"],
    changes: [
      change("limit", 250),
      change("refresh_period", "daily"),
      change("include_byok", true),
      change("alert_thresholds", []),
    ],
  },
  {
    kind: "vercel.budget_default",
    address: "vercel.budget_default.api_key",
    body: ["vercel", "budget_defaults", "api_key"],
    changes: [
      change("limit", 25),
      change("refresh_period", "none"),
      change("alert_thresholds", [50, 75, 100]),
    ],
  },
  {
    kind: "vercel.byok_credential",
    address: "vercel.byok_credential.openai",
    body: ["vercel", "byok_credentials", "openai"],
    changes: [
      change("provider_slug", "azure", replaced),
      change("name", "team key"),
      change("credential.apiKey", secret),
      change("active", false),
      change("zero_data_retention", false),
    ],
  },
];

/** What no change can be made of, by kind and path in it, and why. */
export const unchangeable: Readonly<Record<string, string>> = {
  "vercel.virtual_model.kind": "an archived one keeps its slug and its kind, so that a plan refuses it",
};
