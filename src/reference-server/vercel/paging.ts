/**
 * `limit` and the opaque cursors of Vercel's lists.
 */
import { badRequest } from "./endpoints.ts";

/** 1-100, as CLI 64.0.2 allows for keys; undefined when not asked for. */
export function pageLimit(text: string | null): number | undefined {
  if (text === null) return undefined;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw badRequest("Invalid request: `limit`: must be 1 to 100");
  }
  return limit;
}

export function cursorAt(position: number): string {
  return Buffer.from(`p${position}`).toString("base64url");
}

/**
 * The position in a cursor; undefined without one.
 * @throws Refusal with 400 for a cursor that this server did not make.
 */
export function readCursor(cursor: string | null): number | undefined {
  if (cursor === null) return undefined;
  const position = /^p(\d+)$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (position === undefined) throw badRequest("Invalid request: unknown cursor");
  return Number(position);
}
