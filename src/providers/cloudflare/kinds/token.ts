// Kind `cloudflare.token`: an API token of the account, as callers of an authenticated gateway need one. Its value
// is shown once, by the create call. Everything else changes in place, by a PUT of the whole (OpenAPI 2026-10).

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
  type UpdateInput,
} from "../../../provider/kind.ts";
import { Secret } from "../../../provider/secret.ts";
import { segment } from "../../../provider/shape.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { readPages } from "../pages.ts";
import {
  beyondAiGateway,
  canonicalPermissions,
  concernsAiGateway,
  groupIds,
  nearAiGateway,
} from "./permission-names.ts";
import {
  canonicalCondition,
  canonicalMoment,
  policiesFor,
  tokenFromWire,
  tokenShape,
  updateBody,
  type WireToken,
  writable,
} from "./token-wire.ts";

const TOKENS = "/tokens";
const tokenPath = (id: string): string => `${TOKENS}/${segment(id)}`;

const RANGE = "expected an address range such as 192.0.2.0/24 or 2001:db8::/32";

const ADDRESSES = [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()];

const range = z
  .string()
  .regex(/^[0-9A-Fa-f.:]+(?:\/[0-9]{1,3})?$/, { error: RANGE, abort: true })
  .refine((text) => ADDRESSES.some((form) => form.safeParse(text).success), { error: RANGE });

const ranges = (title: string, description: string) =>
  z
    .array(range)
    .meta({ title, description, examples: [["192.0.2.0/24", "2001:db8::/32"]] })
    .optional();

const time = (title: string, description: string) =>
  z.iso
    .datetime({ offset: true })
    .nullable()
    .meta({ title, description, examples: ["2027-06-30T00:00:00Z", null] })
    .optional();

export const token = defineKind({
  kind: "cloudflare.token",
  noun: "API token",
  description:
    'An API token of the account, for callers of authenticated gateways. Its value is delivered once. Reading tokens takes the permission group "Account API Tokens Read", changing them "Account API Tokens Write".',
  section: "tokens",
  spec: z.strictObject({
    name: z
      .string()
      .min(1)
      .max(120)
      .meta({
        title: "Name",
        description: "What the dashboard shows; the key of this entry if left out. Names need not be unique",
        examples: ["support-caller"],
      })
      .optional(),
    permissions: z
      .array(z.string().min(1))
      .min(1)
      .meta({
        title: "Permissions",
        description:
          "Permission groups by name, allowed on the whole account: there is no permission for one gateway alone. AI Gateway Edit and AI Gateway Write are the same. Any other than those of AI Gateway needs --allow-permission. The order does not matter",
        examples: [["AI Gateway Run"]],
      }),
    condition: z
      .strictObject({
        request_ip: z
          .strictObject({
            in: ranges("Allowed addresses", "Address ranges from which the token may be used; [] for any"),
            not_in: ranges("Refused addresses", "Address ranges from which it may not be used; [] for none"),
          })
          .meta({
            title: "Request IP",
            description: "From where the token may be used",
            examples: [{ in: ["192.0.2.0/24"] }],
          })
          .optional(),
      })
      .nullable()
      .meta({
        title: "Condition",
        description: "When the token may be used; null for always",
        examples: [{ request_ip: { in: ["192.0.2.0/24"] } }, null],
      })
      .optional(),
    not_before: time("Not before", "Time from which the token is taken, RFC 3339; null for at once"),
    expires_on: time("Expires on", "Time after which the token is refused, RFC 3339; null for never"),
    status: z
      .enum(["active", "disabled"])
      .meta({
        title: "Status",
        description: "Whether the token is taken at all; a new one is active",
        examples: ["active"],
      })
      .optional(),
  }),
  example: {
    permissions: ["AI Gateway Run"],
    condition: { request_ip: { in: ["192.0.2.0/24"] } },
    expires_on: "2027-06-30T00:00:00Z",
  },
  example_key: "support-caller",
  docs: [{ title: "Authenticated Gateway" }, { title: "Account API tokens" }],
  fields: {
    permissions: {
      collection: "set",
      canonical: canonicalPermissions,
      grants: { beyond: beyondAiGateway, near: nearAiGateway },
      cuts: (before, after) => listOf(before).some((name) => !listOf(after).includes(name)),
    },
    condition: {
      canonical: canonicalCondition,
      cuts: (_, after) => after !== null,
      risk: {
        code: "token-condition-off",
        message: "The token can be used from any address",
        when: (before, after) => before !== null && after === null,
      },
    },
    not_before: { canonical: canonicalMoment, cuts: isLater },
    expires_on: { canonical: canonicalMoment, cuts: isEarlier },
    status: {
      canonical: (value) => value ?? "active",
      // What an expired token is beside that cannot be told, and writing it changes nothing.
      complete: (declared, live) => (live === "expired" ? live : declared),
      shorten: (value) => (value === "disabled" ? value : undefined),
      cuts: (_, after) => after !== "active",
    },
  },
  fromKey: (name) => ({ name }),
  // Names are not unique (OpenAPI 2026-10): without an id nothing tells two tokens of one name apart.
  identity: () => null,
  identity_fields: [],
  one_time_value: true,
  // A token does not say by whose credential it was made (OpenAPI 2026-10), and only its value must not get lost.
  made_as: nameMadeAs,
  is_made_as: (live, name) => {
    const mark = / \(gateform ([0-9a-f]{8})\)$/.exec(live)?.[1];
    return mark !== undefined && live !== name && live === nameMadeAs(name, mark);
  },
  exclusive: "never",
  // An account has tokens for all of Cloudflare.
  unrelated: ({ fields }) => !concernsAiGateway(fields.permissions ?? []),
  write_permission: "Account API Tokens Write",
  // No lag was ever reported; a margin for replicas.
  settles_within: 10,
  api: {
    list,
    get,
    create,
    update,
    renewValue,
    delete: async (api: CloudflareWriter, { id }) => unlessGone(api.delete(tokenPath(id))),
  },
});

