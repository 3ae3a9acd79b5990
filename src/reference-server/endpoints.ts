/**
 * The table of everything the server answers, beside the control endpoints. A new family is one line here.
 */
import { customDomainEndpoints } from "./cloudflare/custom-domains.ts";
import { customProviderEndpoints } from "./cloudflare/custom-providers.ts";
import { routeEndpoints } from "./cloudflare/dynamic-routes.ts";
import { gatewayChildEndpoints } from "./cloudflare/gateway-children.ts";
import { gatewayEndpoints } from "./cloudflare/gateways.ts";
import { providerConfigEndpoints } from "./cloudflare/provider-configs.ts";
import { providerCostEndpoints } from "./cloudflare/provider-costs.ts";
import { routeVersionEndpoints } from "./cloudflare/route-versions.ts";
import { secretEndpoints } from "./cloudflare/secrets.ts";
import { secretsStoreEndpoints } from "./cloudflare/secrets-stores.ts";
import { tokenSelfEndpoints } from "./cloudflare/token-self.ts";
import { tokenEndpoints } from "./cloudflare/tokens.ts";
import type { Endpoint } from "./endpoint.ts";
import { apiKeyEndpoints } from "./vercel/api-keys.ts";
import { budgetDefaultEndpoints } from "./vercel/budget-defaults.ts";
import { budgetEndpoints } from "./vercel/budgets.ts";
import { byokEndpoints } from "./vercel/byok-credentials.ts";
import { projectEndpoints } from "./vercel/projects.ts";
import { ruleEndpoints } from "./vercel/rules.ts";
import { teamEndpointTable } from "./vercel/teams.ts";
import { virtualModelEndpoints } from "./vercel/virtual-models.ts";

export const endpoints: readonly Endpoint[] = [
  ...gatewayEndpoints,
  ...providerConfigEndpoints,
  ...routeEndpoints,
  ...routeVersionEndpoints,
  ...customDomainEndpoints,
  ...gatewayChildEndpoints,
  ...customProviderEndpoints,
  ...providerCostEndpoints,
  ...secretsStoreEndpoints,
  ...secretEndpoints,
  ...tokenEndpoints,
  ...tokenSelfEndpoints,
  ...apiKeyEndpoints,
  ...ruleEndpoints,
  ...budgetEndpoints,
  ...budgetDefaultEndpoints,
  ...virtualModelEndpoints,
  ...byokEndpoints,
  ...projectEndpoints,
  ...teamEndpointTable,
];
