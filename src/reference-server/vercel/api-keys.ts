/**
 * API keys with purpose `ai-gateway`. The plaintext is in the answer to create and nowhere else.
 * Evidence: CLI 64.0.2 observed, SDK 1.28.35, Terraform PR #589 (2026-08), key docs of 2026-08-11.
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { json } from "../http.ts";
import { alphanumeric } from "../ids.ts";
import { replaced } from "../store.ts";
import {
  allReaders,
  badRequest,
  type Caller,
  noContent,
  readBody,
  refuse,
  teamEndpoints,
} from "./endpoints.ts";
import { cursorAt, pageLimit, readCursor } from "./paging.ts";
import { changedQuota, presentQuota, shownQuota, withQuota } from "./quotas.ts";
import {
  keyCreateBody,
  keyRenameBody,
  keyWire,
  leakBody,
  paginationWire,
  quotaBody,
  quotaWire,
} from "./shapes.ts";
import { metered } from "./spend.ts";
import type { KeyRecord, Role } from "./state.ts";

/** Documented as equivalent (SDK and REST docs without `/v1`, CLI and Terraform with); open question 1. */
const both = (rest: string) => [`/v1/api-keys${rest}`, `/api-keys${rest}`];

/** Key budgets: Owner and Member write, all but Contributor read (docs 2026-08-28); taken for keys as a whole (inferred). */
const writers: readonly Role[] = ["OWNER", "MEMBER"];

function present(key: KeyRecord): z.infer<typeof keyWire> {
  const { secret: _, position: __, quota: ___, quota_before: ____, metadata, ...wire } = key;
  return metadata === undefined ? wire : { ...wire, metadata };
}

function keyOf(context: Context, caller: Caller): KeyRecord {
  const id = param(context, "id");
  const key = context.store.vercel.keys.find(
    (candidate) => candidate.id === id && candidate.teamId === caller.team.id,
  );
  if (key === undefined) throw refuse(404, "not_found", "API key not found");
  return key;
}

function save(context: Context, key: KeyRecord): void {
  const keys = replaced(context.store.vercel.keys, (other) => other.id === key.id, key);
  context.store.writeVercel({ keys });
}

/** Not in the past and at most two years ahead (Terraform PR #589). */
function checkExpiry(expiresAt: number | undefined, now: number): void {
  if (expiresAt === undefined) return;
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + 2);
  if (expiresAt <= now) throw badRequest("Invalid request: `expiresAt`: is in the past");
  if (expiresAt > latest.getTime()) throw badRequest("Invalid request: `expiresAt`: more than 2 years ahead");
}

/** CLI help and key docs: exemptions are for Owners, attribution for Owners and AI Gateway Budget Managers. */
function checkMetadata(caller: Caller, metadata: z.infer<typeof keyCreateBody>["metadata"]): void {
  if (caller.role === "OWNER" || metadata === undefined) return;
  if (metadata.zdr !== undefined || metadata.bypassAll !== undefined) {
    throw refuse(403, "forbidden", "Not authorized: only team owners may set zdr or bypassAll");
  }
  if (metadata.spendAttribution !== undefined && !caller.permissions.includes("AiGatewayBudgetManager")) {
    throw refuse(403, "forbidden", "Not authorized: may not set spendAttribution");
  }
}

function checkCap(context: Context, caller: Caller): void {
  const limit = context.switches.max_keys;
  if (limit === null) return;
  const held = context.store.vercel.keys.filter((key) => key.teamId === caller.team.id).length;
  if (held < limit) return;
  const name = "ai-gateway-api-keys";
  throw refuse(429, "too_many_api_keys", `This team may have ${limit} API keys`, { name, limit });
}

const create = teamEndpoints({
  method: "POST",
  paths: both(""),
  roles: writers,
  request: keyCreateBody,
  reply: z.strictObject({ apiKeyString: z.string().startsWith("vck_"), apiKey: keyWire }),
  handle(context, caller, body) {
    checkExpiry(body.expiresAt, context.now);
    checkMetadata(caller, body.metadata);
    checkCap(context, caller);
    const position = context.store.nextSequence();
    const id = `key_${alphanumeric("key", position, 24)}`;
    const secret = `vck_${alphanumeric("key-secret", position, 60)}`;
    const fresh: KeyRecord = {
      id,
      position,
      secret,
      name: body.name ?? `api-key-${position}`,
      partialKey: secret.slice(-4),
      teamId: caller.team.id,
      purpose: body.purpose,
      projectId: body.projectId ?? null,
      expiresAt: body.expiresAt ?? null,
      activeAt: context.now,
      createdAt: context.now,
      createdBy: caller.user.id,
      leakedAt: null,
      leakedUrl: null,
      createdByAppId: null,
      ...(body.metadata === undefined ? {} : { metadata: body.metadata }),
      quota: null,
    };
    const key =
      body.aiGatewayQuota === undefined
        ? fresh
        : withQuota(context, fresh, changedQuota(id, null, body.aiGatewayQuota, context.now));
    context.store.writeVercel({ keys: [...context.store.vercel.keys, key] });
    // Never with `quota`: Terraform PR #589 mirrors what it sent; open question 5.
    return json(200, { apiKeyString: secret, apiKey: present(key) });
  },
});

