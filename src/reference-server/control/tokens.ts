/**
 * Makes credentials for tests: a Cloudflare token with chosen permission groups, a Vercel user with a chosen role or the
 * token of a deployment.
 */
import type { z } from "zod";
import { tokenRecord } from "../cloudflare/token-shapes.ts";
import { alphanumeric, hexId } from "../ids.ts";
import type { Store } from "../store.ts";
import type { Role } from "../vercel/state.ts";
import type { tokenBody } from "./shapes.ts";

type TokenBody = z.infer<typeof tokenBody>;
type VercelBody = Extract<TokenBody, { vendor: "vercel" }>;

/** What the control endpoint answers, the token's plaintext included; undefined: there is no such project. */
export function addToken(store: Store, body: TokenBody, now: number): object | undefined {
  if (body.vendor === "cloudflare") return addCloudflare(store, body, now);
  const { project_id, role } = body;
  if (project_id !== undefined) return addOidc(store, project_id, now);
  if (role === undefined) throw new Error("neither role nor project_id, which the body's shape refuses");
  return addVercel(store, { ...body, role });
}

function addCloudflare(
  store: Store,
  body: Extract<TokenBody, { vendor: "cloudflare" }>,
  now: number,
): object {
  const sequence = store.nextSequence();
  const at = new Date(now).toISOString();
  const token = tokenRecord.parse({
    id: hexId("token", sequence),
    value: alphanumeric("cloudflare-token", sequence, 40),
    name: body.name ?? `token ${sequence}`,
    owner: body.owner ?? "account",
    status: body.status ?? "active",
    permissions: body.permissions,
    expires_on: body.expires_on ?? null,
    issued_on: at,
    modified_on: at,
  });
  store.writeCloudflare({ tokens: [...store.cloudflare.tokens, token] });
  return { token: token.value, id: token.id };
}

function addVercel(store: Store, body: VercelBody & { role: Role }): object {
  const sequence = store.nextSequence();
  const token = alphanumeric("vercel-token", sequence, 24);
  const user_id = body.user_id ?? alphanumeric("user", sequence, 24);
  if (body.user_id === undefined) {
    const team_ids = body.team_ids ?? store.vercel.teams.slice(0, 1).map((team) => team.id);
    const permissions = body.permissions ?? [];
    const memberships = team_ids.map((team_id) => ({ team_id, role: body.role, permissions }));
    const username = `user${sequence}`;
    const user = { id: user_id, username, email: `${username}@acme.example`, memberships };
    store.writeVercel({ users: [...store.vercel.users, user] });
  }
  store.writeVercel({ tokens: [...store.vercel.tokens, { token, user_id }] });
  return { token, user_id };
}

/** For twelve hours, as on a developer's machine (OIDC docs 2026). It looks like a JWT; only the store knows it. */
function addOidc(store: Store, project_id: string, now: number): object | undefined {
  if (!store.vercel.projects.some(({ id }) => id === project_id)) return undefined;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const expires_at = now + 12 * 60 * 60 * 1000;
  const claims = { project_id, exp: Math.floor(expires_at / 1000) };
  const signature = alphanumeric("oidc", store.nextSequence(), 86);
  const token = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${signature}`;
  store.writeVercel({ oidc_tokens: [...store.vercel.oidc_tokens, { token, project_id, expires_at }] });
  return { token };
}
