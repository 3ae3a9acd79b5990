/**
 * Who calls: the bearer of an API key, or of a project's OIDC token (docs *Authentication*, 2026-07-31). The key may
 * come in `x-api-key` as well (envoyproxy/ai-gateway#2623, 2026).
 */
import type { Incoming } from "../../http.ts";
import type { World } from "../../world.ts";
import type { KeyRecord, ProjectRecord, VercelState } from "../state.ts";
import { unauthenticated } from "./errors.ts";

export type Caller =
  | { readonly kind: "key"; readonly teamId: string; readonly key: KeyRecord }
  | { readonly kind: "project"; readonly teamId: string; readonly project: ProjectRecord };

/** @throws Refusal 401 */
export function callerOf({ store, now }: World, incoming: Incoming): Caller {
  const bearer = /^Bearer (\S+)$/i.exec(incoming.authorization ?? "")?.[1] ?? incoming.headers["x-api-key"];
  if (bearer === undefined) throw unauthenticated("Missing API key or OIDC token");
  const key = store.vercel.keys.find(({ secret }) => secret === bearer);
  if (key !== undefined && isGood(store.vercel, key, now())) return { kind: "key", teamId: key.teamId, key };
  const token = store.vercel.oidc_tokens.find((candidate) => candidate.token === bearer);
  const project = store.vercel.projects.find(({ id }) => id === token?.project_id);
  if (token === undefined || project === undefined || token.expires_at <= now()) {
    throw unauthenticated("Invalid API key or OIDC token");
  }
  return { kind: "project", teamId: project.teamId, project };
}

/** A leaked key is revoked, and so are those of a member who leaves (API key docs, 2026-08-11). */
function isGood({ users }: VercelState, key: KeyRecord, now: number): boolean {
  const expired = key.expiresAt !== null && key.expiresAt <= now;
  const owner = users.find(({ id }) => id === key.createdBy);
  const left = owner?.memberships.some(({ team_id }) => team_id === key.teamId) !== true;
  return !expired && !left && key.leakedAt === null;
}
