// Fits markdown into one pull-request comment: items are left out whole, from the end of their section, and
// counted. Knows nothing of what the items are.

/**
 * GitHub takes 65,536 characters for a comment, GitLab a million. Counted in UTF-8 bytes, of which no text has
 * fewer than characters of any sort.
 */
export const MARKDOWN_LIMIT = 65_536;

export interface MarkdownSection {
  /** Comes before the first item; empty for none. */
  readonly heading: string;
  readonly items: readonly string[];
  /** What stands between two items. */
  readonly between: "\n" | "\n\n";
  /** Says that `count` items are left out. */
  readonly rest: (count: number) => string;
}

/**
 * Joins head, sections and tail, with a blank line between them; what does not fit is left out of the sections.
 * Earlier sections have the first claim on the space.
 * @param head and `tail` are always kept and must be short.
 */
export function fitMarkdown(
  head: string,
  sections: readonly MarkdownSection[],
  tail: string,
  limit: number = MARKDOWN_LIMIT,
): string {
  const filled = sections.filter((section) => section.items.length > 0);
  const frame = (section: MarkdownSection) =>
    bytes(section.heading) + bytes(section.rest(section.items.length)) + 6;
  let left = limit - bytes(head) - bytes(tail) - 4 - filled.reduce((sum, section) => sum + frame(section), 0);
  const parts = [head];
  for (const section of filled) {
    const kept: string[] = [];
    for (const item of section.items) {
      const size = bytes(item) + section.between.length;
      if (size > left) break;
      left -= size;
      kept.push(item);
    }
    if (section.heading !== "") parts.push(section.heading);
    if (kept.length > 0) parts.push(kept.join(section.between));
    if (kept.length < section.items.length) parts.push(section.rest(section.items.length - kept.length));
  }
  if (tail !== "") parts.push(tail);
  return `${parts.join("\n\n")}\n`;
}

/** Length in UTF-8. */
export function bytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
