import type { JsonObject } from "../../../src/base/json.ts";
import type { Sample } from "../sample.ts";

const RULES = "/ai-gateway/rules";
const opus = "anthropic/claude-opus-4.7";
const haiku = "anthropic/claude-haiku-4.5";
const rewrite = { type: "rewrite", source: opus, destination: haiku };
const deny = { type: "deny", source: opus };

export const rule: Sample = {
  kind: "vercel.rule",
  key: "opus",
  address: "vercel.rule.opus",
  block: (entries) => ({ vercel: { rules: entries } }),
  minimal: deny,
  full: { ...rewrite, reason: "cost", description: "until March", enabled: false },
  several: {
    opus: rewrite,
    gpt: { type: "deny", source: "openai/gpt-5.5", enabled: false },
    fast: { type: "rewrite", source: "openai/gpt-5.1", destination: "vmc/fast" },
  },
  env: {},
  changes: [
    {
      path: "type",
      from: "deny",
      to: "rewrite",
      beside: { source: opus },
      along: { destination: haiku },
      replace: "gap",
    },
    {
      path: "source",
      from: opus,
      to: "openai/gpt-5.5",
      beside: { type: "deny" },
      replace: "create-first",
      held: ["match.model", "openai/gpt-5.5"],
    },
    {
      path: "destination",
      from: haiku,
      to: "openai/gpt-5.1",
      beside: rewrite,
      held: ["action.rewriteModel", "openai/gpt-5.1"],
    },
    { path: "reason", from: "cost", to: "quality", beside: deny, held: ["action.reason", "quality"] },
    { path: "reason", from: "cost", to: null, beside: rewrite, held: ["action", { rewriteModel: haiku }] },
    { path: "description", from: "until March", to: "until May", beside: deny },
    { path: "description", from: "until March", to: null, beside: deny, held: ["description", null] },
    {
      path: "description",
      from: "until March",
      to: "",
      beside: rewrite,
      held: ["action", { rewriteModel: haiku }],
    },
    { path: "enabled", from: true, to: false, beside: deny },
    { path: "enabled", from: false, to: true, beside: deny },
  ],
  unvaried: {},
  forms: [
    [
      deny,
      { ...deny, enabled: true },
      { ...deny, reason: null, description: null },
      { ...deny, reason: "", description: "" },
    ],
  ],
  release: {
    before: { ...deny, reason: "cost" },
    after: deny,
    path: "reason",
    held: ["action.reason", "cost"],
  },
  secret: { na: "it has no secret field" },
  live: ({ vercel }) =>
    vercel.rules
      .filter(({ deleted }) => !deleted)
      .map((record) => ({ id: record.ruleId, record: record as unknown as JsonObject })),
  path: `${RULES}$`,
  twin: {
    differing: { ...deny, reason: "cost" },
    make: async ({ vercel }) => {
      const made = await vercel("POST", RULES, { type: "deny", match: { model: opus } });
      return String(made.ruleId);
    },
  },
  remove: ({ vercel }, { id }) => vercel("DELETE", `${RULES}?ruleId=${id}`),
  drift: {
    path: "enabled",
    change: ({ vercel }, { id }) => vercel("PATCH", RULES, { ruleId: id, enabled: true }),
    held: ["enabled", false],
  },
  undeclared: {
    before: rewrite,
    after: { ...rewrite, destination: "openai/gpt-5.1" },
    set: ({ vercel }, { id }) =>
      vercel("PATCH", RULES, { ruleId: id, action: { reason: "by hand" }, enabled: false }),
    held: [
      ["action", { rewriteModel: "openai/gpt-5.1", reason: "by hand" }],
      ["enabled", false],
    ],
  },
  inside: { na: "nothing lives in it" },
  lag: { na: "no lag of its reads was ever reported" },
  not: {
    ambiguous: "the source model is unique: there cannot be two",
    shared: "it is owned",
  },
};