/** Newest first; `next` is an opaque cursor for `until`. */
const list = teamEndpoints({
  method: "GET",
  paths: both(""),
  roles: allReaders,
  reply: z.strictObject({ apiKeys: z.array(keyWire), pagination: paginationWire }),
  handle(context, caller) {
    const { query } = context.incoming;
    const limit = Math.min(pageLimit(query.get("limit")) ?? 20, context.pageSize ?? 100);
    const search = query.get("search")?.toLowerCase() ?? "";
    if (search.length > 256) throw badRequest("Invalid request: `search`: more than 256 characters");
    const before = readCursor(query.get("until")) ?? Infinity;
    const purpose = query.get("purpose");
    const found = context.store.vercel.keys
      .filter(
        (key) =>
          key.teamId === caller.team.id &&
          (purpose === null || key.purpose === purpose) &&
          (search === "" || key.name.toLowerCase().includes(search)),
      )
      .sort((a, b) => b.position - a.position)
      .filter((key) => key.position < before);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = last === undefined || found.length === shown.length ? null : cursorAt(last.position);
    return json(200, {
      apiKeys: shown.map((key) => ({ ...present(key), quota: shownQuota(key, context.now) })),
      pagination: { count: shown.length, next, prev: null },
    });
  },
});

const getOne = teamEndpoints({
  method: "GET",
  paths: both("/:id"),
  roles: allReaders,
  reply: z.strictObject({ apiKey: keyWire }),
  handle(context, caller) {
    const key = keyOf(context, caller);
    const quota = context.switches.quota_in_get ? { quota: shownQuota(key, context.now) } : {};
    return json(200, { apiKey: { ...present(key), ...quota } });
  },
});

const rename = teamEndpoints({
  method: "PATCH",
  paths: both("/:id"),
  roles: writers,
  request: keyRenameBody,
  reply: z.strictObject({ apiKey: keyWire }),
  available: (switches) => switches.key_rename,
  handle(context, caller, { name }) {
    const key = { ...keyOf(context, caller), name };
    save(context, key);
    return json(200, { apiKey: present(key) });
  },
});

const setQuota = teamEndpoints({
  method: "PATCH",
  paths: both("/:id/quota"),
  roles: writers,
  request: quotaBody,
  reply: z.strictObject({ quota: quotaWire }),
  handle(context, caller, body) {
    const key = keyOf(context, caller);
    const quota = changedQuota(key.id, key.quota, body, context.now);
    save(context, withQuota(context, key, quota));
    return json(200, { quota: presentQuota(metered(quota, context.now)) });
  },
});

const remove = teamEndpoints({
  method: "DELETE",
  paths: both("/:id"),
  roles: writers,
  handle(context, caller) {
    const { id } = keyOf(context, caller);
    context.store.writeVercel({ keys: context.store.vercel.keys.filter((key) => key.id !== id) });
    return noContent;
  },
});

/**
 * Revokes a key that was found in public, without credentials (API key docs, 2026-08-11). What it answers is not
 * published: here the same for every key, so that nobody learns which ones are good.
 */
const leak: Endpoint = {
  vendor: "vercel",
  method: "POST",
  path: "/external/compromised_secret",
  request: leakBody,
  reply: z.strictObject({}),
  handle(context) {
    const { secret } = readBody(leakBody, context.incoming.payload);
    const key = context.store.vercel.keys.find((candidate) => candidate.secret === secret.api_key);
    if (key !== undefined && key.leakedAt === null) save(context, { ...key, leakedAt: context.now });
    return json(200, {});
  },
};

export const apiKeyEndpoints: readonly Endpoint[] = [
  ...[create, list, getOne, rename, setQuota, remove].flat(),
  leak,
];
