// Kind `vercel.key`: an AI Gateway API key with its budget. Its value is shown once, by the create call. Name and
// budget change in place (Terraform provider PR #589, 2026-08); everything else means another key.

import * as z from "zod";
import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import type { Fields, State } from "../../../model/kind-rules.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, reworded, unlessGone } from "../../../provider/error.ts";
import {
  type Created,
  type CreateInput,
  defineKind,
  type Listing,
  type LiveRef,
  type ResolvedFields,
  type ResolvedValue,
  type UpdateInput,
} from "../../../provider/kind.ts";
import { Secret } from "../../../provider/secret.ts";
import { segment } from "../../../provider/shape.ts";
import { canonicalTime } from "../../../provider/time.ts";
import type { VercelReader, VercelWriter } from "../client.ts";
import { readCursorPages } from "../pages.ts";
import { alertThresholds, budgetToWire, includeByok, limit, refreshPeriod } from "./budget-fields.ts";
import {
  BUDGET_DEFAULTS,
  budgetFromWire,
  canonicalBudget,
  isBudget,
  keyFromWire,
  keyShape,
  metadataToWire,
  quotaShape,
  shortBudget,
  type WireKey,
} from "./key-wire.ts";

const KEYS = "/v1/api-keys";
const PURPOSE = "ai-gateway";

const budget = z.strictObject({
  limit,
  refresh_period: refreshPeriod("none: it never does"),
  include_byok: includeByok,
  alert_thresholds: alertThresholds(""),
});

const spec = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^\S(?:[\s\S]*\S)?$/, { error: "expected a name without blanks at its ends" })
    .meta({
      title: "Name",
      description: "What the dashboard shows; the key of this entry if left out. Names need not be unique",
      examples: ["ci"],
    })
    .optional(),
  project_id: z
    .string()
    .min(1)
    .nullable()
    .meta({
      title: "Project",
      description:
        "Id of the one project that may use the key, not its name; null or left out for all projects",
      examples: ["prj_12HKQaOmR5t5Uy6vdcQsNIiZgHGB"],
    })
    .optional(),
  expires_at: z.iso
    .datetime({ offset: true })
    .nullable()
    .meta({
      title: "Expires at",
      description: "Time after which the key is refused, RFC 3339, at most two years ahead; null for never",
      examples: ["2027-06-30T00:00:00Z"],
    })
    .optional(),
  spend_attribution: z
    .enum(["user", "team"])
    .meta({
      title: "Spend attribution",
      description:
        "Whose spending it counts as beside the key's own. Owners and AI Gateway Budget Managers alone may say it",
      examples: ["team"],
    })
    .optional(),
  zdr_exempt: z
    .boolean()
    .meta({
      title: "ZDR exempt",
      description:
        "Whether its requests may go to models without zero data retention although the team asks for it. Owners alone may set it; a new one is not exempt",
      examples: [false],
    })
    .optional(),
  bypass_all_settings: z
    .boolean()
    .meta({
      title: "Bypass all settings",
      description:
        "Whether its requests pass by the team's gateway settings. Owners alone may set it; those of a new one do not",
      examples: [false],
    })
    .optional(),
  budget: budget
    .nullable()
    .meta({
      title: "Budget",
      description: "What may be spent with the key; null for no limit of its own",
      examples: [{ limit: 500, refresh_period: "monthly" }, null],
    })
    .optional(),
});

