// The documentation as the tests see it: its pages, their fenced blocks, their headings.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Paths below the root of every page that people read. */
export const pages: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  ...markdownIn("docs"),
  ...markdownIn("docs/reference"),
  ...markdownIn("docs/diagnostics"),
  ...readdirSync(join(root, "examples")).flatMap((name) => markdownIn(`examples/${name}`)),
];

function markdownIn(folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
  return names.sort().map((name) => `${folder}/${name}`);
}

export function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

export interface Block {
  readonly page: string;
  /** Of its first line of content, from 1. */
  readonly line: number;
  /** All that stands behind the fence: `yaml`, `yaml layer`. */
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  const found: Block[] = [];
  let open: { readonly line: number; readonly info: string; readonly lines: string[] } | undefined;
  for (const [index, line] of textOf(page).split("\n").entries()) {
    if (!line.startsWith("```")) open?.lines.push(line);
    else if (open === undefined) open = { line: index + 2, info: line.slice(3).trim(), lines: [] };
    else {
      found.push({ page, line: open.line, info: open.info, text: `${open.lines.join("\n")}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: a fence is not closed`);
  return found;
}

/** A page without its fenced blocks and code spans. */
export function proseOf(page: string): string {
  return textOf(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");
}

/** The anchors that GitHub makes of a page's headings. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const headings = textOf(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, text = ""]) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
