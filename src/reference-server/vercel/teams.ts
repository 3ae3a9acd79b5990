/**
 * The user behind the token and its teams: what CLI 64.0.2 asks before any command of its own.
 */
import * as z from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { json } from "../http.ts";
import { authenticate, refuse } from "./endpoints.ts";
import { pageLimit } from "./paging.ts";
import { memberPaginationWire, memberWire, paginationWire, teamWire, userWire } from "./shapes.ts";
import type { TeamRecord } from "./state.ts";

const me: Endpoint = {
  vendor: "vercel",
  method: "GET",
  path: "/v2/user",
  reply: z.strictObject({ user: userWire }),
  handle(context) {
    const { id, username, email } = authenticate(context);
    return json(200, { user: { id, username, email, version: "northstar" } });
  },
};

function teamsOf(context: Context): TeamRecord[] {
  const joined = new Set(authenticate(context).memberships.map((membership) => membership.team_id));
  return context.store.vercel.teams.filter((team) => joined.has(team.id));
}

const list = ["/v1/teams", "/v2/teams"].map(
  (path): Endpoint => ({
    vendor: "vercel",
    method: "GET",
    path,
    reply: z.strictObject({ teams: z.array(teamWire), pagination: paginationWire }),
    handle(context) {
      const teams = teamsOf(context);
      return json(200, { teams, pagination: { count: teams.length, next: null, prev: null } });
    },
  }),
);

/** By id or slug. 404 for an unknown team, 403 for one the user is not in; the CLI then falls back to the list. */
const one = ["/teams/:team", "/v2/teams/:team"].map(
  (path): Endpoint => ({
    vendor: "vercel",
    method: "GET",
    path,
    reply: teamWire,
    handle: (context) => json(200, teamInPath(context)),
  }),
);

function teamInPath(context: Context): TeamRecord {
  const name = param(context, "team");
  const named = (team: TeamRecord) => team.id === name || team.slug === name;
  const mine = teamsOf(context).find(named);
  if (mine !== undefined) return mine;
  if (context.store.vercel.teams.some(named)) {
    throw refuse(403, "forbidden", "Not authorized: no access to this team");
  }
  throw refuse(404, "not_found", "Team not found");
}

/**
 * Members, in the order in which they joined. `search` looks in names and addresses, `filterByUserIds` may be repeated;
 * CLI 64.0.2 uses one after the other to find a user. `next` goes into `until`, as with keys (form inferred).
 */
const members: Endpoint = {
  vendor: "vercel",
  method: "GET",
  path: "/v2/teams/:team/members",
  reply: z.strictObject({ members: z.array(memberWire), pagination: memberPaginationWire }),
  handle(context) {
    const { query } = context.incoming;
    const team = teamInPath(context);
    const search = query.get("search")?.toLowerCase() ?? "";
    const ids = query.getAll("filterByUserIds");
    const limit = Math.min(pageLimit(query.get("limit")) ?? 20, context.pageSize ?? 100);
    const start = Number(query.get("until") ?? 0);
    const found = context.store.vercel.users.flatMap(({ id, email, username, name, memberships }, index) => {
      const role = memberships.find((membership) => membership.team_id === team.id)?.role;
      const texts = [email, username, name ?? ""];
      if (role === undefined || index < start || (ids.length > 0 && !ids.includes(id))) return [];
      if (!texts.some((text) => text.toLowerCase().includes(search))) return [];
      return [{ index, member: { uid: id, email, username, ...(name === undefined ? {} : { name }), role } }];
    });
    const shown = found.slice(0, limit);
    const next = found[limit]?.index ?? null;
    return json(200, {
      members: shown.map(({ member }) => member),
      pagination: { count: shown.length, next, prev: null, hasNext: next !== null },
    });
  },
};

export const teamEndpointTable: readonly Endpoint[] = [me, ...list, ...one, members];
