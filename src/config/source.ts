// Source files and places in them. Lines and columns are worked out only when a message needs them.

import type { Position } from "../base/diagnostic.ts";

export interface SourceFile {
  /** As messages show it: relative to the working directory where it lies below it. */
  readonly name: string;
  /** Absolute; what paths inside the file are relative to. */
  readonly directory: string;
  readonly text: string;
}

/** A stretch of a file, in UTF-16 code units from its start. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

const starts = new WeakMap<SourceFile, readonly number[]>();

/** Line and column of a span; the width covers its first line only. */
export function positionOf(span: Span): Position {
  const lines = lineStarts(span.file);
  const line = lineIndex(lines, span.start);
  const lineStart = lines[line] ?? 0;
  const lineEnd = endOfLine(span.file, lines, line);
  return {
    file: span.file.name,
    line: line + 1,
    column: span.start - lineStart + 1,
    width: Math.max(1, Math.min(span.end, lineEnd) - span.start),
  };
}

const MAX_SNIPPET = 200;

/** The text of a span's first line, safe to print; `undefined` where the mark would lie beyond its shown part. */
export function snippetOf(span: Span): string | undefined {
  const lines = lineStarts(span.file);
  const line = lineIndex(lines, span.start);
  const lineStart = lines[line] ?? 0;
  if (span.start - lineStart >= MAX_SNIPPET) return undefined;
  const text = span.file.text.slice(lineStart, endOfLine(span.file, lines, line));
  return printable(text.slice(0, MAX_SNIPPET));
}

/** The numbers of the lines that a span touches, counted from 1. */
export function linesOf(span: Span): { readonly first: number; readonly last: number } {
  const lines = lineStarts(span.file);
  return {
    first: lineIndex(lines, span.start) + 1,
    last: lineIndex(lines, Math.max(span.start, span.end - 1)) + 1,
  };
}

// Control characters (ANSI escapes begin with one) and those that change the direction or hide text.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text without control characters; each becomes one blank, so that columns stay the same. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, " ");
}

/** Key names that say that a secret follows. */
export const SECRET_NAME = /secret|token|passw|credential|authori[sz]|api_?key/i;

const MAX_QUOTED = 60;

/** Text from a file as a message shows it: in quotes, printable, shortened; not what has the look of a credential. */
export function quote(text: string): string {
  if (looksSecret(text)) return '"(not shown: it looks like a secret)"';
  const clean = printable(text.slice(0, MAX_QUOTED * 4));
  return `"${clean.length > MAX_QUOTED ? `${clean.slice(0, MAX_QUOTED - 1)}…` : clean}"`;
}

/** True for text that has the look of a credential: such text is never shown, wherever it stands. */
export function looksSecret(text: string): boolean {
  return /\b(?:sk|pk|rk|vck|vcp|xai|gsk|ghp|gho|hf)[-_][A-Za-z0-9_-]{8,}|\b(?:Bearer|Basic) +\S{8,}|eyJ[A-Za-z0-9_-]{10,}/.test(
    text,
  )
    ? true
    : (text.match(/[A-Za-z0-9_+=-]{24,}/g) ?? []).some(looksRandom);
}

/** Digits where no model's name has them, or capitals in greater number than words joined to one have. */
function looksRandom(run: string): boolean {
  const count = (letters: RegExp): number => (run.match(letters) ?? []).length;
  if (count(/[A-Z]/g) >= 8 && count(/[a-z]/g) >= 8) return true;
  return count(/\d/g) >= 3 && !/^[a-z]+(-[a-z0-9]+)+$/.test(run);
}

/** `gateform.yaml:12:3`, for messages that name a second place. */
export function placeText(span: Span): string {
  const { file, line, column } = positionOf(span);
  return `${file}:${line}:${column}`;
}

function lineStarts(file: SourceFile): readonly number[] {
  let list = starts.get(file);
  if (list === undefined) {
    const found = [0];
    for (let at = file.text.indexOf("\n"); at !== -1; at = file.text.indexOf("\n", at + 1))
      found.push(at + 1);
    list = found;
    starts.set(file, list);
  }
  return list;
}

function lineIndex(lines: readonly number[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function endOfLine(file: SourceFile, lines: readonly number[], line: number): number {
  const next = lines[line + 1];
  const end = next === undefined ? file.text.length : next - 1;
  return file.text[end - 1] === "\r" ? end - 1 : end;
}
