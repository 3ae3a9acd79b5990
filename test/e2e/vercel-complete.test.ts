// The example with every kind of Vercel's.

import { vercel } from "../../src/providers/vercel/index.ts";
import { testComplete } from "./complete.ts";
import { changed, unchangeable, variables } from "./vercel-changes.ts";

testComplete({
  provider: vercel,
  name: "vercel-complete",
  resources: 13,
  variables,
  changed,
  unchangeable,
  // A key, a rule and a credential have fields that cannot be changed in place.
  deletes: 3,
  rotated: ["vercel.byok_credential.openai", "credential.apiKey"],
  said: [
    "Valid: stack vercel-complete declares 13 resources",
    "Plan: 13 to create,",
    "Apply: 13 done.",
    "No changes. 13 resources match.",
    "Served by openai/gpt-5.1, else by anthropic/claude-haiku-4.5, else by openai/gpt-5.1-mini",
    "Denied with status 403 (reason: previews are not for production)",
    "credential: { apiKey: (sensitive) } → { apiKey: (secret, env OPENAI_API_KEY) }",
    'project_id: "prj_Zf3xS5tPSeRJq8pyD7Y2u4kGmCQN" → (none)  # forces replacement',
    "after:  vercel.rule.opus-to-sonnet → vercel.rule.sonnet-to-support → served by anthropic/claude-haiku-4.5",
    "lifecycle.prevent_destroy: true → false",
    "0 to replace, 13 to delete.",
  ],
  delivered: ["out/ci.env", /^AI_GATEWAY_API_KEY=\S+\n$/],
  // Whose team it is and what it works in.
  nothing: { teams: 1, users: 1, tokens: 1, projects: 1 },
});
