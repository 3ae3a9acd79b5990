// The world's refusals: one error type for everything a vendor or the network says no with.

/**
 * What to make of an answer. The provider decides from status, code and text together; a status alone never
 * does, as both vendors deliver e.g. authentication failures under several.
 */
export type Refused =
  | "not-found"
  | "exists" // something of that identity is there already
  | "permission"
  | "authentication"
  | "invalid" // the vendor does not take the values
  | "throttled" // slow down and try again
  | "waiting" // not yet: an asynchronous part is still being made
  | "unavailable" // 5xx, connection lost, time-out
  | "malformed" // an answer of the wrong shape
  | "limit"; // a quota is used up

export interface ProviderErrorInit {
  readonly refused: Refused;
  /** `unknown`: the request may have been carried out. Never repeat such a request blindly. */
  readonly outcome: "not-applied" | "unknown";
  readonly status?: number;
  /** The vendor's own error code, as text. */
  readonly vendor_code?: string;
  readonly request_id?: string;
  /** Milliseconds to wait before the next try, where the vendor names a time. */
  readonly retry_after?: number;
}

export class ProviderError extends Error {
  readonly refused: Refused;
  readonly outcome: "not-applied" | "unknown";
  readonly status: number | undefined;
  readonly vendor_code: string | undefined;
  readonly request_id: string | undefined;
  readonly retry_after: number | undefined;

  constructor(message: string, init: ProviderErrorInit) {
    super(message);
    this.name = "ProviderError";
    this.refused = init.refused;
    this.outcome = init.outcome;
    this.status = init.status;
    this.vendor_code = init.vendor_code;
    this.request_id = init.request_id;
    this.retry_after = init.retry_after;
  }
}

/** The same refusal in other words, or with another outcome. */
export function reworded(
  error: ProviderError,
  message: string,
  outcome: ProviderErrorInit["outcome"] = error.outcome,
): ProviderError {
  const { refused, status, vendor_code, request_id, retry_after } = error;
  return new ProviderError(message, {
    refused,
    outcome,
    ...(status === undefined ? {} : { status }),
    ...(vendor_code === undefined ? {} : { vendor_code }),
    ...(request_id === undefined ? {} : { request_id }),
    ...(retry_after === undefined ? {} : { retry_after }),
  });
}

/** Waits for a request that takes something away: that it is gone already is a success. */
export async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ProviderError && error.refused === "not-found")) throw error;
  }
}

/** Our own mistake: a state that the code rules out. Caught only at the top of the command line. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}
