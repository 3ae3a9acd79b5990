import type { JsonObject } from "../../../src/base/json.ts";
import type { Sample } from "../sample.ts";

const DEFAULTS = "/ai-gateway/budgets/defaults";
const minimal = { limit: 50 };
const wire = { scopeType: "api-key", limitAmount: 50 };

export const budgetDefault: Sample = {
  kind: "vercel.budget_default",
  key: "api_key",
  address: "vercel.budget_default.api_key",
  block: (entries) => ({ vercel: { budget_defaults: entries } }),
  minimal,
  full: { limit: 60, refresh_period: "weekly", alert_thresholds: [50, 100] },
  several: {
    api_key: minimal,
    user: { limit: 5.5, refresh_period: "none" },
    project: { limit: 7, alert_thresholds: [75] },
  },
  env: {},
  changes: [
    { path: "limit", from: 50, to: 25, held: ["limitAmount", 25] },
    {
      path: "refresh_period",
      from: "weekly",
      to: "daily",
      beside: minimal,
      held: ["refreshPeriod", "daily"],
    },
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
    [minimal, { ...minimal, refresh_period: "monthly", alert_thresholds: [] }],
    [
      { ...minimal, alert_thresholds: [50, 100] },
      { ...minimal, alert_thresholds: [100, 50, 50] },
    ],
  ],
  release: {
    before: { limit: 50, refresh_period: "weekly" },
    after: minimal,
    path: "refresh_period",
    held: ["refreshPeriod", "weekly"],
  },
  secret: { na: "it has no secret field" },
  live: ({ vercel }) =>
    vercel.budget_defaults.map((record) => ({
      id: record.scopeType.replace("-", "_"),
      record: record as unknown as JsonObject,
    })),
  path: `${DEFAULTS}/list$`,
  twin: {
    differing: { limit: 51 },
    make: async ({ vercel }) => {
      await vercel("PUT", DEFAULTS, wire);
      return "api_key";
    },
  },
  remove: ({ vercel }) => vercel("DELETE", `${DEFAULTS}?scopeType=api-key`),
  drift: {
    path: "limit",
    change: ({ vercel }) =>
      vercel("PUT", DEFAULTS, {
        ...wire,
        limitAmount: 5000,
        refreshPeriod: "weekly",
        alertThresholds: [50, 100],
      }),
    held: ["limitAmount", 60],
  },
  undeclared: {
    before: minimal,
    after: { limit: 51 },
    set: ({ vercel }) => vercel("PUT", DEFAULTS, { ...wire, refreshPeriod: "daily", alertThresholds: [75] }),
    held: [
      ["refreshPeriod", "daily"],
      ["alertThresholds", [75]],
    ],
  },
  inside: { na: "nothing lives in it" },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    pages: "its list has no pages",
    immutable: "every field changes in place",
    ambiguous: "a scope has one default: there cannot be two",
    shared: "it is owned",
  },
};
