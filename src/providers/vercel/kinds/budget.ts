// Kind `vercel.budget`: what the team, one of its projects or one of its users may spend. The one request that makes a
// budget also changes one, so a create looks first, and a change sends what is live as well.

import * as z from "zod";
import type { Fields } from "../../../model/kind-rules.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, unlessGone } from "../../../provider/error.ts";
import {
  type CreateInput,
  defineKind,
  type Found,
  type Listing,
  type UpdateInput,
} from "../../../provider/kind.ts";
import type { VercelReader, VercelWriter } from "../client.ts";
import {
  alertThresholds,
  BUDGET_POLICIES,
  budgetToWire,
  includeByok,
  limit,
  refreshPeriod,
} from "./budget-fields.ts";
import { findProject, findUser } from "./budget-subjects.ts";

const BUDGETS = "/ai-gateway/budgets";

/** Section → the API's name of the scope and of the member that says whose budget it is (OpenAPI of autumn 2026). */
const SCOPES = {
  team: { scopeType: "team" },
  projects: { scopeType: "project", field: "project_id", member: "projectId" },
  users: { scopeType: "user", field: "user_id", member: "userId" },
} as const;
type Section = keyof typeof SCOPES;

const spec = z.strictObject({
  limit,
  refresh_period: refreshPeriod("monthly"),
  include_byok: includeByok,
  alert_thresholds: alertThresholds(""),
});

const shape = z.looseObject({
  scopeType: z.string(),
  scopeId: z.string(),
  name: z.string().nullish(),
  limitAmount: z.number(),
  refreshPeriod: z.string().nullish(),
  includeByokInQuota: z.boolean().nullish(),
  alertThresholds: z.array(z.number()).nullish(),
  active: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  source: z.string().nullish(),
  updatedAt: z.number().nullish(),
});
type Wire = z.output<typeof shape>;

const listShape = z.looseObject({ budgets: z.array(shape) });

export const budget = defineKind<typeof spec, "scope" | "project_id" | "user_id", VercelReader, VercelWriter>(
  {
    kind: "vercel.budget",
    noun: "budget",
    description:
      "What the team, one of its projects or one of its users may spend. Every budget in whose scope a request is must have room for it.",
    section: "budgets",
    groups: {
      team: { single: true, description: "the budget of the whole team" },
      projects: { description: "budgets of projects, by name or id" },
      users: {
        description: "budgets of team members, by user name, e-mail address or id",
        key: {
          pattern: /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127}$/,
          expected: "a user name, an e-mail address or a user's id",
        },
      },
    },
    spec,
    keyText: ({ scope, project_id, user_id }) =>
      scope === "team" ? "team" : scope === "project" ? `projects/${project_id}` : `users/${user_id}`,
    example: { limit: 300, refresh_period: "monthly", include_byok: false, alert_thresholds: [50, 100] },
    example_key: "projects/web",
    docs: [{ title: "Budgets", url: "https://vercel.com/docs/ai-gateway/observability-and-spend/budgets" }],
    fields: {
      ...BUDGET_POLICIES,
      include_byok: { server_default: true, canonical: (value) => value ?? false },
      scope: { immutable: true },
      project_id: { immutable: true },
      user_id: { immutable: true },
    },
    fromKey,
    identity: ({ scope, project_id, user_id }) => `${scope} ${project_id ?? user_id ?? ""}`,
    identity_fields: ["scope", "project_id", "user_id"],
    key_is_name: true,
    // A changed budget shows within about five minutes (docs "Budgets", 2026-08-28).
    settles_within: 300,
    api: { list, find, create, update, delete: remove },
  },
);

function sectionOf(scope: unknown): Section | undefined {
  return (Object.keys(SCOPES) as Section[]).find((section) => SCOPES[section].scopeType === scope);
}

function fromKey(key: string): Fields {
  const [section = "", name = ""] = key.split("/");
  if (section === "projects") return { scope: "project", project_id: name };
  return section === "users" ? { scope: "user", user_id: name } : { scope: "team" };
}

