/**
 * Builder for Vercel endpoints: puts token, team and role checks around what an endpoint does, and serves it on
 * every path it is known under. Also Vercel's error envelope and its body check.
 */
import type { z } from "zod";
import type { Context, Endpoint } from "../endpoint.ts";
import { json, type Method, type Payload, Refusal, type Reply } from "../http.ts";
import type { Switches } from "../switches.ts";
import type { Role, TeamRecord, UserRecord } from "./state.ts";

/** Who calls, for which team, in which role. */
export interface Caller {
  readonly user: UserRecord;
  readonly team: TeamRecord;
  readonly role: Role;
  readonly permissions: readonly string[];
}

/** `{error: {code, message, ...extra}}`, the envelope of every Vercel failure. */
export function failure(status: number, code: string, message: string, extra: object = {}): Reply {
  return json(status, { error: { code, message, ...extra } });
}

export function refuse(status: number, code: string, message: string, extra: object = {}): Refusal {
  return new Refusal(failure(status, code, message, extra));
}

export function badRequest(message: string): Refusal {
  return refuse(400, "bad_request", message);
}

/** The text of a live 404 for an unknown path (Alchemy probe, 2026-08). */
export function noRoute(): Reply {
  return failure(404, "not_found", "The requested API endpoint was not found");
}

/** 204 without a content type: CLI 64.0.2 retries an empty JSON answer four times and then fails silently. */
export const noContent: Reply = { status: 204 };

/** The user behind the bearer token. */
export function authenticate(context: Context): UserRecord {
  const bearer = /^Bearer ([A-Za-z0-9_]+)$/.exec(context.incoming.authorization ?? "")?.[1];
  const token = context.store.vercel.tokens.find((candidate) => candidate.token === bearer);
  const user = context.store.vercel.users.find((candidate) => candidate.id === token?.user_id);
  if (user === undefined) {
    const status = context.switches.invalid_token_status;
    // `invalidToken` is API lore, unconfirmed (2026).
    throw refuse(status, "forbidden", "Not authorized", { invalidToken: true });
  }
  return user;
}

/** The team that the query names, or the only one of the token; open question 2. */
function resolveTeam(context: Context, user: UserRecord): Caller {
  const { query } = context.incoming;
  const id = query.get("teamId");
  const slug = query.get("slug");
  const { teams } = context.store.vercel;
  let team: TeamRecord | undefined;
  if (id === null && slug === null) {
    const [only, ...others] = user.memberships;
    if (only === undefined || others.length > 0) throw badRequest("Missing teamId or slug");
    team = teams.find((candidate) => candidate.id === only.team_id);
  } else {
    const byId = teams.find((candidate) => candidate.id === id);
    const bySlug = teams.find((candidate) => candidate.slug === slug);
    if (id !== null && slug !== null && byId !== bySlug)
      throw badRequest("teamId and slug name different teams");
    team = byId ?? bySlug;
  }
  const membership = user.memberships.find((candidate) => candidate.team_id === team?.id);
  if (team === undefined || membership === undefined) {
    throw refuse(403, "forbidden", "Not authorized: no access to this team");
  }
  return { user, team, role: membership.role, permissions: membership.permissions };
}

/** The checked JSON body; the first mistake is 400 `bad_request`, naming the field and never its value. */
export function readBody<T>(schema: z.ZodType<T>, payload: Payload): T {
  if (payload.kind === "broken") throw badRequest("Invalid JSON");
  const parsed = schema.safeParse(payload.kind === "json" ? payload.value : undefined);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "body" : issue.path.join(".");
  throw badRequest(`Invalid request: \`${where}\`: ${issue?.message ?? "invalid"}`);
}

/** Every role but Contributor: who may read keys, budgets, members and projects (docs 2026-08-28; for the others inferred). */
export const allReaders: readonly Role[] = ["OWNER", "MEMBER", "DEVELOPER", "BILLING", "VIEWER"];

interface Row<Body> {
  readonly method: Method;
  /** Equivalent paths, the documented one first. */
  readonly paths: readonly string[];
  /** Paths that exist only while a switch says so. */
  readonly switchedPaths?: {
    readonly paths: readonly string[];
    readonly when: (switches: Switches) => boolean;
  };
  readonly roles: readonly Role[];
  /** A special team permission that allows it to every role. */
  readonly permission?: string;
  readonly request?: z.ZodType<Body>;
  readonly reply?: z.ZodType;
  readonly available?: (switches: Switches) => boolean;
  readonly handle: (context: Context, caller: Caller, body: Body) => Reply;
}

/**
 * The paths of `/ai-gateway/*`. SDK 1.28.35 writes them with `/v1`, which a live probe of 2026-08 found missing; open
 * question 1.
 */
export function gatewayPaths(rest: string): Pick<Row<never>, "paths" | "switchedPaths"> {
  return {
    paths: [`/ai-gateway/${rest}`],
    switchedPaths: { paths: [`/v1/ai-gateway/${rest}`], when: ({ v1_ai_gateway }) => v1_ai_gateway },
  };
}

/** A query parameter that is `true` or `false`, without it false. */
export function flagQuery(context: Context, name: string): boolean {
  const text = context.incoming.query.get(name) ?? "false";
  if (text !== "true" && text !== "false") {
    throw badRequest(`Invalid request: \`${name}\`: must be true or false`);
  }
  return text === "true";
}

/** One endpoint per path. Order of checks: token, team, role, body. */
export function teamEndpoints<Body = undefined>(row: Row<Body>): Endpoint[] {
  const { request } = row;
  const handle = (context: Context): Reply => {
    const caller = resolveTeam(context, authenticate(context));
    const permitted = row.permission !== undefined && caller.permissions.includes(row.permission);
    if (!permitted && !row.roles.includes(caller.role)) {
      throw refuse(403, "forbidden", `Not authorized: role ${caller.role} may not do this`);
    }
    const body = request === undefined ? undefined : readBody(request, context.incoming.payload);
    return row.handle(context, caller, body as Body); // without `request`, Body is undefined
  };
  const endpoint = (path: string, available: Endpoint["available"]): Endpoint => ({
    vendor: "vercel",
    method: row.method,
    path,
    ...(request === undefined ? {} : { request }),
    ...(row.reply === undefined ? {} : { reply: row.reply }),
    ...(available === undefined ? {} : { available }),
    handle,
  });
  return [
    ...row.paths.map((path) => endpoint(path, row.available)),
    ...(row.switchedPaths?.paths ?? []).map((path) => endpoint(path, row.switchedPaths?.when)),
  ];
}
