/**
 * From what a client asks for to the provider, model and path it means: models named `provider/model`,
 * `custom-{slug}/model` or `dynamic/{route}` (docs *Unified API*, *Custom providers*, *Dynamic routing*, 2026).
 */
import type { World } from "../../world.ts";
import type { ProviderRecord } from "../custom-provider-shapes.ts";
import { badRequest, invalidProvider } from "./errors.ts";

/** A provider that can be called. */
export interface Provider {
  /** As on the data plane: `openai`, `custom-acme`. */
  readonly slug: string;
  /** What the account set up, for a custom provider. */
  readonly custom: ProviderRecord | undefined;
}

export type Wanted =
  | { readonly kind: "model"; readonly provider: Provider; readonly model: string }
  | { readonly kind: "route"; readonly name: string };

/** What the `model` of an OpenAI-shaped body means. @throws Refusal 2008, or 400 for a model without provider */
export function wantedModel(world: World, body: unknown): Wanted {
  const name = modelOf(body);
  if (name === undefined) throw badRequest("the body has no model");
  if (name.startsWith("@cf/"))
    return { kind: "model", provider: providerOf(world, "workers-ai"), model: name };
  const slash = name.indexOf("/");
  if (slash < 1) throw badRequest(`model ${name} does not say which provider: write provider/model`);
  const [head, tail] = [name.slice(0, slash), name.slice(slash + 1)];
  if (head === "dynamic") return { kind: "route", name: tail };
  return { kind: "model", provider: providerOf(world, head), model: tail };
}

/**
 * The provider of this slug. The vendor's list of providers is not closed, so any well-formed slug is one; a custom
 * provider must be there and enabled (what a disabled one gets is unpublished). @throws Refusal 2008
 */
export function providerOf(world: World, slug: string): Provider {
  if (slug.startsWith("custom-")) {
    const custom = world.store.cloudflare.custom_providers.find(
      (candidate) => candidate.enable && `custom-${candidate.slug}` === slug,
    );
    if (custom === undefined) throw invalidProvider();
    return { slug, custom };
  }
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(slug) || slug === "compat") throw invalidProvider();
  return { slug, custom: undefined };
}

/** The model of a request on a provider's own path: in the body, or in the path as some providers have it. */
export function nativeModel(path: string, body: unknown): string {
  const fromPath = /^(@cf\/.+)$/.exec(path) ?? /(?:^|\/)(?:models|deployments)\/([^/:]+)/.exec(path);
  return modelOf(body) ?? fromPath?.[1] ?? "";
}

function modelOf(body: unknown): string | undefined {
  const model = typeof body === "object" && body !== null && "model" in body ? body.model : undefined;
  return typeof model === "string" ? model : undefined;
}
