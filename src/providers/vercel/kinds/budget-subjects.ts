// Whose budget a key of a file means: ids of projects and users from their names, looked up as Vercel's own CLI does
// (64.0.2 observed).

import * as z from "zod";
import { ProviderError } from "../../../provider/error.ts";
import type { Found } from "../../../provider/kind.ts";
import { segment } from "../../../provider/shape.ts";
import type { VercelReader } from "../client.ts";

const projectShape = z.looseObject({ id: z.string().min(1), name: z.string().nullish() });

/** The project of this name or id. */
export async function findProject(api: VercelReader, name: string): Promise<Found> {
  const unknown = {
    problem: `the team has no project with the name or id "${name}"`,
    hint: "write the name of a project of the team, or its id, which stays the same when it is renamed",
  };
  try {
    const project = await api.get(`/v9/projects/${segment(name)}`, projectShape);
    return project.id === name || project.name === name ? { fields: { project_id: project.id } } : unknown;
  } catch (error) {
    if (error instanceof ProviderError && error.refused === "not-found") return unknown;
    throw error;
  }
}

const membersShape = z.looseObject({
  members: z.array(
    z.looseObject({
      uid: z.string().min(1),
      username: z.string().nullish(),
      email: z.string().nullish(),
    }),
  ),
  pagination: z.looseObject({ hasNext: z.boolean().nullish() }).nullish(),
});

/** What may be the id of a user: those seen have 24 letters and digits. Of every other name, the search is enough. */
const idLike = /^[A-Za-z0-9_]{16,}$/;

/** The member of the team with this user name, e-mail address or id. */
export async function findUser(api: VercelReader, name: string): Promise<Found> {
  const path = `/v2/teams/${segment(api.team)}/members`;
  const wanted = name.toLowerCase();
  // What is searched for is found in parts of names and addresses, too.
  const named = await api.get(path, membersShape, { limit: "100", search: name });
  const exact = named.members.filter(({ username, email }) =>
    [username, email].some((text) => text?.toLowerCase() === wanted),
  );
  const ids = [...new Set(exact.map(({ uid }) => uid))];
  const isId = ({ uid }: { readonly uid: string }) => uid === name;
  // Anybody may choose another one's id as a user name: an id stays whose it is.
  const asked = !named.members.some(isId) && (ids.length === 0 || idLike.test(name));
  const listed = asked ? await api.get(path, membersShape, { limit: "100", filterByUserIds: name }) : named;
  if (listed.members.some(isId)) return { fields: { user_id: name } };
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return { fields: { user_id: id } };
  if (ids.length > 1) {
    return {
      problem: `"${name}" is the name or address of several members of the team, with the ids ${ids.join(", ")}`,
      hint: "write the id of the one that is meant",
    };
  }
  return named.pagination?.hasNext === true
    ? {
        problem: `more than 100 members of the team have "${name}" in their names, and none of the first 100 is called just that`,
        hint: "write the id of the one that is meant, or the e-mail address",
      }
    : {
        problem: `the team has no member with the name, e-mail address or id "${name}"`,
        hint: "write the user name, the e-mail address or the id of a member of the team",
      };
}
