// Diagnostics: what is wrong with what a user wrote, as data. They are collected and sorted, never thrown.

import type { Address } from "./address.ts";
import { compareText } from "./json.ts";

/** A place in a file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many columns the marked text is wide, for the caret line; 1 when not known. */
  readonly width?: number;
}

export type Severity = "error" | "warning" | "note";

export interface Diagnostic {
  readonly severity: Severity;
  /** Stable, upper case: `UNKNOWN_KEY`, `NOT_OWNED`. */
  readonly code: string;
  /** What was found and what was expected, in one sentence. */
  readonly message: string;
  /** What to write or run instead. */
  readonly hint?: string;
  readonly address?: Address;
  readonly position?: Position;
  /** The text of the marked line, for the snippet. */
  readonly snippet?: string;
}

/** Sorts by file, line and column, then by address and code; those without a position come last. */
export function sortDiagnostics(list: readonly Diagnostic[]): Diagnostic[] {
  return [...list].sort(
    (a, b) =>
      Number(a.position === undefined) - Number(b.position === undefined) ||
      compareText(a.position?.file ?? "", b.position?.file ?? "") ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
      compareText(a.address ?? "", b.address ?? "") ||
      compareText(a.code, b.code) ||
      compareText(a.message, b.message),
  );
}

export function hasErrors(list: readonly Diagnostic[]): boolean {
  return list.some((item) => item.severity === "error");
}
