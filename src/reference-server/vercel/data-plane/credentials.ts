/**
 * Which credentials a provider is called with, in which order: those that came with the request, else the team's active
 * ones, oldest first; then Vercel's, when the others failed (docs *BYOK*, 2026-09-22).
 */
import { tail } from "../../echo.ts";
import type { CredentialRecord } from "../state.ts";
import type { GatewayOptions, Way } from "./options.ts";

export type Credential =
  | { readonly source: "request"; readonly key: string }
  | { readonly source: "byok"; readonly name: string; readonly key: string }
  | { readonly source: "system" };

/** Providers that keep nothing of what goes through Vercel's own credentials (our choice; the docs' list changes). */
const keepNothing = new Set(["anthropic", "azure", "bedrock", "google", "openai", "vertex"]);

/** At most one of Vercel's, at the end; none at all where zero data retention leaves none. */
export function credentialsFor(
  stored: readonly CredentialRecord[],
  options: GatewayOptions,
  way: Way,
  provider: string,
): Credential[] {
  const own = (options.byok[provider] ?? []).map(
    (fields): Credential => ({ source: "request", key: keyOf(fields) }),
  );
  const team = stored
    .filter((record) => usable(record, way, provider))
    .map(({ name, credential }): Credential => ({ source: "byok", name, key: keyOf(credential) }));
  const system: Credential[] =
    way.zeroDataRetention && !keepNothing.has(provider) ? [] : [{ source: "system" }];
  return [...(own.length > 0 ? own : team), ...system];
}

/** A credential says itself whether its account keeps nothing; Vercel cannot know (docs 2026-09-22). */
function usable(record: CredentialRecord, way: Way, provider: string): boolean {
  return (
    record.providerSlug === provider &&
    record.active &&
    !record.deleted &&
    (way.credentialIds?.includes(record.credentialId) ?? true) &&
    (!way.zeroDataRetention || record.zeroDataRetention === true)
  );
}

/** Of several fields the one that is called `apiKey`, else the first. */
function keyOf(fields: Readonly<Record<string, unknown>>): string {
  const value = fields.apiKey ?? Object.values(fields)[0];
  return typeof value === "string" ? value : "";
}

/** How a credential may be shown: where it is from and at most its last four characters. */
export function labelOf(credential: Credential): string {
  switch (credential.source) {
    case "request":
      return `request${tail(credential.key)}`;
    case "byok":
      return `byok:${credential.name}${tail(credential.key)}`;
    default:
      return credential.source;
  }
}