export const key = defineKind<typeof spec, "leaked_at", VercelReader, VercelWriter>({
  kind: "vercel.key",
  noun: "API key",
  description: "An AI Gateway API key of the team, with an optional budget. Its value is delivered once.",
  section: "keys",
  spec,
  example: {
    name: "ci",
    expires_at: "2027-06-30T00:00:00Z",
    budget: { limit: 500, refresh_period: "monthly", include_byok: false, alert_thresholds: [50, 100] },
  },
  example_key: "ci",
  docs: [
    { title: "API keys", url: "https://vercel.com/docs/ai-gateway/authentication-and-byok/api-keys" },
    { title: "Budgets", url: "https://vercel.com/docs/ai-gateway/observability-and-spend/budgets" },
  ],
  fields: {
    project_id: { immutable: true },
    expires_at: { immutable: true, canonical: canonicalTime },
    // PATCH takes the name alone (Terraform provider PR #589, 2026-08); the dashboard changes the attribution.
    spend_attribution: { immutable: true, server_default: true },
    zdr_exempt: {
      immutable: true,
      canonical: (value) => value ?? false,
      risk: {
        code: "zdr-exempt",
        message: "Requests with this key may go to models that keep data",
        when: (before, after) => before !== true && after === true,
      },
    },
    bypass_all_settings: {
      immutable: true,
      canonical: (value) => value ?? false,
      risk: {
        code: "settings-bypassed",
        message: "Requests with this key pass by the team's gateway settings",
        when: (before, after) => before !== true && after === true,
      },
    },
    budget: {
      merge: true,
      canonical: canonicalBudget,
      shorten: shortBudget,
      risk: {
        code: "budget-off",
        message: "Spending with this key is no longer limited by a budget of its own",
        when: (before, after) => isObject(before) && after === null,
      },
    },
    leaked_at: { measured: true },
  },
  fromKey: (name) => ({ name }),
  // Names are not unique: the CLI (64.0.2) asks for the id where several keys have one.
  identity: () => null,
  identity_fields: [],
  one_time_value: true,
  // A changed budget shows within about five minutes (docs "Budgets", 2026-08-28).
  settles_within: 300,
  state: stateOf,
  api: {
    list,
    get,
    create,
    update,
    delete: async (api: VercelWriter, { id }) => unlessGone(api.delete(`${KEYS}/${segment(id)}`)),
  },
});

/** Vercel revokes a key that was found in public (key docs, 2026-08-11). In a list it looks like any other, as an expired one does. */
function stateOf({ leaked_at, expires_at }: Fields, now: number): State | undefined {
  const leaked = typeof leaked_at === "string";
  const expired = typeof expires_at === "string" && Date.parse(expires_at) <= now;
  if (!leaked && !expired) return undefined;
  return {
    failed: true,
    text: leaked
      ? `was found in public at ${leaked_at}, and Vercel revokes such keys: requests with it are refused`
      : `has expired at ${expires_at}: requests with it are refused`,
    // A rotation keeps the time, and Vercel takes none that is past.
    hint: expired
      ? "another `expires_at` makes and delivers a new key, and deletes this one"
      : "`gateform rotate` with its address makes and delivers a new key",
  };
}

const pageShape = z.looseObject({
  apiKeys: z.array(keyShape),
  pagination: z.looseObject({ count: z.number().nullish(), next: z.string().nullish() }).nullish(),
});

const keyAnswer = z.looseObject({ apiKey: keyShape });
const createdShape = z.looseObject({ apiKeyString: z.string().min(1), apiKey: keyShape });
const quotaAnswer = z.looseObject({ quota: quotaShape });

function list(api: VercelReader): Promise<Listing> {
  return readCursorPages(async (until) => {
    const { apiKeys, pagination } = await api.get(KEYS, pageShape, {
      purpose: PURPOSE,
      limit: 100,
      ...(until === undefined ? {} : { until }),
    });
    const count = pagination?.count ?? apiKeys.length;
    return {
      // The query asks for this purpose alone; a key for anything else is never ours to list.
      resources: apiKeys
        .filter((item) => (item.purpose ?? PURPOSE) === PURPOSE)
        .map((item) => keyFromWire(item, item.quota)),
      next: pagination?.next ?? undefined,
      cut: count > apiKeys.length ? `a page announced ${count} keys and held ${apiKeys.length}` : undefined,
    };
  });
}

