/**
 * Secrets of a Secrets Store: list, bulk create, get, patch, delete. The value is write-only. Envelope C; codes
 * and texts from DIS 2026, statuses ours where not recorded.
 */
import { z } from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { classicEndpoint, secretReaders, secretWriters } from "./endpoints.ts";
import { classic, classicListWire, classicWire, refuseClassic, secretsList } from "./envelopes.ts";
import { lenientPageRequest, pageOf } from "./paging.ts";
import { addSecret, isActive, rewriteSecret } from "./secret-records.ts";
import { classicBody, sorted, storeOf } from "./secrets-stores.ts";
import type { SecretRecord } from "./state.ts";

const scope = z.enum(["workers", "ai_gateway", "dex", "access", "containers", "websearch"]);
/** At most 64 KiB since 2026; 1024 before (OAS 2026-10). */
const value = z.string().refine((text) => Buffer.byteLength(text) <= 65_536);

const newSecret = z.object({
  name: z.string().min(1),
  value,
  scopes: z.array(scope).min(1),
  comment: z.string().optional(),
});
const createBody = z.array(newSecret).min(1);
/** No `name`: it cannot change (OAS 2026-10). */
const patchBody = z.object({
  value: value.optional(),
  scopes: z.array(scope).min(1).optional(),
  comment: z.string().optional(),
});
const bulkDeleteBody = z.object({ ids: z.array(z.string()).min(1) });

export const secretWire = z.strictObject({
  id: z.string().max(32),
  store_id: z.string().max(32),
  name: z.string(),
  scopes: z.array(scope),
  comment: z.string().nullable(),
  status: z.enum(["pending", "active", "deleted"]),
  created: z.iso.datetime(),
  modified: z.iso.datetime(),
});

const PATH = "/secrets_store/stores/:store_id/secrets";

function present(context: Context, secret: SecretRecord): Record<string, unknown> {
  const { value: _, active_from: __, ...rest } = secret;
  return { ...rest, status: isActive(secret, context.now) ? "active" : "pending" };
}

function secretsOf(context: Context): SecretRecord[] {
  const store = storeOf(context);
  return context.store.cloudflare.secrets.filter((secret) => secret.store_id === store.id);
}

function secretOf(context: Context): SecretRecord {
  const id = param(context, "secret_id");
  const secret = secretsOf(context).find((candidate) => candidate.id === id);
  if (secret === undefined) throw refuseClassic(404, 1001, "secret_not_found");
  return secret;
}

/** Checks a body and turns the first mistake into the code of its field. */
function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.filter((segment) => typeof segment === "string") ?? [];
  if (path[0] === "name") throw refuseClassic(400, 1001, "secret_name_empty");
  if (path[0] === "scopes") {
    const empty = issue?.code === "too_small" || issue?.code === "invalid_type";
    throw refuseClassic(400, 1001, empty ? "secret_scopes_empty" : "secret_scope_invalid");
  }
  // Not recorded by anyone; modelled on its neighbours.
  if (path[0] === "value") throw refuseClassic(400, 1001, "secret_value_invalid");
  throw refuseClassic(400, 1001, "invalid_json_body");
}

const listAll = classicEndpoint({
  method: "GET",
  path: PATH,
  needs: secretReaders,
  reply: classicListWire(secretWire),
  handle(context) {
    const { query } = context.incoming;
    const search = query.get("search")?.toLowerCase() ?? "";
    const scopes = query.get("scopes")?.split(",") ?? [];
    const found = secretsOf(context).filter(
      (secret) =>
        `${secret.name}\n${secret.comment ?? ""}`.toLowerCase().includes(search) &&
        (scopes.length === 0 || scopes.some((wanted) => secret.scopes.includes(wanted))),
    );
    const page = pageOf(
      sorted(context, found, ["name", "comment", "created", "modified"]),
      lenientPageRequest(context, 20, 100),
    );
    return secretsList({ ...page, items: page.items.map((secret) => present(context, secret)) });
  },
});

/** Takes an array and answers one; all or nothing. */
const create = classicEndpoint({
  method: "POST",
  path: PATH,
  needs: secretWriters,
  request: createBody,
  reply: classicWire(z.array(secretWire)),
  handle(context) {
    const store = storeOf(context);
    const made = checked(createBody, classicBody(context)).map((fields) => {
      if (secretsOf(context).some((secret) => secret.name === fields.name)) {
        throw refuseClassic(400, 1003, "secret_name_already_exists");
      }
      return addSecret(context, { store_id: store.id, ...fields, comment: fields.comment ?? null });
    });
    return classic(
      200,
      made.map((secret) => present(context, secret)),
    );
  },
});

const getOne = classicEndpoint({
  method: "GET",
  path: `${PATH}/:secret_id`,
  needs: secretReaders,
  reply: classicWire(secretWire),
  handle: (context) => classic(200, present(context, secretOf(context))),
});

const patch = classicEndpoint({
  method: "PATCH",
  path: `${PATH}/:secret_id`,
  needs: secretWriters,
  request: patchBody,
  reply: classicWire(secretWire),
  handle(context) {
    const secret = secretOf(context);
    const { value: text, scopes, comment } = checked(patchBody, classicBody(context));
    const changed = rewriteSecret(context, secret, {
      ...(text === undefined ? {} : { value: text }),
      ...(scopes === undefined ? {} : { scopes }),
      ...(comment === undefined ? {} : { comment }),
    });
    return classic(200, present(context, changed));
  },
});

/** 202, not 200 (OAS 2026-10). */
const remove = classicEndpoint({
  method: "DELETE",
  path: `${PATH}/:secret_id`,
  needs: secretWriters,
  reply: classicWire(z.null()),
  handle(context) {
    const { id } = secretOf(context);
    drop(context, new Set([id]));
    return classic(202, null);
  },
});

/** The body is required although SDK 7.3.0 sends none; ids that are not there are passed over (our choice). */
const removeMany = classicEndpoint({
  method: "DELETE",
  path: PATH,
  needs: secretWriters,
  request: bulkDeleteBody,
  reply: classicWire(z.array(secretWire)),
  handle(context) {
    const ids = new Set(checked(bulkDeleteBody, classicBody(context)).ids);
    const gone = secretsOf(context).filter((secret) => ids.has(secret.id));
    drop(context, new Set(gone.map((secret) => secret.id)));
    return classic(
      202,
      gone.map((secret) => ({ ...present(context, secret), status: "deleted" })),
    );
  },
});

function drop(context: Context, ids: ReadonlySet<string>): void {
  const secrets = context.store.cloudflare.secrets.filter((secret) => !ids.has(secret.id));
  context.store.writeCloudflare({ secrets });
}

export const secretEndpoints: readonly Endpoint[] = [listAll, create, getOne, patch, remove, removeMany];
