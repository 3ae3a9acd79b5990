// Puts a value into a secret of GitHub Actions: of a repository, of one of its environments, or of an organization.
//
// Facts: https://docs.github.com/en/rest/actions/secrets (API version 2022-11-28; read as octokit's documentation of it
// and as operation tables made from github/rest-api-description, 2026-11). The value is sealed for the public key of the
// place; PUT answers 201 for a new secret and 204 for one that was there; GET gives times and never a value.

import type { GithubSecretSink } from "../../model/sink.ts";
import { sinkTarget } from "../../render/sink-target.ts";
import { isPublicKey, seal } from "./seal.ts";
import { type SinkContext, type SinkDriver, SinkError } from "./sink.ts";
import { memberOf, openSinkServer, type SinkAnswer } from "./sink-http.ts";

/**
 * "Naming your secrets" in https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions:
 * letters, digits and _, no digit first, no GITHUB_ prefix, in any case of letters.
 */
const NAME = /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i;
/** Milliseconds by which GitHub's times, in whole seconds, may be apart. */
const SLACK = 2_000;

/** What GitHub tells of a secret. */
interface Known {
  /** ms since 1970 */
  readonly updated: number;
}

/** What `deliver` did, for `confirm` and `undo`. */
interface Sent {
  readonly before: Known | null;
  /** The moment after which nothing of ours was written, by GitHub's clock; `undefined` without an answer. */
  readonly at: number | undefined;
}

