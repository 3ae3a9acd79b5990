/**
 * Secrets of a Secrets Store: list, bulk create, get, patch, duplicate, delete. The value is write-only. Envelope C; codes
 * and texts from DIS 2026, statuses ours where not recorded.
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { classicEndpoint, secretReaders, secretWriters } from "./endpoints.ts";
import { classic, classicListWire, classicWire, refuseClassic, secretsList } from "./envelopes.ts";
import { lenientPageRequest, pageOf } from "./paging.ts";
import { addSecret, isActive, rewriteSecret } from "./secret-records.ts";
import { classicBody, sorted, storeOf } from "./secrets-stores.ts";
import { type SecretRecord, secretScope } from "./state.ts";

/** At most 64 KiB since 2026; 1024 before (OAS 2026-10). */
const value = z.string().refine((text) => Buffer.byteLength(text) <= 65_536);

const newSecret = z.object({
  name: z.string().min(1),
  value,
  scopes: z.array(secretScope).min(1),
  comment: z.string().optional(),
});
const createBody = z.array(newSecret).min(1);
/** No `name`: it cannot change (OAS 2026-10). */
const patchBody = z.object({
  value: value.optional(),
  scopes: z.array(secretScope).min(1).optional(),
  comment: z.string().optional(),
});
/** Everything but the value, which it keeps (OAS 2026-10). */
const duplicateBody = newSecret.omit({ value: true });
const bulkDeleteBody = z.object({ ids: z.array(z.string()).min(1) });

export const secretWire = z.strictObject({
  id: z.string().max(32),
  store_id: z.string().max(32),
  name: z.string(),
  scopes: z.array(secretScope),
  comment: z.string().nullable(),
  status: z.enum(["pending", "active", "deleted"]),
  created: z.iso.datetime(),
  modified: z.iso.datetime(),
});

const PATH = "/secrets_store/stores/:store_id/secrets";

function present(context: Context, secret: SecretRecord): z.infer<typeof secretWire> {
  const { value: _, previous_value: __, active_from: ___, ...rest } = secret;
  const scopes = context.switches.secret_scopes_sorted ? rest.scopes.toSorted() : rest.scopes;
  return { ...rest, scopes, status: isActive(secret, context.now) ? "active" : "pending" };
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
    // A list with commas in OAS 2026-10; SDK 7.3.0 repeats the parameter instead.
    const scopes = query.getAll("scopes").flatMap((text) => text.split(","));
    const found = secretsOf(context).filter(
      (secret) =>
        `${secret.name}\n${secret.comment ?? ""}`.toLowerCase().includes(search) &&
        (scopes.length === 0 || secret.scopes.some((scope) => scopes.includes(scope))),
    );
    const shown = found.map((secret) => present(context, secret));
    const order = sorted(context, shown, ["name", "comment", "created", "modified", "status"]);
    return secretsList(pageOf(order, lenientPageRequest(context, 20, 100)));
  },
});

/** Names are unique in a store. */
function checkName(context: Context, name: string): void {
  if (secretsOf(context).some((secret) => secret.name === name)) {
    throw refuseClassic(400, 1003, "secret_name_already_exists");
  }
}

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
      checkName(context, fields.name);
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

const duplicate = classicEndpoint({
  method: "POST",
  path: `${PATH}/:secret_id/duplicate`,
  needs: secretWriters,
  request: duplicateBody,
  reply: classicWire(secretWire),
  handle(context) {
    const { store_id, value: kept } = secretOf(context);
    const { name, scopes, comment = null } = checked(duplicateBody, classicBody(context));
    checkName(context, name);
    const made = addSecret(context, { store_id, name, value: kept, scopes, comment });
    return classic(200, present(context, made));
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
  reply: classicWire(z.null()),
  handle(context) {
    const ids = new Set(checked(bulkDeleteBody, classicBody(context)).ids);
    const gone = secretsOf(context).filter((secret) => ids.has(secret.id));
    drop(context, new Set(gone.map((secret) => secret.id)));
    return classic(202, null);
  },
});

function drop(context: Context, ids: ReadonlySet<string>): void {
  const secrets = context.store.cloudflare.secrets.filter((secret) => !ids.has(secret.id));
  context.store.writeCloudflare({ secrets });
}

export const secretEndpoints: readonly Endpoint[] = [
  listAll,
  create,
  getOne,
  patch,
  duplicate,
  remove,
  removeMany,
];
