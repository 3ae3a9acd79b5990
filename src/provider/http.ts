// One HTTP connection to a vendor: keep-alive, time-outs, bounded bodies, retries that never repeat a request of
// unknown outcome, rate limits, the vendor's clock. What an answer means is told by the provider's `classify`.

import { Agent, type Dispatcher, request as send } from "undici";
import { createBucket } from "./bucket.ts";
import { ProviderError, type Refused, reworded } from "./error.ts";
import type { ResolvedFields, ResolvedValue } from "./kind.ts";
import type { RequestEvent } from "./provider.ts";
import { backOff, LONGEST_WAIT, MAX_TRIES, readRetryAfter } from "./retry.ts";
import { scrub } from "./scrub.ts";
import { Secret } from "./secret.ts";
import type { Answer } from "./shape.ts";
import { connectionVerdict, OversizeError } from "./transport.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Query = Readonly<Record<string, string | number | boolean>>;

export interface HttpRequest {
  readonly method: Method;
  /** Below the base URL, starting with "/"; its segments are encoded. */
  readonly path: string;
  readonly query?: Query;
  /** JSON in which secrets are still wrapped; they are revealed only while it is sent. */
  readonly body?: ResolvedFields;
}

/** An answer as `classify` sees it. */
export interface RawAnswer {
  readonly method: Method;
  readonly path: string;
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Parsed JSON, or `undefined` when the body is empty or no JSON. */
  readonly body: unknown;
  readonly json: boolean;
}

/** Why an answer is no success. */
export interface Verdict {
  readonly refused: Refused;
  readonly outcome: "not-applied" | "unknown";
  /** The vendor's words, not yet scrubbed. */
  readonly message: string;
  readonly vendor_code?: string;
  /** What to do about it, in our own words. */
  readonly hint?: string;
}

export interface HttpOptions {
  /** For events: `cloudflare`. */
  readonly provider: string;
  /** For messages: `Cloudflare`. */
  readonly title: string;
  readonly base_url: string;
  readonly token: Secret;
  /** Header that names a request for the vendor's support. */
  readonly request_id_header: string;
  /** `null` for a success. */
  readonly classify: (answer: RawAnswer) => Verdict | null;
  /** Connections at a time. */
  readonly parallelism: number;
  readonly onRequest?: (event: RequestEvent) => void;
  readonly signal?: AbortSignal;
  /** For tests: replaces the waits between tries. Must end early when the signal fires. */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** For tests: this machine's clock, ms since 1970. */
  readonly clock?: () => number;
}

export interface Http {
  /**
   * Sends and, where that is safe, sends again.
   * @throws ProviderError for everything the vendor or the network refuses.
   */
  readonly request: (request: HttpRequest) => Promise<Answer>;
  /** Now by the vendor's clock, ms since 1970; exact to about a second. */
  readonly now: () => number;
  readonly close: () => Promise<void>;
}

/** Largest answer that is read, in bytes. */
export const MAX_BODY = 10 * 1024 * 1024;

const CONNECT_TIMEOUT = 10_000;
/** For the answer's head and between two parts of its body, in milliseconds; Cloudflare's SDK waits as long. */
const ANSWER_TIMEOUT = 60_000;

