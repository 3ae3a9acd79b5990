// `gateform export`: live → YAML, to stdout or into files. Nothing is written unless all of it could be read.

import { lstatSync, readdirSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { type ExportResult, exportStack } from "../../app/export.ts";
import { type Diagnostic, hasErrors } from "../../base/diagnostic.ts";
import { STACK_PATTERN } from "../../config/document.ts";
import { parseSelector, providersOf, type Selection } from "../../engine/export-select.ts";
import { reasonOf, replaceFile } from "../../ledger/whole-file.ts";
import { providers } from "../../providers/index.ts";
import { counted, listed } from "../../render/counts.ts";
import { renderDiagnosticsText } from "../../render/diagnostics-text.ts";
import { jsonText } from "../../render/json-text.ts";
import { fenced } from "../../render/markdown-text.ts";
import type { Run } from "../command.ts";
import { exportSource } from "../export-config.ts";
import { Failure, failureOf } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Options } from "../options.ts";
import { emit, type Product } from "../output.ts";
import { joined, outputsOf } from "../run.ts";

/** Where `npm install gateform` puts the JSON Schemas, seen from the working directory. */
const SCHEMAS = "node_modules/gateform/schemas";

const rules = providers.flatMap((provider) => provider.kinds.map((kind) => kind.rules));

export const exportCommand: Run = async (io, args, options) => {
  const outputs = outputsOf(io, options);
  const selection = selectionOf(args);
  if (options.stack !== undefined && !STACK_PATTERN.test(options.stack)) {
    throw new Failure(
      "USAGE",
      `--stack takes 1 to 63 lower-case letters, digits and -, not "${options.stack}"`,
    );
  }
  const target = targetOf(io, options);
  const wanted = { providers: providersOf(selection), named: args.length > 0 };
  const source = await exportSource(io, options, wanted);
  const stack = options.stack ?? source.config.desired.stack;
  const goesOn =
    stack === source.config.desired.stack && (source.ledger !== null || "http" in source.config.ledger);
  const result = await exportStack(source.stack, source.ledger, {
    selection,
    with_defaults: options.withDefaults === true,
    split: target.split,
    stack,
    directory: target.directory,
    ...(goesOn ? { ledger: source.config.ledger } : {}),
    schemas: resolve(io.cwd, SCHEMAS),
  });
  const diagnostics = joined(source.diagnostics, result.diagnostics);
  const { files } = result;
  if (files === undefined || hasErrors(diagnostics)) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const unread = errors.every((error) => error.code === "READ_INCOMPLETE");
    throw failureOf(unread ? "READ_INCOMPLETE" : "NOT_EXPORTED", "nothing was exported", diagnostics);
  }
  const made = files.map(({ name, text }) => ({ path: target.path(name), text }));
  const others = target.out === undefined ? [] : await writeFiles(io, target, made, options.force === true);
  io.err(renderDiagnosticsText([...diagnostics, ...others], { style: io.errStyle }));
  io.err(
    `${summaryOf(result)}${target.out === undefined ? "" : ` Wrote ${made.map(({ path }) => path).join(", ")}.`}\n`,
  );
  emit(
    io,
    outputs,
    productOf(stack, made, result, [...diagnostics, ...others]),
    target.out === undefined ? undefined : "",
  );
  return 0;
};

function selectionOf(args: readonly string[]): Selection {
  const selectors = args.map((arg) => {
    const selector = parseSelector(arg, rules);
    if ("by" in selector) return selector;
    throw new Failure("USAGE", `"${arg}" is no provider, section or address`, {
      hint:
        selector.near === undefined
          ? "write for instance vercel, cloudflare.gateways, cloudflare.gateway.support or vercel.rule.*"
          : `did you mean ${selector.near}?`,
    });
  });
  return { selectors, rules };
}

interface Target {
  /** As given. */
  readonly out: string | undefined;
  readonly split: boolean;
  /** Absolute; where the files are, or would be if stdout went to one. */
  readonly directory: string;
  /** As messages show it. */
  readonly path: (name: string | undefined) => string;
}

