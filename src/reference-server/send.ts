/**
 * Writes one answer to its socket: as a whole, or in the manner that a fault wants.
 */
import type { ServerResponse } from "node:http";
import type { Reply } from "./http.ts";

/** Parts of a body that comes slowly. */
const PARTS = 10;

/**
 * Without a body there is no content type: CLI 64.0.2 reads an empty JSON answer as a broken one (observed 2026-10).
 * @param wait how slow bodies pass time.
 */
export async function send(
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  if (response.headersSent || response.destroyed) return;
  const text = reply.text ?? (reply.body === undefined ? undefined : JSON.stringify(reply.body));
  const bytes = Buffer.from(text ?? "");
  response.writeHead(reply.status, {
    ...headers,
    ...(text === undefined
      ? {}
      : { "content-type": "application/json; charset=utf-8", "content-length": bytes.length }),
    ...(text === undefined && reply.status !== 204 ? { "content-length": 0 } : {}),
    ...reply.headers,
  });
  const { manner } = reply;
  if (manner === undefined || bytes.length < 2) {
    response.end(bytes);
  } else if ("breaks_off" in manner) {
    // Once the first half is out.
    response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy());
  } else {
    const size = Math.ceil(bytes.length / PARTS);
    for (let from = 0; from < bytes.length && !response.destroyed; from += size) {
      if (from > 0) await wait(manner.takes / PARTS);
      response.write(bytes.subarray(from, from + size));
    }
    response.end();
  }
}
