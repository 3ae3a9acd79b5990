// Makes a vendor's text safe to print: no control characters, bounded, and without any secret that the vendor echoes,
// whole, in part or encoded.

import { LONE_SURROGATE } from "../base/path-segment.ts";
import type { Secret } from "./secret.ts";

/** Characters of a vendor's message that are shown. */
const MAX_LENGTH = 400;

/** Characters that are looked at: what is shown is never more, and a hostile text takes no longer. */
const MAX_READ = 10 * MAX_LENGTH;

/** So many characters of a secret in a row give it away; shorter runs are coincidence. */
const PIECE = 8;

/** Cleans `text`; `secrets` are the values that were sent with the request, its credential included. */
export function scrub(text: string, secrets: readonly Secret[]): string {
  let clean = hide(
    text.slice(0, MAX_READ),
    secrets.flatMap((secret) => formsOf(secret.reveal())),
  );
  // Terminal escapes and line breaks in a vendor's text must not reach a terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  clean = clean.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}

/** True for a secret that is hidden as a whole only, as it is too short to be told from other text by a piece. */
export function isShort(secret: Secret): boolean {
  return secret.reveal().length < PIECE;
}

function formsOf(value: string): readonly string[] {
  const escaped = encodeURIComponent(value.replace(LONE_SURROGATE, "\ufffd"));
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    escaped,
    escaped.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ...(["base64", "base64url"] as const).flatMap((encoding) =>
      [0, 1, 2].map((offset) => encodedAt(value, offset, encoding)),
    ),
  ];
  return [...new Set(forms)].filter((form) => form !== "");
}

/** As it looks inside the base64 of a longer text, where it begins at a byte of this remainder by 3. */
function encodedAt(value: string, offset: number, encoding: "base64" | "base64url"): string {
  const coded = Buffer.from("\0".repeat(offset) + value).toString(encoding);
  // The first group also holds bits of what stands before.
  return offset === 0 ? coded : coded.slice(4);
}

/** Replaces every run of `text` that consists of pieces of one of `values`; a short value only as a whole. */
function hide(text: string, values: readonly string[]): string {
  const hidden = new Uint8Array(text.length);
  const places = placesOf(text);
  for (const value of values) {
    if (value.length >= PIECE) {
      for (let at = 0; at + PIECE <= value.length; at++) {
        for (const place of places.get(value.slice(at, at + PIECE)) ?? [])
          hidden.fill(1, place, place + PIECE);
      }
      continue;
    }
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
      hidden.fill(1, at, at + value.length);
  }
  let out = "";
  for (let at = 0; at < text.length; at++) {
    if (hidden[at] === 0) out += text[at];
    else if (at === 0 || hidden[at - 1] === 0) out += "[secret]";
  }
  return out;
}

/** Every piece of a text → where it begins. */
function placesOf(text: string): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (let at = 0; at + PIECE <= text.length; at++) {
    const piece = text.slice(at, at + PIECE);
    const known = places.get(piece);
    if (known === undefined) places.set(piece, [at]);
    else known.push(at);
  }
  return places;
}
