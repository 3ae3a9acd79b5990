// An account as people leave it who worked with dashboards alone, as the reference server's state.

import { canary } from "../canary/values.ts";
import type { Server } from "./support.ts";

/** Values that no output may hold; no piece of them is a word. */
export const HAND_MADE_SECRETS = {
  provider: canary("hand-made provider key"),
  otel: canary("hand-made otel credential"),
  stripe: canary("hand-made stripe key"),
} as const;

const NOW = Date.UTC(2026, 4, 1);
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** 15 gateways, 40 provider configs, 60 keys, two of them of one name, and 80 rules. */
export async function makeByHand(server: Server): Promise<void> {
  const state = await server.state();
  const team = state.vercel.teams[0].id;
  const createdBy = state.vercel.users[0].id;
  const store = { id: "5f5fd1c2a3b44d6c9e8f7a6b5c4d3e2f", name: "default_secrets_store" };
  const gateways = range(15).map((index) => ({
    id: `team-${index}`,
    authentication: index % 2 === 0,
    cache_ttl: index * 60,
    store_id: store.id,
    ...(index === 0 ? withCredentials() : {}),
  }));
  const configs = range(40).map((index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    gateway_id: `team-${index % 15}`,
    provider_slug: ["openai", "anthropic", "groq"][Math.floor(index / 15)],
    secret_id: String(index).padStart(32, "0"),
    rate_limit: index % 4 === 0 ? 100 : null,
  }));
  await server.putState({
    ...state,
    cloudflare: {
      ...state.cloudflare,
      stores: [store],
      gateways,
      provider_configs: configs,
      secrets: configs.map(({ secret_id, gateway_id, provider_slug }) => ({
        id: secret_id,
        store_id: store.id,
        name: `${gateway_id}_${provider_slug}_default`,
        value: HAND_MADE_SECRETS.provider,
      })),
    },
    vercel: {
      ...state.vercel,
      keys: range(60).map((index) => ({
        id: `key_${String(index).padStart(24, "0")}`,
        secret: canary(`hand-made key ${index}`, "vck_"),
        // Two people each made themselves one.
        name: index === 59 ? "service 0" : `service ${index}`,
        partialKey: "xxxx",
        teamId: team,
        createdBy,
        quota: index % 3 === 0 ? quotaOf(index) : null,
      })),
      rules: range(80).map((index) => ({
        ruleId: `rule_${String(index).padStart(24, "0")}`,
        ownerId: team,
        type: index % 2 === 0 ? "deny" : "rewrite",
        match: { model: `lab-${index}/model-${index}.5` },
        ...(index % 2 === 0 ? {} : { action: { rewriteModel: "openai/gpt-5.1", reason: "cost: lower" } }),
        enabled: index % 10 !== 0,
        createdAt: NOW,
        updatedAt: NOW,
      })),
    },
  });
}

function withCredentials() {
  return {
    otel: [{ url: "https://otel.acme.example/v1", headers: { "x-api-key": HAND_MADE_SECRETS.otel } }],
    stripe: { authorization: HAND_MADE_SECRETS.stripe, usage_events: [{ payload: '{"a":"${b}"}' }] },
  };
}

function quotaOf(index: number) {
  return {
    quotaEntityId: `api_key_id_key_${String(index).padStart(24, "0")}`,
    limitAmount: 10 + index,
    currentSpend: 0,
    currentByokSpend: 0,
    includeByokInQuota: false,
    refreshPeriod: "monthly",
    active: true,
    archived: false,
    alertThresholds: [50, 100],
    createdAt: NOW,
    updatedAt: NOW,
  };
}
