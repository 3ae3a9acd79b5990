// Vercel's client: requests in one team, answers checked. The reader has no write methods at all, so that a plan
// cannot write.

import type { z } from "zod";
import type { Http, Query } from "../../provider/http.ts";
import type { ResolvedFields } from "../../provider/kind.ts";
import { shaped } from "../../provider/shape.ts";

export interface VercelReader {
  /** Its resolved id. */
  readonly team: string;
  readonly get: <T>(path: string, shape: z.ZodType<T>, query?: Query) => Promise<T>;
}

export interface VercelWriter extends VercelReader {
  readonly post: <T>(path: string, body: ResolvedFields, shape: z.ZodType<T>) => Promise<T>;
  readonly put: <T>(path: string, body: ResolvedFields, shape: z.ZodType<T>) => Promise<T>;
  readonly patch: <T>(path: string, body: ResolvedFields, shape: z.ZodType<T>) => Promise<T>;
  readonly delete: (path: string, query?: Query) => Promise<void>;
}

/** A client that only reads. `team` is the resolved id, sent with every call as the CLI does (64.0.2 observed). */
export function vercelReader(http: Http, team: string): VercelReader {
  return {
    team,
    get: async (path, shape, query) =>
      shaped(shape, await http.request({ method: "GET", path, query: { ...query, teamId: team } })),
  };
}

/** A client that also writes. */
export function vercelWriter(http: Http, team: string): VercelWriter {
  const query = { teamId: team };
  return {
    ...vercelReader(http, team),
    post: async (path, body, shape) =>
      shaped(shape, await http.request({ method: "POST", path, query, body })),
    put: async (path, body, shape) => shaped(shape, await http.request({ method: "PUT", path, query, body })),
    patch: async (path, body, shape) =>
      shaped(shape, await http.request({ method: "PATCH", path, query, body })),
    delete: async (path, more) => {
      await http.request({ method: "DELETE", path, query: { ...more, ...query } });
    },
  };
}
