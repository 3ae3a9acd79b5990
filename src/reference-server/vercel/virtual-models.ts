/**
 * Virtual models of a team ("virtual model configs"), called as `vmc/<slug>`. DELETE archives, a PATCH with
 * `deleted: false` restores; until then the slug stays taken. Evidence: OAS autumn 2026, CLI 64.0.2 observed, docs of
 * 2026-09-17; open question 32.
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { json, type Reply } from "../http.ts";
import { replaced } from "../store.ts";
import { badRequest, type Caller, gatewayPaths, noContent, refuse, teamEndpoints } from "./endpoints.ts";
import { cursorAt, readCursor } from "./paging.ts";
import type { Role, VirtualModelRecord } from "./state.ts";
import {
  virtualModelCreateBody,
  virtualModelUpdateBody,
  virtualModelUpdateBySlugBody,
  virtualModelWire,
} from "./virtual-model-shapes.ts";

/** Docs of 2026-09-17: Owner and Member write; that Developer reads is taken over from rules. */
const writers: readonly Role[] = ["OWNER", "MEMBER"];
const readers: readonly Role[] = ["OWNER", "MEMBER", "DEVELOPER"];

const paths = gatewayPaths("virtual-model-configs");
const itemPaths = gatewayPaths("virtual-model-configs/:slug");

type Changes = z.infer<typeof virtualModelUpdateBody>;

function modelsOf(context: Context, caller: Caller): VirtualModelRecord[] {
  return context.store.vercel.virtual_models.filter((model) => model.ownerId === caller.team.id);
}

function modelNamed(context: Context, caller: Caller, slug: string): VirtualModelRecord {
  const model = modelsOf(context, caller).find((candidate) => candidate.virtualModelSlug === slug);
  if (model === undefined) throw refuse(404, "not_found", "Virtual model not found");
  return model;
}

function liveModel(context: Context, caller: Caller, slug: string): VirtualModelRecord {
  const model = modelNamed(context, caller, slug);
  if (model.deleted) throw refuse(404, "not_found", "Virtual model not found");
  return model;
}

/** What each kind is made of (descriptions in OAS autumn 2026; that the API refuses the rest is inferred). */
function checkModel({ kind, modelSlug, models, baseUrl }: VirtualModelRecord): void {
  if (kind === "router") {
    if (modelSlug !== undefined)
      throw badRequest("Invalid request: `modelSlug`: a router has `models` instead");
    if (models === undefined || models.length === 0)
      throw badRequest("Invalid request: `models`: a router needs candidates");
  } else if (modelSlug === undefined) {
    throw badRequest("Invalid request: `modelSlug`: required");
  }
  if (kind === "relay" && baseUrl === undefined)
    throw badRequest("Invalid request: `baseUrl`: a relay needs one");
  if (kind !== "relay" && baseUrl !== undefined)
    throw badRequest("Invalid request: `baseUrl`: only a relay has one");
}

const create = teamEndpoints({
  method: "POST",
  ...paths,
  roles: writers,
  request: virtualModelCreateBody,
  reply: virtualModelWire,
  handle(context, caller, { ownerId: _, updatedBy: __, deleted: ___, ...body }) {
    const taken = modelsOf(context, caller).some(
      ({ virtualModelSlug }) => virtualModelSlug === body.virtualModelSlug,
    );
    if (taken) throw refuse(409, "conflict", "A virtual model with this slug already exists");
    const model: VirtualModelRecord = {
      ...body,
      ownerId: caller.team.id,
      kind: body.kind ?? "alias",
      status: body.status ?? "active",
      deleted: false,
      createdAt: context.now,
      updatedAt: context.now,
      createdBy: caller.user.id,
      updatedBy: caller.user.id,
    };
    checkModel(model);
    context.store.writeVercel({ virtual_models: [...context.store.vercel.virtual_models, model] });
    return json(201, model);
  },
});

