// HTTP to a server that is no vendor's: any method, any address, text as it comes. Sends each request once; what an
// answer means and whether to ask again is the caller's business.

import type { Auth } from "./auth.ts";
import { headerOf, readText } from "./body.ts";
import type { Network } from "./network.ts";
import type { WaitReason } from "./request-event.ts";
import { LONGEST_WAIT, readRetryAfter, serverTime } from "./retry.ts";
import { isShort, scrub } from "./scrub.ts";
import type { Secret } from "./secret.ts";
import { connectionVerdict, type TransportVerdict } from "./transport.ts";

export interface PlainRequest {
  readonly method: string;
  /** Whole; its query is not shown anywhere. */
  readonly url: URL;
  /** JSON text. */
  readonly body?: string;
  /** What of the body must not come back in a message. */
  readonly secrets?: readonly Secret[];
}

export interface PlainAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
  /** Milliseconds that the server asks to wait. */
  readonly retry_after?: number;
  /** Makes text of the answer safe to print: it may repeat what was sent to this server, now or before. */
  readonly clean: (text: string) => string;
}

export interface PlainOptions {
  /** For events: `ledger`. */
  readonly name: string;
  /** Who asks; asked for once per request. */
  readonly auth: () => Promise<Auth | undefined>;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Largest answer that is read, in bytes. */
  readonly max_answer: number;
  /** Header that names a request for the server's support: `x-github-request-id`. */
  readonly request_id_header?: string;
  readonly network: Network;
  /** Ends waiting for the rate limit. */
  readonly signal?: AbortSignal;
}

export interface PlainHttp {
  /**
   * Sends one request; where there is no whole answer, why, and whether it may have been carried out. Rejects only as
   * `auth` does.
   */
  readonly send: (request: PlainRequest) => Promise<PlainAnswer | TransportVerdict>;
  /** Waits before a request is sent again, and tells of it as of every other wait; ends early when the signal fires. */
  readonly hold: (
    request: PlainRequest,
    milliseconds: number,
    reason: Exclude<WaitReason, "rate-limit">,
  ) => Promise<void>;
}

/** Opens connections as they are needed. Redirects are not followed: they would carry the credential elsewhere. */
export function openPlainHttp(options: PlainOptions): PlainHttp {
  const { network, signal } = options;
  /** A request that is sent again is the same object. */
  const tries = new WeakMap<PlainRequest, { readonly id: number; readonly attempt: number }>();
  /** What went out before and might come back in any later answer. */
  const known = new Set<Secret>();

  /** What the events of a request's next try have in common. */
  function next(request: PlainRequest) {
    const { method, url } = request;
    const before = tries.get(request);
    const id = before?.id ?? network.nextId();
    return { provider: options.name, id, method, path: url.pathname, attempt: (before?.attempt ?? 0) + 1 };
  }

  async function send(request: PlainRequest): Promise<PlainAnswer | TransportVerdict> {
    const { method, url, body } = request;
    const auth = await options.auth();
    const secrets = [...(auth?.secrets ?? []), ...(request.secrets ?? [])];
    for (const secret of secrets) if (!isShort(secret)) known.add(secret);
    const clean = (text: string): string => scrub(text, [...secrets, ...known]);
    const about = next(request);
    tries.set(request, about);
    const bucket = network.bucketOf(url.origin, auth?.secrets ?? []);
    let turn = bucket.take(Date.now());
    for (; "wait" in turn; turn = bucket.take(Date.now())) {
      if (turn.wait > LONGEST_WAIT || signal?.aborted === true) return usedUp(turn.wait);
      network.report({ ...about, type: "waiting", milliseconds: turn.wait, reason: "rate-limit" });
      await network.wait(turn.wait, signal);
    }
    const started = Date.now();
    network.report({ ...about, type: "sent", origin: url.origin });
    try {
      const response = await network.send(url, {
        method,
        headers: {
          accept: "application/json",
          "accept-encoding": "identity",
          "user-agent": "gateform",
          ...options.headers,
          ...auth?.headers(),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body,
      });
      const text = await readText(response, options.max_answer);
      const header = headerOf(response);
      const status = response.statusCode;
      bucket.observe(turn.ticket, { status, header }, Date.now());
      const retry_after = readRetryAfter(header("retry-after"), serverTime(header("date"), Date.now()));
      const request_id = header(options.request_id_header ?? "");
      network.report({
        ...about,
        type: "answered",
        status,
        duration: Date.now() - started,
        ...(request_id === undefined ? {} : { request_id: clean(request_id) }),
      });
      return { status, header, text, clean, ...(retry_after === undefined ? {} : { retry_after }) };
    } catch (error) {
      const verdict = connectionVerdict(error, method);
      network.report({ ...about, type: "answered", duration: Date.now() - started, error: verdict.message });
      return verdict;
    }
  }

  return {
    send,
    hold: async (request, milliseconds, reason) => {
      // Many runs may have failed at the same moment: each comes back at one of its own.
      const chosen = reason === "back-off" ? milliseconds * (0.75 + Math.random() / 4) : milliseconds;
      network.report({ ...next(request), type: "waiting", milliseconds: chosen, reason });
      await network.wait(chosen, signal);
    },
  };
}

function usedUp(wait: number): TransportVerdict {
  return {
    refused: "throttled",
    outcome: "not-applied",
    message: `was not asked: its rate limit is used up for another ${Math.ceil(wait / 60_000)} minutes`,
  };
}