/** Checks what can be checked before anything is read. */
function targetOf(io: Io, options: Options): Target {
  const { out, force } = options;
  const split = options.split === true;
  if (out === undefined) {
    if (split)
      throw new Failure("USAGE", "--split needs --out DIRECTORY: several files do not fit on stdout");
    return { out, split, directory: io.cwd, path: (name) => name ?? "gateform.yaml" };
  }
  const path = resolve(io.cwd, out);
  const found = statSync(path, { throwIfNoEntry: false });
  if (split) {
    if (found !== undefined && !found.isDirectory())
      throw new Failure("OUTPUT_FILE", `--out ${out} is no directory`);
    return { out, split, directory: path, path: (name) => join(out, name ?? "") };
  }
  if (found?.isDirectory() === true) {
    throw new Failure("OUTPUT_FILE", `--out ${out} is a directory`, {
      hint: `write --out ${join(out, "gateform.yaml")}, or --split for one file per section`,
    });
  }
  if (found !== undefined && force !== true) throw alreadyThere([out]);
  return { out, split, directory: dirname(path), path: () => out };
}

function alreadyThere(paths: readonly string[]): Failure {
  return new Failure("FILE_EXISTS", `${paths.join(", ")}: there already, and nothing was overwritten`, {
    hint: "write --force to replace, or give --out another place",
  });
}

/** Writes all or, when one is in the way, none. @returns what else would be read with them. */
async function writeFiles(
  io: Io,
  target: Target,
  files: readonly { readonly path: string; readonly text: string }[],
  force: boolean,
): Promise<readonly Diagnostic[]> {
  const inTheWay = files.filter(({ path }) => isThere(resolve(io.cwd, path)));
  if (inTheWay.length > 0 && !force) throw alreadyThere(inTheWay.map(({ path }) => path));
  try {
    await mkdir(target.directory, { recursive: true });
    for (const { path, text } of files) await replaceFile(resolve(io.cwd, path), text, 0o666);
  } catch (error) {
    throw new Failure("OUTPUT_FILE", `--out cannot write ${target.out}: ${reasonOf(error)}`);
  }
  if (!target.split) return [];
  const ours = new Set(files.map(({ path }) => relative(target.directory, resolve(io.cwd, path))));
  const others = readdirSync(target.directory).filter(
    (name) => /^[^.].*\.ya?ml$/.test(name) && !ours.has(name),
  );
  return others.length === 0
    ? []
    : [
        {
          severity: "warning",
          code: "OTHER_FILES",
          message: `${target.out} also holds ${others.join(", ")}: files of one directory are read together`,
          hint: "move what does not belong to this configuration elsewhere",
        },
      ];
}

/** Also a link that leads nowhere: replacing it would lose it. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function countsOf({ resources }: ExportResult): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { noun, kind, section } of rules) {
    if (section !== null) counts.set(noun, resources.filter((resource) => resource.kind === kind).length);
  }
  return counts;
}

/** `Exported 15 gateways, 40 provider configs and 80 rules.` */
function summaryOf(result: ExportResult): string {
  const parts = [...countsOf(result)]
    .filter(([, count]) => count > 0)
    .map(([noun, count]) => counted(count, noun));
  return `Exported ${parts.length === 0 ? "nothing: there is nothing live" : listed(parts)}.`;
}

function productOf(
  stack: string,
  files: readonly { readonly path: string; readonly text: string }[],
  result: ExportResult,
  diagnostics: readonly Diagnostic[],
): Product {
  const resources = result.resources.map(({ address, id, parent_id }) => ({ address, id, parent_id }));
  return {
    text: () => files.map(({ text }) => text).join(""),
    json: () => jsonText({ format: 1, stack, files, resources, diagnostics }),
    markdown: () =>
      `### gateform export\n\n${summaryOf(result)}\n\n${files
        .map(({ path, text }) => `${path}\n\n${fenced("yaml", text.trimEnd().split("\n"))}\n`)
        .join("\n")}`,
  };
}
