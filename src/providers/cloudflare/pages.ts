// Reads lists page by page and says whether everything was there. Cloudflare uses two list envelopes.

import * as z from "zod";
import type { Query } from "../../provider/http.ts";
import type { CloudflareReader } from "./client.ts";

/** The largest page that AI Gateway lists allow (OpenAPI 2026-10). */
const PER_PAGE = 100;

/** So that a list that always has another page ends; ten times the items that any account may have. */
const MAX_PAGES = 1000;

export interface Pages<T> {
  readonly items: readonly T[];
  readonly complete: boolean;
  readonly error?: string;
}

interface Page<T> {
  readonly items: readonly T[];
  /** Items on this page, in the list, and per page, as far as the answer says so. */
  readonly count: number | undefined;
  readonly total: number | undefined;
  readonly per_page: number | undefined;
}

const number = z.number().nullish();

/** `{result: […], result_info?}`; the OpenAPI of 2026-10 leaves `result_info` out, the live API has it. */
function resultPage<T>(item: z.ZodType<T>): z.ZodType<Page<T>> {
  const info = z.looseObject({ count: number, total_count: number, per_page: number });
  return z
    .looseObject({ result: z.array(item), result_info: info.nullish() })
    .transform(({ result, result_info }) => ({
      items: result as T[],
      count: result_info?.count ?? undefined,
      total: result_info?.total_count ?? undefined,
      per_page: result_info?.per_page ?? undefined,
    }));
}

/** Everything in a list of `{result, result_info}` pages. Each item needs an `id` to be told from others. */
export function readPages<T>(
  api: CloudflareReader,
  path: string,
  item: z.ZodType<T>,
  idOf: (item: T) => string,
  /** Beside the page, or in place of its size. */
  more: Query = {},
): Promise<Pages<T>> {
  const shape = resultPage(item);
  return collect(idOf, (query) => api.get(path, shape, { ...query, ...more }));
}

/**
 * The same, of a list of which nobody can tell whether its pages count from 0 or from 1: the Secrets Store's allow 0
 * (OpenAPI 2026-10), SDK 7.3.0 goes on with 2. The first page is asked for without a number; the second shows.
 */
export async function readUnnumberedPages<T>(
  api: CloudflareReader,
  path: string,
  item: z.ZodType<T>,
  idOf: (item: T) => string,
): Promise<Pages<T>> {
  const shape = resultPage(item);
  const first = await api.get(path, shape, { per_page: PER_PAGE });
  const numbered = (page: number) => api.get(path, shape, { page, per_page: PER_PAGE });
  let offset: number | undefined;
  return collect(idOf, async ({ page }) => {
    const number = Number(page);
    if (number === 1) return first;
    if (offset !== undefined) return numbered(number - offset);
    const one = await numbered(1);
    const repeats = one.items.some((other) => first.items.some((known) => idOf(known) === idOf(other)));
    offset = repeats ? 0 : 1;
    return repeats ? numbered(2) : one;
  });
}

/** Everything in a list of dynamic routes, which come as `{data: {routes: […], page, per_page}}` without a total. */
export function readDataPages<T>(
  api: CloudflareReader,
  path: string,
  member: string,
  item: z.ZodType<T>,
  idOf: (item: T) => string,
): Promise<Pages<T>> {
  const shape = z
    .looseObject({ data: z.looseObject({ [member]: z.array(item), per_page: number }) })
    .transform(
      ({ data }): Page<T> => ({
        // The shape above has checked the member; its computed name is lost to the type.
        items: data[member] as T[],
        count: undefined,
        total: undefined,
        per_page: (data.per_page as number | null | undefined) ?? undefined,
      }),
    );
  return collect(idOf, (query) => api.get(path, shape, query));
}

async function collect<T>(
  idOf: (item: T) => string,
  read: (query: Query) => Promise<Page<T>>,
): Promise<Pages<T>> {
  const found = new Map<string, T>();
  let received = 0;
  let firstTotal: number | undefined;
  for (let number = 1; ; number++) {
    const page = await read({ page: number, per_page: PER_PAGE });
    const before = found.size;
    for (const item of page.items) found.set(idOf(item), item);
    received += page.items.length;
    firstTotal ??= page.total;
    const cut = (error: string): Pages<T> => ({ items: [...found.values()], complete: false, error });
    if (page.count !== undefined && page.count !== page.items.length) {
      return cut(`page ${number} announced ${page.count} items and held ${page.items.length}`);
    }
    if (page.total !== undefined && page.total !== firstTotal) {
      return cut(`the list changed while it was read: ${firstTotal} items at first, then ${page.total}`);
    }
    const total = page.total;
    if (total !== undefined && received >= total) {
      if (found.size === total) return { items: [...found.values()], complete: true };
      return cut(`the list announced ${total} items and held ${found.size} different ones`);
    }
    if (page.items.length === 0) {
      if (total === undefined) return { items: [...found.values()], complete: true };
      return cut(`the list announced ${total} items and held ${found.size}`);
    }
    if (number === MAX_PAGES) return cut(`the list has no end: after ${number} pages there are more`);
    // Without a total only a page that is not full, or one that repeats what is known, shows the end.
    const short = page.per_page !== undefined && page.items.length < page.per_page;
    if (total === undefined && (short || found.size === before)) {
      return { items: [...found.values()], complete: true };
    }
  }
}
