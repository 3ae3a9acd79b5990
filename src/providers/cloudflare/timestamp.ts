// Points in time as Cloudflare writes them: as text, in seconds or in milliseconds, by endpoint and by document.

import * as z from "zod";

/** RFC 3339 (OpenAPI 2026-10), or a number of Unix seconds (docs "Custom Providers", 2026) or milliseconds. */
export const timestamp = z.union([z.string(), z.number()]).nullish();

/** Any number of seconds from here on would be beyond the year 5000, so it is one of milliseconds. */
const MILLISECONDS_FROM = 100_000_000_000;

/** When something was made, in ms since 1970, as a live resource says it; nothing where it is not told. */
export function instant(wire: { readonly created_at?: z.output<typeof timestamp> }): {
  readonly created_at?: number;
} {
  const at = wire.created_at ?? "";
  const ms = typeof at === "string" ? Date.parse(at) : at < MILLISECONDS_FROM ? at * 1000 : at;
  return Number.isNaN(ms) ? {} : { created_at: ms };
}
