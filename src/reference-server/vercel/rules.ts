/**
 * Routing rules of a team: rewrite and deny. The id of a PATCH is in its body, DELETE is soft, `action` merges
 * key by key. OAS has no request bodies; these are CLI 64.0.2's (observed 2026-10) and open questions 15-24.
 */
import * as z from "zod";
import type { Context, Endpoint } from "../endpoint.ts";
import { json } from "../http.ts";
import { alphanumeric } from "../ids.ts";
import { replaced } from "../store.ts";
import {
  badRequest,
  type Caller,
  flagQuery,
  gatewayPaths,
  noContent,
  refuse,
  teamEndpoints,
} from "./endpoints.ts";
import { cursorAt, pageLimit, readCursor } from "./paging.ts";
import { checkChains } from "./rule-chains.ts";
import { ruleCreateBody, ruleUpdateBody, ruleWire } from "./shapes.ts";
import type { Role, RuleRecord } from "./state.ts";

/** Docs of 2026-09-17: Owner and Member write, Developer reads, others nothing. */
const writers: readonly Role[] = ["OWNER", "MEMBER"];
const readers: readonly Role[] = ["OWNER", "MEMBER", "DEVELOPER"];

const paths = gatewayPaths("rules");

function present(rule: RuleRecord): z.infer<typeof ruleWire> {
  const { deleted: _, ...wire } = rule;
  return wire;
}

function rulesOf(context: Context, caller: Caller): RuleRecord[] {
  return context.store.vercel.rules.filter((rule) => rule.ownerId === caller.team.id);
}

/** What a rule can aim at as `vmc/<slug>`. */
function virtualModels(context: Context, caller: Caller): ReadonlySet<string> {
  const active = context.store.vercel.virtual_models.filter(
    (model) => model.ownerId === caller.team.id && model.status === "active",
  );
  return new Set(active.map((model) => model.virtualModelSlug));
}

function liveRule(context: Context, caller: Caller, ruleId: string): RuleRecord {
  const rule = rulesOf(context, caller).find(
    (candidate) => candidate.ruleId === ruleId && !candidate.deleted,
  );
  if (rule === undefined) throw refuse(404, "not_found", "Rule not found");
  return rule;
}

/** What every rule must satisfy, after create and after update. */
function checkRule(type: RuleRecord["type"], model: string, rewriteModel: string | undefined): void {
  if (type === "deny" && rewriteModel !== undefined)
    throw badRequest("A deny rule takes no action.rewriteModel");
  if (type === "rewrite" && rewriteModel === undefined)
    throw badRequest("A rewrite rule needs action.rewriteModel");
  if (rewriteModel === model) throw badRequest("action.rewriteModel equals match.model");
}

/** A second live rule for the source, enabled or not, is a conflict; open question 16. */
function checkConflict(context: Context, caller: Caller, type: RuleRecord["type"], model: string): void {
  const byType = context.switches.rule_conflict === "model_and_type";
  const taken = context.store.vercel.rules.some(
    (rule) =>
      rule.match.model === model &&
      !rule.deleted &&
      rule.ownerId === caller.team.id &&
      (!byType || rule.type === type),
  );
  if (taken) throw refuse(409, "conflict", "A rule for this model already exists");
}

