// Cloudflare's client: requests under one account, answers unwrapped from their envelope and checked. The reader
// has no write methods at all, so that a plan cannot write.

import * as z from "zod";
import type { Fingerprint } from "../../base/digest.ts";
import { ProviderError, type Refused } from "../../provider/error.ts";
import type { Http, Query } from "../../provider/http.ts";
import type { ResolvedFields } from "../../provider/kind.ts";
import { shaped } from "../../provider/shape.ts";
import type { CredentialKind } from "./login.ts";

/** What a client knows beside its connection. */
export interface Place {
  /** Goes into every path. */
  readonly account: string;
  readonly credential: CredentialKind;
  readonly fingerprint: Fingerprint;
}

export interface CloudflareReader extends Place {
  /** GET a path under the account; gives the whole body in the given shape. */
  readonly get: <T>(path: string, shape: z.ZodType<T>, query?: Query) => Promise<T>;
  /** Id of the account's token that these requests carry; `null` where they carry no such token. Asked for once. */
  readonly ownToken: () => Promise<string | null>;
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

/** A client that only reads. */
export function cloudflareReader(http: Http, place: Place): CloudflareReader {
  const prefix = prefixOf(place);
  const get: CloudflareReader["get"] = async (path, shape, query) =>
    shaped(
      shape,
      await http.request({ method: "GET", path: prefix + path, ...(query === undefined ? {} : { query }) }),
    );
  let own: Promise<string | null> | undefined;
  return {
    ...place,
    get,
    ownToken: () => {
      own ??= place.credential === "key" ? Promise.resolve(null) : verify(http, get);
      return own;
    },
  };
}

const verifyShape = resultOf(z.looseObject({ id: z.string() }));

/**
 * Whose token asks. A user's token is none of the account's: it is refused here, and verified on another path
 * (OpenAPI 2026-10).
 * @throws ProviderError where neither path knows the token: with it unidentified, a run could take it away from itself.
 */
async function verify(http: Http, get: CloudflareReader["get"]): Promise<string | null> {
  try {
    return (await get("/tokens/verify", verifyShape)).id;
  } catch (error) {
    const refused = error instanceof ProviderError ? error.refused : undefined;
    if (refused === undefined || !NOT_AN_ACCOUNT_TOKEN.includes(refused)) throw error;
    shaped(verifyShape, await http.request({ method: "GET", path: "/user/tokens/verify" }));
    return null;
  }
}

const NOT_AN_ACCOUNT_TOKEN: readonly Refused[] = ["authentication", "permission", "invalid", "not-found"];

function prefixOf({ account }: Place): string {
  return `/accounts/${encodeURIComponent(account)}`;
}

/** A client that also writes. */
export function cloudflareWriter(http: Http, place: Place): CloudflareWriter {
  const prefix = prefixOf(place);
  return {
    ...cloudflareReader(http, place),
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
