/**
 * Secrets Store: quota and stores. Envelope C. Error codes and texts from DIS 2026; where the HTTP status was
 * not recorded it is ours: 404 for what is missing, 400 for the rest.
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { hexId } from "../ids.ts";
import { classicEndpoint, secretReaders, secretWriters } from "./endpoints.ts";
import { classic, classicListWire, classicWire, refuseClassic, secretsList } from "./envelopes.ts";
import { lenientPageRequest, pageOf } from "./paging.ts";
import type { StoreRecord } from "./state.ts";

const createBody = z.object({ name: z.string().min(1) });

export const storeWire = z.strictObject({
  id: z.string().max(32),
  name: z.string(),
  created: z.iso.datetime(),
  modified: z.iso.datetime(),
  account_id: z.string().optional(),
});

/** The store named in the path; refuses with 404/1001. */
export function storeOf(context: Context): StoreRecord {
  const id = param(context, "store_id");
  const store = context.store.cloudflare.stores.find((candidate) => candidate.id === id);
  if (store === undefined) throw refuseClassic(404, 1001, "store_not_found");
  return store;
}

/** Sorted by the query's `order` and `direction`; created and desc by default (OAS 2026-10). */
export function sorted<T extends { created: string }>(
  context: Context,
  list: readonly T[],
  keys: readonly (keyof T & string)[],
): T[] {
  const { query } = context.incoming;
  const key = keys.find((candidate) => candidate === query.get("order")) ?? "created";
  const sign = query.get("direction") === "asc" ? 1 : -1;
  const order = list.map((item, index) => ({ item, index, text: String(item[key] ?? "") }));
  order.sort((a, b) => sign * (a.text < b.text ? -1 : a.text > b.text ? 1 : a.index - b.index));
  return order.map(({ item }) => item);
}

/** The JSON body of a classic endpoint; refuses with 1001 `invalid_json_body`. */
export function classicBody(context: Context): unknown {
  const { payload } = context.incoming;
  if (payload.kind !== "json") throw refuseClassic(400, 1001, "invalid_json_body");
  return payload.value;
}

function present(context: Context, store: StoreRecord): z.infer<typeof storeWire> {
  return { ...store, account_id: context.store.cloudflare.account_id };
}

const quota = classicEndpoint({
  method: "GET",
  path: "/secrets_store/quota",
  needs: secretReaders,
  reply: classicWire(z.strictObject({ secrets: z.strictObject({ quota: z.int(), usage: z.int() }) })),
  handle(context) {
    const usage = context.store.cloudflare.secrets.length;
    return classic(200, { secrets: { quota: context.switches.secrets_quota, usage } });
  },
});

const listAll = classicEndpoint({
  method: "GET",
  path: "/secrets_store/stores",
  needs: secretReaders,
  reply: classicListWire(storeWire),
  handle(context) {
    const stores = sorted(context, context.store.cloudflare.stores, ["name", "created", "modified"]);
    const page = pageOf(stores, lenientPageRequest(context, 20, 100));
    return secretsList({ ...page, items: page.items.map((store) => present(context, store)) });
  },
});

const create = classicEndpoint({
  method: "POST",
  path: "/secrets_store/stores",
  needs: secretWriters,
  request: createBody,
  reply: classicWire(storeWire),
  handle(context) {
    const body = createBody.safeParse(classicBody(context));
    if (!body.success) throw refuseClassic(400, 1001, "store_name_empty");
    const { stores } = context.store.cloudflare;
    if (stores.length >= context.switches.max_stores) {
      throw refuseClassic(400, 1003, "maximum_stores_exceeded");
    }
    const at = new Date(context.now).toISOString();
    const store: StoreRecord = {
      id: hexId("store", context.store.nextSequence()),
      name: body.data.name,
      created: at,
      modified: at,
    };
    context.store.writeCloudflare({ stores: [...stores, store] });
    return classic(200, present(context, store));
  },
});

const getOne = classicEndpoint({
  method: "GET",
  path: "/secrets_store/stores/:store_id",
  needs: secretReaders,
  reply: classicWire(storeWire),
  handle: (context) => classic(200, present(context, storeOf(context))),
});

const remove = classicEndpoint({
  method: "DELETE",
  path: "/secrets_store/stores/:store_id",
  needs: secretWriters,
  reply: classicWire(z.null()),
  handle(context) {
    const store = storeOf(context);
    const { stores, secrets } = context.store.cloudflare;
    const held = secrets.some((secret) => secret.store_id === store.id);
    if (held && context.incoming.query.get("force") !== "true") {
      throw refuseClassic(409, 1003, "store_not_empty");
    }
    context.store.writeCloudflare({
      stores: stores.filter((other) => other.id !== store.id),
      secrets: secrets.filter((secret) => secret.store_id !== store.id),
    });
    return classic(200, null);
  },
});

export const secretsStoreEndpoints: readonly Endpoint[] = [quota, listAll, create, getOne, remove];
