// Paths in files are relative to the file that holds them, also after layers were merged.

import { isAbsolute, join, relative, resolve } from "node:path";
import type { SecretSource } from "../base/expression.ts";
import type { SourceFile } from "./source.ts";
import { type MapNode, type Path, placeAt } from "./tree.ts";

/** Absolute path of what a file calls `text`. */
export function absolutePath(file: SourceFile, text: string): string {
  return resolve(file.directory, text);
}

/**
 * A path as runs use it: relative to `cwd` where the text is relative, which keeps plans free of machines' paths.
 * @param path of the value in `node`; it says which file the text is relative to.
 */
export function pathFromCwd(node: MapNode, path: Path, text: string, cwd: string): string {
  if (isAbsolute(text)) return text;
  return relative(cwd, absolutePath(fileAt(node, path), text)) || ".";
}

/** A source whose `file`, written relative to the file that holds it, is relative to `cwd`. */
export function relocateSource(source: SecretSource, node: MapNode, path: Path, cwd: string): SecretSource {
  return "file" in source ? { file: pathFromCwd(node, [...path, "file"], source.file, cwd) } : source;
}

/** The file that holds the value at a path. */
export function fileAt(node: MapNode, path: Path): SourceFile {
  const found = placeAt(node, path, node.at);
  return (found.node?.at ?? found.key).file;
}

/** Where the ledger lies: as the file says, or beside the first file. */
export function ledgerPath(
  first: SourceFile,
  stack: string,
  declared: { readonly file: string; readonly holder: SourceFile } | undefined,
): string {
  if (declared !== undefined) return absolutePath(declared.holder, declared.file);
  return join(first.directory, ".gateform", `${stack}.ledger.json`);
}
