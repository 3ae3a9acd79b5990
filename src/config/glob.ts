// File patterns for `-f`: `*`, `?` and `**`. Written here because fs.glob needs Node 22 and we run on 20.

import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { compareText } from "../base/json.ts";

/** True when the text has a wildcard in it. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/** Absolute paths of the files that a pattern matches, sorted; entries that begin with a dot need a dot in it. */
export async function matchFiles(pattern: string, cwd: string): Promise<readonly string[]> {
  const parts = pattern.split("/");
  const fixed = parts.findIndex(isGlob);
  const start = resolve(cwd, parts.slice(0, fixed).join("/") || (pattern.startsWith("/") ? "/" : "."));
  const found = new Set<string>();
  await walk(start, parts.slice(fixed), found);
  return [...found].sort(compareText);
}

async function walk(directory: string, parts: readonly string[], found: Set<string>): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part === "**") await walk(directory, rest, found);
  const matches = toRegExp(part);
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (part === "**") {
      if (entry.isDirectory() && !entry.name.startsWith(".")) await walk(path, parts, found);
    } else if (matches.test(entry.name) && (part.startsWith(".") || !entry.name.startsWith("."))) {
      if (rest.length > 0) await walk(path, rest, found);
      else if (!entry.isDirectory()) found.add(path);
    }
  }
}

function toRegExp(part: string): RegExp {
  const source = part
    .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}
