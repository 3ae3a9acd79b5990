/**
 * Projects of a team, for reading: CLI 64.0.2 finds the id of a name here.
 */
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { json } from "../http.ts";
import { allReaders, type Caller, refuse, teamEndpoints } from "./endpoints.ts";
import { projectWire } from "./shapes.ts";
import type { ProjectRecord } from "./state.ts";

/** The team's project of this id or, unless only that may be meant, name. */
export function projectNamed(
  context: Context,
  caller: Caller,
  name: string,
  by: "id" | "id or name",
): ProjectRecord | undefined {
  const projects = context.store.vercel.projects.filter((project) => project.teamId === caller.team.id);
  const named = projects.find((project) => project.id === name);
  return by === "id" ? named : (named ?? projects.find((project) => project.name === name));
}

const one = teamEndpoints({
  method: "GET",
  paths: ["/v9/projects/:project"],
  roles: allReaders,
  reply: projectWire,
  handle(context, caller) {
    const project = projectNamed(context, caller, param(context, "project"), "id or name");
    if (project === undefined) throw refuse(404, "not_found", "Project not found");
    return json(200, { id: project.id, name: project.name });
  },
});

export const projectEndpoints: readonly Endpoint[] = one;