async function find(api: VercelReader, { project_id, user_id }: Fields): Promise<Found> {
  if (typeof project_id === "string") return findProject(api, project_id);
  return typeof user_id === "string" ? findUser(api, user_id) : { fields: {} };
}

/** Of a user, CLI 64.0.2 takes the bare id and one with `usr_` before it for the same; the bare one is what it sends. */
function bareId(scopeType: string, scopeId: string): string {
  return scopeType === "user" ? scopeId.replace(/^usr_/, "") : scopeId;
}

/** What is written last stands for the making: the request for both is one, and it revives what was archived. */
function fromWire(wire: Wire, section: Section): LiveResource {
  const id = bareId(wire.scopeType, wire.scopeId);
  const { scopeType } = SCOPES[section];
  return {
    kind: "vercel.budget",
    id: section === "team" ? "team" : `${scopeType}:${id}`,
    name: section === "team" ? "team" : (wire.name ?? id),
    fields: {
      scope: scopeType,
      ...(section === "team" ? {} : { [SCOPES[section].field]: id }),
      limit: wire.limitAmount,
      refresh_period: wire.refreshPeriod ?? null,
      include_byok: wire.includeByokInQuota ?? null,
      alert_thresholds: wire.alertThresholds ?? [],
    },
    ...(typeof wire.updatedAt === "number" ? { created_at: wire.updatedAt } : {}),
  };
}

/**
 * Without pages (OpenAPI of autumn 2026). Rows that a default gives are no budgets of their own, those of API keys
 * belong to the keys, and what is archived or switched off limits nothing.
 */
async function list(api: VercelReader): Promise<Listing> {
  const { budgets } = await api.get(`${BUDGETS}/list`, listShape);
  const resources = budgets.flatMap((wire) => {
    const section = sectionOf(wire.scopeType);
    const own = wire.source !== "default" && wire.archived !== true && wire.active !== false;
    return section === undefined || !own ? [] : [fromWire(wire, section)];
  });
  return { resources, complete: true };
}

async function create(api: VercelWriter, { fields }: CreateInput) {
  const { scope, project_id, user_id } = fields;
  const id = scope === "team" ? "team" : `${scope}:${project_id ?? user_id}`;
  const { resources } = await list(api);
  if (resources.some((other) => other.id === id)) {
    throw new ProviderError(`there is a budget of ${id.replace(":", " ")} by now`, {
      refused: "exists",
      outcome: "not-applied",
    });
  }
  return { live: await put(api, id, fields) };
}

/**
 * Whether PUT keeps what it leaves out nobody has said, so it leaves nothing out. All that is declared goes along: the
 * list may still show what was live before the last change.
 */
async function update(api: VercelWriter, { id, fields }: UpdateInput): Promise<LiveResource> {
  const { resources } = await list(api);
  const live = resources.find((other) => other.id === id);
  if (live === undefined) {
    throw new ProviderError(`the budget of ${id.replace(":", " ")} is gone`, {
      refused: "not-found",
      outcome: "not-applied",
    });
  }
  return put(api, id, { ...live.fields, ...fields });
}

async function put(api: VercelWriter, id: string, fields: CreateInput["fields"]): Promise<LiveResource> {
  const { section, subject } = subjectOf(id);
  const body = { ...subject, ...budgetToWire(fields) };
  return fromWire(await api.put(BUDGETS, body, shape), section);
}

async function remove(api: VercelWriter, { id }: { readonly id: string }): Promise<void> {
  await unlessGone(api.delete(BUDGETS, subjectOf(id).subject));
}

/** What says whose budget it is, in a body and in a query. */
function subjectOf(id: string): { readonly section: Section; readonly subject: Record<string, string> } {
  const [scope, ...rest] = id.split(":");
  const section = sectionOf(scope) ?? "team";
  const { scopeType } = SCOPES[section];
  const subject = section === "team" ? {} : { [SCOPES[section].member]: rest.join(":") };
  return { section, subject: { scopeType, ...subject } };
}
