// Kind `vercel.byok_credential`: a provider key of the team's own. Its secret goes in and never comes out; another one
// takes its place under the same id. Experimental: of what Vercel documents (REST docs of 2026-10-27 to 2026-10-30) a
// part was seen, and no client was seen to use it.

import * as z from "zod";
import type { JsonValue } from "../../../base/json.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, unlessGone } from "../../../provider/error.ts";
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
import { secretField } from "../../../provider/spec.ts";
import type { VercelReader, VercelWriter } from "../client.ts";

const CREDENTIALS = "/ai-gateway/byok-credentials";
const credentialPath = (id: string): string => `${CREDENTIALS}/${segment(id)}`;

const spec = z.strictObject({
  provider_slug: z
    .string()
    .min(1)
    .meta({
      title: "Provider",
      description: "Provider as Vercel names it; the key of this entry if left out",
      examples: ["openai"],
    })
    .optional(),
  name: z
    .string()
    .min(1)
    .max(100)
    .meta({
      title: "Name",
      description: "What the dashboard shows; the key of this entry if left out",
      examples: ["openai"],
    })
    .optional(),
  credential: z
    .record(z.string().min(1), secretField())
    .refine((fields) => Object.keys(fields).length > 0, { error: "expected at least one field" })
    .meta({
      title: "Credential",
      description:
        "The provider's fields, as Vercel names them, each with its secret by reference. Replaced as a whole, stored by Vercel and never read back",
      examples: [{ apiKey: { env: "OPENAI_API_KEY" } }],
      minProperties: 1,
    })
    .optional(),
  active: z
    .boolean()
    .meta({ title: "Active", description: "Whether requests may use it; a new one is", examples: [true] })
    .optional(),
  zero_data_retention: z
    .boolean()
    .meta({
      title: "Zero data retention",
      description: "Whether the provider keeps nothing of what is asked with it",
      examples: [true],
    })
    .optional(),
});

const shape = z.looseObject({
  credentialId: z.string(),
  providerSlug: z.string(),
  name: z.string(),
  active: z.boolean().nullish(),
  zeroDataRetention: z.boolean().nullish(),
  deleted: z.boolean().nullish(),
  createdAt: z.number().nullish(),
  updatedAt: z.number().nullish(),
});

const listShape = z.looseObject({ credentials: z.array(shape), cursor: z.string().nullish() });

export const byokCredential = defineKind({
  kind: "vercel.byok_credential",
  noun: "BYOK credential",
  description:
    "A provider key of the team's own, which its requests use instead of Vercel's. Experimental: Vercel's API for it is new, and documented in part.",
  section: "byok_credentials",
  spec,
  example: { provider_slug: "openai", credential: { apiKey: { env: "OPENAI_API_KEY" } } },
  example_key: "openai",
  docs: [{ title: "REST API reference, AI Gateway" }],
  fields: {
    // PATCH does not take it (REST docs of 2026-10).
    provider_slug: { immutable: true },
    credential: { write_only: true, needed_to_create: true },
    active: { server_default: true, canonical: (value) => value ?? true },
    zero_data_retention: {
      canonical: (value) => value ?? false,
      risk: {
        code: "zdr-off",
        message: "The provider may keep what is asked with it",
        when: (before, after) => before === true && after === false,
      },
    },
  },
  fromKey: (key) => ({ provider_slug: key, name: key }),
  keyText: ({ name, provider_slug }) => String(name === "" ? provider_slug : name),
  identity: ({ provider_slug, name }) => `${String(provider_slug)} ${String(name)}`,
  identity_fields: ["provider_slug", "name"],
  write_permission: "the role Owner or Member",
  delete_takes: "its model mappings",
  // No lag of reads was ever reported; a margin for replicas.
  settles_within: 10,
  api: {
    list,
    get,
    create,
    update,
    delete: async (api: VercelWriter, { id }) => unlessGone(api.delete(credentialPath(id))),
  },
});

/** What else moves the time is documented in part, and so it alone never tells that the secret is another one. */
function imprintOf({ updatedAt }: z.output<typeof shape>): Pick<LiveResource, "imprint"> {
  return typeof updatedAt === "number" ? { imprint: { at: updatedAt, rest: String(updatedAt) } } : {};
}

function fromWire(wire: z.output<typeof shape>): LiveResource {
  const fields: Record<string, JsonValue> = {
    provider_slug: wire.providerSlug,
    name: wire.name,
    active: wire.active ?? null,
    zero_data_retention: wire.zeroDataRetention ?? null,
  };
  return {
    kind: "vercel.byok_credential",
    id: wire.credentialId,
    name: wire.name,
    fields,
    ...(typeof wire.createdAt === "number" ? { created_at: wire.createdAt } : {}),
    ...imprintOf(wire),
  };
}

/** A delete is soft, and deleted ones are not asked for. */
async function list(api: VercelReader): Promise<Listing> {
  const { credentials, cursor } = await api.get(`${CREDENTIALS}/list`, listShape);
  const resources = credentials.filter(({ deleted }) => deleted !== true).map(fromWire);
  if ((cursor ?? "") === "") return { resources, complete: true };
  // No pages are documented, so how to ask for the next one is not known; half a list proves no absence.
  return {
    resources,
    complete: false,
    error: "the list goes on at a cursor, which Vercel does not document",
  };
}

async function get(api: VercelReader, { id }: LiveRef): Promise<LiveResource | null> {
  try {
    const wire = await api.get(credentialPath(id), shape);
    return wire.deleted === true ? null : fromWire(wire);
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

/** The fields that are named in `take`, under the names of the API. */
function toWire(fields: ResolvedFields, take: (name: string) => boolean): Record<string, ResolvedValue> {
  const body: Record<string, ResolvedValue> = {};
  const { name, credential, active, zero_data_retention } = fields;
  if (name !== undefined && take("name")) body.name = name;
  if (credential !== undefined && take("credential")) body.credential = credential;
  if (active !== undefined && take("active")) body.active = active;
  if (zero_data_retention !== undefined && take("zero_data_retention")) {
    body.zeroDataRetention = zero_data_retention;
  }
  return body;
}

async function create(api: VercelWriter, { fields }: CreateInput): Promise<Created> {
  const body = { providerSlug: fields.provider_slug ?? null, ...toWire(fields, () => true) };
  return { live: fromWire(await api.post(CREDENTIALS, body, shape)) };
}

/** PATCH leaves alone what the body does not have. */
async function update(api: VercelWriter, { id, fields, changed }: UpdateInput): Promise<LiveResource> {
  const names = new Set(changed.map((dotted) => dotted.split(".")[0]));
  const body = toWire(fields, (name) => names.size === 0 || names.has(name));
  return fromWire(await api.patch(credentialPath(id), body, shape));
}
