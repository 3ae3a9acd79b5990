// Check UNKNOWN_PROVIDER: a provider config for a provider that nobody has heard of.

import { suggest } from "../../../base/suggest.ts";
import { defineCheck } from "../../../provider/check.ts";
import { customProvider } from "../kinds/custom-provider.ts";
import { providerConfig } from "../kinds/provider-config.ts";

/** Cloudflare's Workers runtime types, 2026-10. The list is not closed, so that a slug outside it only warns. */
const KNOWN_PROVIDERS = [
  "workers-ai",
  "anthropic",
  "aws-bedrock",
  "azure-openai",
  "google-vertex-ai",
  "huggingface",
  "openai",
  "perplexity-ai",
  "replicate",
  "groq",
  "cohere",
  "google-ai-studio",
  "mistral",
  "grok",
  "openrouter",
  "deepseek",
  "cerebras",
  "cartesia",
  "elevenlabs",
  "adobe-firefly",
];

const file = (slug: string): string => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      authentication: true
      provider_configs:
        ${slug}:
          secret: { env: OPENAI_API_KEY }
`;

export const unknownProvider = defineCheck({
  code: "UNKNOWN_PROVIDER",
  severity: "warning",
  kind: providerConfig.rules.kind,
  title: "A provider that gateform does not know: a typo, or a new one",
  page: {
    meaning:
      "A provider config's `provider_slug`, which is its key unless the file says otherwise, is none of the providers that Cloudflare names, and no custom provider of the file. Slugs that begin with `custom-` stand for custom providers and are never doubted.",
    importance:
      "A stored key is found at run time by the provider's name. Under a mistyped one it is stored and never used, and requests go on with whatever key the caller sends, or are billed to the account.",
    remedy: `Write the slug as Cloudflare does: ${KNOWN_PROVIDERS.map((slug) => `\`${slug}\``).join(", ")}.`,
    before: file("opnai"),
    after: file("openai"),
    silence: "When Cloudflare has a provider that this version of gateform has not heard of.",
  },
  run: ({ resources }) => {
    const own = resources.filter(({ kind }) => kind === customProvider.rules.kind);
    const known = [...KNOWN_PROVIDERS, ...own.map(({ fields }) => String(fields.slug))];
    return resources.flatMap(({ kind, address, fields }) => {
      if (kind !== providerConfig.rules.kind) return [];
      const slug = String(fields.provider_slug);
      if (known.includes(slug) || slug.startsWith("custom-")) return [];
      const near = suggest(slug, known);
      return [
        {
          address,
          path: "provider_slug",
          message: `"${slug}" is no provider that gateform knows`,
          hint: near === undefined ? "see that Cloudflare writes it so" : `did you mean ${near}?`,
        },
      ];
    });
  },
});
