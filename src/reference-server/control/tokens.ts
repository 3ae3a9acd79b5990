/**
 * Makes credentials for tests: a Cloudflare token with chosen permission groups, a Vercel user with a chosen role.
 */
import type { z } from "zod";
import { tokenRecord } from "../cloudflare/token-shapes.ts";
import { alphanumeric, hexId } from "../ids.ts";
import type { Store } from "../store.ts";
import type { tokenBody } from "./shapes.ts";

type TokenBody = z.infer<typeof tokenBody>;

/** What the control endpoint answers, the token's plaintext included. */
export function addToken(store: Store, body: TokenBody, now: number): object {
  return body.vendor === "cloudflare" ? addCloudflare(store, body, now) : addVercel(store, body);
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

function addVercel(store: Store, body: Extract<TokenBody, { vendor: "vercel" }>): object {
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