/** Newest first. `ownerId` is ignored: a customer's token has its own team (inferred, as for BYOK credentials). */
const list = teamEndpoints({
  method: "GET",
  ...gatewayPaths("virtual-model-configs/list"),
  roles: readers,
  reply: z.strictObject({ virtualModelConfigs: z.array(virtualModelWire), cursor: z.string().nullable() }),
  handle(context, caller) {
    const { query } = context.incoming;
    const limit = Number(query.get("limit") ?? 100);
    // No upper bound in OAS autumn 2026; CLI 64.0.2 asks for 200.
    if (!Number.isInteger(limit) || limit < 1)
      throw badRequest("Invalid request: `limit`: must be 1 or more");
    const before = readCursor(query.get("cursor")) ?? Infinity;
    // Positions count deleted ones too, so that a delete between two pages moves nothing.
    const found = modelsOf(context, caller)
      .map((model, position) => ({ model, position }))
      .filter(({ model }) => !model.deleted || context.switches.deleted_virtual_models_listed)
      .filter(({ position }) => position < before)
      .reverse();
    const page = found.slice(0, Math.min(limit, context.pageSize ?? limit));
    const last = page.at(-1);
    const cursor = last === undefined || page.length === found.length ? null : cursorAt(last.position);
    return json(200, { virtualModelConfigs: page.map(({ model }) => model), cursor });
  },
});

function changed(context: Context, caller: Caller, slug: string, body: Changes): Reply {
  const { ownerId: _, updatedBy: __, deleted, status, ...fields } = body;
  // Only a restore reaches an archived one.
  const old = deleted === false ? modelNamed(context, caller, slug) : liveModel(context, caller, slug);
  const settings = Object.entries({ ...old, ...fields }).filter(([, value]) => value !== null);
  const merged: VirtualModelRecord = {
    ...(Object.fromEntries(settings) as VirtualModelRecord), // null clears, and only settings can be null
    deleted: deleted ?? false,
    status: deleted === true ? "archived" : (status ?? (old.deleted ? "active" : old.status)),
    updatedAt: context.now,
    updatedBy: caller.user.id,
  };
  checkModel(merged);
  save(context, old, merged);
  return json(200, merged);
}

function archived(context: Context, caller: Caller, slug: string): Reply {
  const old = liveModel(context, caller, slug);
  const { id: updatedBy } = caller.user;
  save(context, old, { ...old, deleted: true, status: "archived", updatedAt: context.now, updatedBy });
  return noContent;
}

function save(context: Context, old: VirtualModelRecord, model: VirtualModelRecord): void {
  const { virtual_models } = context.store.vercel;
  context.store.writeVercel({ virtual_models: replaced(virtual_models, (other) => other === old, model) });
}

const getOne = teamEndpoints({
  method: "GET",
  ...itemPaths,
  roles: readers,
  reply: virtualModelWire,
  handle: (context, caller) => json(200, liveModel(context, caller, param(context, "slug"))),
});

const update = teamEndpoints({
  method: "PATCH",
  ...itemPaths,
  roles: writers,
  request: virtualModelUpdateBody,
  reply: virtualModelWire,
  handle: (context, caller, body) => changed(context, caller, param(context, "slug"), body),
});

const remove = teamEndpoints({
  method: "DELETE",
  ...itemPaths,
  roles: writers,
  handle: (context, caller) => archived(context, caller, param(context, "slug")),
});

/** The slug of the older form, still in OAS autumn 2026. */
function slugQuery(context: Context): string {
  const slug = context.incoming.query.get("virtualModelSlug");
  if (slug === null || slug === "") throw badRequest("Invalid request: `virtualModelSlug`: required");
  return slug;
}

const getBySlug = teamEndpoints({
  method: "GET",
  ...paths,
  roles: readers,
  reply: virtualModelWire,
  handle: (context, caller) => json(200, liveModel(context, caller, slugQuery(context))),
});

const updateBySlug = teamEndpoints({
  method: "PATCH",
  ...paths,
  roles: writers,
  request: virtualModelUpdateBySlugBody,
  reply: virtualModelWire,
  handle: (context, caller, { virtualModelSlug, ...body }) =>
    changed(context, caller, virtualModelSlug, body),
});

const removeBySlug = teamEndpoints({
  method: "DELETE",
  ...paths,
  roles: writers,
  handle: (context, caller) => archived(context, caller, slugQuery(context)),
});

/** "Active and archived router configurations owned by the authenticated team" (SDK on GitHub, 2026-10). */
const routers = teamEndpoints({
  method: "GET",
  ...gatewayPaths("routers"),
  roles: readers,
  reply: z.strictObject({ routers: z.array(virtualModelWire) }),
  handle(context, caller) {
    return json(200, { routers: modelsOf(context, caller).filter(({ kind }) => kind === "router") });
  },
});

export const virtualModelEndpoints: readonly Endpoint[] = [
  ...[create, list, getOne, update, remove],
  ...[getBySlug, updateBySlug, removeBySlug, routers],
].flat();
