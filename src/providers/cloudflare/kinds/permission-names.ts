// Names of API-token permission groups. Their ids are looked up at run time: the published API names no fixed ones.

import * as z from "zod";
import type { JsonValue } from "../../../base/json.ts";
import { suggest } from "../../../base/suggest.ts";
import { ProviderError } from "../../../provider/error.ts";
import { type CloudflareReader, resultOf } from "../client.ts";

/** Groups that any file may grant (docs "Authenticated Gateway", 2026-06-17). */
const AI_GATEWAY = ["AI Gateway Read", "AI Gateway Run", "AI Gateway Write"];

/** The dashboard says Edit where the API says Write. */
const ALIASES: Readonly<Record<string, string>> = { "AI Gateway Edit": "AI Gateway Write" };

/** A group for people: by the API's name, and by the dashboard's where that is another one. */
export function shownGroup(name: string): string {
  const known = apiName(name);
  const [other] = Object.entries(ALIASES).find(([, api]) => api === known) ?? [];
  return other === undefined ? `"${known}"` : `"${known}" ("${other}" in the dashboard)`;
}

/** The API's name for a group. */
export function apiName(name: string): string {
  return ALIASES[name] ?? name;
}

/** The one form of a list of names: the API's own, as a set. */
export function canonicalPermissions(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return [];
  return [...new Set(value.map((name) => apiName(String(name))))].sort();
}

/** What a list of permissions grants that a file alone may not. */
export function beyondAiGateway(value: JsonValue): readonly string[] {
  const names = canonicalPermissions(value);
  return Array.isArray(names) ? names.map(String).filter((name) => !AI_GATEWAY.includes(name)) : [];
}

/** Whether any of the permissions is one of AI Gateway's. */
export function concernsAiGateway(value: JsonValue): boolean {
  const names = canonicalPermissions(value);
  return Array.isArray(names) && names.some((name) => AI_GATEWAY.includes(String(name)));
}

/** What is said of a name that may be a typing slip. */
export function nearAiGateway(name: string): string | undefined {
  const near = suggest(name, [...AI_GATEWAY, ...Object.keys(ALIASES)]);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

const groupsShape = resultOf(
  z.array(z.looseObject({ id: z.string(), name: z.string(), scopes: z.array(z.string()).nullish() })),
);

export interface Unknown {
  readonly name: string;
  /** The known name that is nearest to it. */
  readonly near?: string;
}

export interface FoundGroups {
  readonly ids: readonly string[];
  /** Id → name, of every group there is. */
  readonly names: ReadonlyMap<string, string>;
  readonly unknown: readonly Unknown[];
}

/** Ids of the groups of these names, on accounts. One request: the list has no pages (OpenAPI 2026-10). */
export async function findGroups(api: CloudflareReader, names: readonly string[]): Promise<FoundGroups> {
  const groups = await api.get("/tokens/permission_groups", groupsShape);
  const ids = new Map<string, string>();
  for (const { id, name, scopes } of groups) {
    const known = apiName(name);
    const onAccounts =
      scopes === undefined || scopes === null || scopes.includes("com.cloudflare.api.account");
    if (onAccounts && !ids.has(known)) ids.set(known, id);
  }
  const wanted = [...new Set(names.map(apiName))].sort();
  return {
    names: new Map(groups.map(({ id, name }) => [id, name])),
    ids: wanted.flatMap((name) => ids.get(name) ?? []),
    unknown: wanted
      .filter((name) => !ids.has(name))
      .map((name) => {
        const near = suggest(name, ids.keys());
        return { name, ...(near === undefined ? {} : { near }) };
      }),
  };
}

/**
 * Ids of all groups of these names.
 * @throws ProviderError `invalid` for names that the account does not have.
 */
export async function groupIds(api: CloudflareReader, names: readonly string[]): Promise<readonly string[]> {
  const { ids, unknown } = await findGroups(api, names);
  if (unknown.length === 0) return ids;
  throw new ProviderError(unknown.map(unknownText).join("; "), {
    refused: "invalid",
    outcome: "not-applied",
  });
}

/** One sentence on a name that there is not. */
export function unknownText({ name, near }: Unknown): string {
  const slip = near === undefined ? "" : `: did you mean "${near}"?`;
  return `this account has no permission group ${shownGroup(name)}${slip}`;
}
