// One HTTP connection to a vendor: keep-alive, time-outs, bounded bodies, retries that never repeat a request of
// unknown outcome, rate limits, the vendor's clock. What an answer means is told by the provider's `classify`.

import type { Auth } from "./auth.ts";
import { readAnswer, revealed } from "./body.ts";
import type { Quota } from "./bucket.ts";
import { ProviderError, reworded } from "./error.ts";
import { failureOf, type Method, type RawAnswer, type Verdict } from "./failure.ts";
import type { ResolvedFields } from "./kind.ts";
import type { Network, Wait } from "./network.ts";
import type { WaitReason } from "./request-event.ts";
import { backOff, LONGEST_WAIT, MAX_TRIES, serverTime } from "./retry.ts";
import { isShort, scrub } from "./scrub.ts";
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
  readonly network: Network;
  /** The limit that the vendor publishes for its own host. */
  readonly quota?: Quota;
  readonly signal?: AbortSignal;
  /** For tests: replaces the waits between tries. Must end early when the signal fires. */
  readonly wait?: Wait;
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
  /** From now on a secret that the vendor itself has made is hidden in the text of its answers, as what was sent is. */
  readonly hide: (secret: Secret) => void;
  readonly close: () => Promise<void>;
}

/** What all events of one try have in common. */
interface About {
  readonly provider: string;
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly attempt: number;
}

export function openHttp(options: HttpOptions): Http {
  const base = new URL(options.base_url);
  const prefix = base.pathname.replace(/\/+$/, "");
  const { network } = options;
  const bucket = network.bucketOf(base.origin, options.auth.secrets, options.quota);
  const wait = options.wait ?? network.wait;
  const clock = options.clock ?? Date.now;
  /** What went out before, or came in, and might come back in any later answer. */
  const known = new Map<string, Secret>();
  const hide = (secret: Secret): void => {
    if (!isShort(secret)) known.set(secret.reveal(), secret);
  };
  /** Tries that nothing answered in time. */
  const unanswered = new WeakSet<ProviderError>();
  let answers = 0;
  /**
   * Nothing has answered during all tries of a request. They take minutes, and a run may have hundreds more to send: from
   * then on one is under way at a time, and tried once, until something is answered again.
   */
  let silent = false;
  let probing = false;
  let offset = 0;
  const now = (): number => clock() + offset;

  async function request(input: HttpRequest): Promise<Answer> {
    if (!silent) return persist(input, MAX_TRIES);
    if (probing) throw givenUp();
    probing = true;
    return persist(input, 1).finally(() => {
      probing = false;
    });
  }

  async function persist(input: HttpRequest, most: number): Promise<Answer> {
    const idempotent = input.method !== "POST";
    const url = new URL(base);
    url.pathname = prefix + input.path;
    for (const [name, value] of Object.entries(input.query ?? {})) url.searchParams.set(name, String(value));
    const about = {
      provider: options.provider,
      id: network.nextId(),
      method: input.method,
      path: url.pathname,
    };
    const heard = answers;
    let unknown = false;
    let waited = true;
    for (let tries = 1; ; tries++) {
      const result = await attempt(input, url, { ...about, attempt: tries });
      if (!(result instanceof ProviderError)) return result;
      unknown ||= result.outcome === "unknown";
      waited &&= unanswered.has(result);
      if (tries === MAX_TRIES && waited && answers === heard) silent = true;
      const passing = result.refused === "unavailable" || result.refused === "throttled";
      const delay =
        passing && tries < most && (idempotent || result.outcome === "not-applied")
          ? backOff(tries, result.retry_after, Math.random())
          : null;
      if (delay === null || options.signal?.aborted === true) throw withOutcome(result, unknown);
      await hold(about, tries + 1, delay, result.retry_after === undefined ? "back-off" : "retry-after");
      if (isAborted()) throw withOutcome(result, unknown);
    }
  }

  async function attempt(input: HttpRequest, url: URL, about: About): Promise<Answer | ProviderError> {
    let turn = bucket.take(clock());
    for (; "wait" in turn && !isAborted(); turn = bucket.take(clock())) {
      if (turn.wait > LONGEST_WAIT) return exhausted(turn.wait);
      await hold(about, about.attempt, turn.wait, "rate-limit");
    }
    if ("wait" in turn || isAborted()) {
      return new ProviderError(`${options.title} was not asked: the run is being stopped`, {
        refused: "unavailable",
        outcome: "not-applied",
      });
    }
    const secrets: Secret[] = [...options.auth.secrets];
    const body = input.body === undefined ? undefined : JSON.stringify(revealed(input.body, secrets));
    secrets.forEach(hide);
    const clean = (text: string): string => scrub(text, [...secrets, ...known.values()]);
    const started = clock();
    network.report({ ...about, type: "sent", origin: url.origin });
    let answer: RawAnswer;
    try {
      const response = await network.send(url, {
        method: input.method,
        headers: {
          ...options.auth.headers(),
          accept: "application/json",
          "accept-encoding": "identity",
          "user-agent": "gateform",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body,
      });
      answer = await readAnswer(input.method, input.path, response);
    } catch (error) {
      const verdict = connectionVerdict(error, input.method);
      const failure = new ProviderError(`${options.title} ${verdict.message}`, verdict);
      if (verdict.silent) unanswered.add(failure);
      network.report({ ...about, type: "answered", duration: clock() - started, error: failure.message });
      return failure;
    }
    answers += 1;
    silent = false;
    const duration = clock() - started;
    const middle = started + duration / 2;
    if (answer.header("date") !== undefined) offset = serverTime(answer.header("date"), middle) - middle;
    bucket.observe(turn.ticket, answer, clock());
    const named = answer.header(options.request_id_header);
    const request_id = named === undefined ? undefined : clean(named);
    const verdict = options.classify(answer);
    const error =
      verdict === null ? null : failureOf(options.title, answer, verdict, { request_id, clean, now: now() });
    network.report({
      ...about,
      type: "answered",
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
        clean,
      }
    );
  }

  async function hold(
    about: Omit<About, "attempt">,
    attempt: number,
    milliseconds: number,
    reason: WaitReason,
  ) {
    network.report({ ...about, attempt, type: "waiting", milliseconds, reason });
    await wait(milliseconds, options.signal);
  }

  function exhausted(delay: number): ProviderError {
    const minutes = Math.ceil(delay / 60_000);
    return new ProviderError(`${options.title}'s rate limit is used up for another ${minutes} minutes`, {
      refused: "throttled",
      outcome: "not-applied",
      retry_after: delay,
    });
  }

  function givenUp(): ProviderError {
    const message = `${options.title} was not asked: it did not answer the requests before in time`;
    return new ProviderError(message, { refused: "unavailable", outcome: "not-applied" });
  }

  function isAborted(): boolean {
    return options.signal?.aborted === true;
  }

  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, options.signal);

  return { request, pause, now, hide, close: network.close };
}

/** Once one try may have been carried out, no later refusal proves that nothing was. */
function withOutcome(error: ProviderError, unknown: boolean): ProviderError {
  if (!unknown || error.outcome === "unknown") return error;
  return reworded(error, error.message, "unknown");
}
