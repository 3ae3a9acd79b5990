// Kind `vercel.virtual_model`: a model name of the team's own, called as `vmc/<slug>`. A delete archives; the slug
// stays taken then, so a create over an archived one restores it, as nothing but what the file says.

import * as z from "zod";
import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, reworded, unlessGone } from "../../../provider/error.ts";
import {
  type Created,
  type CreateInput,
  defineKind,
  type Listing,
  type LiveRef,
  type ResolvedFields,
  type ResolvedValue,
  type UpdateInput,
} from "../../../provider/kind.ts";
import { segment } from "../../../provider/shape.ts";
import type { VercelReader, VercelWriter } from "../client.ts";
import { readCursorPages } from "../pages.ts";
import { camel, SETTINGS, snake, virtualModelSpec, wireName } from "./virtual-model-spec.ts";

const CONFIGS = "/ai-gateway/virtual-model-configs";
const configPath = (slug: string): string => `${CONFIGS}/${segment(slug)}`;

/** Settings that are only shown may be anything that is new at the vendor's. */
const shape = z.looseObject({
  virtualModelSlug: z.string(),
  kind: z.string(),
  status: z.string(),
  deleted: z.boolean().nullish(),
  updatedAt: z.number().nullish(),
  updatedBy: z.string().nullish(),
});

const pageShape = z.looseObject({ virtualModelConfigs: z.array(shape), cursor: z.string().nullish() });

/** Whether requests that named a safe provider may now reach another. */
const isTurnedOff = (before: JsonValue, after: JsonValue): boolean => before === true && after !== true;

export const virtualModel = defineKind<typeof virtualModelSpec, "slug", VercelReader, VercelWriter>({
  kind: "vercel.virtual_model",
  noun: "virtual model",
  description:
    "A model name of the team's own, called as vmc/<key>: an alias with fallbacks and provider settings, or a relay. Custom routers are made elsewhere and left alone.",
  section: "virtual_models",
  spec: virtualModelSpec,
  example: {
    kind: "alias",
    model: "openai/gpt-5.1",
    models: ["anthropic/claude-haiku-4.5"],
    provider_order: ["azure", "openai"],
    zero_data_retention: true,
  },
  example_key: "fast",
  docs: [
    {
      title: "Virtual models",
      url: "https://vercel.com/docs/ai-gateway/models-and-providers/virtual-models",
    },
  ],
  fields: {
    // Not among what CLI 64.0.2 changes, and an archived one keeps its slug and its kind.
    kind: { immutable: true, irreplaceable: true },
    status: { server_default: true, canonical: (value) => value ?? "active" },
    description: { canonical: (value) => (value === "" ? null : value) },
    has: { collection: "set" },
    observability_tags: { collection: "set" },
    provider_only: { collection: "set" },
    zero_data_retention: {
      risk: {
        code: "zdr-off",
        message: "Its requests may go to providers that keep data",
        when: isTurnedOff,
      },
    },
    disallow_prompt_training: {
      risk: {
        code: "prompt-training-allowed",
        message: "Its requests may go to providers that train on prompts",
        when: isTurnedOff,
      },
    },
  },
  fromKey: (slug) => ({ slug }),
  identity: ({ slug }) => String(slug),
  identity_fields: ["slug"],
  key_is_id: true,
  // No file can declare one, so that nobody declares it says nothing.
  spare: { is: ({ fields }) => fields.kind === "router", words: "custom routers are spared" },
  write_permission: "the role Owner or Member",
  // Reads were never reported to lag; requests meet a change within a few minutes (docs "Virtual models", 2026-09-17).
  settles_within: 10,
  api: {
    list,
    get,
    create,
    update,
    delete: async (api, { id }) => unlessGone(api.delete(configPath(id))),
  },
});

/**
 * One that was restored keeps the `createdAt` of its first life, so the last write stands for the making: that is
 * how what an interrupted run has made is told from what was there.
 */
