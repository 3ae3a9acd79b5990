// Makes a vendor's text safe to print: no control characters, bounded, and without any secret of the request
// that the vendor echoes, whole, in part or encoded.

import type { Secret } from "./secret.ts";

/** Characters of a vendor's message that are shown. */
const MAX_LENGTH = 400;

/** So many characters of a secret in a row give it away; shorter runs are coincidence. */
const PIECE = 8;

/** Cleans `text`; `secrets` are the values that were sent with the request, its credential included. */
export function scrub(text: string, secrets: readonly Secret[]): string {
  let clean = hide(
    text,
    secrets.flatMap((secret) => formsOf(secret.reveal())),
  );
  // Terminal escapes and line breaks in a vendor's text must not reach a terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  clean = clean.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString("base64"),
    bytes.toString("base64url"),
  ];
  return [...new Set(forms)].filter((form) => form !== "");
}

/** Replaces every run of `text` that consists of pieces of one of `values`; a short value only as a whole. */
function hide(text: string, values: readonly string[]): string {
  const hidden = new Uint8Array(text.length);
  for (const value of values) {
    const size = Math.min(PIECE, value.length);
    const pieces = new Set<string>();
    for (let at = 0; at + size <= value.length; at++) pieces.add(value.slice(at, at + size));
    for (let at = 0; at + size <= text.length; at++) {
      if (pieces.has(text.slice(at, at + size))) hidden.fill(1, at, at + size);
    }
  }
  let out = "";
  for (let at = 0; at < text.length; at++) {
    if (hidden[at] === 0) out += text[at];
    else if (at === 0 || hidden[at - 1] === 0) out += "[secret]";
  }
  return out;
}
