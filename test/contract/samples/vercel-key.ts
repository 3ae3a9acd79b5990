import type { JsonObject } from "../../../src/base/json.ts";
import type { Sample } from "../sample.ts";

const KEYS = "/v1/api-keys";
const deliver = [{ file: { path: "out/ci.key" } }];
const budget = { limit: 500, refresh_period: "monthly", include_byok: false, alert_thresholds: [50, 100] };

export const key: Sample = {
  kind: "vercel.key",
  key: "ci",
  address: "vercel.key.ci",
  block: (entries) => ({
    vercel: {
      keys: Object.fromEntries(
        Object.entries(entries).map(([name, body]) => [
          name,
          { ...body, deliver: name === "ci" ? deliver : [{ file: { path: `out/${name}.key` } }] },
        ]),
      ),
    },
  }),
  minimal: {},
  full: {
    name: "ci",
    project_id: "prj_web",
    expires_at: "2027-06-30T00:00:00Z",
    spend_attribution: "team",
    zdr_exempt: true,
    bypass_all_settings: true,
    budget,
  },
  several: { ci: {}, web: { budget: { limit: 5 } }, batch: { name: "nightly" } },
  env: {},
  changes: [
    { path: "name", from: "ci", to: "continuous", beside: { budget: { limit: 5 } } },
    { path: "budget.limit", from: 500, to: 250, held: ["quota.limitAmount", 250] },
    {
      path: "budget.refresh_period",
      from: "monthly",
      to: "weekly",
      beside: { budget: { limit: 500 } },
      held: ["quota.refreshPeriod", "weekly"],
    },
    {
      path: "budget.include_byok",
      from: false,
      to: true,
      beside: { budget: { limit: 500 } },
      held: ["quota.includeByokInQuota", true],
    },
    {
      path: "budget.include_byok",
      from: true,
      to: false,
      beside: { budget: { limit: 500 } },
      held: ["quota.includeByokInQuota", false],
    },
    {
      path: "budget.alert_thresholds",
      from: [50],
      to: [75, 100],
      beside: { budget: { limit: 500 } },
      held: ["quota.alertThresholds", [75, 100]],
    },
    {
      path: "budget.alert_thresholds",
      from: [50],
      to: [],
      beside: { budget: { limit: 500 } },
      held: ["quota.alertThresholds", []],
    },
    { path: "budget", from: budget, to: null, held: ["quota.archived", true] },
    {
      path: "project_id",
      from: "prj_web",
      to: "prj_docs",
      replace: "create-first",
      held: ["projectId", "prj_docs"],
    },
    { path: "project_id", from: "prj_web", to: null, replace: "create-first", held: ["projectId", null] },
    {
      path: "expires_at",
      from: "2027-06-30T00:00:00Z",
      to: "2027-12-31T00:00:00Z",
      replace: "create-first",
      held: ["expiresAt", Date.UTC(2027, 11, 31)],
    },
    {
      path: "spend_attribution",
      from: "user",
      to: "team",
      replace: "create-first",
      held: ["metadata.spendAttribution", "team"],
    },
    {
      path: "zdr_exempt",
      from: false,
      to: true,
      replace: "create-first",
      held: ["metadata", { zdr: { enableNonZdrModels: true } }],
    },
    { path: "zdr_exempt", from: true, to: false, replace: "create-first", held: ["metadata", null] },
    {
      path: "bypass_all_settings",
      from: false,
      to: true,
      replace: "create-first",
      held: ["metadata", { bypassAll: true }],
    },
    {
      path: "bypass_all_settings",
      from: true,
      to: false,
      replace: "create-first",
      held: ["metadata", null],
    },
  ],
  unvaried: {},
  forms: [
    [
      {},
      { budget: null },
      { project_id: null, expires_at: null },
      { name: "ci" },
      { zdr_exempt: false, bypass_all_settings: false },
    ],
    [
      { budget: { limit: 5 } },
      { budget: { limit: 5, refresh_period: "none" } },
      { budget: { limit: 5, include_byok: false, alert_thresholds: [] } },
    ],
    [
      { budget: { limit: 5, alert_thresholds: [50, 100] } },
      { budget: { limit: 5, alert_thresholds: [100, 50, 50] } },
    ],
    [
      { expires_at: "2027-06-30T00:00:00Z" },
      { expires_at: "2027-06-30T02:00:00+02:00" },
      { expires_at: "2027-06-30T00:00:00.000Z" },
    ],
  ],
  release: {
    before: { budget: { limit: 500, refresh_period: "weekly" } },
    after: { budget: { limit: 500 } },
    path: "budget.refresh_period",
    held: ["quota.refreshPeriod", "weekly"],
  },
  secret: { na: "it has no secret field; its own value comes from the vendor" },
  live: ({ vercel }) =>
    vercel.keys.map((record) => ({ id: record.id, record: record as unknown as JsonObject })),
  path: `${KEYS}$`,
  twin: {
    differing: { budget: { limit: 5 } },
    make: async ({ vercel }) => {
      const { apiKey } = await vercel("POST", KEYS, { purpose: "ai-gateway", name: "ci" });
      return String((apiKey as JsonObject).id);
    },
  },
  remove: ({ vercel }, { id }) => vercel("DELETE", `${KEYS}/${id}`),
  drift: {
    path: "budget.limit",
    change: ({ vercel }, { id }) => vercel("PATCH", `${KEYS}/${id}/quota`, { limitAmount: 5000 }),
    held: ["quota.limitAmount", 500],
  },
  undeclared: {
    before: { budget: { limit: 5 } },
    after: { budget: { limit: 6 } },
    set: ({ vercel }, { id }) =>
      vercel("PATCH", `${KEYS}/${id}/quota`, { refreshPeriod: "daily", alertThresholds: [75] }),
    held: [
      ["quota.refreshPeriod", "daily"],
      ["quota.alertThresholds", [75]],
    ],
  },
  inside: { na: "nothing lives in it" },
  lag: {
    switches: { quota_lag_ms: 60_000 },
    before: { budget: { limit: 5 } },
    after: { budget: { limit: 6 } },
    settling: true,
  },
  delivered: { file: "out/ci.key", value: ({ record }) => String(record.secret) },
  not: { shared: "it is owned" },
};
