// A hand-made inventory: one of everything that a ledger can tell of a resource.

import type { Inventory, OwnedResource } from "../../src/model/inventory.ts";

const AT = "2026-11-20T09:30:00.000Z";

export function ownedOf(
  resource: Pick<OwnedResource, "address" | "id"> & Partial<OwnedResource>,
): OwnedResource {
  return {
    kind: resource.address.split(".").slice(0, 2).join("."),
    urls: {},
    status: "ready",
    prevent_destroy: false,
    on_remove: "delete",
    retiring: [],
    declared: true,
    changed_at: AT,
    ...resource,
  };
}

export function inventoryOf(resources: readonly OwnedResource[]): Inventory {
  return {
    format: 1,
    stack: "acme-prod",
    lineage: "0d9c7c52-6f0e-4a57-9d7e-0f6f3c1b2a10",
    serial: 7,
    ledger: ".gateform/acme-prod.ledger.json",
    accounts: { cloudflare: "023e105f4ecef8ad9ca31a8372d0c353", vercel: "team_7Fq2acme" },
    resources,
  };
}

const GATEWAY = "https://gateway.ai.cloudflare.com/v1/023e105f4ecef8ad9ca31a8372d0c353/support";

export const everyState = inventoryOf([
  ownedOf({
    address: "cloudflare.gateway.internal",
    id: "internal",
    declared: false,
    on_remove: "retain",
    settling_until: "2026-11-20T09:31:00.000Z",
  }),
  ownedOf({
    address: "cloudflare.gateway.support",
    id: "support",
    prevent_destroy: true,
    urls: { universal: GATEWAY, chat_completions: `${GATEWAY}/compat/chat/completions` },
  }),
  ownedOf({
    address: "cloudflare.provider_config.support/anthropic",
    id: null,
    status: "creating",
    parent: "cloudflare.gateway.support",
    parent_id: "support",
  }),
  ownedOf({
    address: "cloudflare.provider_config.support/openai",
    id: "3f0c7a",
    parent: "cloudflare.gateway.support",
    parent_id: "support",
    changed_at: "2026-11-21T10:00:00.000Z",
  }),
  ownedOf({
    address: "vercel.key.ci",
    id: "key_2",
    delivered: [
      { sink: "file", target: "out/ci.env", at: AT },
      { sink: "stdout", target: "", at: AT },
    ],
    retiring: [{ id: "key_1", due: "2026-11-27T09:30:00.000Z" }],
  }),
  ownedOf({ address: "vercel.key.web", id: "key_9", delivered: [] }),
  ownedOf({ address: "vercel.rule.no-gpt", id: null, status: "deleted" }),
  ownedOf({ address: "vercel.rule.opus-to-haiku", id: "rule_abc123", declared: false }),
]);
