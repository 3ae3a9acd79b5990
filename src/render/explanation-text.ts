// An explanation for terminals: what it is, its facts, its fields, what the files set. Wrapped to the terminal.

import type { DeclaredFacts, Explanation, Fact, FieldRow, NamedItem } from "../model/explanation.ts";
import { positionText } from "./diagnostics-text.ts";
import { safeLine } from "./safe-text.ts";
import type { Style } from "./style.ts";
import { inlineText } from "./value.ts";
import { wrapped } from "./wrap.ts";

export interface ExplanationTextOptions {
  readonly style: Style;
  /** Columns of the terminal; left out where there is none. */
  readonly width?: number;
}

export function renderExplanationText(it: Explanation, options: ExplanationTextOptions): string {
  const { style, width } = options;
  const title = `${it.topic === "" ? "" : `${safeLine(it.topic)}: `}${it.title}`;
  const blocks: string[][] = [
    [...wrapped("", title, 2, width).map(style.bold), ...wrapped("", sentence(it.summary), 0, width)],
    factLines(it.facts, options),
    ...(it.declared === undefined ? [] : [declaredLines(it.declared, options)]),
    ...(it.note === undefined ? [] : [wrapped("", sentence(safeLine(it.note)), 0, width)]),
    exampleLines(it),
    ...(it.fields.length === 0 ? [] : [fieldLines(shownFields(it), options)]),
    ...it.lists.map(({ heading, items }) => listLines(heading, items, options)),
    ...it.parts.map(({ heading, text, yaml }) => [
      style.bold(heading),
      ...(text === undefined ? [] : wrapped("  ", text, 2, width)),
      ...(yaml === undefined
        ? []
        : yaml
            .trimEnd()
            .split("\n")
            .map((line) => `  ${line}`.trimEnd())),
    ]),
    ...(it.vendor_pages.length === 0
      ? []
      : [
          [
            style.bold("See also"),
            ...it.vendor_pages.map(({ title, url }) => `  ${title}${url === undefined ? "" : `: ${url}`}`),
          ],
        ]),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** `a: 1`, as a line of the file */
export function examplesOf(it: Pick<Explanation, "topic" | "examples">): readonly string[] {
  const name = it.topic.split(/[.[\]]+/).findLast((part) => part !== "") ?? "";
  return it.examples.map((example) => `${name}: ${inlineText(example)}`);
}

/** What the files set, a line each: `authentication: true`, and where. */
export function declaredItems({ fields }: DeclaredFacts): readonly (readonly [string, string])[] {
  return fields.map(({ path, value, position }) => [
    `${safeLine(path)}: ${inlineText(value)}`,
    positionText(position),
  ]);
}

/** Of a kind only its own fields; what is nested in one is explained with that one. */
export function shownFields({ type, fields }: Explanation): readonly FieldRow[] {
  return type === "kind" ? fields.filter(({ path }) => !/[.[]/.test(path)) : fields;
}

/** Type, and what else holds. */
export function rowWords({ type, required, more }: Pick<FieldRow, "type" | "required" | "more">): string {
  return [type, ...(required ? ["required"] : []), ...(more === undefined ? [] : [more])].join("; ");
}

/** With a full stop, unless it has an end of its own. */
export function sentence(text: string): string {
  return /[.?!:]$/.test(text) ? text : `${text}.`;
}

/** A name, then text that hangs beside it, or, where the name may be of any length, below it. */
function hanging(
  name: string,
  text: string,
  column: number | undefined,
  { style, width }: ExplanationTextOptions,
): string[] {
  const [first = "", ...rest] = wrapped(
    `  ${name}`.padEnd(column ?? name.length + 4),
    text,
    column ?? 6,
    width,
  );
  return [`  ${style.cyan(name)}${first.slice(2 + name.length)}`, ...rest];
}

/** Where the texts of a list stand, behind the longest name. */
function columnOf(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => name.length)) + 4;
}

function factLines(facts: readonly Fact[], options: ExplanationTextOptions): string[] {
  const column = columnOf(facts.map(({ label }) => label));
  return facts.flatMap(({ label, text }) => hanging(label, text, column, options));
}

function declaredLines(declared: DeclaredFacts, { style }: ExplanationTextOptions): string[] {
  const items = declaredItems(declared);
  const most = Math.min(60, Math.max(0, ...items.map(([text]) => text.length)));
  return [
    `${style.bold("In the file")} ${style.dim(positionText(declared.position))}`,
    ...(items.length === 0 ? ["  Nothing is set."] : []),
    ...items.map(([text, place]) => `  ${text.padEnd(most)}  ${style.dim(place)}`),
  ];
}

function exampleLines(it: Explanation): string[] {
  return examplesOf(it).map((text, index) => `  ${index === 0 ? "e.g." : "    "}  ${text}`);
}

function fieldLines(fields: readonly FieldRow[], options: ExplanationTextOptions): string[] {
  return [
    options.style.bold("Fields"),
    ...fields.flatMap(({ path, description, ...row }) => [
      ...hanging(path, rowWords(row), undefined, options),
      ...wrapped("      ", description, 6, options.width),
    ]),
  ];
}

function listLines(heading: string, items: readonly NamedItem[], options: ExplanationTextOptions): string[] {
  const column = columnOf(items.map(({ name }) => name));
  return [
    options.style.bold(heading),
    ...items.flatMap(({ name, text }) => hanging(name, text, column, options)),
  ];
}
