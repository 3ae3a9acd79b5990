// What a file may say of a virtual model, and the API's names for it. What may be set is what CLI 64.0.2 takes; the
// descriptions are those of the object in the OpenAPI document of autumn 2026.

import * as z from "zod";

const MODEL = /^[^/\s]+\/\S+$/;

const model = z.string().regex(MODEL, { error: "expected a model as creator/model" });
const names = z.array(z.string().min(1));

/** A setting that `null` clears (docs "Virtual models", 2026-09-17). */
const setting = <Type extends z.ZodType>(
  type: Type,
  title: string,
  description: string,
  example: z.input<Type>,
) =>
  z
    .nullable(type)
    .meta({ title, description, examples: [example, null] })
    .optional();

const region = {
  scope: z
    .enum(["global", "specific", "zone"])
    .meta({ title: "Scope", description: "How narrow the region is", examples: ["zone"] })
    .optional(),
  geo_region: z
    .string()
    .min(1)
    .meta({ title: "Geographic region", description: "Region of the world", examples: ["eu"] })
    .optional(),
  provider_region: z
    .string()
    .min(1)
    .meta({ title: "Provider region", description: "A provider's own region", examples: ["eu-central-1"] })
    .optional(),
};

const settings = {
  display_name: setting(
    z.string().min(1),
    "Display name",
    "Name for people; null for none",
    "Fast and cheap",
  ),
  description: setting(z.string(), "Description", "A note; null for none", "For the support bot"),
  visibility: setting(
    z.enum(["public", "internal", "stealth"]),
    "Visibility",
    "Who gets to see it; null for the vendor's default",
    "internal",
  ),
  models: setting(z.array(model), "Models", "Models to fall back to, best first; null for none", [
    "anthropic/claude-haiku-4.5",
  ]),
  base_url: setting(
    z.url({ protocol: /^https?$/ }),
    "Base URL",
    "Of a relay: where requests are passed on to",
    "https://relay.acme.com/v1",
  ),
  provider_order: setting(names, "Provider order", "Providers to try first, in order; null for none", [
    "azure",
    "openai",
  ]),
  provider_only: setting(names, "Provider only", "The only providers that may be used; null for any", [
    "azure",
    "openai",
  ]),
  provider_options: setting(
    z.record(z.string().min(1), z.record(z.string().min(1), z.json())),
    "Provider options",
    "Provider → its own options, passed on as they are; owned as a whole, null for none",
    { openai: { reasoningEffort: "low" } },
  ),
  provider_timeouts: setting(
    z.union([
      z.literal("@default"),
      z.strictObject({
        byok: z
          .record(z.string().min(1), z.number().positive())
          .meta({
            title: "BYOK",
            description: "Provider → milliseconds, with the team's own provider keys",
            examples: [{ openai: 15000 }],
          })
          .optional(),
      }),
    ]),
    "Provider timeouts",
    "How long a provider may take before the next one is tried; owned as a whole",
    { byok: { openai: 15000 } },
  ),
  inference_region: setting(
    z.strictObject({
      ...region,
      providers: z
        .record(z.string().min(1), z.nullable(z.strictObject(region)))
        .meta({
          title: "Providers",
          description: "Provider → where it may be used instead; null for anywhere",
          examples: [{ bedrock: { scope: "specific", provider_region: "eu-central-1" } }],
        })
        .optional(),
    }),
    "Inference region",
    "Where requests may be answered; owned as a whole, null for anywhere",
    { scope: "zone", geo_region: "eu" },
  ),
  sort: setting(
    z.enum(["@default", "cost", "ttft", "tps", "price", "latency", "throughput"]),
    "Sort",
    "By what providers are tried in order",
    "cost",
  ),
  service_tier: setting(
    z.enum(["@default", "flex", "priority", "fast"]),
    "Service tier",
    "Tier that is asked of providers",
    "priority",
  ),
  caching: setting(z.enum(["@default", "auto"]), "Caching", "Use caching where there is any", "auto"),
  speed: setting(z.enum(["fast"]), "Speed", "Only the fastest providers, with short timeouts", "fast"),
  allow_fallback_from_fast: setting(
    z.boolean(),
    "Allow fallback from fast",
    "Whether standard providers are used when the fast ones fail",
    true,
  ),
  has: setting(
    z.array(z.enum(["implicit-caching", "vision"])),
    "Has",
    "Only providers with all of these features",
    ["vision"],
  ),
  observability_tags: setting(
    z.array(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
        error: "expected letters, digits, ., _ and -, beginning with a letter or a digit",
      }),
    ),
    "Observability tags",
    "Tags that its requests carry in logs and reports",
    ["support"],
  ),
  zero_data_retention: setting(
    z.boolean(),
    "Zero data retention",
    "Only providers that keep nothing of a request",
    true,
  ),
  disallow_prompt_training: setting(
    z.boolean(),
    "Disallow prompt training",
    "Only providers that do not train on prompts",
    true,
  ),
  instance_id: setting(z.string().min(1), "Instance", "Id of a dedicated instance that serves it", "ins_1"),
};

/** Every setting that `null` clears, by the file's name. */
export const SETTINGS: readonly string[] = Object.keys(settings);

export const virtualModelSpec = z
  .strictObject({
    kind: z.enum(["alias", "relay"]).meta({
      title: "Kind",
      description: "alias stands for a model, relay passes requests on to an address",
      examples: ["alias"],
    }),
    model: model.meta({
      title: "Model",
      description: "Model that it stands for",
      examples: ["openai/gpt-5.1"],
    }),
    status: z
      .enum(["draft", "active", "archived"])
      .meta({
        title: "Status",
        description:
          "Whether requests may name it: an archived one is there and answers none; a new one is active",
        examples: ["active"],
      })
      .optional(),
    ...settings,
  })
  .superRefine(({ kind, base_url }, context) => {
    const wrong = (message: string): void => {
      context.addIssue({ code: "custom", path: ["base_url"], message });
    };
    if (kind === "relay" && typeof base_url !== "string") wrong("a relay needs a base_url");
    if (kind === "alias" && typeof base_url === "string") wrong("an alias takes none, a relay does");
    // Plans, ledgers and traces show it.
    if (/^[^:]+:\/\/[^/?#]*@/.test(base_url ?? ""))
      wrong("expected an address without user name and password: this field is no secret");
  });

/** The API's name of a field: `model` is `modelSlug` there, the others differ in their writing alone. */
export function wireName(field: string): string {
  return field === "model" ? "modelSlug" : camel(field);
}

export function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
