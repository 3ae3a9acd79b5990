// Puts a value into an environment variable of a Vercel project.
//
// Facts (2026-11): https://vercel.com/docs/rest-api/projects – "Create one or more environment variables" (POST
// /v10/projects/{idOrName}/env, `upsert=true` changes the value of one that is there; 201 with `created` and `failed`),
// "Retrieve the environment variables …" (GET /v10/…/env), "Retrieve the decrypted value …" (GET /v1/…/env/{id}), "Edit
// an environment variable" (PATCH /v9/…/env/{id}), "Remove an environment variable" (DELETE /v9/…/env/{id}). An upsert
// whose targets are not exactly those of the variable answers 400 ENV_CONFLICT (getsentry/sentry#118490, 2026-06). A
// sensitive variable is never shown again; one becomes sensitive only by being made anew
// (https://vercel.com/docs/environment-variables/sensitive-environment-variables).

import { isObject } from "../../base/json.ts";
import type { VercelEnvSink } from "../../model/sink.ts";
import { Secret } from "../../provider/secret.ts";
import { sinkTarget } from "../../render/sink-target.ts";
import { type SinkContext, type SinkDriver, SinkError } from "./sink.ts";
import { memberOf, openSinkServer } from "./sink-http.ts";

/** What Vercel tells of a variable. */
interface Variable {
  readonly id: string;
  readonly type: string;
  readonly targets: readonly string[];
  /** ms since 1970 */
  readonly updated: number | undefined;
}

/** What `deliver` did, for `confirm` and `undo`. */
interface Sent {
  readonly before: Variable | null;
  /** What `before` held, where Vercel shows it. */
  readonly previous: Secret | undefined;
  /** As it was right after it was written; `undefined` without an answer. */
  readonly after: Variable | undefined;
}

