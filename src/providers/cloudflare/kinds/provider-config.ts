// Kind `cloudflare.provider_config`: a provider's key stored for a gateway (bring your own key). The key itself
// can be replaced in place and never read back; everything else is fixed at creation (OpenAPI 2026-10).

import * as z from "zod";
import type { JsonValue } from "../../../base/json.ts";
import type { Imprint, LiveResource } from "../../../model/live.ts";
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
import { segment } from "../../../provider/shape.ts";
import { refOnly, secretField } from "../../../provider/spec.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { readPages } from "../pages.ts";
import { contractName, SECRET_NAMES, secretPath, untilActive, writeSecret } from "./stored-secret.ts";

const SLUG = /^[A-Za-z0-9_-]{1,128}$/;
const SLUG_FORM = 'letters, digits, "_" and "-"';

const NO_KEY =
  "needs its key: `secret: { env: NAME }`, or `secret_id: { ref: ADDRESS }` of a declared secret";
const TWO_KEYS = "the key is `secret` or `secret_id`, never both";

const shape = z.looseObject({
  id: z.string(),
  gateway_id: z.string().nullish(),
  provider_slug: z.string(),
  alias: z.string(),
  // The live API answers 0 and 1 (observed 2026), the OpenAPI of 2026-10 says boolean.
  default_config: z.union([z.boolean(), z.number()]).transform(Boolean),
  rate_limit: z.number().nullish(),
  rate_limit_period: z.number().nullish(),
  secret_id: z.string().nullish(),
  modified_at: z.string().nullish(),
  secret_preview: z.string().nullish(),
});

const fields = z.strictObject({
  provider_slug: z
    .string()
    .regex(SLUG, { error: `expected a provider slug: ${SLUG_FORM}` })
    .meta({
      title: "Provider slug",
      description: "Provider as Cloudflare names it; the key of this entry if left out",
      examples: ["openai", "anthropic"],
    })
    .optional(),
  alias: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: `expected an alias: up to 64 of ${SLUG_FORM}` })
    .meta({
      title: "Alias",
      description: "Name by which callers choose among several keys of one provider; default if left out",
      examples: ["default", "batch"],
    })
    .optional(),
  default_config: z
    .boolean()
    .meta({
      title: "Default",
      description: "Whether this key is the provider's default; a new one with the alias default is",
      examples: [true],
    })
    .optional(),
  secret: secretField()
    .meta({
      title: "Secret",
      description:
        "The provider's API key, by reference; it is stored by Cloudflare and never read back. In its place, secret_id",
      examples: [{ env: "OPENAI_API_KEY" }],
    })
    .optional(),
  secret_id: refOnly("cloudflare.secret")
    .meta({
      title: "Secret by reference",
      description:
        "In place of secret: the declared secret that holds the key, named GATEWAY_PROVIDER_ALIAS. It goes with the config",
      examples: [{ ref: "cloudflare.secret.support_openai_default" }],
    })
    .optional(),
  rate_limit: z
    .number()
    .positive()
    .nullable()
    .meta({
      title: "Rate limit",
      description: "Requests let through with this key per period; null or left out for no limit",
      examples: [600, null],
    })
    .optional(),
  rate_limit_period: z
    .number()
    .positive()
    .nullable()
    .meta({
      title: "Rate limit period",
      description: "Length of the period in seconds; 60 if left out",
      examples: [60],
    })
    .optional(),
});

const spec = fields.superRefine(({ secret, secret_id }, context) => {
  const wrong = (path: string[], message: string): void => {
    context.addIssue({ code: "custom", path, message });
  };
  if (secret === undefined && secret_id === undefined) wrong([], NO_KEY);
  if (secret !== undefined && secret_id !== undefined) wrong(["secret_id"], TWO_KEYS);
});

