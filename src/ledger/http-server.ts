// The server behind an http ledger as the backend sees it: where it is, how a request gets there, and what its
// refusals are called. The requests themselves are sent by whoever opens the backend.

import { LedgerError } from "./backend.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** JSON text. */
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
  /** Milliseconds that the server asks to wait. */
  readonly retry_after?: number;
  /** Makes text of the answer safe to print: a server may repeat what was sent to it. */
  readonly clean: (text: string) => string;
}

/** There was no whole answer. */
export interface NoAnswer {
  /** Whether the request may have been carried out. */
  readonly outcome: "not-applied" | "unknown";
  /** `unavailable`: another try may help. */
  readonly refused: string;
  /** Continues "The server …". */
  readonly message: string;
}

export interface HttpServer {
  readonly address: string;
  readonly lock_address: string;
  readonly unlock_address: string;
  readonly update_method: string;
  readonly lock_method: string;
  readonly unlock_method: string;
  /** Sends once and follows no redirect. Adds the credential. */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer | NoAnswer>;
  /** The same while the process ends: blocks until it is done, and never throws. */
  readonly sendAtExit: (request: HttpRequest) => void;
  /** Names the credential in use, never its value: `ledger.http.token (env LEDGER_TOKEN)`. */
  readonly credential?: string;
  /** Waits before a request is sent again, and tells of it. */
  readonly hold: (request: HttpRequest, milliseconds: number, reason: HoldReason) => Promise<void>;
  /** Waits for somebody else; ends early when the signal fires. */
  readonly wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Why a request is not sent again at once: its server named a time, or it failed. */
export type HoldReason = "retry-after" | "back-off";

const TRIES = 4;
/** Milliseconds; a server that asks for a longer wait is not asked again. */
const LONGEST_WAIT = 60_000;

/**
 * Sends a request that may be repeated, until the answer is none that another try may change.
 * @param onTry told what each try came to.
 * @returns the last answer.
 */
export async function ask<R extends HttpRequest>(
  server: {
    readonly send: (request: R) => Promise<HttpAnswer | NoAnswer>;
    readonly hold: (request: R, milliseconds: number, reason: HoldReason) => Promise<void>;
  },
  request: R,
  onTry?: (result: HttpAnswer | NoAnswer) => void,
): Promise<HttpAnswer | NoAnswer> {
  for (let tries = 1; ; tries++) {
    const result = await server.send(request);
    onTry?.(result);
    const delay = isPassing(result) ? backOff(tries, result) : null;
    if (delay === null || tries === TRIES) return result;
    await server.hold(request, delay, reasonOf(result));
  }
}

/** Whether the same request may be answered otherwise in a moment. */
export function isPassing(result: HttpAnswer | NoAnswer): boolean {
  if (!("status" in result)) return result.refused === "unavailable";
  return result.status === 429 || (result.status >= 500 && result.status !== 501);
}

/** Milliseconds to wait after try number `tries`, from 1; `null` when there should be no other. */
export function backOff(tries: number, result: HttpAnswer | NoAnswer): number | null {
  const wanted = "status" in result ? (result.retry_after ?? 0) : 0;
  if (tries >= TRIES || wanted > LONGEST_WAIT) return null;
  return Math.max(wanted, 250 * 2 ** (tries - 1));
}

/** Why there is a wait after this answer. */
export function reasonOf(result: HttpAnswer | NoAnswer): HoldReason {
  return "status" in result && result.retry_after !== undefined ? "retry-after" : "back-off";
}

/** An address for messages: no query, which may hold what is nobody's business. */
export function shownUrl(address: string): string {
  const { host, pathname } = new URL(address);
  return `${host}${pathname}`;
}

/**
 * True for a web page: what login portals and proxies answer in place of a server. Small servers call everything HTML,
 * what they say nothing in as well.
 */
export function isWebPage({ header, text }: HttpAnswer): boolean {
  const named = /\bhtml\b/i.test(header("content-type") ?? "") && text.includes("<");
  return named || /^\s*<(?:!doctype|html)/i.test(text);
}

/** The error for an answer that the protocol does not have for this request. Holds nothing of the answer's body. */
export function refusal(server: HttpServer, { method, url }: HttpRequest, result: HttpAnswer | NoAnswer) {
  const place = `The ledger's server ${url.host}`;
  if (!("status" in result)) {
    const unsendable = result.refused === "authentication" && server.credential !== undefined;
    return new LedgerError(
      unsendable ? "LEDGER_ACCESS" : "LEDGER_IO",
      `${place} ${result.message}.`,
      unsendable
        ? `see what ${server.credential} gives: a line break or a blank too much`
        : "check the network and the addresses under `ledger.http`",
    );
  }
  const { status } = result;
  const answered = `${place} answered ${status} to ${method} ${url.pathname}`;
  if (status === 401 || status === 403 || isHiddenProject(result)) {
    return server.credential === undefined
      ? new LedgerError(
          "LEDGER_ACCESS",
          `${answered}: it wants a credential.`,
          "write username and password, or token, under `ledger.http`",
        )
      : new LedgerError(
          "LEDGER_ACCESS",
          `${answered}: what ${server.credential} gives is not valid, or may not do this.`,
          "check that value and what it is allowed to do",
        );
  }
  if (status >= 300 && status < 400) {
    const to = targetOf(url, result);
    return new LedgerError(
      "LEDGER_IO",
      `${answered} with a redirect${to === undefined ? "" : ` to ${to}`}, which is not followed.`,
      "write the new address under `ledger.http`, if it is the ledger's",
    );
  }
  if (isWebPage(result)) {
    return new LedgerError(
      "LEDGER_IO",
      `${answered} with a web page instead of what a state server says.`,
      "check the addresses under `ledger.http`, and whether a login page or proxy stands before the server",
    );
  }
  return new LedgerError("LEDGER_IO", `${answered}.`, "see what the server's log says of it, and try again");
}

/**
 * GitLab hides a project from those who may not see it behind a 404 of its own, unlike that of a missing state
 * (lib/api/helpers.rb `find_project!`, https://gitlab.com/gitlab-org/gitlab, 2026).
 */
export function isHiddenProject({ status, text }: HttpAnswer): boolean {
  return status === 404 && text.length < 1000 && text.includes("Project Not Found");
}

function targetOf(url: URL, { header, clean }: HttpAnswer): string | undefined {
  const location = header("location");
  if (location === undefined || !URL.canParse(location, url.href)) return undefined;
  const { origin, pathname } = new URL(location, url);
  return clean(`${origin}${pathname}`);
}
