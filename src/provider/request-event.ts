// What is told of every request while it runs, for --debug: never a body, never a query, never a credential.

interface AboutRequest {
  /** Who is asked: `cloudflare`, `ledger`. */
  readonly provider: string;
  /** The same for all tries of one request, and no other's in this run. */
  readonly id: number;
  readonly method: string;
  /** Path without origin and without query. */
  readonly path: string;
  /** From 1. */
  readonly attempt: number;
}

/** A request is on its way. */
export interface SentEvent extends AboutRequest {
  readonly type: "sent";
  readonly origin: string;
}

/** It was answered, or there will be no answer. */
export interface AnsweredEvent extends AboutRequest {
  readonly type: "answered";
  readonly status?: number;
  /** Milliseconds. */
  readonly duration: number;
  /** The server's own name for the request, for its support. */
  readonly request_id?: string;
  /** Why it is no success. Holds no secret. */
  readonly error?: string;
}

/** It waits, and is sent after that. */
export interface WaitingEvent extends AboutRequest {
  readonly type: "waiting";
  readonly milliseconds: number;
  readonly reason: WaitReason;
}

export type WaitReason =
  | "rate-limit" // what the server allows in its window is used up
  | "retry-after" // the server named a time
  | "back-off"; // it failed, and may not the next time

export type RequestEvent = SentEvent | AnsweredEvent | WaitingEvent;
