// Makes text of outside origin harmless before it is printed: control characters, ANSI escapes, bidi overrides
// and invisible characters become visible escapes, so that what a reviewer sees is what is there.

/**
 * Controls, formats (bidi, zero width, tags), lone surrogates, line separators, and what shows as nothing (fillers,
 * variation selectors) or as a blank without being one.
 */
const UNSAFE = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const UNSAFE_BUT_NEWLINE = new RegExp(`(?!\\n)${UNSAFE.source}`, "gu");

/** One line of text that is safe to print; line breaks and tabs become blanks, the rest `\uXXXX`. */
export function safeLine(text: string): string {
  return text.replace(/[\t ]*[\r\n\t]+[\t ]*/g, " ").replace(UNSAFE, visible);
}

/** One line in which every unsafe character, line breaks and tabs included, shows as its JSON escape. */
export function exactLine(text: string): string {
  return text.replace(UNSAFE, visible);
}

/** A string in double quotes: valid JSON, and safe to print. */
export function quoted(text: string): string {
  return exactLine(JSON.stringify(text));
}

/** Escapes what is unsafe inside the strings of JSON text; its own line breaks stay. The data is the same. */
export function safeJson(json: string): string {
  return json.replace(UNSAFE_BUT_NEWLINE, visible);
}

/** Shortens to at most `max` UTF-16 units by leaving out the middle. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  return `${wholePairs(text.slice(0, head))}…${wholePairs(text.slice(text.length - (max - 1 - head)))}`;
}

/**
 * Shortens two texts for comparison. Where leaving out the middle would hide the difference, both are shown
 * around its first place instead.
 */
export function cutPair(before: string, after: string, max: number): readonly [string, string] {
  const short = [cutMiddle(before, max), cutMiddle(after, max)] as const;
  if (short[0] !== short[1] || before === after) return short;
  let at = 0;
  while (before[at] === after[at]) at++;
  return [cutAround(before, at, max), cutAround(after, at, max)];
}

/** The part of a text around a place, at most `max` units, with an ellipsis where something is left out. */
export function cutAround(text: string, at: number, max: number): string {
  if (text.length <= max) return text;
  const start = Math.max(0, at - Math.floor(max / 3));
  const end = start + max - 2;
  const middle = wholePairs(text.slice(start, end));
  return `${start > 0 ? "…" : ""}${middle}${end < text.length ? "…" : ""}`;
}

function wholePairs(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
}

function visible(unsafe: string): string {
  if (unsafe === "\n") return "\\n";
  if (unsafe === "\r") return "\\r";
  if (unsafe === "\t") return "\\t";
  let out = "";
  for (let index = 0; index < unsafe.length; index++) {
    out += `\\u${unsafe.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return out;
}
