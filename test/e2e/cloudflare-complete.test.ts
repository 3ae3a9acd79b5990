// The example with every kind of Cloudflare's.

import { cloudflare } from "../../src/providers/cloudflare/index.ts";
import { changed, unchangeable } from "./cloudflare-changes.ts";
import { testComplete } from "./complete.ts";

testComplete({
  provider: cloudflare,
  name: "cloudflare-complete",
  resources: 11,
  changed,
  unchangeable,
  // Of three kinds with fields that cannot be changed in place, and a key that goes with its config.
  deletes: 5,
  rotated: ["cloudflare.provider_config.assistant/openai", "secret"],
  said: [
    "Valid: stack cloudflare-complete declares 11 resources",
    "Plan: 12 to create,",
    "Apply: 12 done.",
    "No changes. 11 resources match.",
    "secret: (sensitive) → (secret, env OPENAI_API_KEY)",
    "rate_limit: 600 → 300  # forces replacement",
    "lifecycle.prevent_destroy: true → false",
    "0 to replace, 11 to delete.",
  ],
  delivered: ["out/assistant.env", /^CF_AIG_TOKEN=\S+\n$/],
  // The credential of these runs, and the Secrets Store, which is never deleted.
  nothing: { tokens: 1, stores: 1 },
});
