// Requests of a sink to its server: its credential, another try where that can help, and what refusals are called. All
// of a sink's requests may be repeated: what they do is the same the second time.

import { describeSource, type SecretSource } from "../../base/expression.ts";
import { isObject } from "../../base/json.ts";
import { pathSegment } from "../../base/path-segment.ts";
import { isLoopback } from "../../config/base-url.ts";
import { ask, type HttpAnswer, type NoAnswer } from "../../ledger/http-server.ts";
import { bearer } from "../../provider/auth.ts";
import { InternalError } from "../../provider/error.ts";
import { openPlainHttp, type PlainRequest } from "../../provider/plain-http.ts";
import type { Secret } from "../../provider/secret.ts";
import { type SinkContext, SinkError } from "./sink.ts";

/** Bytes; lists of variables are the largest. */
const MAX_ANSWER = 2 * 1024 * 1024;

export interface SinkServerOptions {
  /** As sentences name it: `GitHub`. */
  readonly title: string;
  /** For events. */
  readonly name: string;
  /** The variable that names another server, and the URL without it. */
  readonly base: { readonly env: string; readonly url: string };
  readonly token: SecretSource;
  readonly headers?: Readonly<Record<string, string>>;
  /** Header that names a request for the server's support. */
  readonly request_id_header?: string;
  /** Header that says which permissions a request takes. */
  readonly permissions_header?: string;
  /** The server's own words in an answer of it. */
  readonly wordsOf: (body: unknown) => unknown;
}

export interface SinkRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Segments below the base URL. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What of the body must not come back in a message. */
  readonly secrets?: readonly Secret[];
}

export interface SinkAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
  /** Makes text of the answer safe to print. */
  readonly clean: (text: string) => string;
}

export interface SinkServer {
  /**
   * Sends a request, and again where that can help.
   * @param expected statuses that are answers; every other is an error.
   * @throws SinkError
   */
  readonly ask: (request: SinkRequest, expected: readonly number[]) => Promise<SinkAnswer>;
}

/** Connects and resolves when the first request is sent. */
export function openSinkServer(options: SinkServerOptions, context: SinkContext): SinkServer {
  const { title } = options;
  let token: Secret | undefined;
  async function login(): Promise<void> {
    if (token !== undefined) return;
    const resolved = await context.resolve(options.token);
    if ("problem" in resolved) {
      const { message, hint } = resolved.problem;
      throw new SinkError("SINK_CREDENTIAL", `${title} needs a token. ${message}`, hint);
    }
    token = resolved.secret;
  }
  const plain = openPlainHttp({
    name: options.name,
    auth: async () => {
      await login();
      return token === undefined ? undefined : bearer(token);
    },
    max_answer: MAX_ANSWER,
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(options.request_id_header === undefined ? {} : { request_id_header: options.request_id_header }),
    network: context.network,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const send = async (request: PlainRequest) => limited(await plain.send(request));

  return {
    ask: async (request, expected) => {
      const url = urlOf(options.base, context.env, request);
      await login();
      const { method, body, secrets = [] } = request;
      const tries: (HttpAnswer | NoAnswer)[] = [];
      await ask(
        { send, hold: plain.hold },
        { method, url, secrets, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
        (result) => tries.push(result),
      );
      const last = tries.at(-1);
      if (last === undefined) throw new InternalError("a request without an answer");
      if ("status" in last && expected.includes(last.status) && isOwn(last, options))
        return { ...last, body: parse(last.text) };
      const unsure = method !== "GET" && tries.some(mayBeDone);
      throw refusal(options, `${method} ${url.pathname}`, url.host, last, unsure);
    },
  };
}

/** A try that may have been carried out. */
function mayBeDone(result: HttpAnswer | NoAnswer): boolean {
  return "status" in result ? result.status >= 500 || result.status < 300 : result.outcome === "unknown";
}

/** False for what a proxy or a login page says: its 200 has done nothing, and its 404 tells of nothing that is gone. */
function isOwn({ status, text }: HttpAnswer, { wordsOf }: SinkServerOptions): boolean {
  const body = parse(text);
  if (status < 300) return text === "" || body !== undefined;
  return status !== 404 || typeof wordsOf(body) === "string";
}

/**
 * GitHub's secondary rate limit may come as 403, with the wait that 429 has
 * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, 2026).
 */
function limited(result: HttpAnswer | NoAnswer): HttpAnswer | NoAnswer {
  const is = "status" in result && result.status === 403 && result.retry_after !== undefined;
  return is ? { ...result, status: 429 } : result;
}

function refusal(
  options: SinkServerOptions,
  asked: string,
  host: string,
  result: HttpAnswer | NoAnswer,
  unsure: boolean,
): SinkError {
  const { title } = options;
  if (!("status" in result)) {
    return result.refused === "authentication"
      ? new SinkError("SINK_CREDENTIAL", `${title} ${result.message}.`, hintOf(options), unsure)
      : new SinkError("SINK_UNREACHABLE", `${title} (${host}) ${result.message}.`, undefined, unsure);
  }
  const { status, clean } = result;
  const said = options.wordsOf(parse(result.text));
  const words = typeof said === "string" && said !== "" ? `: ${clean(said).replace(/\.$/, "")}` : "";
  if (!isOwn(result, options)) {
    const message = `${title} answered ${status} to ${asked} in a form that ${title} does not answer in.`;
    return new SinkError("SINK_UNREACHABLE", message, BETWEEN, unsure);
  }
  const message = `${title} answered ${status} to ${asked}${words}.`;
  if (status === 401) return new SinkError("SINK_CREDENTIAL", message, hintOf(options), unsure);
  if (status === 403) {
    const takes = clean(result.header(options.permissions_header ?? "") ?? "");
    const hint = `${hintOf(options)}${takes === "" ? "" : `; this takes ${takes}`}`;
    return new SinkError("SINK_FORBIDDEN", message, hint, unsure);
  }
  if (status === 404) return new SinkError("SINK_NOT_FOUND", message, hintOf(options), unsure);
  const passing = status >= 500 || status === 429;
  return new SinkError(passing ? "SINK_UNREACHABLE" : "SINK_REFUSED", message, undefined, unsure);
}

const BETWEEN =
  "something in between may have answered, such as a proxy or a login page: look at HTTPS_PROXY and NO_PROXY";

function hintOf({ token }: SinkServerOptions): string {
  return `see what ${describeSource(token)} gives, and what it is allowed to do`;
}

/** The URL of a request; a segment cannot lead out of its place. */
function urlOf(
  base: SinkServerOptions["base"],
  env: SinkContext["env"],
  { path, query = {} }: SinkRequest,
): URL {
  const named = env[base.env];
  const root = named === undefined || named === "" ? base.url : named;
  const url = URL.canParse(root) ? new URL(root) : undefined;
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === undefined || !safe || url.username !== "" || url.password !== "") {
    throw new SinkError(
      "SINK_ADDRESS",
      `${base.env} is no https URL, nor one of this machine.`,
      `set it to a URL such as ${base.url}, without a user name or password`,
    );
  }
  const parts = path.map((part) => {
    const encoded = pathSegment(part);
    if (encoded !== undefined) return encoded;
    throw new SinkError("SINK_NAME", `"${part}" cannot stand in an address.`);
  });
  url.pathname = [url.pathname.replace(/\/+$/, ""), ...parts].join("/");
  url.search = new URLSearchParams(query).toString();
  url.hash = "";
  return url;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A member of an answer's object; `undefined` in every other answer. */
export function memberOf(body: unknown, name: string): unknown {
  return isObject(body) && Object.hasOwn(body, name) ? body[name] : undefined;
}