async function get(api: VercelReader, { id }: LiveRef): Promise<LiveResource | null> {
  let apiKey: WireKey;
  try {
    ({ apiKey } = await api.get(`${KEYS}/${segment(id)}`, keyAnswer));
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
  if (apiKey.quota !== undefined) return keyFromWire(apiKey, apiKey.quota);
  // This answer may lack the quota altogether (Terraform provider PR #589, 2026-08); the list has it.
  const listing = await list(api);
  const listed = listing.resources.find((item) => item.id === id);
  if (listed !== undefined) return listed;
  if (listing.complete) return keyFromWire(apiKey, null);
  throw new ProviderError(`the budget of key ${id} could not be read: ${listing.error}`, {
    refused: "malformed",
    outcome: "not-applied",
  });
}

async function create(api: VercelWriter, { fields }: CreateInput): Promise<Created> {
  const { name, project_id, expires_at, budget } = fields;
  const body: Record<string, ResolvedValue> = { purpose: PURPOSE };
  if (typeof name === "string") body.name = name;
  if (typeof project_id === "string") body.projectId = project_id;
  if (typeof expires_at === "string") body.expiresAt = Date.parse(expires_at);
  const metadata = metadataToWire(fields);
  if (metadata !== undefined) body.metadata = metadata;
  if (isBudget(budget)) body.aiGatewayQuota = budgetToWire(budget);
  const { apiKey, apiKeyString } = await api.post(KEYS, body, createdShape);
  const live = keyFromWire(apiKey, apiKey.quota);
  // The answer has no quota (Terraform provider PR #589, 2026-08): the one that was sent stands for it.
  const sent = apiKey.quota === undefined && isBudget(budget) ? withDefaults(budget) : live.fields.budget;
  return {
    live: { ...live, fields: { ...live.fields, budget: sent ?? null } },
    once: new Secret(apiKeyString),
  };
}

/** A new budget with what the server fills in. */
function withDefaults(budget: ResolvedFields): JsonObject {
  // A budget holds no secrets, so its resolved form is JSON.
  return { ...BUDGET_DEFAULTS, ...(budget as JsonObject) };
}

async function update(api: VercelWriter, { id, fields, changed }: UpdateInput): Promise<LiveResource> {
  const path = `${KEYS}/${segment(id)}`;
  const differs = (name: string): boolean =>
    changed.length === 0 || changed.some((dotted) => dotted.split(".")[0] === name);
  const { name, budget } = fields;
  let written: JsonValue | undefined;
  if (isBudget(budget) && differs("budget")) {
    // As the CLI (64.0.2 observed) does: a budget that was removed or switched off comes back into force.
    const body = { ...budgetToWire(await wholeWhereNew(api, id, budget)), active: true, archived: false };
    written = budgetFromWire((await api.patch(`${path}/quota`, body, quotaAnswer)).quota);
  } else if (budget === null && differs("budget")) {
    await removeBudget(api, path);
    written = null;
  }
  // Last, so that a name that is refused does not hold up the budget.
  const renamed = typeof name === "string" && differs("name") ? await rename(api, path, name) : undefined;
  const live = await get(api, { id });
  if (live === null) {
    throw new ProviderError(`key ${id} is gone`, { refused: "not-found", outcome: "not-applied" });
  }
  // Reads of a quota lag behind writes by up to minutes, so the answers of the writes count.
  return {
    ...live,
    name: renamed ?? live.name,
    fields: {
      ...live.fields,
      ...(renamed === undefined ? {} : { name: renamed }),
      ...(written === undefined ? {} : { budget: written }),
    },
  };
}

/**
 * The one write that changes a budget also brings back one that was removed, with all that it had (Terraform provider
 * PR #589, 2026-08). For its reader it is a new one, so what the file leaves out is sent as a new one has it.
 */
async function wholeWhereNew(api: VercelReader, id: string, budget: ResolvedFields): Promise<ResolvedFields> {
  const live = await get(api, { id });
  return isBudget(live?.fields.budget) ? budget : withDefaults(budget);
}

/** The key docs of 2026-08-11 say that a name is for good, while the Terraform provider (PR #589, 2026-08) changes it. */
async function rename(api: VercelWriter, path: string, name: string): Promise<string> {
  try {
    return (await api.patch(path, { name }, keyAnswer)).apiKey.name;
  } catch (error) {
    if (!(error instanceof ProviderError && error.refused === "invalid")) throw error;
    throw reworded(
      error,
      `${error.message}; where keys cannot be renamed, give name the value that it had, or declare another key`,
    );
  }
}

/** Succeeds where there is no budget; a key that is gone shows in the read that follows. */
async function removeBudget(api: VercelWriter, path: string): Promise<void> {
  return unlessGone(api.patch(`${path}/quota`, { archived: true }, z.unknown()));
}
