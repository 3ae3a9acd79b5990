// Requests as --debug shows them. Neither bodies nor queries nor headers are in the events, so no secret is.

import type { RequestEvent, WaitReason } from "../provider/request-event.ts";
import { safeLine } from "../render/safe-text.ts";

const REASONS: Readonly<Record<WaitReason, string>> = {
  "rate-limit": "the rate limit is used up",
  "retry-after": "the server asks for it",
  "back-off": "it failed",
};

/** One line, with its end. */
export function requestLine(event: RequestEvent): string {
  return `debug: #${event.id} ${event.provider} ${safeLine(wordsOf(event))}\n`;
}

function wordsOf(event: RequestEvent): string {
  const again = event.attempt > 1 ? ` (try ${event.attempt})` : "";
  switch (event.type) {
    case "sent":
      return `→ ${event.method} ${event.origin}${event.path}${again}`;
    case "waiting":
      return `waits ${event.milliseconds >= 1000 ? `${(event.milliseconds / 1000).toFixed(1)} s` : `${Math.ceil(event.milliseconds)} ms`} before ${event.attempt > 1 ? `try ${event.attempt}` : "it is sent"}: ${REASONS[event.reason]}`;
    case "answered": {
      const id = event.request_id === undefined ? "" : `, request id ${event.request_id}`;
      const error = event.error === undefined ? "" : `: ${event.error}`;
      return `← ${event.status ?? "no answer"} in ${event.duration} ms${id}${error}`;
    }
  }
}
