// What all requests of one run share, whoever they go to: connections, one pool per origin; what is known of rate
// limits; who is told of each request.

import { type Connections, openConnections } from "./agent.ts";
import { type Bucket, createBucket, type Quota } from "./bucket.ts";
import type { RequestEvent } from "./request-event.ts";
import { waitFor } from "./retry.ts";
import type { Secret } from "./secret.ts";
import type { Timeouts } from "./transport.ts";

export interface NetworkOptions {
  /** Names the proxies: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connections at a time, per origin. */
  readonly parallelism: number;
  readonly onRequest?: (event: RequestEvent) => void;
  /** For tests: other limits than those that hold for everybody. */
  readonly timeouts?: Timeouts;
  /** For tests: replaces the waits before a request is sent. Must end early when the signal fires. */
  readonly wait?: Wait;
}

export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

export interface Network extends Connections {
  /** What is known of the rate limit that a credential has at an origin. */
  readonly bucketOf: (origin: string, credential: readonly Secret[], published?: Quota) => Bucket;
  readonly report: (event: RequestEvent) => void;
  /** Waits, in milliseconds; ends early when the signal fires. */
  readonly wait: Wait;
  /** A number that no other request of this run has. */
  readonly nextId: () => number;
}

/** Opens nothing before the first request. */
export function openNetwork({ onRequest, wait = waitFor, ...options }: NetworkOptions): Network {
  /** By origin and credential; it lives as long as the credential itself does. */
  const buckets = new Map<string, Bucket>();
  let ids = 0;
  return {
    ...openConnections(options),
    bucketOf: (origin, credential, published) => {
      const key = JSON.stringify([origin, ...credential.map((secret) => secret.reveal())]);
      const bucket = buckets.get(key) ?? createBucket(published);
      buckets.set(key, bucket);
      return bucket;
    },
    report: (event) => onRequest?.(event),
    wait,
    nextId: () => ++ids,
  };
}
