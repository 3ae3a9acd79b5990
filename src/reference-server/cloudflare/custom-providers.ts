/**
 * Custom providers of an account: create, list, get, PATCH, and delete with their pricing rules. Envelope A.
 * Shapes: OAS 2026-10; the docs page *Custom Providers* (2026) names other codes, which a switch chooses.
 */
import type { z } from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { uuid } from "../ids.ts";
import { replaced } from "../store.ts";
import {
  type ProviderRecord,
  providerPatchBody,
  providerPostBody,
  providerRecord,
  providerWire,
} from "./custom-provider-shapes.ts";
import { aiGateway, gatewayReaders, gatewayWriters } from "./endpoints.ts";
import { item, itemWire, list, listWire, notFound, refuse } from "./envelopes.ts";
import { gatewayPageRequest, pageOf } from "./paging.ts";
import { booleanQuery, fits, searched } from "./queries.ts";
import { given, invalid } from "./validation.ts";

const PATH = "/ai-gateway/custom-providers";

/** A record as this profile answers it: what is unset as null or not at all. */
export function unset<T extends object>(context: Context, record: T): Partial<T> {
  if (context.switches.custom_provider_unset_as === "null") return record;
  const kept = Object.entries(record).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as Partial<T>; // the same keys, fewer of them
}

function present(context: Context, provider: ProviderRecord): z.infer<typeof providerWire> {
  return providerWire.parse(unset(context, provider));
}

function providerOf(context: Context): ProviderRecord {
  const id = param(context, "id");
  const found = context.store.cloudflare.custom_providers.find((provider) => provider.id === id);
  if (found !== undefined) return found;
  if (context.switches.custom_provider_errors === "docs") {
    throw refuse(404, [{ code: 1004, message: "Custom provider not found" }]);
  }
  throw notFound("Custom provider");
}

/** Refuses an address that is not https, and a slug that another provider has. */
function checkAddress(context: Context, id: string | undefined, body: Partial<ProviderRecord>): void {
  const docs = context.switches.custom_provider_errors === "docs";
  const { base_url, slug } = body;
  if (base_url !== undefined && !(URL.canParse(base_url) && new URL(base_url).protocol === "https:")) {
    const message = "base_url must be an https URL";
    throw docs ? refuse(400, [{ code: 1002, message }]) : invalid(message, ["body", "base_url"]);
  }
  const others = context.store.cloudflare.custom_providers.filter((provider) => provider.id !== id);
  if (slug !== undefined && others.some((provider) => provider.slug === slug)) {
    const message = "A custom provider with this slug already exists";
    throw docs ? refuse(409, [{ code: 1003, message }]) : invalid(message, ["body", "slug"]);
  }
}

/** The vendor draws one from the name; how is unpublished. */
function logoFor(name: string): string {
  const letter = /[A-Za-z0-9]/.exec(name)?.[0]?.toUpperCase() ?? "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><text x="8" y="24">${letter}</text></svg>`;
  return Buffer.from(svg).toString("base64");
}

const create = aiGateway({
  method: "POST",
  path: PATH,
  needs: gatewayWriters,
  request: providerPostBody,
  reply: itemWire(providerWire),
  handle(context, body) {
    checkAddress(context, undefined, given(body));
    const at = new Date(context.now).toISOString();
    const provider = providerRecord.parse({
      id: uuid("custom-provider", context.store.nextSequence()),
      ...body,
      logo: logoFor(body.name),
      created_at: at,
      modified_at: at,
    });
    const { custom_providers } = context.store.cloudflare;
    context.store.writeCloudflare({ custom_providers: [...custom_providers, provider] });
    return item(present(context, provider));
  },
});

/** By position, then name (OAS 2026-10); those without a position come last (our choice). */
function byPosition(a: ProviderRecord, b: ProviderRecord): number {
  const [first, second] = [a.position ?? Infinity, b.position ?? Infinity];
  if (first !== second) return first < second ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

const listAll = aiGateway({
  method: "GET",
  path: PATH,
  needs: gatewayReaders,
  reply: listWire(providerWire),
  handle(context) {
    const request = gatewayPageRequest(context);
    const [beta, enable] = [booleanQuery(context, "beta"), booleanQuery(context, "enable")];
    const found = context.store.cloudflare.custom_providers
      .filter(
        (provider) =>
          fits(beta, provider.beta) &&
          fits(enable, provider.enable) &&
          searched(context, provider.id, provider.name, provider.slug),
      )
      .sort(byPosition);
    const page = pageOf(found, request);
    return list({ ...page, items: page.items.map((provider) => present(context, provider)) });
  },
});

const getOne = aiGateway({
  method: "GET",
  path: `${PATH}/:id`,
  needs: gatewayReaders,
  reply: itemWire(providerWire),
  handle: (context) => item(present(context, providerOf(context))),
});

const patch = aiGateway({
  method: "PATCH",
  path: `${PATH}/:id`,
  needs: gatewayWriters,
  request: providerPatchBody,
  reply: itemWire(providerWire),
  handle(context, body) {
    const provider = providerOf(context);
    const changes = given(body);
    checkAddress(context, provider.id, changes);
    const changed = { ...provider, ...changes, modified_at: new Date(context.now).toISOString() };
    const { custom_providers } = context.store.cloudflare;
    context.store.writeCloudflare({
      custom_providers: replaced(custom_providers, (other) => other.id === provider.id, changed),
    });
    return item(present(context, changed));
  },
});

/** Its pricing rules go with it (OAS 2026-10). */
const remove = aiGateway({
  method: "DELETE",
  path: `${PATH}/:id`,
  needs: gatewayWriters,
  reply: itemWire(providerWire),
  handle(context) {
    const provider = providerOf(context);
    const { custom_providers, provider_costs } = context.store.cloudflare;
    context.store.writeCloudflare({
      custom_providers: custom_providers.filter((other) => other.id !== provider.id),
      provider_costs: provider_costs.filter((cost) => cost.account_provider_id !== provider.id),
    });
    return item(present(context, provider));
  },
});

export const customProviderEndpoints: readonly Endpoint[] = [create, listAll, getOne, patch, remove];
