// Kind `cloudflare.gateway`: an AI Gateway. Its fields, wire form and field policies stand in the files beside it.

import * as z from "zod";
import { pathSegment } from "../../../base/path-segment.ts";
import type { Fields, Implied } from "../../../model/kind-rules.ts";
import type { LiveChild, LiveResource } from "../../../model/live.ts";
import { ProviderError, unlessGone } from "../../../provider/error.ts";
import {
  defineKind,
  type Listing,
  type LivePlace,
  type LiveRef,
  type UpdateInput,
} from "../../../provider/kind.ts";
import { segment } from "../../../provider/shape.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";
import { type Pages, readPages } from "../pages.ts";
import { gatewayFields } from "./gateway-fields.ts";
import { gatewaySpec } from "./gateway-spec.ts";
import { createBody, gatewayFromWire, gatewayShape, maskedSecrets, updateBody } from "./gateway-wire.ts";
import { token } from "./token.ts";
import { mayRun } from "./token-wire.ts";

const GATEWAYS = "/ai-gateway/gateways";
const gatewayPath = (id: string): string => `${GATEWAYS}/${segment(id)}`;

export const gateway = defineKind({
  kind: "cloudflare.gateway",
  noun: "gateway",
  description: "An AI Gateway: the front door for requests to AI providers, with logs, cache and limits.",
  section: "gateways",
  spec: gatewaySpec,
  key: {
    pattern: /^[a-z0-9_]+(?:-[a-z0-9_]+)*$/,
    max: 64,
    expected: 'lower-case letters, digits and "_", with single hyphens between them, at most 64 characters',
  },
  example: {
    authentication: true,
    collect_logs: true,
    cache_ttl: 300,
    rate_limiting_interval: 60,
    rate_limiting_limit: 100,
    rate_limiting_technique: "sliding",
    guardrails: { prompt: { P1: "BLOCK" }, response: {} },
    spend_limits: { enabled: true, rules: [{ limitType: "cost", limit: 250, window: 2592000 }] },
  },
  example_key: "support",
  docs: [{ title: "Manage gateways" }, { title: "Authenticated Gateway" }, { title: "Limits" }],
  fields: gatewayFields,
  fromKey: (key) => ({ id: key }),
  imply: impliedStore,
  // Callers have their tokens before they need them (docs "Authenticated Gateway", 2026-06-17).
  inferNeeds: ({ authentication }, declared) =>
    authentication === true
      ? declared(token.rules.kind)
          .filter(({ fields }) => mayRun(fields))
          .map(({ address }) => address)
      : [],
  identity: (fields) => String(fields.id),
  identity_fields: ["id"],
  key_is_id: true,
  // The first authenticated request that names no gateway makes this one again (docs "Manage gateways", 2026).
  spare: {
    is: ({ id, fields }) => id === "default" || fields.is_default === true,
    words: "the account's default one is spared",
  },
  write_permission: "AI Gateway Write",
  // No lag was ever reported; a margin for replicas.
  settles_within: 10,
  delete_takes: "its stored logs",
  urls: gatewayUrls,
  api: {
    list,
    get,
    children,
    create: async (api: CloudflareWriter, { fields }) => ({
      live: gatewayFromWire(api, await api.post(GATEWAYS, createBody(fields), gatewayShape)),
    }),
    update,
    delete: async (api: CloudflareWriter, { id }) => unlessGone(api.delete(gatewayPath(id))),
  },
});

/** Its front doors; a provider's own path follows the first one, as in `…/openai` (docs "Authenticated Gateway", 2026-06-17). */
function gatewayUrls({ account, id }: LivePlace): Readonly<Record<string, string>> {
  const [place, name] = [pathSegment(account), pathSegment(id)];
  // Of a ledger that somebody has changed.
  if (place === undefined || name === undefined) return {};
  const universal = `https://gateway.ai.cloudflare.com/v1/${place}/${name}`;
  return { universal, chat_completions: `${universal}/compat/chat/completions` };
}

async function list(api: CloudflareReader): Promise<Listing> {
  const { items, ...rest } = await readPages(api, GATEWAYS, gatewayShape, ({ read }) => read.id);
  return { ...rest, resources: items.map((item) => gatewayFromWire(api, item)) };
}

async function get(api: CloudflareReader, { id }: LiveRef): Promise<LiveResource | null> {
  try {
    return gatewayFromWire(api, await api.get(gatewayPath(id), resultOf(gatewayShape)));
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return null;
    throw error;
  }
}

/** PUT replaces the object, so it sends what is live right now overlaid with what is declared and differs. */
async function update(api: CloudflareWriter, { id, fields, changed }: UpdateInput): Promise<LiveResource> {
  const path = gatewayPath(id);
  const live = await api.get(path, resultOf(gatewayShape));
  const names = new Set(changed.map((dotted) => dotted.split(".")[0]));
  const declared = Object.fromEntries(
    Object.entries(fields).filter(([name]) => names.size === 0 || names.has(name)),
  );
  const masked = maskedSecrets(live, declared);
  if (masked.length > 0) {
    throw new ProviderError(
      `gateway ${id} cannot be updated: Cloudflare shows ${masked.join(", ")} masked, and an update would store the mask in place of the secret. Declare ${[...new Set(masked.map((name) => name.split(".")[0]))].join(" and ")} in full, with references to the secrets`,
      { refused: "invalid", outcome: "not-applied" },
    );
  }
  return gatewayFromWire(api, await api.put(path, updateBody(live, declared), gatewayShape));
}

const named = z.looseObject({ id: z.string(), name: z.string() });

/** What a delete of the gateway would take along, beside its logs and what kinds of their own manage. */
async function children(api: CloudflareReader, { id }: LiveRef): Promise<readonly LiveChild[]> {
  const path = gatewayPath(id);
  const byId = ({ id }: { id: string }): string => id;
  const asChild = (noun: string) => (item: { id: string; name: string }) => ({
    noun,
    id: item.id,
    name: item.name,
  });
  const [datasets, evaluations] = await Promise.all([
    readPages(api, `${path}/datasets`, named, byId),
    readPages(api, `${path}/evaluations`, named, byId),
  ]);
  return [
    ...whole(datasets, "datasets").map(asChild("dataset")),
    ...whole(evaluations, "evaluations").map(asChild("evaluation")),
  ];
}

function whole<T>(pages: Pages<T>, what: string): readonly T[] {
  if (pages.complete) return pages.items;
  throw new ProviderError(`the gateway's ${what} could not be read in full: ${pages.error}`, {
    refused: "malformed",
    outcome: "not-applied",
  });
}

/** A gateway with provider configs needs the account's one Secrets Store (docs "BYOK", 2026-07-31). */
function impliedStore(declared: Fields, counts: Readonly<Record<string, number>>): Implied {
  if ((counts.provider_configs ?? 0) === 0 || declared.store_id !== undefined) return {};
  return {
    fields: { store_id: { $ref: "cloudflare.secrets_store.default" } },
    resources: [{ kind: "cloudflare.secrets_store", key: "default", fields: {} }],
  };
}
