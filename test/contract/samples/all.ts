// One sample per kind. The completeness test names the kinds that have none.

import type { Sample } from "../sample.ts";
import { customDomain } from "./cloudflare-custom-domain.ts";
import { customProvider } from "./cloudflare-custom-provider.ts";
import { customProviderCost } from "./cloudflare-custom-provider-cost.ts";
import { gateway } from "./cloudflare-gateway.ts";
import { providerConfig } from "./cloudflare-provider-config.ts";
import { route } from "./cloudflare-route.ts";
import { secret } from "./cloudflare-secret.ts";
import { secretsStore } from "./cloudflare-secrets-store.ts";
import { token } from "./cloudflare-token.ts";
import { budget } from "./vercel-budget.ts";
import { budgetDefault } from "./vercel-budget-default.ts";
import { byokCredential } from "./vercel-byok-credential.ts";
import { key } from "./vercel-key.ts";
import { rule } from "./vercel-rule.ts";
import { virtualModel } from "./vercel-virtual-model.ts";

export const samples: readonly Sample[] = [
  gateway,
  providerConfig,
  route,
  customDomain,
  customProvider,
  customProviderCost,
  secretsStore,
  secret,
  token,
  key,
  rule,
  virtualModel,
  budget,
  budgetDefault,
  byokCredential,
];
