// Kind `cloudflare.secret`: an entry in the account's one Secrets Store. Its value can be replaced and never read back.
// The keys of provider configs stand in the same store; they are their configs' and none of these.

import * as z from "zod";
import { digestOf } from "../../../base/digest.ts";
import type { JsonValue } from "../../../base/json.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, unlessGone } from "../../../provider/error.ts";
import {
  type Created,
  type CreateInput,
  defineKind,
  type Listing,
  type LiveRef,
  type ResolvedValue,
  type UpdateInput,
} from "../../../provider/kind.ts";
import { secretField } from "../../../provider/spec.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { readUnnumberedPages } from "../pages.ts";
import { accountStore } from "./secrets-store.ts";
import {
  contractName,
  SECRET_NAMES,
  type StoredSecret,
  secretPath,
  secretShape,
  secretsPath,
  writeSecret,
} from "./stored-secret.ts";

/** What may use a secret (OpenAPI 2026-10). */
const scope = z.enum(["access", "ai_gateway", "containers", "dex", "websearch", "workers"]);

const spec = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta({
      title: "Name",
      description: "Name in the store, unique there; the key of this entry if left out",
      examples: ["guardrail-webhook"],
    })
    .optional(),
  value: secretField().meta({
    title: "Value",
    description:
      "The secret itself, by reference; at most 64 KiB. It is stored by Cloudflare and never read back",
    examples: [{ env: "WEBHOOK_TOKEN" }],
  }),
  scopes: z
    .array(scope)
    .min(1)
    .meta({
      title: "Scopes",
      description: "What may use it; a new one gets ai_gateway alone",
      examples: [["ai_gateway"], ["ai_gateway", "workers"]],
    })
    .optional(),
  comment: z
    .string()
    .nullable()
    .meta({
      title: "Comment",
      description: "What it is for; null for none",
      examples: ["Rotated every quarter", null],
    })
    .optional(),
});

export const secret = defineKind({
  kind: "cloudflare.secret",
  noun: "secret",
  description:
    "An entry in the account's Secrets Store. The keys of provider configs are stored there too, and belong to these.",
  section: "secrets",
  spec,
  example: { value: { env: "WEBHOOK_TOKEN" }, scopes: ["ai_gateway"], comment: "Rotated every quarter" },
  example_key: "webhook",
  docs: [{ title: "Manage account secrets" }],
  fields: {
    name: { immutable: true },
    value: { write_only: true },
    scopes: { default: ["ai_gateway"], collection: "set" },
    comment: { canonical: (value) => (value === "" ? null : value) },
  },
  fromKey: (key) => ({ name: key }),
  imply: () => ({ resources: [{ kind: "cloudflare.secrets_store", key: "default", fields: {} }] }),
  identity: ({ name }) => String(name),
  identity_fields: ["name"],
  key_is_name: true,
  derivedName: { of: ({ name }) => String(name), noun: "name in the Secrets Store", space: SECRET_NAMES },
  exclusive: "never",
  part_of: {
    kind: "cloudflare.provider_config",
    within: ({ fields }, gateway) => String(fields.name).startsWith(`${gateway}_`),
    is: ({ fields }, config) => fields.name === contractName(config.fields, config.parent_id ?? ""),
  },
  write_permission: "Secrets Store Write",
  // No lag was ever reported beside `pending`, which is waited for; a margin for replicas.
  settles_within: 10,
  api: {
    list,
    get,
    create,
    update,
    delete: async (api, ref) => {
      const path = await pathOf(api, ref);
      // With a provider config goes the secret of its name.
      if (path !== null) await unlessGone(api.delete(path));
    },
  },
});

function fromWire(stored: StoredSecret): LiveResource {
  const fields: Record<string, JsonValue> = { name: stored.name, comment: stored.comment ?? null };
  if (stored.scopes != null) fields.scopes = stored.scopes;
  const created = Date.parse(stored.created ?? "");
  const modified = Date.parse(stored.modified ?? "");
  return {
    kind: "cloudflare.secret",
    id: stored.id,
    name: stored.name,
    fields,
    ...(Number.isNaN(created) ? {} : { created_at: created }),
    // Scopes and comment are all that can be changed beside the value (OpenAPI 2026-10).
    ...(Number.isNaN(modified) ? {} : { imprint: { at: modified, rest: digestOf(fields) } }),
  };
}

async function pathOf(api: CloudflareReader, { id }: LiveRef): Promise<string | null> {
  const store = await accountStore(api);
  return store === null ? null : secretPath(store, id);
}

/** Without a store there are none. */
async function list(api: CloudflareReader): Promise<Listing> {
  const store = await accountStore(api);
  if (store === null) return { resources: [], complete: true };
  const { items, ...rest } = await readUnnumberedPages(api, secretsPath(store), secretShape, ({ id }) => id);
  return { ...rest, resources: items.filter(({ status }) => status !== "deleted").map(fromWire) };
}

async function get(api: CloudflareReader, ref: LiveRef): Promise<LiveResource | null> {
  const path = await pathOf(api, ref);
  if (path === null) return null;
  try {
    const stored = await api.get(path, resultOf(secretShape));
    return stored.status === "deleted" ? null : fromWire(stored);
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

/** Takes and answers a list, of one here (OpenAPI 2026-10). What needs it waits until it is active. */
async function create(api: CloudflareWriter, { fields }: CreateInput): Promise<Created> {
  const store = await accountStore(api);
  if (store === null) throw noStore();
  const body = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const made = await api.post(secretsPath(store), [body], z.tuple([secretShape]));
  return { live: fromWire(made[0]) };
}

/** PATCH leaves alone what the body does not have. */
async function update(api: CloudflareWriter, ref: UpdateInput): Promise<LiveResource> {
  const path = await pathOf(api, ref);
  if (path === null) throw noStore();
  const names = new Set(ref.changed.map((dotted) => dotted.split(".")[0]));
  const body: Record<string, ResolvedValue> = {};
  for (const [name, value] of Object.entries(ref.fields)) {
    // There is no null for a comment (OpenAPI 2026-10); an empty one is none.
    if (names.has(name)) body[name] = value ?? "";
  }
  return fromWire(await writeSecret(api, path, body));
}

function noStore(): ProviderError {
  return new ProviderError("the account has no Secrets Store: plan again", {
    refused: "invalid",
    outcome: "not-applied",
  });
}
