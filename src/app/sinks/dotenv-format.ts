// dotenv text: NAME=value lines as shells, Docker's readers and the dotenv libraries agree on them.

import type { EntryFormat } from "./entry-format.ts";

/** An entry with its end of line. Quoted values may go over several lines; an open quote is a plain character. */
const ENTRY =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:"(?:\\[\s\S]|[^"\\])*"|'[^']*'|`[^`]*`)?[^\n]*(?:\n|$)/gm;

export const dotenvFormat: EntryFormat = {
  fault: (text) => (text.includes("\0") ? "is not text" : null),

  find: (text, name) =>
    matches(text, name)
      .at(-1)?.[0]
      .replace(/\r?\n$/, "") ?? null,

  encode: (name, value, previous) => {
    const quoted = quote(value);
    const prefix = previous === null ? "" : (/^[ \t]*export[ \t]+/.exec(previous)?.[0] ?? "");
    return quoted === null ? null : `${prefix}${name}=${quoted}`;
  },

  put: (text, name, source) => {
    const newline = text.includes("\r\n") ? "\r\n" : "\n";
    const found = matches(text, name);
    let result = text;
    // From the end, so that the places of those before stay right.
    for (const [index, match] of [...found.entries()].reverse()) {
      const ending = /\r?\n$/.exec(match[0])?.[0] ?? "";
      const instead = index === found.length - 1 && source !== null ? `${source}${ending}` : "";
      result = result.slice(0, match.index) + instead + result.slice(match.index + match[0].length);
    }
    if (found.length > 0 || source === null) return result;
    return `${result}${result === "" || result.endsWith("\n") ? "" : newline}${source}${newline}`;
  },

  isEmpty: (text) => text.trim() === "",
};

function matches(text: string, name: string): RegExpExecArray[] {
  return [...text.matchAll(ENTRY)].filter((match) => match[1] === name);
}

/**
 * Quotes only in ways that every reader undoes alike: none do so for a value with line breaks, or with both an
 * apostrophe and a character that is special in double quotes.
 */
function quote(value: string): string | null {
  if (/^[\w./:@%+,=-]+$/.test(value)) return value;
  if (/\p{Cc}/u.test(value)) return null;
  if (!value.includes("'")) return `'${value}'`;
  return /["\\$`!]/.test(value) ? null : `"${value}"`;
}
