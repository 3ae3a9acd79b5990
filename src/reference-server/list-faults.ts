/**
 * Lists that are not what they claim: cut short, or moved on by others between two pages. Works on answers, whatever
 * list they are of.
 */
import type { Incoming, Reply } from "./http.ts";

/** A list reply with fewer items than it claims. Replies that are no lists come back as they are. */
export function cutList(reply: Reply, keep: number): Reply {
  if (typeof reply.body !== "object" || reply.body === null) return reply;
  const entry = Object.entries(reply.body).find(
    ([name, value]) => name !== "errors" && name !== "messages" && Array.isArray(value),
  );
  const counted = "result_info" in reply.body || "pagination" in reply.body;
  if (entry !== undefined && counted) {
    const [name, items] = entry;
    return { ...reply, body: { ...reply.body, [name]: Array.isArray(items) ? items.slice(0, keep) : items } };
  }
  if (entry === undefined && !("data" in reply.body)) return reply;
  const text = JSON.stringify(reply.body);
  return { ...reply, text: text.slice(0, Math.ceil(text.length / 2)) };
}

/**
 * A later page of a numbered list after others have taken away its first item (`-1`), or put one before it (`+1`): each
 * item has moved by one place since the first page was read. A first page and lists by cursor come as they are.
 */
export function shiftList(by: -1 | 1, incoming: Incoming, handle: (incoming: Incoming) => Reply): Reply {
  const page = Number(incoming.query.get("page") ?? 1);
  const here = handle(incoming);
  const mine = itemsOf(here.body);
  if (!Number.isInteger(page) || page < 2 || mine === undefined) return here;
  const query = new URLSearchParams(incoming.query);
  query.set("page", String(page - by));
  const others = itemsOf(handle({ ...incoming, query }).body) ?? [];
  const items = by === -1 ? [...mine.slice(1), ...others.slice(0, 1)] : [...others.slice(-1), ...mine];
  return {
    ...here,
    body: withItems(here.body, by === 1 ? items.slice(0, Math.max(mine.length, 1)) : items, by),
  };
}

/** The items of `{result: […]}`, or of `{data: {routes: […]}}`. */
function itemsOf(body: unknown): readonly unknown[] | undefined {
  if (!isRecord(body)) return undefined;
  if (Array.isArray(body.result)) return body.result;
  return isRecord(body.data) ? Object.values(body.data).find((value) => Array.isArray(value)) : undefined;
}

function withItems(body: unknown, items: readonly unknown[], by: number): unknown {
  if (!isRecord(body)) return body;
  if (isRecord(body.data)) {
    const member = Object.keys(body.data).find((name) =>
      Array.isArray((body.data as Record<string, unknown>)[name]),
    );
    return member === undefined ? body : { ...body, data: { ...body.data, [member]: items } };
  }
  const info = isRecord(body.result_info) ? body.result_info : {};
  const total = Number(info.total_count) + by;
  return { ...body, result: items, result_info: { ...info, count: items.length, total_count: total } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
