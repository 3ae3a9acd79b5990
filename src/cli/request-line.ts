// Requests as --debug shows them, and long waits as everybody sees them. Neither bodies nor queries nor headers are in
// the events, so no secret is.

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
    case "waiting": {
      const next = event.attempt > 1 ? `try ${event.attempt}` : "it is sent";
      return `waits ${shownTime(event.milliseconds)} before ${next}: ${REASONS[event.reason]}`;
    }
    case "answered": {
      const id = event.request_id === undefined ? "" : `, request id ${event.request_id}`;
      const error = event.error === undefined ? "" : `: ${event.error}`;
      return `← ${event.status ?? "no answer"} in ${event.duration} ms${id}${error}`;
    }
  }
}

/** Milliseconds; who waits longer than this in silence is taken to hang. */
const LONG = 10_000;

/**
 * Tells of long waits. Requests wait side by side, for the same end: of each such time it tells once.
 * @param now ms since any moment.
 */
export function waitNotes(say: (text: string) => void, now: () => number): (event: RequestEvent) => void {
  const ends = new Map<string, number>();
  return (event) => {
    if (event.type !== "waiting" || event.milliseconds < LONG) return;
    const end = now() + event.milliseconds;
    if (end < (ends.get(event.provider) ?? 0) + LONG) return;
    ends.set(event.provider, end);
    say(`note: waiting ${shownTime(event.milliseconds)} for ${event.provider}: ${REASONS[event.reason]}\n`);
  };
}

function shownTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.ceil(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
