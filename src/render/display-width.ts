// How many terminal columns text takes: enough for a caret to stand under what it means. Not a full
// implementation of UAX #11: emoji sequences are counted by their parts.

/** East Asian wide and full-width ranges (UAX #11, Unicode 16) and the emoji planes. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;

/** Columns of text without control characters. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (COMBINING.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** The same texts, all as wide as the widest. */
export function padded(texts: readonly string[]): readonly string[] {
  const widths = texts.map(displayWidth);
  const widest = widths.reduce((most, width) => Math.max(most, width), 0);
  return texts.map((text, index) => text + " ".repeat(widest - (widths[index] ?? 0)));
}
