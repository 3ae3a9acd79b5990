// Kind `vercel.budget_default`: the budget of everything of a scope that has none of its own. There is one per scope.
// The one request that makes one also changes one, so a create looks first, and a change sends what is live as well.

import * as z from "zod";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, unlessGone } from "../../../provider/error.ts";
import { type CreateInput, defineKind, type Listing, type UpdateInput } from "../../../provider/kind.ts";
import type { VercelReader, VercelWriter } from "../client.ts";
import { alertThresholds, BUDGET_POLICIES, budgetToWire, limit, refreshPeriod } from "./budget-fields.ts";

const DEFAULTS = "/ai-gateway/budgets/defaults";

/** Key → the API's name of the scope (OpenAPI of autumn 2026). */
const SCOPES: Readonly<Record<string, string>> = {
  team: "team",
  project: "project",
  user: "user",
  api_key: "api-key",
};

const spec = z.strictObject({
  limit,
  refresh_period: refreshPeriod("monthly"),
  // Budget docs, 2026-08-28.
  alert_thresholds: alertThresholds(", which Vercel does not do for defaults so far"),
});

const shape = z.looseObject({
  scopeType: z.string(),
  limitAmount: z.number(),
  refreshPeriod: z.string().nullish(),
  alertThresholds: z.array(z.number()).nullish(),
  active: z.boolean().nullish(),
  updatedAt: z.number().nullish(),
});

const listShape = z.looseObject({ defaults: z.array(shape) });

export const budgetDefault = defineKind<typeof spec, "scope", VercelReader, VercelWriter>({
  kind: "vercel.budget_default",
  noun: "budget default",
  description:
    "The budget of each project, user or API key that has none of its own; the key says of which. Spending beyond it is refused.",
  section: "budget_defaults",
  spec,
  key: {
    pattern: new RegExp(`^(?:${Object.keys(SCOPES).join("|")})$`),
    expected: "team, project, user or api_key",
  },
  example: { limit: 50, refresh_period: "monthly" },
  example_key: "api_key",
  docs: [{ title: "Budgets", url: "https://vercel.com/docs/ai-gateway/observability-and-spend/budgets" }],
  fields: BUDGET_POLICIES,
  fromKey: (scope) => ({ scope }),
  identity: ({ scope }) => String(scope),
  identity_fields: ["scope"],
  key_is_id: true,
  write_permission: "the role Owner or the permission AiGatewayBudgetManager",
  // A changed budget shows within about five minutes (docs "Budgets", 2026-08-28).
  settles_within: 300,
  api: {
    list,
    create,
    update,
    delete: async (api, { id }) => unlessGone(api.delete(DEFAULTS, { scopeType: SCOPES[id] ?? id })),
  },
});

/** What is written last stands for the making: the request for both is one. */
function fromWire(wire: z.output<typeof shape>): LiveResource {
  const scope = Object.keys(SCOPES).find((key) => SCOPES[key] === wire.scopeType) ?? wire.scopeType;
  return {
    kind: "vercel.budget_default",
    id: scope,
    name: scope,
    fields: {
      scope,
      limit: wire.limitAmount,
      refresh_period: wire.refreshPeriod ?? null,
      alert_thresholds: wire.alertThresholds ?? [],
    },
    ...(typeof wire.updatedAt === "number" ? { created_at: wire.updatedAt } : {}),
  };
}

/** Without pages (OpenAPI of autumn 2026). One that is switched off limits nothing and counts as none. */
async function list(api: VercelReader): Promise<Listing> {
  const { defaults } = await api.get(`${DEFAULTS}/list`, listShape);
  return { resources: defaults.filter(({ active }) => active !== false).map(fromWire), complete: true };
}

async function find(api: VercelReader, scope: string): Promise<LiveResource | undefined> {
  return (await list(api)).resources.find(({ id }) => id === scope);
}

async function create(api: VercelWriter, { fields }: CreateInput) {
  const scope = String(fields.scope);
  if ((await find(api, scope)) !== undefined) {
    throw new ProviderError(`there is a budget default for ${scope} by now`, {
      refused: "exists",
      outcome: "not-applied",
    });
  }
  return { live: await put(api, scope, fields) };
}

/**
 * Whether PUT keeps what it leaves out nobody has said, so it leaves nothing out. All that is declared goes along: the
 * list may still show what was live before the last change.
 */
async function update(api: VercelWriter, { id, fields }: UpdateInput): Promise<LiveResource> {
  const live = await find(api, id);
  if (live === undefined) {
    throw new ProviderError(`the budget default for ${id} is gone`, {
      refused: "not-found",
      outcome: "not-applied",
    });
  }
  return put(api, id, { ...live.fields, ...fields });
}

async function put(api: VercelWriter, scope: string, fields: CreateInput["fields"]): Promise<LiveResource> {
  const body = { scopeType: SCOPES[scope] ?? scope, ...budgetToWire(fields) };
  return fromWire(await api.put(DEFAULTS, body, shape));
}
