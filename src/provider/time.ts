// Times in the file's vocabulary, so that one moment written in two ways is one value.

import type { JsonValue } from "../base/json.ts";

/** RFC 3339 in UTC, without milliseconds where there are none. Gives text that is no time back as it is. */
export function canonicalTime(value: JsonValue): JsonValue {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? value : timeText(time);
}

/** A moment in ms since 1970 as RFC 3339 in UTC. */
export function timeText(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString().replace(/\.000Z$/, "Z");
}
