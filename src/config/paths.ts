// Paths in files are relative to the file that holds them, also after layers were merged.

import { isAbsolute, join, relative, resolve } from "node:path";
import type { Sink } from "../model/desired.ts";
import type { RawResource } from "./read.ts";
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

/** The file that holds the value at a path. */
export function fileAt(node: MapNode, path: Path): SourceFile {
  const found = placeAt(node, path, node.at);
  return (found.node?.at ?? found.key).file;
}

interface WrittenSink {
  readonly file?: {
    readonly path: string;
    readonly format?: "raw" | "dotenv" | "json";
    readonly name?: string;
  };
  readonly stdout?: Record<string, never>;
}

/** A resource's sinks with paths from `cwd` and names filled in; `undefined` when it has no `deliver`. */
export function sinksOf(raw: RawResource, cwd: string): readonly Sink[] | undefined {
  if (raw.deliver === undefined) return undefined;
  // `deliverSchema` has checked the shape.
  return (raw.deliver as readonly WrittenSink[]).map(({ file }, index): Sink => {
    if (file === undefined) return { stdout: {} };
    const path = pathFromCwd(raw.node, ["deliver", index, "file", "path"], file.path, cwd);
    const format = file.format ?? "raw";
    const name = format === "raw" ? file.name : (file.name ?? variableName(raw.map_key));
    return { file: { path, format, ...(name === undefined ? {} : { name }) } };
  });
}

/** `web-ci` → `WEB_CI`; one that would begin with a digit gets a `_` before it. */
function variableName(key: string): string {
  const name = key.toUpperCase().replaceAll(/[^A-Z0-9_]/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
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