export function openHttp(options: HttpOptions): Http {
  const base = new URL(options.base_url);
  const prefix = base.pathname.replace(/\/+$/, "");
  const agent = new Agent({
    connections: options.parallelism,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT },
    headersTimeout: ANSWER_TIMEOUT,
    bodyTimeout: ANSWER_TIMEOUT,
  });
  const bucket = createBucket();
  const wait = options.wait ?? waitFor;
  const clock = options.clock ?? Date.now;
  let offset = 0;
  const now = (): number => clock() + offset;

  async function request(input: HttpRequest): Promise<Answer> {
    const idempotent = input.method !== "POST";
    let unknown = false;
    for (let tries = 1; ; tries++) {
      const result = await attempt(input, tries);
      if (!(result instanceof ProviderError)) return result;
      unknown ||= result.outcome === "unknown";
      const passing = result.refused === "unavailable" || result.refused === "throttled";
      const delay =
        passing && tries < MAX_TRIES && (idempotent || result.outcome === "not-applied")
          ? backOff(tries, result.retry_after, Math.random())
          : null;
      if (delay === null || options.signal?.aborted === true) throw withOutcome(result, unknown);
      await wait(delay, options.signal);
      if (isAborted()) throw withOutcome(result, unknown);
    }
  }

  async function attempt(input: HttpRequest, number: number): Promise<Answer | ProviderError> {
    for (let delay = bucket.take(clock()); delay > 0 && !isAborted(); delay = bucket.take(clock())) {
      if (delay > LONGEST_WAIT) return exhausted(delay);
      await wait(delay, options.signal);
    }
    if (isAborted()) {
      return new ProviderError(`${options.title} was not asked: the run is being stopped`, {
        refused: "unavailable",
        outcome: "not-applied",
      });
    }
    const secrets: Secret[] = [options.token];
    const body = input.body === undefined ? undefined : JSON.stringify(revealed(input.body, secrets));
    const url = new URL(base);
    url.pathname = prefix + input.path;
    for (const [name, value] of Object.entries(input.query ?? {})) url.searchParams.set(name, String(value));
    const started = clock();
    const event = { provider: options.provider, method: input.method, path: url.pathname, attempt: number };
    let answer: RawAnswer;
    try {
      const response = await send(url, {
        dispatcher: agent,
        method: input.method,
        headers: {
          authorization: `Bearer ${options.token.reveal()}`,
          accept: "application/json",
          "user-agent": "gateform",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body ?? null,
      });
      answer = await read(input, response);
    } catch (error) {
      const verdict = connectionVerdict(error, input.method);
      const failure = new ProviderError(`${options.title} ${verdict.message}`, verdict);
      report({ ...event, duration: clock() - started, error: verdict.message });
      return failure;
    }
    const duration = clock() - started;
    bucket.observe(answer.header, answer.status, clock());
    learnClock(answer.header("date"), started, duration);
    const request_id = answer.header(options.request_id_header);
    const verdict = options.classify(answer);
    const error = verdict === null ? null : failureOf(input, answer, verdict, secrets);
    report({
      ...event,
      status: answer.status,
      duration,
      ...(request_id === undefined ? {} : { request_id }),
      ...(error === null ? {} : { error: error.message }),
    });
    return (
      error ?? {
        what: `${input.method} ${input.path}`,
        method: input.method,
        status: answer.status,
        request_id,
        body: answer.body,
      }
    );
  }

  function exhausted(delay: number): ProviderError {
    const minutes = Math.ceil(delay / 60_000);
    return new ProviderError(`${options.title}'s rate limit is used up for another ${minutes} minutes`, {
      refused: "throttled",
      outcome: "not-applied",
      retry_after: delay,
    });
  }

  function failureOf(
    input: HttpRequest,
    answer: RawAnswer,
    verdict: Verdict,
    secrets: readonly Secret[],
  ): ProviderError {
    const words = scrub(verdict.message, secrets);
    const code = verdict.vendor_code === undefined ? "" : ` (code ${scrub(verdict.vendor_code, secrets)})`;
    const hint = verdict.hint === undefined ? "" : `; ${verdict.hint}`;
    const request_id = answer.header(options.request_id_header);
    const retry_after = readRetryAfter(answer.header("retry-after"), now());
    return new ProviderError(
      `${options.title} answered ${answer.status} to ${input.method} ${input.path}${words === "" ? "" : `: ${words}`}${code}${hint}`,
      {
        refused: verdict.refused,
        outcome: input.method === "GET" ? "not-applied" : verdict.outcome,
        status: answer.status,
        ...(verdict.vendor_code === undefined ? {} : { vendor_code: verdict.vendor_code }),
        ...(request_id === undefined ? {} : { request_id }),
        ...(retry_after === undefined ? {} : { retry_after }),
      },
    );
  }

  /** The `Date` header counts whole seconds, so a smaller difference is none. */
  function learnClock(date: string | undefined, started: number, duration: number): void {
    const server = date === undefined ? Number.NaN : Date.parse(date) + 500;
    if (Number.isNaN(server)) return;
    const measured = server - (started + duration / 2);
    offset = Math.abs(measured) <= 1000 ? 0 : measured;
  }

  function report(event: RequestEvent): void {
    options.onRequest?.(event);
  }

  function isAborted(): boolean {
    return options.signal?.aborted === true;
  }

  return { request, now, close: () => agent.close() };
}

/** Reads the body, at most `MAX_BODY` bytes of it. */
async function read(input: HttpRequest, response: Dispatcher.ResponseData): Promise<RawAnswer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body) {
    // undici's body is a byte stream: every part is a Buffer.
    size += (part as Buffer).length;
    if (size > MAX_BODY) throw new OversizeError(`more than ${MAX_BODY} bytes`);
    parts.push(part as Buffer);
  }
  const text = Buffer.concat(parts).toString("utf8");
  const header = (name: string): string | undefined => {
    const value = response.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const { body, json } = parse(text);
  return { method: input.method, path: input.path, status: response.statusCode, header, body, json };
}

/** An empty body counts as JSON: some answers have none. */
function parse(text: string): { readonly body: unknown; readonly json: boolean } {
  if (text === "") return { body: undefined, json: true };
  try {
    return { body: JSON.parse(text), json: true };
  } catch {
    return { body: undefined, json: false };
  }
}

/** Plain JSON for sending; the secrets met on the way are added to `met`, so that an echo can be recognised. */
function revealed(value: ResolvedValue, met: Secret[]): unknown {
  if (value instanceof Secret) {
    met.push(value);
    return value.reveal();
  }
  if (Array.isArray(value)) return value.map((item: ResolvedValue) => revealed(item, met));
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) out[key] = revealed(item as ResolvedValue, met);
  return out;
}

/** Once one try may have been carried out, no later refusal proves that nothing was. */
function withOutcome(error: ProviderError, unknown: boolean): ProviderError {
  if (!unknown || error.outcome === "unknown") return error;
  return reworded(error, error.message, "unknown");
}

function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
  });
}
