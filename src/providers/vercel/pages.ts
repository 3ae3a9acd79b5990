// Reads lists that Vercel's API pages by a cursor, and says whether everything was there.

import type { LiveResource } from "../../model/live.ts";
import type { Listing } from "../../provider/kind.ts";

/** So that a list that always has another page ends. */
const MAX_PAGES = 1000;

/** One page of a list, translated. */
export interface CursorPage {
  readonly resources: readonly LiveResource[];
  /** The cursor of the next page; `undefined` on the last one. */
  readonly next: string | undefined;
  /** Set when the answer shows that the page lacks items. */
  readonly cut?: string | undefined;
}

/** Follows the cursors from page to page. An item that stands on two pages counts once. */
export async function readCursorPages(
  read: (cursor: string | undefined) => Promise<CursorPage>,
): Promise<Listing> {
  const found = new Map<string, LiveResource>();
  const cursors = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const page = await read(cursor);
    for (const live of page.resources) found.set(live.id, live);
    const resources = [...found.values()];
    if (page.cut !== undefined) return { resources, complete: false, error: page.cut };
    if (page.next === undefined) return { resources, complete: true };
    if (cursors.has(page.next)) {
      const error = "the list's cursor led back to a page that was read before";
      return { resources, complete: false, error };
    }
    cursors.add(page.next);
    if (cursors.size === MAX_PAGES) {
      const error = `the list has no end: after ${MAX_PAGES} pages there are more`;
      return { resources, complete: false, error };
    }
    cursor = page.next;
  }
}
