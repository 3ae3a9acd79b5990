// Kind `cloudflare.secrets_store`: the account's one Secrets Store, which holds provider keys. It is implied by
// gateways with provider configs, created where the account has none, and never changed or deleted.

import * as z from "zod";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError } from "../../../provider/error.ts";
import { type Created, type CreateInput, defineKind, type Listing } from "../../../provider/kind.ts";
import type { CloudflareReader, CloudflareWriter } from "../client.ts";

const STORES = "/secrets_store/stores";
/** The name under which Cloudflare makes the store itself (docs "Manage account secrets", 2026-09-25). */
const DEFAULT_NAME = "default_secrets_store";

const shape = z.looseObject({ id: z.string(), name: z.string(), created: z.string().nullish() });

const listShape = z.looseObject({
  result: z.array(shape),
  result_info: z.looseObject({ total_count: z.number().nullish() }).nullish(),
});

export const secretsStore = defineKind({
  kind: "cloudflare.secrets_store",
  noun: "Secrets Store",
  description:
    "The account's Secrets Store. There is one per account; gateform creates it where it is missing.",
  section: null,
  spec: z.strictObject({
    name: z
      .string()
      .min(1)
      .meta({ title: "Name", description: "Name of the store", examples: [DEFAULT_NAME] })
      .optional(),
  }),
  example: { name: DEFAULT_NAME },
  example_key: "default",
  docs: [{ title: "Manage account secrets" }],
  fields: { name: { default: DEFAULT_NAME, immutable: true } },
  identity: () => "the account's store",
  identity_fields: [],
  ownership: "shared",
  write_permission: "Secrets Store Write",
  settles_within: 10,
  api: { list, create },
});

function fromWire(store: z.output<typeof shape>): LiveResource {
  const created = Date.parse(store.created ?? "");
  return {
    kind: "cloudflare.secrets_store",
    id: store.id,
    name: store.name,
    fields: { name: store.name },
    ...(Number.isNaN(created) ? {} : { created_at: created }),
  };
}

/** Id of the account's store as a client has seen it last, so that whatever else needs it asks for it no more. */
const seen = new WeakMap<CloudflareReader, string>();

/** One request without a page number: this list alone counts pages from 0 (OpenAPI 2026-10), and one store is all. */
async function read(api: CloudflareReader): Promise<z.output<typeof listShape>> {
  const answer = await api.get(STORES, listShape);
  const [store] = answer.result;
  if (store === undefined) seen.delete(api);
  else seen.set(api, store.id);
  return answer;
}

async function list(api: CloudflareReader): Promise<Listing> {
  const { result, result_info } = await read(api);
  const total = result_info?.total_count ?? result.length;
  return {
    resources: result.map(fromWire),
    complete: total <= result.length,
    ...(total <= result.length
      ? {}
      : { error: `the list announced ${total} stores and held ${result.length}` }),
  };
}

/** Takes the store that is there when somebody else was faster: an account has one. */
async function create(api: CloudflareWriter, { fields }: CreateInput): Promise<Created> {
  try {
    const made = await api.post(STORES, { name: fields.name ?? DEFAULT_NAME }, shape);
    seen.set(api, made.id);
    return { live: fromWire(made) };
  } catch (error) {
    if (!(error instanceof ProviderError && error.refused === "exists")) throw error;
    const [store] = (await list(api)).resources;
    if (store === undefined) throw error;
    return { live: store };
  }
}

/** Id of the account's store; `null` where there is none. */
export async function accountStore(api: CloudflareReader): Promise<string | null> {
  return seen.get(api) ?? (await read(api)).result[0]?.id ?? null;
}
