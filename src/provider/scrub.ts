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
  let clean = hide(text.slice(0, MAX_READ), [...new Set(secrets)].map(soughtOf));
  // Terminal escapes and line breaks in a vendor's text must not reach a terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  clean = clean.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}

/** True for a secret that is hidden as a whole only, as it is too short to be told from other text by a piece. */
export function isShort(secret: Secret): boolean {
  return secret.reveal().length < PIECE;
}

/** What of a secret is looked for. */
interface Sought {
  readonly forms: readonly string[];
  /** Their letters and digits. */
  readonly bare: readonly string[];
}

/** Every answer is looked through for every secret of the run, so what to look for is made once. */
const sought = new WeakMap<Secret, Sought>();

function soughtOf(secret: Secret): Sought {
  const known = sought.get(secret);
  if (known !== undefined) return known;
  const forms = formsOf(secret.reveal());
  const letters = new Set(forms.map((form) => small(form.replace(/[^\p{L}\p{N}]/gu, ""))));
  const made = { forms, bare: [...letters].filter(({ length }) => length >= PIECE) };
  sought.set(secret, made);
  return made;
}

function formsOf(value: string): readonly string[] {
  const escaped = encodeURIComponent(value.replace(LONE_SURROGATE, "\ufffd"));
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    escaped,
    escaped.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    Buffer.from(value).toString("hex"),
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

/** How often escapes are resolved: each program that a text passes through may add some. */
const MAX_NESTING = 4;

/**
 * Replaces every run of `text` that consists of pieces of one of the forms; a short form only as a whole. Looks at the
 * text as it is; with its escapes resolved, as an echo may be one inside another; and at its letters and digits alone,
 * as an echo may be broken into lines or groups, or be in capitals.
 */
function hide(text: string, secrets: readonly Sought[]): string {
  const hidden = new Uint8Array(text.length);
  const look = (view: View, of: keyof Sought): void => {
    for (const [from, to] of runsOf(view.text, secrets, of)) hidden.fill(1, view.from[from], view.to[to - 1]);
  };
  let view = viewOf(text);
  for (let depth = 0; depth <= MAX_NESTING; depth++) {
    look(view, "forms");
    look(bare(view), "bare");
    const next = unescaped(view);
    if (next.text === view.text) break;
    view = next;
  }
  let out = "";
  for (let at = 0; at < text.length; at++) {
    if (hidden[at] === 0) out += text[at];
    else if (at === 0 || hidden[at - 1] === 0) out += "[secret]";
  }
  return out;
}

/** Where in a text pieces of secrets stand, or short ones: from a character to one after the last. */
function* runsOf(
  text: string,
  secrets: readonly Sought[],
  of: keyof Sought,
): Generator<readonly [number, number]> {
  const places = placesOf(text);
  for (const value of secrets.flatMap((secret) => secret[of])) {
    if (value.length >= PIECE) {
      for (const piece of shared(places, value))
        for (const place of places.get(piece) ?? []) yield [place, place + PIECE];
      continue;
    }
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
      yield [at, at + value.length];
  }
}

/** Pieces of a value that may be among those of a text: whichever has fewer is gone through. */
function* shared(places: ReadonlyMap<string, unknown>, value: string): Generator<string> {
  if (places.size < value.length) {
    for (const piece of places.keys()) if (value.includes(piece)) yield piece;
  } else for (let at = 0; at + PIECE <= value.length; at++) yield value.slice(at, at + PIECE);
}

/** A text made of another one, and where in that each of its characters comes from. */
interface View {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function viewOf(text: string): View {
  const from = Array.from({ length: text.length }, (_, index) => index);
  return { text, from, to: from.map((index) => index + 1) };
}

/** Letters and digits alone, the letters small. */
function bare({ text, from, to }: View): View {
  const kept = from.flatMap((_, index) => (/[\p{L}\p{N}]/u.test(text[index] ?? "") ? [index] : []));
  return {
    text: small(kept.map((index) => text[index] ?? "").join("")),
    from: kept.map((index) => from[index] ?? 0),
    to: kept.map((index) => to[index] ?? 0),
  };
}

/** In small letters, as long as it was. */
function small(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[a-z]/gi, (letter) => letter.toLowerCase());
}

/** Escapes of URLs, HTML, JSON, programming languages and terminals. */
const ESCAPE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals know an escape by it
  /%([0-9a-f]{2})|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#([0-9]{1,7});|&(amp|lt|gt|quot|apos);|\\(["'\\/])|\\[nrtbf]|\u001b\[[0-?]*[@-~]/gi;
/** For those of which all that matters is that they are no letters: line breaks, tabs, colours. */
const BLANK = 0x20;
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped({ text, from, to }: View): View {
  let out = "";
  const made = { from: [] as number[], to: [] as number[] };
  let end = 0;
  const keep = (until: number) => {
    out += text.slice(end, until);
    made.from.push(...from.slice(end, until));
    made.to.push(...to.slice(end, until));
    end = until;
  };
  for (const match of text.matchAll(ESCAPE)) {
    const [found, url, json, byte, hex, decimal, name, character] = match;
    const code = url ?? json ?? byte ?? hex;
    const point = code === undefined ? Number(decimal ?? BLANK) : Number.parseInt(code, 16);
    const meant = character ?? (name === undefined ? characterOf(point) : NAMED[name.toLowerCase()]);
    if (meant === undefined) continue;
    keep(match.index);
    end += found.length;
    out += meant;
    for (let unit = 0; unit < meant.length; unit++) {
      made.from.push(from[match.index] ?? 0);
      made.to.push(to[end - 1] ?? 0);
    }
  }
  keep(text.length);
  return { text: out, ...made };
}

function characterOf(point: number): string | undefined {
  return point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
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