export function githubSink(secret: GithubSecretSink, context: SinkContext): SinkDriver {
  const target = sinkTarget({ github_actions_secret: secret });
  const shown = `the GitHub secret ${target}`;
  const server = openSinkServer(
    {
      title: "GitHub",
      name: "github",
      base: { env: "GITHUB_API_URL", url: "https://api.github.com" },
      token: secret.token,
      headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
      request_id_header: "x-github-request-id",
      // https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
      permissions_header: "x-accepted-github-permissions",
      wordsOf: (body) => memberOf(body, "message"),
    },
    context,
  );
  const place = placeOf(secret);
  let sent: Sent | null = null;
  let there = false;

  async function publicKey(): Promise<{ readonly key: string; readonly key_id: string }> {
    const answer = await server.ask({ method: "GET", path: [...place, "public-key"] }, [200, 404]);
    if (answer.status === 404) throw await missing();
    const key = memberOf(answer.body, "key");
    const key_id = memberOf(answer.body, "key_id");
    if (typeof key === "string" && typeof key_id === "string" && (await isPublicKey(key)))
      return { key, key_id };
    throw new SinkError("SINK_REFUSED", `GitHub gave no public key for ${shown}.`);
  }

  /** GitHub hides what a token may not see behind a 404. */
  async function missing(): Promise<SinkError> {
    const { repository, environment, organization } = secret;
    const hint = "check the name, and whether the token may see it";
    if (repository === undefined)
      return new SinkError(
        "SINK_NOT_FOUND",
        `GitHub has no organization ${organization} for this token.`,
        hint,
      );
    const { status } = await server.ask({ method: "GET", path: ["repos", ...parts(repository)] }, [200, 404]);
    if (status === 200 && environment !== undefined)
      return new SinkError("SINK_NOT_FOUND", `${repository} has no environment ${environment}.`, hint);
    return new SinkError("SINK_NOT_FOUND", `GitHub has no repository ${repository} for this token.`, hint);
  }

  async function look(): Promise<Known | null> {
    const answer = await server.ask({ method: "GET", path: [...place, secret.name] }, [200, 404]);
    if (answer.status === 404) return null;
    const updated = Date.parse(String(memberOf(answer.body, "updated_at")));
    if (!Number.isNaN(updated)) return { updated };
    throw new SinkError("SINK_REFUSED", `GitHub did not say when ${shown} was changed.`);
  }

  /** A token of a user learns what that user may do; writing secrets takes write access (github/docs, 2025). */
  async function checkRole(): Promise<void> {
    if (secret.repository === undefined) return;
    const { body } = await server.ask({ method: "GET", path: ["repos", ...parts(secret.repository)] }, [200]);
    if (memberOf(memberOf(body, "permissions"), "push") === false) {
      throw new SinkError(
        "SINK_FORBIDDEN",
        `The token's user has no write access to ${secret.repository}, which writing a secret takes.`,
      );
    }
    if (memberOf(body, "archived") === true)
      throw new SinkError(
        "SINK_FORBIDDEN",
        `The repository ${secret.repository} is archived, and so read-only.`,
      );
  }

  return {
    try: async () => {
      if (!NAME.test(secret.name)) {
        throw new SinkError(
          "SINK_NAME",
          `${secret.name} cannot be the name of a GitHub secret: letters, digits and _ only, no digit first, and not GITHUB_.`,
          'write "name" beside the place, such as AI_GATEWAY_API_KEY',
        );
      }
      await publicKey();
      await checkRole();
      there = (await look()) !== null;
    },

    keeps: () => there,
    restores: true,

    deliver: async (value) => {
      const { key, key_id } = await publicKey();
      const before = await look();
      const encrypted_value = await seal(value.reveal(), key);
      sent = { before, at: undefined };
      const answer = await server
        .ask(
          {
            method: "PUT",
            path: [...place, secret.name],
            body: { encrypted_value, key_id, ...accessOf(secret) },
            secrets: [value],
          },
          [201, 204],
        )
        .catch((error: unknown) => {
          if (error instanceof SinkError && !error.unsure) sent = null;
          throw error;
        });
      sent = { before, at: dateOf(answer) };
      return { sink: "github_actions_secret", target, at: new Date(context.now()).toISOString() };
    },

    confirm: async () => {
      const now = await look();
      const since = sent?.at === undefined ? 0 : sent.at - SLACK;
      // A secret that has not changed for minutes was not written now, whatever the answer said.
      if (now !== null && now.updated >= since - 60_000) return;
      throw new SinkError("SINK_LOST", `The value that was written to ${shown} is not there any more.`);
    },

    undo: async () => {
      if (sent === null) return;
      const { before, at } = sent;
      const now = await look();
      const ours = now !== null && (at === undefined || now.updated <= at + SLACK);
      // What is gone, or was written by somebody else since, is not ours to take back.
      if (!ours || (at === undefined && now.updated === before?.updated)) {
        sent = null;
        return;
      }
      if (before !== null) {
        throw new SinkError(
          "SINK_KEPT",
          `${shown} keeps the new value, as GitHub does not show the one before it, which could be put back`,
        );
      }
      await server.ask({ method: "DELETE", path: [...place, secret.name] }, [204, 404]);
      sent = null;
    },
  };
}

/** The segments above the public key and the secrets of a place. */
function placeOf({ repository, environment, organization }: GithubSecretSink): readonly string[] {
  if (repository === undefined) return ["orgs", organization ?? "", "actions", "secrets"];
  const owned = ["repos", ...parts(repository)];
  return environment === undefined
    ? [...owned, "actions", "secrets"]
    : [...owned, "environments", environment, "secrets"];
}

/** Owner and name, and an empty one where there are not two. */
function parts(repository: string): readonly string[] {
  const [owner = "", name = "", ...rest] = repository.split("/");
  return rest.length > 0 ? [owner, ""] : [owner, name];
}

/** For an organization alone: who may use the secret. The ids go with `selected` only. */
function accessOf({ organization, visibility, selected_repository_ids }: GithubSecretSink) {
  if (organization === undefined) return {};
  return { visibility, ...(visibility === "selected" ? { selected_repository_ids } : {}) };
}

function dateOf({ header }: SinkAnswer): number | undefined {
  const date = Date.parse(header("date") ?? "");
  return Number.isNaN(date) ? undefined : date;
}
