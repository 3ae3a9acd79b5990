/**
 * BYOK credentials of a team: the secrets with which its requests go to a provider. A secret goes in and never comes
 * out; PATCH replaces it in place, DELETE is soft and takes the model mappings along (REST docs of 2026-10-27 to
 * 2026-10-30, seen in part). Statuses are inferred from rules and virtual models, as are the roles.
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { json } from "../http.ts";
import { alphanumeric } from "../ids.ts";
import { replaced } from "../store.ts";
import { credentialCreateBody, credentialUpdateBody, credentialWire } from "./byok-shapes.ts";
import { type Caller, flagQuery, gatewayPaths, noContent, refuse, teamEndpoints } from "./endpoints.ts";
import type { CredentialRecord, Role } from "./state.ts";

const writers: readonly Role[] = ["OWNER", "MEMBER"];
const readers: readonly Role[] = ["OWNER", "MEMBER", "DEVELOPER"];

const itemPaths = gatewayPaths("byok-credentials/:credentialId");

function present(record: CredentialRecord): z.infer<typeof credentialWire> {
  const { credential: _, modelMappings: __, ...wire } = record;
  return wire;
}

function credentialsOf(context: Context, caller: Caller): CredentialRecord[] {
  return context.store.vercel.byok_credentials.filter((record) => record.ownerId === caller.team.id);
}

function liveCredential(context: Context, caller: Caller): CredentialRecord {
  const id = param(context, "credentialId");
  const record = credentialsOf(context, caller).find(
    (candidate) => candidate.credentialId === id && !candidate.deleted,
  );
  if (record === undefined) throw refuse(404, "not_found", "BYOK credential not found");
  return record;
}

function save(context: Context, old: CredentialRecord, record: CredentialRecord): void {
  const { byok_credentials } = context.store.vercel;
  context.store.writeVercel({
    byok_credentials: replaced(byok_credentials, (other) => other === old, record),
  });
}

const create = teamEndpoints({
  method: "POST",
  ...gatewayPaths("byok-credentials"),
  roles: writers,
  request: credentialCreateBody,
  reply: credentialWire,
  handle(context, caller, { ownerId: _, ...body }) {
    const record: CredentialRecord = {
      ...body,
      credentialId: `byok_${alphanumeric("byok", context.store.nextSequence(), 24)}`,
      ownerId: caller.team.id,
      active: body.active ?? true,
      deleted: false,
      modelMappings: [],
      createdAt: context.now,
      updatedAt: context.now,
    };
    context.store.writeVercel({ byok_credentials: [...context.store.vercel.byok_credentials, record] });
    return json(201, present(record));
  },
});

/** Without paging. `ownerId` is ignored; `decrypt` is "not supported" and changes nothing. */
const list = teamEndpoints({
  method: "GET",
  ...gatewayPaths("byok-credentials/list"),
  roles: readers,
  reply: z.strictObject({ credentials: z.array(credentialWire) }),
  handle(context, caller) {
    const provider = context.incoming.query.get("providerSlug");
    const includeDeleted = flagQuery(context, "includeDeleted");
    const withMappings = flagQuery(context, "includeModelMappings");
    flagQuery(context, "decrypt");
    const found = credentialsOf(context, caller).filter(
      (record) =>
        (provider === null || record.providerSlug === provider) && (includeDeleted || !record.deleted),
    );
    const credentials = found.map((record) =>
      withMappings ? { ...present(record), modelMappings: record.modelMappings } : present(record),
    );
    return json(200, { credentials });
  },
});

const getOne = teamEndpoints({
  method: "GET",
  ...itemPaths,
  roles: readers,
  reply: credentialWire,
  handle: (context, caller) => json(200, present(liveCredential(context, caller))),
});

const update = teamEndpoints({
  method: "PATCH",
  ...itemPaths,
  roles: writers,
  request: credentialUpdateBody,
  reply: credentialWire,
  handle(context, caller, body) {
    const old = liveCredential(context, caller);
    const zeroDataRetention = body.zeroDataRetention ?? old.zeroDataRetention;
    const record: CredentialRecord = {
      ...old,
      name: body.name ?? old.name,
      active: body.active ?? old.active,
      ...(zeroDataRetention === undefined ? {} : { zeroDataRetention }),
      credential: body.credential ?? old.credential,
      updatedAt: context.now,
    };
    save(context, old, record);
    return json(200, present(record));
  },
});

const remove = teamEndpoints({
  method: "DELETE",
  ...itemPaths,
  roles: writers,
  handle(context, caller) {
    const old = liveCredential(context, caller);
    save(context, old, { ...old, deleted: true, modelMappings: [], updatedAt: context.now });
    return noContent;
  },
});

export const byokEndpoints: readonly Endpoint[] = [create, list, getOne, update, remove].flat();
