// `--output`: which formats a run produces and where each goes. Reads the option only; nothing is written here.

import { suggest } from "../base/suggest.ts";

const FORMATS = ["text", "json", "markdown"] as const;
export type Format = (typeof FORMATS)[number];

export interface OutputTarget {
  readonly format: Format;
  /** As given; without it the output goes to stdout. */
  readonly file?: string;
}

/** One `--output`: `json`, `markdown=comment.md`. @returns what is wrong, as a sentence, when it is not one. */
export function parseOutput(text: string): OutputTarget | string {
  const at = text.indexOf("=");
  const name = at === -1 ? text : text.slice(0, at);
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    const near = suggest(name, FORMATS);
    return `It takes text, json or markdown, alone or as FORMAT=FILE.${near === undefined ? "" : ` Did you mean ${near}?`}`;
  }
  if (at === -1) return { format };
  const file = text.slice(at + 1);
  return file === "" ? `It names no file after "${format}=".` : { format, file };
}

/**
 * All `--output`s of a run. Without one for stdout, text goes there: a run with files for later still tells whoever
 * watches what happened.
 * @returns what is wrong, as a sentence, when they cannot stand together.
 */
export function outputTargets(values: readonly string[]): readonly OutputTarget[] | string {
  const targets: OutputTarget[] = [];
  for (const value of values) {
    const target = parseOutput(value);
    if (typeof target === "string") return target;
    const clash = targets.find((other) => other.file === target.file);
    if (clash !== undefined && target.file === undefined) {
      return `Only one --output can go to stdout; give ${target.format}=FILE for the other.`;
    }
    if (clash !== undefined) return `Two --output options write to ${target.file}.`;
    targets.push(target);
  }
  return targets.some((target) => target.file === undefined) ? targets : [{ format: "text" }, ...targets];
}
