// Cloudflare's client: requests under one account, answers unwrapped from their envelope and checked. The reader
// has no write methods at all, so that a plan cannot write.

import { z } from "zod";
import type { Fingerprint } from "../../base/digest.ts";
import type { Http, Query } from "../../provider/http.ts";
import type { ResolvedFields } from "../../provider/kind.ts";
import { shaped } from "../../provider/shape.ts";

export interface CloudflareReader {
  readonly fingerprint: Fingerprint;
  /** GET a path under the account; gives the whole body in the given shape. */
  readonly get: <T>(path: string, shape: z.ZodType<T>, query?: Query) => Promise<T>;
}

export interface CloudflareWriter extends CloudflareReader {
  /** Creates; gives the envelope's `result` in the given shape. */
  readonly post: <T>(
    path: string,
    body: ResolvedFields | readonly ResolvedFields[],
    shape: z.ZodType<T>,
  ) => Promise<T>;
  /** Replaces; gives the envelope's `result` in the given shape. */
  readonly put: <T>(path: string, body: ResolvedFields, shape: z.ZodType<T>) => Promise<T>;
  /** Changes the members that the body has; gives the envelope's `result` in the given shape. */
  readonly patch: <T>(path: string, body: ResolvedFields, shape: z.ZodType<T>) => Promise<T>;
  readonly delete: (path: string) => Promise<void>;
  /** Waits, in milliseconds, for something that Cloudflare does by and by; ends early when the run is stopped. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** The `result` of a success envelope. */
export function resultOf<T>(shape: z.ZodType<T>): z.ZodType<T> {
  // The generic member's type is lost in the object's; the shape has just checked it.
  return z.looseObject({ result: shape }).transform(({ result }) => result as T);
}

/** A client that only reads. `account` goes into every path. */
export function cloudflareReader(http: Http, account: string, fingerprint: Fingerprint): CloudflareReader {
  const prefix = `/accounts/${encodeURIComponent(account)}`;
  return {
    fingerprint,
    get: async (path, shape, query) =>
      shaped(
        shape,
        await http.request({ method: "GET", path: prefix + path, ...(query === undefined ? {} : { query }) }),
      ),
  };
}

/** A client that also writes. */
export function cloudflareWriter(http: Http, account: string, fingerprint: Fingerprint): CloudflareWriter {
  const prefix = `/accounts/${encodeURIComponent(account)}`;
  return {
    ...cloudflareReader(http, account, fingerprint),
    post: async (path, body, shape) =>
      shaped(resultOf(shape), await http.request({ method: "POST", path: prefix + path, body })),
    put: async (path, body, shape) =>
      shaped(resultOf(shape), await http.request({ method: "PUT", path: prefix + path, body })),
    patch: async (path, body, shape) =>
      shaped(resultOf(shape), await http.request({ method: "PATCH", path: prefix + path, body })),
    delete: async (path) => {
      await http.request({ method: "DELETE", path: prefix + path });
    },
    pause: http.pause,
  };
}
