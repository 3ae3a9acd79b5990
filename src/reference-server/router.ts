/**
 * Finds the endpoint for a method and a path. A literal segment wins over a parameter, so `/tokens/verify`
 * is never taken for the token with the id "verify", in whatever order the table lists them.
 */
import type { Endpoint } from "./endpoint.ts";
import type { Switches } from "./switches.ts";

export interface Match {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
}

export type Router = (method: string, path: string, switches: Switches) => Match | undefined;

/** Compiles a table of endpoints. Two rows of one method and shape are a mistake and throw. */
export function createRouter(endpoints: readonly Endpoint[]): Router {
  const byShape = new Map<string, { endpoint: Endpoint; segments: string[] }[]>();
  const seen = new Set<string>();
  for (const endpoint of endpoints) {
    const identity = `${endpoint.method} ${endpoint.path.replaceAll(/:[^/]+/g, ":")}`;
    if (seen.has(identity)) throw new Error(`two endpoints for ${identity}`);
    seen.add(identity);
    const segments = endpoint.path.split("/").slice(1);
    const shape = `${endpoint.method} ${segments.length}`;
    const rows = byShape.get(shape) ?? [];
    rows.push({ endpoint, segments });
    byShape.set(shape, rows);
  }
  for (const rows of byShape.values()) rows.sort((a, b) => compareSpecificity(a.segments, b.segments));

  return (method, path, switches) => {
    const actual = path.replace(/\/$/, "").split("/").slice(1).map(decode);
    for (const { endpoint, segments } of byShape.get(`${method} ${actual.length}`) ?? []) {
      if (endpoint.available !== undefined && !endpoint.available(switches)) continue;
      const params = matchSegments(segments, actual);
      if (params !== undefined) return { endpoint, params };
    }
    return undefined;
  };
}

function matchSegments(
  pattern: readonly string[],
  actual: readonly (string | undefined)[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const value = actual[index];
    if (value === undefined || value === "") return undefined;
    if (segment.startsWith(":")) params[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return params;
}

function compareSpecificity(a: readonly string[], b: readonly string[]): number {
  for (const [index, segment] of a.entries()) {
    const other = b[index] ?? "";
    const difference = Number(segment.startsWith(":")) - Number(other.startsWith(":"));
    if (difference !== 0) return difference;
  }
  return 0;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
