// Writes products: each format to its place. Files are checked before a run does anything and written at its end.

import { accessSync, constants, lstatSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseLedger } from "../ledger/documents.ts";
import { PLAIN, type Style } from "../render/style.ts";
import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import type { Format, OutputTarget } from "./output-target.ts";

/** What a command was run for, in every format it may be asked for. Each text ends with a line break. */
export interface Product {
  readonly text: (style: Style) => string;
  readonly json: () => string;
  readonly markdown: () => string;
}

export interface Outputs {
  readonly targets: readonly OutputTarget[];
  /** The one format that goes to stdout. */
  readonly stdout: Format;
}

/** Makes sure that every file can be written, so that no run ends without its report. */
export function openOutputs(io: Io, targets: readonly OutputTarget[]): Outputs {
  for (const { file } of targets) {
    if (file === undefined) continue;
    const path = resolve(io.cwd, file);
    const found = statSync(path, { throwIfNoEntry: false });
    const problem =
      linkAt(path) ??
      (found === undefined
        ? mayWrite(dirname(path), "its directory")
        : found.isDirectory()
          ? "it is a directory"
          : (mayWrite(path, "it") ?? whyKept(path)));
    if (problem !== undefined) throw new Failure("OUTPUT_FILE", `--output cannot write ${file}: ${problem}`);
  }
  return { targets, stdout: targets.find((target) => target.file === undefined)?.format ?? "text" };
}

/** Writes a product in all formats asked for. `stdoutText` stands in for text on stdout. */
export function emit(io: Io, outputs: Outputs, product: Product, stdoutText?: string): void {
  for (const { format, file } of outputs.targets) {
    if (file !== undefined) writeFileSync(resolve(io.cwd, file), inFormat(product, format, PLAIN));
    else if (format === "text" && stdoutText !== undefined) io.out(stdoutText);
    else io.out(inFormat(product, format, io.outStyle));
  }
}

function inFormat(product: Product, format: Format, style: Style): string {
  return format === "text" ? product.text(style) : product[format]();
}

/**
 * Why what is at a path is not written over, as a clause. A slip of the hand must not cost the configuration or the
 * ledger, and no product is either.
 */
export function whyKept(path: string): string | undefined {
  const link = linkAt(path);
  if (link !== undefined) return link;
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  if (/\.ya?ml$/i.test(path)) return "there is a YAML file already, which may be a configuration";
  if (/\.ledger\.json$/.test(path) || "ledger" in parseLedger(readFileSync(path, "utf8"), path))
    return "there is a ledger";
  return undefined;
}

/**
 * That a path is a link, as a clause. Whoever proposes a change of a repository may put one there, and what it leads to
 * would be written over. Those of the system, such as `/dev/stdout` and `/dev/fd/3`, are meant.
 */
function linkAt(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && !/^\/dev\/(?:fd\/)?[^/]+$/.test(path)
    ? "it is a symbolic link, which may lead anywhere"
    : undefined;
}

/** Why a path cannot be written, as a clause about `what`. */
export function mayWrite(path: string, what: string): string | undefined {
  try {
    accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return missing ? `${what} does not exist` : `${what} is not writable`;
  }
}
