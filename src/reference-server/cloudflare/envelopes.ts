/**
 * The three envelopes of Cloudflare's management API (OAS 2026-10): A for AI Gateway CRUD, B for dynamic
 * routes, C ("classic v4") for Secrets Store, tokens and the edge. Builders and their zod shapes.
 */
import * as z from "zod";
import { json, Refusal, type Reply } from "../http.ts";

/** One entry of `errors`. Array positions in `path` are JSON numbers (OAS 2026-10). */
export interface ApiError {
  readonly code: number;
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly page: number;
  readonly per_page: number;
  readonly total_count: number;
}

/** Envelope A, one object. `errors` and `messages` are not declared there, so they are left out. */
export function item(result: unknown): Reply {
  return json(200, { success: true, result });
}

/** Envelope A, list. OAS leaves `result_info` out, the live API sends it (ALC, DIS 2026; open question 10). */
export function list(page: Page<unknown>): Reply {
  return json(200, { success: true, result: page.items, result_info: resultInfo(page) });
}

/** Envelope A, failure. Validation failures carry `result: {}` (inferred from chanfana 3.4.0). */
export function refuse(status: number, errors: readonly ApiError[]): Refusal {
  const validation = errors.some((error) => error.path !== undefined);
  return new Refusal(json(status, { success: false, errors, ...(validation ? { result: {} } : {}) }));
}

/** The 7002 of envelope A. */
export function notFound(what: string): Refusal {
  return refuse(404, [{ code: 7002, message: `${what} not found` }]);
}

/** Envelope B, failure: dynamic routes have 7005 for what is missing and for what is taken (DIS 2026). */
export function refuseRoute(status: number, message: string): Refusal {
  return new Refusal(json(status, { success: false, result: {}, errors: [{ code: 7005, message }] }));
}

/** Envelope C, success. */
export function classic(status: number, result: unknown): Reply {
  return json(status, { success: true, errors: [], messages: [], result });
}

/** Envelope C, list. */
export function classicList(page: Page<unknown>): Reply {
  return classicPage(page, resultInfo(page));
}

/** Envelope C, list of the Secrets Store, which adds `total_pages` (OAS 2026-10). */
export function secretsList(page: Page<unknown>): Reply {
  const total_pages = Math.ceil(page.total_count / page.per_page);
  return classicPage(page, { ...resultInfo(page), total_pages });
}

function classicPage({ items }: Page<unknown>, result_info: Record<string, number>): Reply {
  return json(200, { success: true, errors: [], messages: [], result: items, result_info });
}

/** Envelope C, failure. */
export function refuseClassic(status: number, code: number, message: string): Refusal {
  return new Refusal(classicFailure(status, code, message));
}

/** Envelope C, 400 for fields of a body, each named by a pointer (OAS 2026-10, `source.pointer`); the code is ours. */
export function refuseFields(fields: readonly { message: string; pointer: string }[]): Refusal {
  const errors = fields.map(({ message, pointer }) => ({ code: 1001, message, source: { pointer } }));
  return new Refusal(json(400, { success: false, errors, messages: [], result: null }));
}

export function classicFailure(status: number, code: number, message: string): Reply {
  return json(status, { success: false, errors: [{ code, message }], messages: [], result: null });
}

function resultInfo(page: Page<unknown>): Record<string, number> {
  return {
    count: page.items.length,
    page: page.page,
    per_page: page.per_page,
    total_count: page.total_count,
  };
}

const resultInfoWire = z.strictObject({
  count: z.int(),
  page: z.int(),
  per_page: z.int(),
  total_count: z.int(),
  total_pages: z.int().optional(),
});

export function itemWire(result: z.ZodType): z.ZodType {
  return z.strictObject({ success: z.literal(true), result });
}

export function listWire(result: z.ZodType): z.ZodType {
  return z.strictObject({
    success: z.literal(true),
    result: z.array(result),
    result_info: resultInfoWire.optional(),
  });
}

const classicHead = {
  success: z.literal(true),
  errors: z.array(z.never()),
  messages: z.array(z.unknown()),
};

export function classicWire(result: z.ZodType): z.ZodType {
  return z.strictObject({ ...classicHead, result });
}

export function classicListWire(result: z.ZodType): z.ZodType {
  return z.strictObject({ ...classicHead, result: z.array(result), result_info: resultInfoWire.optional() });
}

/** Any failure of A, B or C. */
export const failureWire = z.strictObject({
  success: z.literal(false),
  errors: z
    .array(
      z.strictObject({
        code: z.int().optional(),
        message: z.string(),
        path: z.array(z.union([z.string(), z.int()])).optional(),
        source: z.strictObject({ pointer: z.string() }).optional(),
      }),
    )
    .min(1),
  messages: z.array(z.unknown()).optional(),
  result: z.union([z.null(), z.strictObject({})]).optional(),
});
