// One HTTP connection to a vendor: keep-alive, time-outs, bounded bodies, retries that never repeat a request of
// unknown outcome, rate limits, the vendor's clock. What an answer means is told by the provider's `classify`.

import { openConnections } from "./agent.ts";
import type { Auth } from "./auth.ts";
import { readAnswer, revealed } from "./body.ts";
import { createBucket } from "./bucket.ts";
import { ProviderError, reworded } from "./error.ts";
import { failureOf, type Method, type RawAnswer, type Verdict } from "./failure.ts";
import type { ResolvedFields } from "./kind.ts";
import type { RequestEvent } from "./provider.ts";
import { backOff, LONGEST_WAIT, MAX_TRIES } from "./retry.ts";
import type { Secret } from "./secret.ts";
import type { Answer } from "./shape.ts";
import { connectionVerdict } from "./transport.ts";

export type Query = Readonly<Record<string, string | number | boolean>>;

export interface HttpRequest {
  readonly method: Method;
  /** Below the base URL, starting with "/"; its segments are encoded. */
  readonly path: string;
  readonly query?: Query;
  /** JSON in which secrets are still wrapped; they are revealed only while it is sent. */
  readonly body?: ResolvedFields | readonly ResolvedFields[];
}

export interface HttpOptions {
  /** For events: `cloudflare`. */
  readonly provider: string;
  /** For messages: `Cloudflare`. */
  readonly title: string;
  readonly base_url: string;
  readonly auth: Auth;
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
  /** Waits, in milliseconds; ends early when the signal fires, after which every request is refused. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Now by the vendor's clock, ms since 1970; exact to about a second. */
  readonly now: () => number;
  readonly close: () => Promise<void>;
}

export function openHttp(options: HttpOptions): Http {
  const base = new URL(options.base_url);
  const prefix = base.pathname.replace(/\/+$/, "");
  const connections = openConnections({ connections: options.parallelism, pipelining: 1 });
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
    const secrets: Secret[] = [...options.auth.secrets];
    const body = input.body === undefined ? undefined : JSON.stringify(revealed(input.body, secrets));
    const url = new URL(base);
    url.pathname = prefix + input.path;
    for (const [name, value] of Object.entries(input.query ?? {})) url.searchParams.set(name, String(value));
    const started = clock();
    const event = { provider: options.provider, method: input.method, path: url.pathname, attempt: number };
    let answer: RawAnswer;
    try {
      const response = await connections.send(url, {
        method: input.method,
        headers: {
          ...options.auth.headers(),
          accept: "application/json",
          "user-agent": "gateform",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body,
      });
      answer = await readAnswer(input.method, input.path, response);
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
    const error =
      verdict === null
        ? null
        : failureOf(options.title, answer, verdict, { request_id, secrets, now: now() });
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

  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, options.signal);

  return { request, pause, now, close: connections.close };
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