export const providerConfig = defineKind<typeof spec, "modified_at", CloudflareReader, CloudflareWriter>({
  kind: "cloudflare.provider_config",
  noun: "provider config",
  description:
    "A provider's API key, stored at Cloudflare and used for a gateway's requests to that provider (BYOK).",
  parent: "cloudflare.gateway",
  section: "provider_configs",
  spec,
  key: { pattern: SLUG, max: 128, expected: SLUG_FORM },
  example: { secret: { env: "OPENAI_API_KEY" }, rate_limit: 600, rate_limit_period: 60 },
  example_key: "openai",
  docs: [{ title: "BYOK (Store Keys)" }],
  fields: {
    provider_slug: { immutable: true },
    alias: { immutable: true },
    default_config: {
      immutable: true,
      server_default: true,
      shorten: (value, { alias }) => (value === (alias === "default") ? undefined : value),
    },
    secret: { write_only: true },
    rate_limit: { immutable: true },
    // 60 is the published default (OpenAPI 2026-10); the answer may say null all the same.
    rate_limit_period: { immutable: true, server_default: true, canonical: (value) => value ?? 60 },
    // Gateways look the key up by its name and not by this id (docs "BYOK", 2026-07-31).
    secret_id: { unanswered: true, inert: true },
    modified_at: { measured: true },
  },
  fromKey: (key) => ({ provider_slug: key, alias: "default" }),
  keyText: ({ provider_slug, alias }) =>
    alias === "default" ? String(provider_slug) : `${provider_slug}-${alias}`,
  // Whether a custom provider is named bare here or as `custom-<slug>` is not documented, so both count.
  inferNeeds: ({ provider_slug }) => [
    `cloudflare.custom_provider.${String(provider_slug).replace(/^custom-/, "")}`,
  ],
  identity: ({ provider_slug, alias }) => `${provider_slug}/${alias}`,
  identity_fields: ["provider_slug", "alias"],
  derivedName: {
    of: contractName,
    noun: "name in the Secrets Store",
    space: SECRET_NAMES,
    held: { by: "secret_id", instead_of: "secret" },
  },
  // Not "AI Gateway Write" (OpenAPI 2026-10, `x-api-token-group`).
  write_permission: "Secrets Store Write",
  // A new secret is pending at first; Alchemy (2026) waits up to 50 s. A list can lag after a delete.
  settles_within: 60,
  delete_takes: "the key it stores",
  api: {
    list,
    get,
    create,
    update: rotate,
    delete: async (api, ref) => unlessGone(api.delete(configPath(ref))),
  },
});

function gatewayPath(gateway: string | undefined): string {
  return `/ai-gateway/gateways/${segment(gateway ?? "")}`;
}

function configsPath(gateway: string | undefined): string {
  return `${gatewayPath(gateway)}/provider_configs`;
}

function configPath({ id, parent_id }: LiveRef): string {
  return `${configsPath(parent_id)}/${segment(id)}`;
}

/** The key is all of a config that can be changed, so the time of the last change is that of the key. */
function imprintOf(
  api: CloudflareReader,
  { id, modified_at, secret_preview }: z.output<typeof shape>,
): Imprint | undefined {
  const at = Date.parse(modified_at ?? "");
  if (Number.isNaN(at)) return undefined;
  // How much of the key it shows is not published, so nothing of it is kept in the open.
  const preview =
    (secret_preview ?? "") === "" ? undefined : api.fingerprint(`preview of ${id}: ${secret_preview}`);
  return { at, ...(preview === undefined ? {} : { preview }) };
}

function fromWire(
  api: CloudflareReader,
  config: z.output<typeof shape>,
  gateway: string | undefined,
): LiveResource {
  const fields: Record<string, JsonValue> = {};
  for (const name of [
    "provider_slug",
    "alias",
    "default_config",
    "rate_limit",
    "rate_limit_period",
    "secret_id",
    "modified_at",
  ] as const) {
    const value = config[name];
    if (value !== undefined) fields[name] = value;
  }
  // There is no creation time. That of the last change is the same thing until somebody replaces the key.
  const modified = Date.parse(config.modified_at ?? "");
  const imprint = imprintOf(api, config);
  return {
    kind: "cloudflare.provider_config",
    id: config.id,
    ...(gateway === undefined ? {} : { parent_id: gateway }),
    name: `${config.provider_slug}/${config.alias}`,
    fields,
    ...(Number.isNaN(modified) ? {} : { created_at: modified }),
    ...(imprint === undefined ? {} : { imprint }),
  };
}

