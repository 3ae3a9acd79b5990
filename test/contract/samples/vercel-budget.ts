import type { JsonObject, JsonValue } from "../../../src/base/json.ts";
import type { Entries, Sample } from "../sample.ts";

const BUDGETS = "/ai-gateway/budgets";
/** The project `web` and the user `owner` that the server begins with. */
const WEB = "prj_Zf3xS5tPSeRJq8pyD7Y2u4kGmCQN";
const minimal = { limit: 300 };
const wire = { scopeType: "project", projectId: WEB, limitAmount: 300 };

/** Entries by their joined keys, in the three sections, all of which are looked at. */
function sections(entries: Entries): JsonObject {
  const within = (group: string): Record<string, JsonValue> =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([key, body]) =>
        key.startsWith(`${group}/`) ? [[key.slice(group.length + 1), body]] : [],
      ),
    );
  return { team: entries.team ?? {}, projects: within("projects"), users: within("users") };
}

export const budget: Sample = {
  kind: "vercel.budget",
  key: "projects/web",
  address: "vercel.budget.projects/web",
  block: (entries) => ({ vercel: { budgets: sections(entries) } }),
  minimal,
  full: { limit: 400, refresh_period: "weekly", include_byok: true, alert_thresholds: [50, 100] },
  several: {
    "projects/web": minimal,
    team: { limit: 2000.5, refresh_period: "none" },
    "users/owner": { limit: 7, alert_thresholds: [75] },
  },
  env: {},
  changes: [
    { path: "limit", from: 300, to: 250, held: ["limitAmount", 250] },
    {
      path: "refresh_period",
      from: "weekly",
      to: "daily",
      beside: minimal,
      held: ["refreshPeriod", "daily"],
    },
    { path: "include_byok", from: false, to: true, beside: minimal, held: ["includeByokInQuota", true] },
    {
      path: "alert_thresholds",
      from: [50],
      to: [75, 100],
      beside: minimal,
      held: ["alertThresholds", [75, 100]],
    },
    { path: "alert_thresholds", from: [50], to: [], beside: minimal, held: ["alertThresholds", []] },
  ],
  unvaried: {},
  forms: [
    [minimal, { ...minimal, refresh_period: "monthly", include_byok: false, alert_thresholds: [] }],
    [
      { ...minimal, alert_thresholds: [50, 100] },
      { ...minimal, alert_thresholds: [100, 50, 50] },
    ],
  ],
  release: {
    before: { limit: 300, refresh_period: "weekly" },
    after: minimal,
    path: "refresh_period",
    held: ["refreshPeriod", "weekly"],
  },
  secret: { na: "it has no secret field" },
  live: ({ vercel }) =>
    vercel.budgets
      .filter(({ archived }) => !archived)
      .map((record) => ({
        id: record.scopeType === "team" ? "team" : `${record.scopeType}:${record.scopeId}`,
        record: record as unknown as JsonObject,
      })),
  path: `${BUDGETS}/list$`,
  twin: {
    differing: { limit: 301 },
    make: async ({ vercel }) => {
      await vercel("PUT", BUDGETS, wire);
      return `project:${WEB}`;
    },
  },
  remove: ({ vercel }) => vercel("DELETE", `${BUDGETS}?scopeType=project&projectId=${WEB}`),
  drift: {
    path: "limit",
    change: ({ vercel }) =>
      vercel("PUT", BUDGETS, {
        ...wire,
        limitAmount: 5000,
        refreshPeriod: "weekly",
        includeByokInQuota: true,
        alertThresholds: [50, 100],
      }),
    held: ["limitAmount", 400],
  },
  undeclared: {
    before: minimal,
    after: { limit: 301 },
    set: ({ vercel }) =>
      vercel("PUT", BUDGETS, {
        ...wire,
        refreshPeriod: "daily",
        includeByokInQuota: true,
        alertThresholds: [75],
      }),
    held: [
      ["refreshPeriod", "daily"],
      ["includeByokInQuota", true],
      ["alertThresholds", [75]],
    ],
  },
  inside: { na: "nothing lives in it" },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    pages: "its list has no pages",
    immutable: "every field changes in place",
    ambiguous: "a team, a project or a user has one budget: there cannot be two",
    shared: "it is owned",
  },
};
