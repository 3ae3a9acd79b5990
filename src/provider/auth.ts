// How a connection says who asks: the headers of every request, and what in them must never be shown.

import type { Secret } from "./secret.ts";

export interface Auth {
  /** Reveals; to be called only while a request is sent. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Everything secret in the headers. */
  readonly secrets: readonly Secret[];
}

/** A token in the header `Authorization`. */
export function bearer(token: Secret): Auth {
  return { headers: () => ({ authorization: `Bearer ${token.reveal()}` }), secrets: [token] };
}
