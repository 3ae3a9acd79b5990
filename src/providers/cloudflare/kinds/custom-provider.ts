// Kind `cloudflare.custom_provider`: an AI provider of one's own, known to all gateways of the account. The headers
// that are sent to it may be credentials, and the API returns them: outside this file they are fingerprints.

import * as z from "zod";
import { isObject, type JsonValue } from "../../../base/json.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, unlessGone } from "../../../provider/error.ts";
import {
  type CreateInput,
  defineKind,
  type Listing,
  type LiveRef,
  type ResolvedFields,
  type ResolvedValue,
  type UpdateInput,
} from "../../../provider/kind.ts";
import { markOf } from "../../../provider/mask.ts";
import { Secret } from "../../../provider/secret.ts";
import { segment } from "../../../provider/shape.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { readPages } from "../pages.ts";
import { instant, timestamp } from "../timestamp.ts";
import { customProviderSpec, SLUG, SLUG_FORM } from "./custom-provider-spec.ts";

const PROVIDERS = "/ai-gateway/custom-providers";
const providerPath = (id: string): string => `${PROVIDERS}/${segment(id)}`;

const text = z.string().nullish();

const shape = z.looseObject({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  base_url: z.string(),
  headers: text,
  enable: z.boolean().nullish(),
  beta: z.boolean().nullish(),
  description: text,
  link: text,
  curl_example: text,
  js_example: text,
  position: z.number().nullish(),
  created_at: timestamp,
  modified_at: timestamp,
});

/** What is answered as it is declared. */
const PLAIN = [
  "name",
  "slug",
  "base_url",
  "enable",
  "beta",
  "description",
  "link",
  "curl_example",
  "js_example",
  "position",
] as const;

const orFalse = (value: JsonValue): JsonValue => value ?? false;
/** What is unset is null on the live wire (docs "Custom Providers", 2026); there is no sending null (OpenAPI 2026-10). */
const orEmpty = (value: JsonValue): JsonValue => value ?? "";

export const customProvider = defineKind<
  typeof customProviderSpec,
  "created_at" | "modified_at",
  CloudflareReader,
  CloudflareWriter
>({
  kind: "cloudflare.custom_provider",
  noun: "custom provider",
  description: "An AI provider of your own, which every gateway of the account reaches as custom-<slug>.",
  section: "custom_providers",
  spec: customProviderSpec,
  key: { pattern: SLUG, max: 128, expected: SLUG_FORM },
  example: {
    name: "Acme LLM",
    base_url: "https://llm.acme.com",
    headers: { "x-api-key": { env: "ACME_LLM_KEY" } },
    enable: true,
  },
  example_key: "acme-llm",
  docs: [{ title: "Custom Providers" }],
  fields: {
    headers: { sensitive: true, canonical: (value) => value ?? {} },
    // Off unless told (docs "Custom Providers", 2026).
    enable: { server_default: true, canonical: orFalse },
    beta: { server_default: true, canonical: orFalse },
    description: { canonical: orEmpty },
    link: { canonical: orEmpty },
    curl_example: { canonical: orEmpty },
    js_example: { canonical: orEmpty },
    created_at: { measured: true },
    modified_at: { measured: true },
  },
  fromKey: (key) => ({ slug: key }),
  keyText: ({ slug }) => String(slug),
  identity: ({ slug }) => String(slug),
  identity_fields: ["slug"],
  write_permission: "AI Gateway Write",
  // No lag was ever reported; a margin for replicas.
  settles_within: 10,
  delete_takes: "its pricing rules",
  api: {
    list,
    get,
    create: async (api, { fields }: CreateInput) => ({
      live: fromWire(api, await api.post(PROVIDERS, toWire(fields), shape)),
    }),
    update,
    delete: async (api, { id }) => unlessGone(api.delete(providerPath(id))),
  },
});

async function list(api: CloudflareReader): Promise<Listing> {
  const { items, ...rest } = await readPages(api, PROVIDERS, shape, ({ id }) => id);
  return { ...rest, resources: items.map((item) => fromWire(api, item)) };
}

async function get(api: CloudflareReader, { id }: LiveRef): Promise<LiveResource | null> {
  try {
    return fromWire(api, await api.get(providerPath(id), resultOf(shape)));
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

/** PATCH leaves what it does not name as it is, so it names what differs and nothing else. */
async function update(api: CloudflareWriter, { id, fields, changed }: UpdateInput): Promise<LiveResource> {
  const names = new Set(changed.map((dotted) => dotted.split(".")[0]));
  const named = Object.entries(fields).filter(([name]) => names.has(name));
  return fromWire(api, await api.patch(providerPath(id), toWire(Object.fromEntries(named)), shape));
}

function fromWire(api: CloudflareReader, wire: z.output<typeof shape>): LiveResource {
  const fields: Record<string, JsonValue> = { headers: headersFromWire(api, wire.headers) };
  for (const name of PLAIN) {
    const value = wire[name];
    if (value !== undefined) fields[name] = value;
  }
  return { kind: "cloudflare.custom_provider", id: wire.id, name: wire.slug, fields, ...instant(wire) };
}

/** A mark for each header; one for the whole where the text is not what the API asks for. */
function headersFromWire(api: CloudflareReader, wire: string | null | undefined): JsonValue {
  if (wire === undefined || wire === null || wire === "") return {};
  const headers = parsed(wire);
  if (!isObject(headers)) return markOf(new Secret(wire), api.fingerprint);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      markOf(new Secret(typeof value === "string" ? value : JSON.stringify(value)), api.fingerprint),
    ]),
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The headers are an object in the file and the text of one on the wire (OpenAPI 2026-10). */
function toWire({ headers, ...fields }: ResolvedFields): ResolvedFields {
  if (headers === undefined) return fields;
  const entries = Object.entries(headers as { readonly [name: string]: ResolvedValue }); // as the spec has it
  const values = entries.map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]);
  const parts = entries.flatMap(([, value]) => (value instanceof Secret ? [value] : []));
  return { ...fields, headers: new Secret(JSON.stringify(Object.fromEntries(values)), parts) };
}
