/**
 * An endpoint is one row of a vendor's API: method, path, the shapes of its bodies, and what it does.
 * The shapes are also what the wire fixtures are checked against. Vendor rules (who may call, how a bad
 * body is refused) are put around `handle` by the vendor's own builder, not here.
 */
import type { z } from "zod";
import type { Incoming, Method, Reply, Vendor } from "./http.ts";
import type { Store } from "./store.ts";
import type { Switches } from "./switches.ts";

export interface Context {
  readonly incoming: Incoming;
  /** Decoded path parameters, by the name after the colon in `Endpoint.path`. */
  readonly params: Readonly<Record<string, string>>;
  readonly store: Store;
  readonly switches: Switches;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
  /** Cap on every page size, whatever the client asks for; undefined: no cap. */
  readonly pageSize: number | undefined;
}

export interface Endpoint {
  readonly vendor: Vendor;
  readonly method: Method;
  /** Full path with `:name` for a parameter, e.g. `/ai-gateway/rules`. */
  readonly path: string;
  /** Shape of a good request body. */
  readonly request?: z.ZodType;
  /** Shape of the body of a 2xx answer; absent: the answer has no body. */
  readonly reply?: z.ZodType;
  /** False: the path answers as if it did not exist. */
  readonly available?: (switches: Switches) => boolean;
  readonly handle: (context: Context) => Reply;
}

/** The path parameter `name`, which the route that matched must have. */
export function param(context: Context, name: string): string {
  const value = context.params[name];
  if (value === undefined) throw new Error(`the path has no parameter "${name}"`);
  return value;
}