/** A gateway that does not exist has an empty list, not a 404 (observed 2026). */
async function list(api: CloudflareReader, scope: { readonly parent_id?: string }): Promise<Listing> {
  const { items, ...rest } = await readPages(api, configsPath(scope.parent_id), shape, ({ id }) => id);
  return { ...rest, resources: items.map((item) => fromWire(api, item, scope.parent_id)) };
}

/**
 * GET by id is published (OpenAPI 2026-10) but nobody has reported it live; where it is refused the list has the
 * last word. Not so where it finds nothing: the list may lag behind a delete (observed 2026).
 */
async function get(api: CloudflareReader, ref: LiveRef): Promise<LiveResource | null> {
  try {
    return fromWire(api, await api.get(configPath(ref), resultOf(shape)), ref.parent_id);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.refused === "not-found") return null;
    if (error.refused !== "invalid") throw error;
  }
  const listing = await list(api, ref);
  const found = listing.resources.find(({ id }) => id === ref.id);
  if (found !== undefined) return found;
  if (listing.complete) return null;
  throw new ProviderError(`the gateway's provider configs could not be read in full: ${listing.error}`, {
    refused: "malformed",
    outcome: "not-applied",
  });
}

/** All of `provider_slug`, `alias` and `default_config` are required; nulls are not declared, so they are left out. */
async function create(api: CloudflareWriter, { parent_id, fields }: CreateInput): Promise<Created> {
  const body: Record<string, ResolvedValue> = { default_config: fields.alias === "default" };
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) body[name] = value;
  }
  return { live: fromWire(api, await api.post(configsPath(parent_id), body, shape), parent_id) };
}

/**
 * Puts another key in the place of the stored one; the config stays, so that callers always find one of the two. PUT is
 * published (OpenAPI 2026-10) but in no client of Cloudflare's (SDK 7.3.0, Terraform 5.22) and nobody has reported it
 * live. Where it is no route, the secret that the config names is changed instead: that is what gateways look up (docs
 * "BYOK", 2026-07-31). Either way the new key is pending at first, and the rotation ends when it serves.
 */
async function rotate(api: CloudflareWriter, ref: UpdateInput): Promise<LiveResource> {
  const { secret } = ref.fields;
  if (secret === undefined) {
    throw refusal("only the secret of a provider config can be changed, and none is given");
  }
  try {
    const config = await api.put(configPath(ref), { secret }, shape);
    await untilServed(api, ref, config.secret_id);
    return fromWire(api, config, ref.parent_id);
  } catch (error) {
    if (!(error instanceof ProviderError && error.vendor_code === "7003")) throw error;
  }
  const config = await get(api, ref);
  if (config === null) throw refusal(`the provider config ${ref.id} is gone: plan again`);
  const id = config.fields.secret_id;
  const store = await storeOf(api, ref);
  if (typeof id !== "string" || store === null) {
    throw refusal(
      `Cloudflare has no way to change the key of the provider config ${ref.id}, and says of it neither secret nor store: remove it from the file, apply, and declare it again`,
    );
  }
  await writeSecret(api, secretPath(store, id), { value: secret });
  return (await get(api, ref)) ?? config;
}

/** Waits for a key that PUT has stored. That the secret cannot be read takes nothing from its being stored. */
async function untilServed(
  api: CloudflareWriter,
  ref: LiveRef,
  id: string | null | undefined,
): Promise<void> {
  try {
    const store = await storeOf(api, ref);
    if (typeof id === "string" && store !== null) await untilActive(api, secretPath(store, id));
  } catch (error) {
    if (!(error instanceof ProviderError) || error.refused === "waiting") throw error;
  }
}

const gatewayShape = resultOf(z.looseObject({ store_id: z.string().nullish() }));

/** The Secrets Store that a config's gateway uses; `null` for none. */
async function storeOf(api: CloudflareReader, { parent_id }: LiveRef): Promise<string | null> {
  const { store_id } = await api.get(gatewayPath(parent_id), gatewayShape);
  return store_id === "" ? null : (store_id ?? null);
}

function refusal(message: string): ProviderError {
  return new ProviderError(message, { refused: "invalid", outcome: "not-applied" });
}