/** An `action` without keys is left out: a deny rule without reason has none (SDK 1.28.35). */
function action(rewriteModel: string | undefined, reason: string | undefined): Pick<RuleRecord, "action"> {
  if (rewriteModel === undefined && reason === undefined) return {};
  return {
    action: {
      ...(rewriteModel === undefined ? {} : { rewriteModel }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

const create = teamEndpoints({
  method: "POST",
  ...paths,
  roles: writers,
  request: ruleCreateBody,
  reply: ruleWire,
  handle(context, caller, body) {
    checkRule(body.type, body.match.model, body.action?.rewriteModel);
    checkConflict(context, caller, body.type, body.match.model);
    const rule: RuleRecord = {
      ruleId: `rule_${alphanumeric("rule", context.store.nextSequence(), 24)}`,
      ownerId: caller.team.id,
      type: body.type,
      match: { model: body.match.model },
      ...action(body.action?.rewriteModel, body.action?.reason),
      enabled: body.enabled ?? true,
      ...(body.description === undefined ? {} : { description: body.description }),
      deleted: false,
      createdAt: context.now,
      updatedAt: context.now,
      createdBy: caller.user.id,
      updatedBy: caller.user.id,
    };
    if (context.switches.strict_rules)
      checkChains([...rulesOf(context, caller), rule], virtualModels(context, caller));
    context.store.writeVercel({ rules: [...context.store.vercel.rules, rule] });
    return json(201, present(rule));
  },
});

/**
 * Oldest first. Without `limit` and `cursor` all of them and no `cursor` in the answer, open question 23; only the
 * server's own cap on pages makes it page unasked, as the REST docs of 2026-10 leave it free to do.
 */
const list = teamEndpoints({
  method: "GET",
  ...paths,
  roles: readers,
  reply: z.strictObject({ rules: z.array(ruleWire), cursor: z.string().nullable().optional() }),
  handle(context, caller) {
    const { query } = context.incoming;
    const includeDisabled = flagQuery(context, "includeDisabled");
    const limit = pageLimit(query.get("limit"));
    const start = readCursor(query.get("cursor")) ?? 0;
    // Positions count deleted rules too, so that a delete between two pages moves nothing.
    const shown = rulesOf(context, caller)
      .map((rule, index) => ({ rule, position: index + 1 }))
      .filter(({ rule }) => !rule.deleted && (rule.enabled || includeDisabled))
      .filter(({ position }) => position > start);
    if (limit === undefined && start === 0 && context.pageSize === undefined)
      return json(200, { rules: shown.map(({ rule }) => present(rule)) });
    const page = shown.slice(0, Math.min(limit ?? 100, context.pageSize ?? 100));
    const last = page.at(-1);
    const cursor = last === undefined || page.length === shown.length ? null : cursorAt(last.position);
    return json(200, { rules: page.map(({ rule }) => present(rule)), cursor });
  },
});

const update = teamEndpoints({
  method: "PATCH",
  ...paths,
  roles: writers,
  request: ruleUpdateBody,
  reply: ruleWire,
  handle(context, caller, body) {
    const old = liveRule(context, caller, body.ruleId);
    // CLI 64.0.2 sends only the changed key of `action`; null clears (open question 18).
    const rewriteModel = body.action?.rewriteModel ?? old.action?.rewriteModel;
    const reason = body.action?.reason === undefined ? old.action?.reason : (body.action.reason ?? undefined);
    const description = body.description === undefined ? old.description : (body.description ?? undefined);
    checkRule(old.type, old.match.model, rewriteModel);
    const { action: _, description: __, ...rest } = old;
    const rule: RuleRecord = {
      ...rest,
      ...action(rewriteModel, reason),
      ...(description === undefined ? {} : { description }),
      enabled: body.enabled ?? old.enabled,
      updatedAt: context.now,
      updatedBy: caller.user.id,
    };
    if (context.switches.strict_rules) {
      const rules = replaced(rulesOf(context, caller), (other) => other.ruleId === rule.ruleId, rule);
      checkChains(rules, virtualModels(context, caller));
    }
    save(context, rule);
    return json(200, present(rule));
  },
});

const remove = teamEndpoints({
  method: "DELETE",
  ...paths,
  roles: writers,
  handle(context, caller) {
    const ruleId = context.incoming.query.get("ruleId");
    if (ruleId === null || ruleId === "") throw badRequest("Invalid request: `ruleId`: required");
    const rule = liveRule(context, caller, ruleId);
    save(context, { ...rule, deleted: true, updatedAt: context.now, updatedBy: caller.user.id });
    return noContent;
  },
});

function save(context: Context, rule: RuleRecord): void {
  const rules = replaced(context.store.vercel.rules, (other) => other.ruleId === rule.ruleId, rule);
  context.store.writeVercel({ rules });
}

export const ruleEndpoints: readonly Endpoint[] = [create, list, update, remove].flat();
