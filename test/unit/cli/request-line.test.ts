import { expect, test } from "vitest";
import { requestLine, waitNotes } from "../../../src/cli/request-line.ts";
import type { RequestEvent, WaitReason } from "../../../src/provider/request-event.ts";

const about = { provider: "vercel", id: 7, method: "GET", path: "/v1/api-keys", attempt: 1 };
const waiting = (
  milliseconds: number,
  more: Partial<typeof about> & { reason?: WaitReason } = {},
): RequestEvent => ({
  ...about,
  type: "waiting",
  milliseconds,
  reason: "rate-limit",
  ...more,
});

test.each<[RequestEvent, string]>([
  [
    { ...about, type: "sent", origin: "https://api.vercel.com" },
    "debug: #7 vercel → GET https://api.vercel.com/v1/api-keys\n",
  ],
  [
    { ...about, type: "sent", origin: "https://api.vercel.com", attempt: 2 },
    "debug: #7 vercel → GET https://api.vercel.com/v1/api-keys (try 2)\n",
  ],
  [
    { ...about, type: "answered", status: 429, duration: 12, request_id: "fra1::x", error: "slow down" },
    "debug: #7 vercel ← 429 in 12 ms, request id fra1::x: slow down\n",
  ],
  [
    { ...about, type: "answered", duration: 3, error: "closed the connection" },
    "debug: #7 vercel ← no answer in 3 ms: closed the connection\n",
  ],
  [waiting(30_000), "debug: #7 vercel waits 30.0 s before it is sent: the rate limit is used up\n"],
  [
    waiting(180.5, { attempt: 2, reason: "back-off" }),
    "debug: #7 vercel waits 181 ms before try 2: it failed\n",
  ],
])("%o is one line", (event, line) => {
  expect(requestLine(event)).toBe(line);
});

test("a server cannot write on the terminal by its request id", () => {
  const line = requestLine({ ...about, type: "answered", duration: 1, request_id: "a\u001b[2J\nb" });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
});

test("long waits are told without --debug, once for all requests that wait side by side", () => {
  const said: string[] = [];
  let now = 0;
  const note = waitNotes(
    (text) => said.push(text),
    () => now,
  );
  note(waiting(9_000));
  note(waiting(240_000));
  note(waiting(239_000));
  now = 100_000;
  note(waiting(140_000));
  note(waiting(20_000, { provider: "cloudflare", reason: "retry-after" }));
  now = 240_000;
  note(waiting(60_000));
  expect(said).toEqual([
    "note: waiting 240.0 s for vercel: the rate limit is used up\n",
    "note: waiting 20.0 s for cloudflare: the server asks for it\n",
    "note: waiting 60.0 s for vercel: the rate limit is used up\n",
  ]);
});
