// Routing rules and virtual models of a team as tables to walk over: which enabled rules name a model, what a virtual
// model stands for. Pure; the walk is in walk.ts.

import { compareText, type JsonValue } from "../../../base/json.ts";
import { append } from "../../../base/multimap.ts";
import type { BehaviourGraph, GraphResource } from "../../../provider/behaviour.ts";
import { rule } from "../kinds/rule.ts";
import { virtualModel } from "../kinds/virtual-model.ts";

export const RULE = rule.rules.kind;
export const VIRTUAL_MODEL = virtualModel.rules.kind;

/** What a virtual model is called in requests and as a destination (Vercel docs "Virtual Models", 2026-09-17). */
const VIRTUAL_PREFIX = "vmc/";

/** An enabled rule. */
export interface Rule extends GraphResource {
  readonly source: string;
  /** `null`: it denies. */
  readonly destination: string | null;
  readonly reason: string | null;
}

export interface VirtualModel extends GraphResource {
  /** Only an active one answers; nobody has said what a draft does. */
  readonly status: "active" | "draft" | "archived";
  /** Where a relay passes its requests on to. */
  readonly relay: string | null;
  /** A custom router chooses among its models by a measure, and not in their order (OpenAPI of autumn 2026). */
  readonly chooses: boolean;
  /** In the order in which they are tried; empty where that cannot be told. */
  readonly models: readonly string[];
}

export interface Routing {
  /** Enabled rules for a model. Nobody knows which one Vercel takes where there are several. */
  readonly rulesFor: (model: string) => readonly Rule[];
  /** The rule that counts for a model: the only one, or the first of several that do the same. */
  readonly ruleFor: (model: string) => Rule | "undecided" | undefined;
  readonly rules: readonly Rule[];
  /** What `vmc/<slug>` stands for; `unread` where something live was read and virtual models were not. */
  readonly virtualModel: (slug: string) => VirtualModel | "missing" | "unread" | "undeclared";
  /** Virtual models one of whose models a rule denies, as requests name them. */
  readonly hit: readonly string[];
}

/** The slug in `vmc/<slug>`; `undefined` for any other model. */
export function slugOf(model: string): string | undefined {
  return model.startsWith(VIRTUAL_PREFIX) ? model.slice(VIRTUAL_PREFIX.length) : undefined;
}

/** Makes the tables. Disabled rules have no part in anything. */
export function routingOf({ resources, known }: BehaviourGraph): Routing {
  const rules: Rule[] = [];
  const bySource = new Map<string, Rule[]>();
  const virtualModels = new Map<string, VirtualModel>();
  for (const resource of resources) {
    if (resource.kind === RULE) {
      const found = ruleOf(resource);
      if (found === undefined) continue;
      rules.push(found);
      append(bySource, found.source, found);
    } else if (resource.kind === VIRTUAL_MODEL) {
      virtualModels.set(String(resource.fields.slug), virtualModelOf(resource));
    }
  }
  // A name for what happens must not depend on the order of a list.
  for (const same of bySource.values()) same.sort((a, b) => compareText(a.title, b.title));
  const rulesFor = (model: string): readonly Rule[] => bySource.get(model) ?? [];
  const denied = (model: string): boolean => rulesFor(model).some(({ destination }) => destination === null);
  const absent = known.has(VIRTUAL_MODEL) ? "missing" : known.size > 0 ? "unread" : "undeclared";
  return {
    rules,
    rulesFor,
    ruleFor: (model) => {
      const [first, ...others] = rulesFor(model);
      return others.every(({ destination }) => destination === first?.destination) ? first : "undecided";
    },
    virtualModel: (slug) => virtualModels.get(slug) ?? absent,
    hit: [...virtualModels]
      .filter(([, { models }]) => models.some(denied))
      .map(([slug]) => `${VIRTUAL_PREFIX}${slug}`),
  };
}

/** A rule that says nothing of `enabled` is a new one, and new ones are (inferred from the CLI 64.0.2, which never sends it). */
function ruleOf(resource: GraphResource): Rule | undefined {
  const { type, source, destination, reason, enabled } = resource.fields;
  if (enabled === false || typeof source !== "string") return undefined;
  const deny = type === "deny";
  if (!deny && typeof destination !== "string") return undefined;
  return {
    ...resource,
    source,
    destination: deny ? null : String(destination),
    reason: typeof reason === "string" && reason !== "" ? reason : null,
  };
}

function virtualModelOf(resource: GraphResource): VirtualModel {
  const { kind, model, models, status, base_url } = resource.fields;
  const all = [model, ...(Array.isArray(models) ? models : [])].filter(isText);
  // A new one is active (CLI 64.0.2 sends no status).
  const state = status === "draft" || status === "archived" ? status : "active";
  return {
    ...resource,
    status: state,
    relay: kind === "relay" && isText(base_url) ? withoutUser(base_url) : null,
    chooses: kind === "router",
    models: [...new Set(all)],
  };
}

/** No file may have a user name and password in it, but what is live was not made by files alone. */
function withoutUser(address: string): string {
  return address.replace(/^([^:/]+:\/\/)[^/?#]*@/, "$1");
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}
