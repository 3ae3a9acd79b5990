// The scenes of Vercel's kinds whose values nobody has to be given.

import { budget } from "../../contract/samples/vercel-budget.ts";
import { budgetDefault } from "../../contract/samples/vercel-budget-default.ts";
import { byokCredential } from "../../contract/samples/vercel-byok-credential.ts";
import { rule } from "../../contract/samples/vercel-rule.ts";
import { virtualModel } from "../../contract/samples/vercel-virtual-model.ts";
import { type Scene, sceneOf } from "./scene.ts";

const HAIKU = "anthropic/claude-haiku-4.5";
const alias = virtualModel.minimal;
const credential = byokCredential.minimal;
const deny = (source: string) => ({ type: "deny", source });

export const vercelScenes: readonly Scene[] = [
  sceneOf(rule, {
    before: {
      reason: { ...deny("openai/gpt-5.1"), reason: "cost" },
      type: deny("anthropic/claude-opus-4.7"),
      source: deny("openai/gpt-5.5"),
      gone: deny("openai/gpt-4o"),
    },
    after: {
      reason: { ...deny("openai/gpt-5.1"), reason: "quality" },
      type: { type: "rewrite", source: "anthropic/claude-opus-4.7", destination: HAIKU },
      source: deny("openai/gpt-5.6"),
      fresh: deny("openai/gpt-4.1"),
    },
    foreign: { theirs: deny("openai/o3") },
  }),
  // What was deleted keeps its slug at Vercel, and is brought back in place of being made.
  sceneOf(virtualModel, {
    earlier: { restored: { ...alias, sort: "tps" } },
    before: { fast: { ...alias, sort: "cost" }, gone: alias },
    after: { fast: { ...alias, sort: "tps" }, fresh: alias, restored: { ...alias, sort: "cost" } },
    foreign: { theirs: alias },
  }),
  sceneOf(
    budget,
    {
      before: { "projects/web": { limit: 300 }, "users/owner": { limit: 7 }, "projects/api": { limit: 1 } },
      after: { "projects/web": { limit: 250, refresh_period: "weekly" }, team: { limit: 2000 } },
      foreign: { "projects/docs": { limit: 5 } },
    },
    {
      seed: (state) => {
        const [project] = state.vercel.projects;
        if (project === undefined) throw new Error("the server has a project to begin with");
        const more = ["api", "docs"].map((name) => ({ ...project, id: `prj_${name}`, name }));
        return { ...state, vercel: { ...state.vercel, projects: [project, ...more] } };
      },
    },
  ),
  sceneOf(budgetDefault, {
    before: { api_key: { limit: 50 }, user: { limit: 5 } },
    after: { api_key: { limit: 25, alert_thresholds: [50] }, project: { limit: 7 } },
    foreign: {},
  }),
  sceneOf(byokCredential, {
    before: {
      openai: credential,
      other: { provider_slug: "anthropic", name: "other", ...credential },
      gone: { provider_slug: "mistral", ...credential },
    },
    after: {
      openai: { credential: { apiKey: { env: "OTHER" } }, active: false },
      other: { provider_slug: "azure", name: "other", ...credential },
      fresh: { provider_slug: "groq", credential: { apiKey: { env: "OTHER" } } },
    },
    foreign: { theirs: { provider_slug: "xai", ...credential } },
  }),
];
