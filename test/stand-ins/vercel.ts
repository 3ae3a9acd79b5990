// A stand-in for Vercel's API of project variables, from https://vercel.com/docs/rest-api/projects (2026-11), the
// page on sensitive variables, and getsentry/sentry#118490 for what an upsert with other targets answers.

import { canary } from "../canary/values.ts";
import { type Answer, type Asked, type StandIn, standIn } from "./http.ts";

export interface VercelVariable {
  readonly id: string;
  readonly key: string;
  value: string;
  readonly type: string;
  readonly target: readonly string[];
  readonly gitBranch?: string;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Vercel extends StandIn {
  readonly token: string;
  readonly team: { readonly id: string; readonly slug: string };
  /** Of the one project, `web`, whose id is `prj_web`. */
  readonly variables: VercelVariable[];
  /** Puts a variable there, as somebody else does. */
  readonly put: (variable: Partial<VercelVariable>) => VercelVariable;
  /** Makes every new variable sensitive, as a team's policy does. */
  policy: boolean;
}

const TARGETS = ["production", "preview", "development"];
const TYPES = ["system", "secret", "encrypted", "plain", "sensitive"];

/** @param otherwise URL of a server that is asked for everything but projects. */
export async function openVercel(otherwise?: string): Promise<Vercel> {
  const token = canary("token of a Vercel project", "vcp_");
  const team = { id: "team_0123456789abcdef01234567", slug: "acme" };
  const variables: VercelVariable[] = [];
  let ids = 0;
  // Every change has a time of its own.
  let clock = Date.now();
  const self = { policy: false };

  function put(variable: Partial<VercelVariable>): VercelVariable {
    clock += 1;
    const made: VercelVariable = {
      id: `env${++ids}`,
      key: "AI_KEY",
      value: "old",
      type: "encrypted",
      target: ["production"],
      createdAt: clock,
      updatedAt: clock,
      ...variable,
    };
    variables.push(made);
    return made;
  }

  function serve(asked: Asked): Answer | null {
    if (otherwise !== undefined && asked.path[1] !== "projects") return null;
    if (asked.header("authorization") !== `Bearer ${token}`)
      return refuse(403, "forbidden", "Not authorized");
    const wanted = asked.query.get("teamId") ?? asked.query.get("slug");
    if (![team.id, team.slug].includes(wanted ?? "")) return refuse(404, "not_found", "Project not found.");
    const [version, projects, project, env, id, ...rest] = asked.path;
    if (projects !== "projects" || !["web", "prj_web"].includes(project ?? "") || rest.length > 0)
      return refuse(404, "not_found", "Project not found.");
    const found = variables.find((item) => item.id === id);
    switch (`${asked.method} ${version}${env === undefined ? "" : "/env"}${id === undefined ? "" : "/id"}`) {
      case "GET v9":
        return { status: 200, body: { id: "prj_web", name: "web" } };
      case "GET v10/env":
        // Without `decrypt` a value is shown as it is stored.
        return { status: 200, body: { envs: variables.map((item) => ({ ...item, value: "ZW5jcnlwdGVk" })) } };
      case "GET v1/env/id":
        if (found === undefined) return refuse(404, "not_found", "The environment variable was not found.");
        return {
          status: 200,
          body:
            found.type === "sensitive"
              ? { ...found, value: "", decrypted: false }
              : { ...found, decrypted: true },
        };
      case "POST v10/env":
        return create(asked);
      case "PATCH v9/env/id":
        if (found === undefined) return refuse(404, "not_found", "The environment variable was not found.");
        clock += 1;
        found.value = asked.body.value;
        found.updatedAt = clock;
        return { status: 200, body: { ...found, value: "ZW5jcnlwdGVk" } };
      case "DELETE v9/env/id":
        if (found === undefined) return refuse(404, "not_found", "The environment variable was not found.");
        variables.splice(variables.indexOf(found), 1);
        return { status: 200, body: found };
      default:
        return refuse(404, "not_found", "Not found.");
    }
  }

  function create({ body, query }: Asked): Answer {
    const other = Object.keys(body).find((name) => !["key", "value", "type", "target"].includes(name));
    if (other !== undefined)
      return refuse(400, "bad_request", `should NOT have additional property \`${other}\``);
    if (!TYPES.includes(body.type)) return refuse(400, "bad_request", "`type` should be one of the allowed");
    if (!Array.isArray(body.target) || !body.target.every((at: string) => TARGETS.includes(at)))
      return refuse(400, "bad_request", "`target` should be one of the allowed");
    if (body.type === "sensitive" && body.target.includes("development"))
      return refuse(
        400,
        "bad_request",
        "You cannot set a Sensitive Environment Variable's target to development.",
      );
    const type = self.policy ? "sensitive" : body.type;
    const there = variables.filter(
      ({ key, target, gitBranch }) =>
        key === body.key && gitBranch === undefined && target.some((at) => body.target.includes(at)),
    );
    const [same] = there;
    if (same !== undefined) {
      const exact = there.length === 1 && [...same.target].sort().join() === [...body.target].sort().join();
      if (query.get("upsert") !== "true" || !exact)
        return refuse(400, "ENV_CONFLICT", `A variable with the name \`${body.key}\` already exists`);
      clock += 1;
      same.value = body.value;
      same.updatedAt = clock;
      return { status: 201, body: { created: { ...same, value: "ZW5jcnlwdGVk" }, failed: [] } };
    }
    const made = put({ key: body.key, value: body.value, type, target: body.target });
    return { status: 201, body: { created: { ...made, value: "ZW5jcnlwdGVk" }, failed: [] } };
  }

  return Object.assign(self, { ...(await standIn(serve, otherwise)), token, team, variables, put });
}

function refuse(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
