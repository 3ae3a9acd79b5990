/**
 * What a request and a reply are inside the reference server: plain data, so that everything between the
 * socket and the state is synchronous and testable. Knows nothing of vendors.
 */

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type Vendor = "cloudflare" | "vercel";

/** A request body after reading: absent, parsed, or not JSON at all. */
export type Payload =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "broken" };

export interface Incoming {
  readonly method: string;
  /** Path as sent, without query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Where it came from. */
  readonly address: string;
  readonly authorization: string | undefined;
  /** All headers by lower-case name; one that came several times is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Payload;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Absent: no body and no content type. */
  readonly body?: unknown;
  /** Sent instead of `body`, byte for byte, as JSON content type. Only faults use it. */
  readonly text?: string;
  /** How it goes over the wire; as a whole and at once unless a fault says otherwise. */
  readonly manner?: Manner;
}

/** The connection breaks off in the middle of the body; or the body takes as many milliseconds. */
export type Manner = { readonly breaks_off: true } | { readonly takes: number };

/** Thrown by a handler to answer with an error; the dispatcher takes back what the handler wrote before it. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super(`refused with status ${reply.status}`);
    this.name = "Refusal";
    this.reply = reply;
  }
}

/** A reply with a JSON body. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body, headers };
}
