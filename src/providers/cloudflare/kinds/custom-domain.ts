// Kind `cloudflare.custom_domain`: a host name of one's own for a gateway. It is made in the background, waits for a
// DNS record that only its owner can set, and is never changed: every change is another one.

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
} from "../../../provider/kind.ts";
import { segment } from "../../../provider/shape.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { readPages } from "../pages.ts";
import { instant, timestamp } from "../timestamp.ts";

const domainsPath = (gateway: string | undefined): string =>
  `/ai-gateway/gateways/${segment(gateway ?? "")}/custom-domains`;
const domainPath = ({ id, parent_id }: LiveRef): string => `${domainsPath(parent_id)}/${segment(id)}`;

/** Lower case, at least one dot (OpenAPI 2026-10). */
const HOSTNAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** What is sent with a create and never answered: `zone_id`, `minTLS`. */
const shape = z.looseObject({
  hostname: z.string(),
  // Plain text: a state that is new at the vendor's must not make reading fail.
  status: z.string(),
  /** In the answer to a create only. */
  cname_target: z.string().nullish(),
  created_at: timestamp,
  modified_at: timestamp,
});

const spec = z.strictObject({
  zone_id: z
    .string()
    .regex(/^[0-9a-f]{32}$/, { error: "expected a zone id: 32 of 0-9 and a-f" })
    .meta({
      title: "Zone id",
      description: "The Cloudflare zone that the host name is in; needed to create one, and never answered",
      examples: ["023e105f4ecef8ad9ca31a8372d0c353"],
    })
    .optional(),
  minTLS: z
    .enum(["1.0", "1.1", "1.2", "1.3"])
    .meta({
      title: "Minimum TLS version",
      description: "Oldest TLS version that callers may speak; never answered",
      examples: ["1.2"],
    })
    .optional(),
});

export const customDomain = defineKind<
  typeof spec,
  "hostname" | "status" | "created_at" | "modified_at",
  CloudflareReader,
  CloudflareWriter
>({
  kind: "cloudflare.custom_domain",
  noun: "custom domain",
  description: "A host name of your own under which a gateway is reached.",
  parent: "cloudflare.gateway",
  section: "custom_domains",
  spec,
  key: {
    pattern: HOSTNAME,
    max: 253,
    expected: "a host name in lower case with at least one dot, such as ai.acme.com",
  },
  example: { zone_id: "023e105f4ecef8ad9ca31a8372d0c353", minTLS: "1.2" },
  example_key: "ai.acme.com",
  docs: [{ title: "Custom domains" }],
  fields: {
    hostname: { immutable: true },
    zone_id: { immutable: true, unanswered: true, needed_to_create: true },
    minTLS: {
      immutable: true,
      unanswered: true,
      risk: {
        code: "min-tls-lowered",
        message: "Callers may speak an older version of TLS than before",
        when: (before, after) => typeof before === "string" && typeof after === "string" && after < before,
      },
    },
    status: { measured: true },
    created_at: { measured: true },
    modified_at: { measured: true },
  },
  fromKey: (key) => ({ hostname: key }),
  keyText: ({ hostname }) => String(hostname),
  identity: ({ hostname }) => String(hostname),
  identity_fields: ["hostname"],
  key_is_id: true,
  derivedName: { of: ({ hostname }) => String(hostname), noun: "host name" },
  write_permission: "AI Gateway Write",
  // No lag of lists was ever reported; a margin for replicas. How long the vendor works on one is no matter of ours.
  settles_within: 60,
  state: ({ status }) => {
    if (status === "active") return undefined;
    const failed = status === "blocked" || status === "error";
    return {
      failed,
      text: `is ${String(status)} at Cloudflare${failed ? ", and does not serve" : ", and does not serve yet"}`,
      hint: failed
        ? "look at its DNS record and its zone; to have it made again, delete it in the dashboard and apply"
        : "its DNS record has to be the CNAME that the apply which made it told",
    };
  },
  api: {
    list,
    get,
    create,
    delete: async (api, ref) => unlessGone(api.delete(domainPath(ref))),
  },
});

async function list(api: CloudflareReader, { parent_id }: { readonly parent_id?: string }): Promise<Listing> {
  const { items, ...rest } = await readPages(api, domainsPath(parent_id), shape, ({ hostname }) => hostname);
  return { ...rest, resources: items.map((item) => fromWire(item, parent_id)) };
}

async function get(api: CloudflareReader, ref: LiveRef): Promise<LiveResource | null> {
  try {
    return fromWire(await api.get(domainPath(ref), resultOf(shape)), ref.parent_id);
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

async function create(api: CloudflareWriter, { parent_id, fields }: CreateInput): Promise<Created> {
  const { hostname = null, ...rest } = fields;
  const wire = await api.post(domainsPath(parent_id), { domain: hostname, ...rest }, shape);
  const { cname_target } = wire;
  const live = fromWire(wire, parent_id);
  if (typeof cname_target !== "string" || cname_target === "") return { live };
  return {
    live,
    note: `set the DNS record ${wire.hostname} CNAME ${cname_target}: Cloudflare tells this name only now`,
  };
}

function fromWire(wire: z.output<typeof shape>, gateway: string | undefined): LiveResource {
  const fields: Record<string, JsonValue> = { hostname: wire.hostname, status: wire.status };
  const at = instant(wire);
  return {
    kind: "cloudflare.custom_domain",
    id: wire.hostname,
    ...(gateway === undefined ? {} : { parent_id: gateway }),
    name: wire.hostname,
    fields,
    // The host name is the user's choice, so that another one can come under the same id.
    ...(at.created_at === undefined ? {} : { mark: String(at.created_at) }),
    ...at,
  };
}