export function vercelSink(variable: VercelEnvSink, context: SinkContext): SinkDriver {
  const { project, name, type, targets } = variable;
  const target = sinkTarget({ vercel_env: variable });
  const shown = `the Vercel variable ${target}`;
  const own = context.vendor("vercel");
  const server = openSinkServer(
    {
      title: "Vercel",
      name: "vercel",
      base: { env: "VERCEL_BASE_URL", url: own?.base_url ?? "https://api.vercel.com" },
      token: variable.token,
      request_id_header: "x-vercel-id",
      wordsOf: (body) => memberOf(memberOf(body, "error"), "message"),
    },
    context,
  );
  const query = teamOf(variable.team ?? own?.account);
  let sent: Sent | null = null;
  let there = false;

  /** Variables of this name that some of the same environments get, whatever branch of git they are not for. */
  async function look(): Promise<readonly Variable[]> {
    const path = ["v10", "projects", project, "env"];
    const { body, clean } = await server.ask({ method: "GET", path, query }, [200]);
    const envs = memberOf(body, "envs");
    if (!Array.isArray(envs))
      throw new SinkError("SINK_REFUSED", `Vercel gave no list of the variables of ${project}.`);
    const found = envs
      .filter((item) => keyOf(item) === name && !memberOf(item, "gitBranch"))
      .map((item) => variableOf(item, clean) ?? oddVariable())
      .filter((item) => item.targets.some((at) => (targets as readonly string[]).includes(at)));
    if (
      found.length === 0 &&
      isObject(memberOf(body, "pagination")) &&
      memberOf(memberOf(body, "pagination"), "next")
    )
      throw new SinkError("SINK_REFUSED", `Vercel gave only a part of the variables of ${project}.`);
    return found;
  }

  function keyOf(item: unknown): string {
    const key = memberOf(item, "key");
    return typeof key === "string" ? key : oddVariable();
  }

  /** What is there in an unknown form must not be taken for nothing: it would count as made by this run. */
  function oddVariable(): never {
    throw new SinkError("SINK_REFUSED", `Vercel gave a variable of ${project} in a form that is not known.`);
  }

  /** The one that a new value goes to; `null` where there is none yet. */
  async function present(): Promise<Variable | null> {
    const [first, ...more] = await look();
    if (first === undefined) return null;
    const same = more.length === 0 && sameTargets(first.targets, targets);
    if (same && first.type === type) return first;
    const there = [first, ...more].map((item) => `${item.type} for ${item.targets.join(", ")}`).join("; ");
    throw new SinkError(
      "SINK_TAKEN",
      `${project} has ${name} already, ${there}, and not ${type} for ${targets.join(", ")}; Vercel changes neither by a new value.`,
      same
        ? `write \`type: ${first.type}\`, or remove the variable`
        : "write these targets, or remove the variable",
    );
  }

  async function shownValue(id: string): Promise<Secret | undefined> {
    const path = ["v1", "projects", project, "env", id];
    // Who may write a variable need not be allowed to read it.
    const { body } = await server.ask({ method: "GET", path, query }, [200, 400, 403, 404]);
    const value = memberOf(body, "value");
    return memberOf(body, "decrypted") === true && typeof value === "string" ? new Secret(value) : undefined;
  }

  return {
    try: async () => {
      const { status } = await server.ask(
        { method: "GET", path: ["v9", "projects", project], query },
        [200, 404],
      );
      if (status === 404) {
        throw new SinkError(
          "SINK_NOT_FOUND",
          `Vercel has no project ${project} for this token${query.teamId === undefined && query.slug === undefined ? "" : ` in team ${query.slug ?? query.teamId}`}.`,
          'check the name, "team", and whether the token may see it',
        );
      }
      there = (await present()) !== null;
    },

    keeps: () => there && type === "sensitive",
    restores: true,

    deliver: async (value) => {
      const before = await present();
      const previous = before?.type === "encrypted" ? await shownValue(before.id) : undefined;
      sent = { before, previous, after: undefined };
      const answer = await server
        .ask(
          {
            method: "POST",
            path: ["v10", "projects", project, "env"],
            query: { ...query, upsert: "true" },
            body: { key: name, value: value.reveal(), type, target: targets },
            secrets: [value],
          },
          [200, 201],
        )
        .catch((error: unknown) => {
          if (error instanceof SinkError && !error.unsure) sent = null;
          throw error;
        });
      const failed = memberOf(answer.body, "failed");
      const created = memberOf(answer.body, "created");
      const after = variableOf(Array.isArray(created) ? created[0] : created, answer.clean);
      if ((Array.isArray(failed) && failed.length > 0) || after === undefined) {
        const words = memberOf(memberOf([failed].flat()[0], "error"), "message");
        throw new SinkError(
          "SINK_REFUSED",
          `Vercel did not take ${shown}${typeof words === "string" ? `: ${answer.clean(words)}` : ""}`,
        );
      }
      sent = { before, previous, after };
      if (after.type !== type) {
        throw new SinkError(
          "SINK_REFUSED",
          `Vercel made ${shown} ${after.type} and not ${type}.`,
          "a policy of the team may ask for sensitive variables",
        );
      }
      return { sink: "vercel_env", target, at: new Date(context.now()).toISOString() };
    },

    confirm: async () => {
      const now = (await look()).find(({ id }) => id === sent?.after?.id);
      const changed = now?.updated !== undefined && now.updated !== (sent?.after?.updated ?? now.updated);
      if (now !== undefined && !changed && sameTargets(now.targets, targets)) return;
      throw new SinkError("SINK_LOST", `The value that was written to ${shown} is not there any more.`);
    },

    undo: async () => {
      if (sent === null) return;
      const { before, previous, after } = sent;
      const now = (await look()).find(({ id }) => (after ?? before) === null || id === (after ?? before)?.id);
      const untouched = after === undefined && before !== null && now?.updated === before.updated;
      const theirs = after?.updated !== undefined && now?.updated !== after.updated;
      // What is gone, was never written, or was written by somebody else since, is not ours to take back.
      if (now === undefined || untouched || theirs) {
        sent = null;
        return;
      }
      const path = ["v9", "projects", project, "env", now.id];
      if (before === null) await server.ask({ method: "DELETE", path, query }, [200, 204, 404]);
      else if (previous !== undefined) {
        await server.ask(
          {
            method: "PATCH",
            path,
            query,
            body: { key: name, value: previous.reveal(), type, target: targets },
            secrets: [previous],
          },
          [200],
        );
      } else {
        throw new SinkError(
          "SINK_KEPT",
          `${shown} keeps the new value, as Vercel does not show the one before it, which could be put back`,
        );
      }
      sent = null;
    },
  };
}

/** @param clean makes what is shown safe to print. */
function variableOf(item: unknown, clean: (text: string) => string): Variable | undefined {
  const id = memberOf(item, "id");
  const type = memberOf(item, "type");
  const target = memberOf(item, "target");
  const updated = memberOf(item, "updatedAt");
  if (typeof id !== "string" || typeof type !== "string") return undefined;
  return {
    id,
    type: clean(type),
    targets: [target]
      .flat()
      .filter((at) => typeof at === "string")
      .map(clean),
    updated: typeof updated === "number" ? updated : undefined,
  };
}

function sameTargets(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((target) => b.includes(target));
}

/** Vercel takes a team's id and its slug by different names. */
function teamOf(team: string | undefined): { readonly teamId?: string; readonly slug?: string } {
  if (team === undefined) return {};
  return team.startsWith("team_") ? { teamId: team } : { slug: team };
}
