/**
 * What routing rules and virtual models make of a requested model (docs *Routing Rules* and *Virtual Models*,
 * 2026-09-17): rewrites first, one after the other; then the virtual model; what that stands for is not rewritten, but
 * may be denied. Pure.
 */
import type { RuleRecord, VirtualModelRecord } from "../state.ts";

/** Rules and virtual models of one team. */
export interface Routing {
  readonly rules: readonly RuleRecord[];
  readonly virtualModels: readonly VirtualModelRecord[];
}

export type Resolved =
  /** In the order in which they are tried; at least one. */
  | { readonly kind: "models"; readonly models: readonly string[]; readonly virtual?: VirtualModelRecord }
  | { readonly kind: "denied"; readonly model: string; readonly rule: RuleRecord }
  /** A configuration error of the team. */
  | { readonly kind: "misconfigured"; readonly why: string }
  | { readonly kind: "missing" };

/** More rewrites than this for one request are an error (docs 2026-09-17). */
const MOST_REWRITES = 10;

const VIRTUAL = "vmc/";

/** Follows the rules from `requested` to what serves it. */
export function resolve(routing: Routing, requested: string): Resolved {
  let model = requested;
  const seen = new Set([requested]);
  for (let rule = ruleFor(routing, model); rule !== undefined; rule = ruleFor(routing, model)) {
    if (rule.type === "deny") return { kind: "denied", model, rule };
    model = rule.action?.rewriteModel ?? model;
    if (seen.has(model)) return { kind: "misconfigured", why: `the rewrites of '${model}' lead in a circle` };
    seen.add(model);
    if (seen.size - 1 > MOST_REWRITES)
      return { kind: "misconfigured", why: `more than ${MOST_REWRITES} rewrites` };
  }
  if (!model.startsWith(VIRTUAL)) return { kind: "models", models: [model] };
  const slug = model.slice(VIRTUAL.length);
  const virtual = routing.virtualModels.find(({ virtualModelSlug }) => virtualModelSlug === slug);
  if (virtual !== undefined && virtual.status === "active") return within(routing, virtual);
  // What is asked for directly and archived is 404 (docs 2026-09-17); a draft is taken for the same.
  if (seen.size === 1) return { kind: "missing" };
  return { kind: "misconfigured", why: `a rule leads to the virtual model '${model}', which is not active` };
}

/** The models of a virtual one without those that are denied. */
function within(routing: Routing, virtual: VirtualModelRecord): Resolved {
  const { modelSlug, models: fallbacks = [] } = virtual;
  const all = [...new Set([...(modelSlug === undefined ? [] : [modelSlug]), ...fallbacks])];
  const models = all.filter((model) => denierOf(routing, model) === undefined);
  if (models.length > 0) return { kind: "models", models, virtual };
  const [model = ""] = all;
  const rule = denierOf(routing, model);
  return rule === undefined ? { kind: "missing" } : { kind: "denied", model, rule };
}

/** Where there is a deny and a rewrite for one model, which a switch allows, the deny counts (our choice). */
function ruleFor(routing: Routing, model: string): RuleRecord | undefined {
  return denierOf(routing, model) ?? rulesFor(routing, model)[0];
}

function denierOf(routing: Routing, model: string): RuleRecord | undefined {
  return rulesFor(routing, model).find(({ type }) => type === "deny");
}

function rulesFor({ rules }: Routing, model: string): RuleRecord[] {
  return rules.filter((rule) => rule.match.model === model && rule.enabled && !rule.deleted);
}
