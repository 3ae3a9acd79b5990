/**
 * Bodies and objects of virtual models ("virtual model configs"). The object is that of OAS autumn 2026 and the SDK's
 * models on GitHub (2026-10); neither has request bodies, so what may be set is what CLI 64.0.2 sends, and beside that
 * the fields of routers, which it does not make.
 */
import * as z from "zod";
import { milliseconds } from "./shapes.ts";

/** The characters that CLI 64.0.2 allows. */
export const virtualModelSlug = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+$/, { message: "letters, digits, . _ - only" });

const url = z.string().regex(/^https?:\/\/\S+$/, { message: "must be an http or https URL" });
const texts = z.array(z.string().min(1));
const region = {
  scope: z.enum(["global", "specific", "zone"]).optional(),
  geoRegion: z.string().optional(),
  providerRegion: z.string().optional(),
};

/** Every field that a client may set and clear. `@default` is a sentinel of CLI 64.0.2; it is kept as sent. */
const settings = {
  displayName: z.string(),
  description: z.string(),
  visibility: z.enum(["public", "internal", "stealth"]),
  modelSlug: z.string().min(1).max(256),
  /** Fallbacks; of a router the candidates. */
  models: texts,
  /** Of a relay: where requests are forwarded to. */
  baseUrl: url,
  providerOrder: texts,
  providerOnly: texts,
  providerOptions: z.record(z.string(), z.record(z.string(), z.json())),
  providerTimeouts: z.union([
    z.literal("@default"),
    z.strictObject({ byok: z.record(z.string(), z.number().positive()).optional() }),
  ]),
  inferenceRegion: z.strictObject({
    ...region,
    providers: z.record(z.string(), z.strictObject(region).nullable()).optional(),
  }),
  sort: z.enum(["@default", "cost", "ttft", "tps", "price", "latency", "throughput"]),
  serviceTier: z.enum(["@default", "flex", "priority", "fast"]),
  caching: z.enum(["@default", "auto"]),
  speed: z.literal("fast"),
  allowFallbackFromFast: z.boolean(),
  has: z.array(z.enum(["implicit-caching", "vision"])),
  observabilityTags: z.array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)),
  zeroDataRetention: z.boolean(),
  disallowPromptTraining: z.boolean(),
  hipaaCompliant: z.boolean(),
  byokCredentialIds: texts,
  selector: z.enum(["cost", "priority", "tps", "ttft"]),
  requires: texts,
  instanceId: z.string(),
};

const kind = z.enum(["alias", "relay", "router"]);
const status = z.enum(["draft", "active", "archived"]);

export const virtualModelWire = z.strictObject({
  ownerId: z.string(),
  virtualModelSlug,
  kind,
  status,
  deleted: z.boolean(),
  ...z.strictObject(settings).partial().shape,
  createdAt: milliseconds,
  updatedAt: milliseconds,
  /** In the example of the REST docs of 2026-10-05. */
  createdBy: z.string().optional(),
  updatedBy: z.string().optional(),
});

/** Set by the server whatever a body says: CLI 64.0.2 passes `updatedBy` on, and an owner is that of the token. */
const ignored = { ownerId: z.string().optional(), updatedBy: z.string().optional() };

export const virtualModelCreateBody = z.strictObject({
  virtualModelSlug,
  kind: kind.optional(),
  status: status.optional(),
  deleted: z.literal(false).optional(),
  ...z.strictObject(settings).partial().shape,
  ...ignored,
});

/** null clears (docs of 2026-09-17). `kind` is not among what CLI 64.0.2 changes. */
const changes = {
  status: status.optional(),
  deleted: z.boolean().optional(),
  ...nullable(settings),
  ...ignored,
};

export const virtualModelUpdateBody = z.strictObject(changes);

/** Of the older form, with the slug in the body. */
export const virtualModelUpdateBySlugBody = z.strictObject({ virtualModelSlug, ...changes });

/** The fields of `settings`, each optional and nullable. */
function nullable<Shape extends Record<string, z.ZodType>>(
  shape: Shape,
): { [Name in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Name]>> } {
  const entries = Object.entries(shape).map(([name, type]) => [name, type.nullable().optional()]);
  return Object.fromEntries(entries) as never; // fromEntries forgets which name has which type
}
