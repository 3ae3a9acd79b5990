/**
 * Bodies, answers and records of custom providers and of their pricing rules, transcribed from Cloudflare's OpenAPI
 * document of 2026-10 (AI Gateway Custom Providers, AI Gateway Custom Provider Costs).
 */
import * as z from "zod";

const timestamp = z.iso.datetime();
const epoch = "2026-01-01T00:00:00.000Z";

const required = {
  name: z.string(),
  /** Unique per account; the data plane knows the provider as `custom-{slug}`. */
  slug: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  /** That it must be an https address is checked apart, because its error depends on a switch. */
  base_url: z.string(),
};
const description = z.string();
const link = z.string();
const curl_example = z.string();
const js_example = z.string();
const position = z.int();
/** A JSON object in a string: OAS 2026-10 says so in words only, and that its values can be credentials. */
const headers = z.string().max(8192).refine(isObjectText);
const optional = {
  description,
  link,
  curl_example,
  js_example,
  headers,
  position,
  enable: z.boolean(),
  beta: z.boolean(),
};

export const providerPostBody = z.object({ ...required, ...z.object(optional).partial().shape });
/** Every field is optional, and here a logo may be given, too (OAS 2026-10). */
export const providerPatchBody = z.object({ ...required, ...optional, logo: z.string() }).partial();

/** What is unset is null on the live wire (docs *Custom Providers*, 2026) and absent in OAS 2026-10. */
export const providerWire = z.strictObject({
  id: z.uuid(),
  ...required,
  description: description.nullish(),
  link: link.nullish(),
  curl_example: curl_example.nullish(),
  js_example: js_example.nullish(),
  headers: headers.nullish(),
  position: position.nullish(),
  enable: z.boolean().optional(),
  beta: z.boolean().optional(),
  logo: z.string().optional(),
  created_at: timestamp,
  modified_at: timestamp,
});

export const providerRecord = z.strictObject({
  id: z.uuid(),
  ...required,
  description: description.nullable().default(null),
  link: link.nullable().default(null),
  curl_example: curl_example.nullable().default(null),
  js_example: js_example.nullable().default(null),
  headers: headers.nullable().default(null),
  position: position.nullable().default(null),
  /** Off unless told (docs *Custom Providers*, 2026; open question 29). */
  enable: z.boolean().default(false),
  beta: z.boolean().default(false),
  /** A base64 SVG. */
  logo: z.string().default(""),
  created_at: timestamp.default(epoch),
  modified_at: timestamp.default(epoch),
});

export type ProviderRecord = z.infer<typeof providerRecord>;

export const modelRules = ["equals", "starts-with", "contains"] as const;

const price = z.number();
/** An object in bodies, the same object as a string in answers (OAS 2026-10). */
const tokenPricing = z
  .object({
    input_audio_tokens: price,
    input_cache_creation_tokens: price,
    input_cached_tokens: price,
    input_image_count: price,
    input_image_tokens: price,
    input_text_tokens: price,
    input_tokens: price,
    input_video_tokens: price,
    output_image_count: price,
    output_reasoning_tokens: price,
    output_tokens: price,
    total_tokens: price,
  })
  .partial();

const account_provider_id = z.uuid();
const model = z.string();
const settings = {
  model_rule: z.enum(modelRules),
  cost_type: z.string(),
  cost_in: price,
  cost_out: price,
  enable: z.boolean(),
  token_pricing: tokenPricing,
};

export const costPostBody = z.object({
  account_provider_id,
  model,
  ...z.object(settings).partial().shape,
});
/** Without `account_provider_id`: a rule stays with its provider (OAS 2026-10). */
export const costPatchBody = z.object({ model, ...settings }).partial();

export const costWire = z.strictObject({
  id: z.uuid(),
  account_provider_id,
  model,
  model_rule: settings.model_rule.optional(),
  cost_type: settings.cost_type.optional(),
  cost_in: price.nullish(),
  cost_out: price.nullish(),
  enable: z.boolean().optional(),
  token_pricing: z.string().nullish(),
  weight: z.int().optional(),
  changed_by: z.string().optional(),
  created_at: timestamp,
  modified_at: timestamp,
});

export const costRecord = z.strictObject({
  id: z.uuid(),
  account_provider_id,
  model,
  model_rule: settings.model_rule.default("equals"),
  cost_type: settings.cost_type.default("tokens"),
  cost_in: price.nullable().default(null),
  cost_out: price.nullable().default(null),
  /** Not published; as for a provider. */
  enable: z.boolean().default(false),
  token_pricing: tokenPricing.nullable().default(null),
  /** Read-only; what it means is unpublished. */
  weight: z.int().default(0),
  changed_by: z.string().default("manual"),
  created_at: timestamp.default(epoch),
  modified_at: timestamp.default(epoch),
});

export type CostRecord = z.infer<typeof costRecord>;

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
