// A stand-in for GitHub's secrets API, from https://docs.github.com/en/rest/actions/secrets (2026-11) and what callers
// report of it (octokit/request.js#403: 422 for a missing key_id). It holds private keys and opens the boxes it is sent.

import sodium from "libsodium-wrappers";
import { canary } from "../canary/values.ts";
import { type Answer, type Asked, type StandIn, standIn } from "./http.ts";

export interface GithubSecret {
  readonly value: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly visibility?: string;
  readonly selected_repository_ids?: readonly number[];
}

/** Something that has secrets and a key pair: a repository, an environment, an organization. */
export interface GithubPlace {
  readonly secrets: Map<string, GithubSecret>;
}

export interface Github extends StandIn {
  readonly token: string;
  /** Secrets by place: `acme/web`, `acme/web#production`, `acme`. */
  readonly places: ReadonlyMap<string, GithubPlace>;
  /** What `GET /repos/…` says of every repository. */
  readonly repository: { permissions: { push: boolean } | undefined; archived: boolean };
  /** Puts a secret there, as somebody else does; `at` is the time of the change. */
  readonly put: (place: string, name: string, value: string, at: Date) => void;
  /** Makes another key pair for every place. */
  readonly rotateKeys: () => void;
}

interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** Opens a stand-in with these places. */
export async function openGithub(...names: readonly string[]): Promise<Github> {
  await sodium.ready;
  const token = canary("GitHub token", "ghp_");
  const places = new Map(names.map((name) => [name, { secrets: new Map<string, GithubSecret>() }]));
  const repository: Github["repository"] = { permissions: { push: true }, archived: false };
  let keys = 0;
  let pairs = new Map<string, { readonly id: string; readonly pair: KeyPair }>();
  const rotateKeys = (): void => {
    pairs = new Map(
      names.map((name) => {
        keys += 1;
        return [name, { id: `key${keys}`, pair: sodium.crypto_box_keypair() }];
      }),
    );
  };
  rotateKeys();

  function serve(asked: Asked): Answer {
    // https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api: no User-Agent, no answer.
    if (asked.header("user-agent") === "") return refuse(403, "Request forbidden by administrative rules.");
    if (asked.header("authorization") !== `Bearer ${token}`) return refuse(401, "Bad credentials");
    const { path } = asked;
    if (path[0] === "repos" && path.length === 3)
      return [...places.keys()].some((name) => name.split("#")[0] === `${path[1]}/${path[2]}`)
        ? { status: 200, body: { ...repository } }
        : NOT_FOUND;
    const found = locate(path);
    const place = places.get(found?.name ?? "");
    const key = pairs.get(found?.name ?? "");
    if (found === undefined || place === undefined || key === undefined) return NOT_FOUND;
    if (found.secret === "public-key") {
      return {
        status: 200,
        body: { key_id: key.id, key: Buffer.from(key.pair.publicKey).toString("base64") },
      };
    }
    const name = found.secret.toUpperCase();
    const before = place.secrets.get(name);
    switch (asked.method) {
      case "GET": {
        if (before === undefined) return NOT_FOUND;
        const { value: _, selected_repository_ids: __, ...shown } = before;
        return { status: 200, body: { name, ...shown } };
      }
      case "DELETE":
        return place.secrets.delete(name) ? { status: 204 } : NOT_FOUND;
      case "PUT": {
        const problem = problemOf(asked.body, found.kind, key.id);
        if (problem !== undefined) return refuse(422, problem);
        const value = opened(asked.body.encrypted_value, key.pair);
        if (value === undefined) return refuse(422, "Could not decrypt the value with the private key");
        const { visibility, selected_repository_ids } = asked.body;
        place.secrets.set(name, {
          value,
          created_at: before?.created_at ?? seconds(new Date()),
          updated_at: seconds(new Date()),
          ...(visibility === undefined ? {} : { visibility }),
          ...(selected_repository_ids === undefined ? {} : { selected_repository_ids }),
        });
        return before === undefined ? { status: 201, body: {} } : { status: 204 };
      }
      default:
        return NOT_FOUND;
    }
  }

  return {
    ...(await standIn(serve)),
    token,
    places,
    repository,
    put: (place, name, value, at) =>
      void places.get(place)?.secrets.set(name, { value, created_at: seconds(at), updated_at: seconds(at) }),
    rotateKeys,
  };
}

const NOT_FOUND: Answer = refuse(404, "Not Found");

function refuse(status: number, message: string): Answer {
  return { status, body: { message, documentation_url: "https://docs.github.com/rest" } };
}

interface Located {
  readonly kind: "repository" | "environment" | "organization";
  readonly name: string;
  readonly secret: string;
}

function locate(path: readonly string[]): Located | undefined {
  const [top, a = "", b = "", c, d, e, f] = path;
  if (top === "repos" && c === "actions" && d === "secrets" && e !== undefined && path.length === 6)
    return { kind: "repository", name: `${a}/${b}`, secret: e };
  if (top === "repos" && c === "environments" && e === "secrets" && f !== undefined && path.length === 7)
    return { kind: "environment", name: `${a}/${b}#${d}`, secret: f };
  if (top === "orgs" && b === "actions" && c === "secrets" && d !== undefined && path.length === 5)
    return { kind: "organization", name: a, secret: d };
  return undefined;
}

function problemOf(
  body: Readonly<Record<string, unknown>> | undefined,
  kind: Located["kind"],
  key: string,
): string | undefined {
  if (typeof body?.encrypted_value !== "string")
    return `Invalid request.\n\n"encrypted_value" wasn't supplied.`;
  if (typeof body.key_id !== "string") return `Invalid request.\n\n"key_id" wasn't supplied.`;
  if (body.key_id !== key) return "The key_id is not that of the current public key";
  const allowed = ["encrypted_value", "key_id"];
  if (kind === "organization") {
    if (!["all", "private", "selected"].includes(String(body.visibility)))
      return `Invalid request.\n\n"visibility" wasn't supplied.`;
    allowed.push("visibility");
    if (body.visibility === "selected") allowed.push("selected_repository_ids");
  }
  const other = Object.keys(body).find((name) => !allowed.includes(name));
  return other === undefined ? undefined : `Invalid request.\n\n"${other}" is not a permitted key.`;
}

function opened(base64: string, { publicKey, privateKey }: KeyPair): string | undefined {
  try {
    return Buffer.from(
      sodium.crypto_box_seal_open(Buffer.from(base64, "base64"), publicKey, privateKey),
    ).toString("utf8");
  } catch {
    return undefined;
  }
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
