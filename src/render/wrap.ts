// Breaks text into lines of a terminal's width. Text without a width stays one line: whoever reads a pipe breaks it
// as they like.

import { displayWidth } from "./display-width.ts";

/** Narrower than this, indented text would be a column of single words. */
const LEAST = 24;

/**
 * Lines of at most `width` columns where words allow it, the later ones indented.
 * @param first what the first line begins with; its own width counts.
 * @param indent how far the later lines are indented, in columns.
 * @param width left out: one line.
 */
export function wrapped(first: string, text: string, indent: number, width: number | undefined): string[] {
  if (width === undefined || width - indent < LEAST) return [first + text];
  const lines: string[] = [];
  let line = first;
  let used = displayWidth(first);
  let empty = true;
  for (const word of text.split(" ")) {
    const wide = displayWidth(word);
    if (!empty && used + 1 + wide > width) {
      lines.push(line);
      line = " ".repeat(indent);
      used = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    used += wide + (empty ? 0 : 1);
    empty = false;
  }
  return [...lines, line];
}
