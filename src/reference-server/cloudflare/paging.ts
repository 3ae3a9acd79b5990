/**
 * `page` and `per_page` of Cloudflare's lists. A page past the end is 200 with an empty list: SDK 7.3.0 asks for
 * the next page until one comes back empty.
 */
import type { Context } from "../endpoint.ts";
import { type ApiError, type Page, refuse, refuseClassic } from "./envelopes.ts";

export interface PageRequest {
  readonly page: number;
  readonly per_page: number;
}

/** AI Gateway lists: page from 1, per_page 1-100, default 20; out of range is 400/7001 (open question 10). */
export function gatewayPageRequest(context: Context): PageRequest {
  const errors: ApiError[] = [];
  const page = numberFrom(context, "page", 1, Number.MAX_SAFE_INTEGER, 1, errors);
  const per_page = numberFrom(context, "per_page", 1, 100, 20, errors);
  if (errors.length > 0) throw refuse(400, errors);
  return capped(context, page, per_page);
}

/** Token lists: per_page 5-50 (OAS 2026-10); how anything else is refused is unpublished. */
export function tokenPageRequest(context: Context): PageRequest {
  const errors: ApiError[] = [];
  const page = numberFrom(context, "page", 1, Number.MAX_SAFE_INTEGER, 1, errors);
  const per_page = numberFrom(context, "per_page", 5, 50, 20, errors);
  for (const { path, message } of errors) throw refuseClassic(400, 1001, `${path?.at(-1)}: ${message}`);
  return capped(context, page, per_page);
}

/** Families without declared bounds: what is not a positive integer falls back to the default. */
export function lenientPageRequest(context: Context, fallback: number, maximum: number): PageRequest {
  const page = positive(context.incoming.query.get("page")) ?? 1;
  const per_page = Math.min(positive(context.incoming.query.get("per_page")) ?? fallback, maximum);
  return capped(context, page, per_page);
}

export function pageOf<T>(all: readonly T[], request: PageRequest): Page<T> {
  const start = (request.page - 1) * request.per_page;
  return {
    items: all.slice(start, start + request.per_page),
    page: request.page,
    per_page: request.per_page,
    total_count: all.length,
  };
}

function capped(context: Context, page: number, per_page: number): PageRequest {
  return { page, per_page: Math.min(per_page, context.pageSize ?? per_page) };
}

function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

function numberFrom(
  context: Context,
  name: string,
  minimum: number,
  maximum: number,
  fallback: number,
  errors: ApiError[],
): number {
  const text = context.incoming.query.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (text === "" || !Number.isInteger(value)) {
    errors.push({ code: 7001, message: "Expected integer, received string", path: ["query", name] });
  } else if (value < minimum) {
    const message = `Number must be greater than or equal to ${minimum}`;
    errors.push({ code: 7001, message, path: ["query", name] });
  } else if (value > maximum) {
    errors.push({
      code: 7001,
      message: `Number must be less than or equal to ${maximum}`,
      path: ["query", name],
    });
  }
  return value;
}