function fromWire(wire: z.output<typeof shape>): LiveResource {
  const fields: Record<string, JsonValue> = {
    slug: wire.virtualModelSlug,
    kind: wire.kind,
    status: wire.status,
  };
  for (const name of ["model", ...SETTINGS]) {
    // The answer is JSON, and a loose shape keeps what it does not name as it was.
    const value = (wire[wireName(name)] ?? null) as JsonValue;
    fields[name] = name === "inference_region" ? renamed(value, snake) : value;
  }
  return {
    kind: "vercel.virtual_model",
    id: wire.virtualModelSlug,
    name: wire.virtualModelSlug,
    fields,
    ...(typeof wire.updatedAt === "number" ? { created_at: wire.updatedAt } : {}),
    ...(typeof wire.updatedBy === "string" ? { created_by: wire.updatedBy } : {}),
  };
}

/** A region with its members' names written the other way; the names of providers stay. */
function renamed(region: JsonValue, name: (text: string) => string): JsonValue {
  if (!isObject(region)) return region;
  return Object.fromEntries(
    Object.entries(region).map(([key, value]) => [
      name(key),
      key === "providers" && isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([provider, own]) => [provider, renamed(own, name)]))
        : value,
    ]),
  );
}

/** The fields that are named in `take`, under the names of the API. */
function toWire(fields: ResolvedFields, take: (name: string) => boolean): Record<string, ResolvedValue> {
  const body: Record<string, ResolvedValue> = {};
  for (const name of ["model", "status", ...SETTINGS]) {
    const value = fields[name];
    if (value === undefined || !take(name)) continue;
    // A region holds no secrets, so its resolved form is JSON.
    body[wireName(name)] = name === "inference_region" ? renamed(value as JsonObject | null, camel) : value;
  }
  return body;
}

/** As CLI 64.0.2 asks. Whether archived ones are listed nobody has said, so they are left out here. */
function list(api: VercelReader): Promise<Listing> {
  return readCursorPages(async (cursor) => {
    const page = await api.get(`${CONFIGS}/list`, pageShape, {
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const kept = page.virtualModelConfigs.filter(({ deleted }) => deleted !== true);
    return { resources: kept.map(fromWire), next: page.cursor ?? undefined };
  });
}

async function get(api: VercelReader, { id }: LiveRef): Promise<LiveResource | null> {
  try {
    const wire = await api.get(configPath(id), shape);
    return wire.deleted === true ? null : fromWire(wire);
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

async function create(api: VercelWriter, { fields }: CreateInput): Promise<Created> {
  const { slug = null, kind = null } = fields;
  const body = { virtualModelSlug: slug, kind, ...toWire(fields, (name) => fields[name] !== null) };
  try {
    return { live: fromWire(await api.post(CONFIGS, body, shape)) };
  } catch (error) {
    if (!(error instanceof ProviderError && error.refused === "exists")) throw error;
    // What is live under the slug is somebody's; what is not is archived.
    if ((await get(api, { id: String(slug) })) !== null) throw error;
    return { live: await restore(api, String(slug), fields) };
  }
}

/** One request, so that it never serves what it was in its first life: what the file leaves out is cleared. */
async function restore(api: VercelWriter, slug: string, fields: ResolvedFields): Promise<LiveResource> {
  const cleared = Object.fromEntries(SETTINGS.map((name) => [wireName(name), null]));
  const body = { deleted: false, status: "active", ...cleared, ...toWire(fields, () => true) };
  const wire = await api.patch(configPath(slug), body, shape).catch((error: unknown) => {
    if (!(error instanceof ProviderError && error.refused === "invalid")) throw error;
    throw reworded(error, `an archived virtual model keeps the slug "${slug}": ${error.message}`);
  });
  if (wire.kind === fields.kind) return fromWire(wire);
  await api.delete(configPath(slug));
  throw new ProviderError(
    `an archived virtual model keeps the slug "${slug}", and its kind, ${wire.kind}, cannot change: take another key`,
    { refused: "invalid", outcome: "not-applied" },
  );
}

async function update(api: VercelWriter, { id, fields, changed }: UpdateInput): Promise<LiveResource> {
  const names = new Set(changed.map((dotted) => dotted.split(".")[0] ?? ""));
  const body = toWire(fields, (name) => names.size === 0 || names.has(name));
  return fromWire(await api.patch(configPath(id), body, shape));
}