const MARK = " (gateform ";

function nameMadeAs(name: string, mark: string): string {
  return `${upTo(name, 120 - MARK.length - mark.length)}${MARK}${mark})`;
}

/** The beginning of a text that has no more UTF-16 units than that, characters whole. */
function upTo(text: string, units: number): string {
  let out = "";
  for (const character of text) {
    if (out.length + character.length >= units) break;
    out += character;
  }
  return out;
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function isLater(before: JsonValue, after: JsonValue): boolean {
  return after !== null && (before === null || timeOf(after) > timeOf(before));
}

function isEarlier(before: JsonValue, after: JsonValue): boolean {
  return after !== null && (before === null || timeOf(after) < timeOf(before));
}

function timeOf(value: JsonValue): number {
  return Date.parse(String(value));
}

/** Pages hold 5 to 50, and what has expired is listed only when asked for (OpenAPI 2026-10). */
async function list(api: CloudflareReader): Promise<Listing> {
  const [{ items, ...rest }, own] = await Promise.all([
    readPages(api, TOKENS, tokenShape, ({ id }) => id, { per_page: 50, include_expired: true }),
    api.ownToken(),
  ]);
  return { ...rest, resources: items.map((item) => liveOf(api, item, own)) };
}

async function get(api: CloudflareReader, { id }: LiveRef): Promise<LiveResource | null> {
  try {
    const found = await api.get(tokenPath(id), resultOf(tokenShape));
    return liveOf(api, found, await api.ownToken());
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

function liveOf(api: CloudflareReader, found: WireToken, own: string | null): LiveResource {
  const live = tokenFromWire(api.account, found);
  return found.id === own ? { ...live, in_use: true } : live;
}

const createdShape = tokenShape.extend({ value: z.string().min(1) });

async function create(api: CloudflareWriter, { fields }: CreateInput): Promise<Created> {
  const groups = await groupIds(api, namesOf(fields));
  const body = { ...writable(fields), policies: policiesFor(api.account, groups) };
  const { value, ...made } = await api.post(TOKENS, body, createdShape);
  const created = { live: tokenFromWire(api.account, made), once: new Secret(value) };
  if (fields.status !== "disabled") return created;
  // A new token is active, and only PUT can say otherwise (OpenAPI 2026-10).
  try {
    return { ...created, live: await put(api, made.id, made, fields, groups) };
  } catch (error) {
    // It is made, and its value must not be lost: that it is still active shows when it is read back.
    if (error instanceof ProviderError) return created;
    throw error;
  }
}

async function update(api: CloudflareWriter, { id, fields, changed }: UpdateInput): Promise<LiveResource> {
  const names = new Set(changed.map((dotted) => dotted.split(".")[0]));
  const declared: ResolvedFields = Object.fromEntries(
    Object.entries(fields).filter(([name]) => names.size === 0 || names.has(name)),
  );
  const groups = declared.permissions === undefined ? undefined : await groupIds(api, namesOf(declared));
  const live = await api.get(tokenPath(id), resultOf(tokenShape));
  return put(api, id, live, declared, groups);
}

async function put(
  api: CloudflareWriter,
  id: string,
  live: WireToken,
  declared: ResolvedFields,
  groups: readonly string[] | undefined,
): Promise<LiveResource> {
  const body = updateBody(api.account, live, declared, groups);
  return tokenFromWire(api.account, await api.put(tokenPath(id), body, tokenShape));
}

/** Cloudflare calls it rolling: the answer is the bare value (OpenAPI 2026-10). */
async function renewValue(api: CloudflareWriter, { id }: LiveRef): Promise<Secret> {
  return new Secret(await api.put(`${tokenPath(id)}/value`, {}, z.string().min(1)));
}

function namesOf({ permissions }: ResolvedFields): readonly string[] {
  return Array.isArray(permissions) ? permissions.map(String) : [];
}
