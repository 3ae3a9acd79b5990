/**
 * Filters in the query of Cloudflare's lists. A value that is not of the filter's type is 400/7001 with a path from
 * `query`, as for paging (open question 10).
 */
import type { Context } from "../endpoint.ts";
import { invalid } from "./validation.ts";

/** `name=true|false`; undefined: no such filter. */
export function booleanQuery(context: Context, name: string): boolean | undefined {
  const text = context.incoming.query.get(name);
  if (text === null) return undefined;
  if (text !== "true" && text !== "false") {
    throw invalid("Expected boolean, received string", ["query", name]);
  }
  return text === "true";
}

/** One of `values`; undefined: no such filter. */
export function enumQuery<T extends string>(
  context: Context,
  name: string,
  values: readonly T[],
): T | undefined {
  const text = context.incoming.query.get(name);
  if (text === null) return undefined;
  const found = values.find((value) => value === text);
  if (found === undefined) {
    const expected = values.map((value) => `'${value}'`).join(" | ");
    throw invalid(`Invalid enum value. Expected ${expected}`, ["query", name]);
  }
  return found;
}

/** Whether one of the texts holds what `search` asks for, in any case (inferred from chanfana 3.4.0). */
export function searched(context: Context, ...texts: readonly string[]): boolean {
  const wanted = context.incoming.query.get("search")?.toLowerCase() ?? "";
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

/** Whether `actual` is what the filter asks for; without a filter it is. */
export function fits<T>(wanted: T | undefined, actual: T): boolean {
  return wanted === undefined || wanted === actual;
}
