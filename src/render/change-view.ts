// One changed field, ready to draw: its two values as text on one line, or a line diff where they are long.
// Knows nothing of text or markdown; what it returns is safe to print and holds no secret.

import { diffArrays } from "diff";
import {
  compareFingerprints,
  isRefMark,
  isSecretMark,
  listMarks,
  type SecretMark,
} from "../base/expression.ts";
import type { JsonValue } from "../base/json.ts";
import type { Change } from "../model/plan.ts";
import { cutPair, exactLine, quoted, safeLine } from "./safe-text.ts";
import { blockLines, inlineText, type MarkText, NONE, plainMarks, secretText } from "./value.ts";

/** A line of a line diff; `…` stands for equal lines that are left out. */
export interface DiffLine {
  readonly mark: " " | "+" | "-" | "…";
  readonly text: string;
}

export interface ChangeView {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Given when one of the values is longer than a line, and then drawn instead of them. */
  readonly lines?: readonly DiffLine[];
  /** What stands beside it after a "#". */
  readonly notes: readonly string[];
}

export interface ViewOptions {
  /** Longest text of a value, in UTF-16 units, that stays on one line. */
  readonly width: number;
  /** Whether longer strings lose their middle. */
  readonly cut: boolean;
}

/** Equal lines kept around each difference. */
const CONTEXT = 3;

/** From this many differing lines on both values are shown whole: finding the shortest diff costs too much. */
const MAX_EDITS = 1_000;

/** Views a change; the same change always gives the same view. */
export function viewChange(change: Change, options: ViewOptions): ChangeView {
  const [old, wanted] = change.sensitive
    ? [conceal(change.before), conceal(change.after)]
    : [change.before, change.after];
  const marks = pairMarks(old, wanted);
  const before = old === null ? NONE : inlineText(old, marks.before);
  const after = wanted === null ? NONE : inlineText(wanted, marks.after);
  const view = { path: safeLine(change.path), notes: notesOf(change) };
  if (isLong(old, before, options.width) || isLong(wanted, after, options.width)) {
    return {
      ...view,
      before,
      after,
      lines: diffLines(linesOf(old, wanted, marks.before), linesOf(wanted, old, marks.after)),
    };
  }
  if (!options.cut) return { ...view, before, after };
  const [left, right] = cutPair(before, after, options.width);
  // Only strings are cut: the name of a secret or of a reference must stay whole to be of use.
  return {
    ...view,
    before: typeof old === "string" ? left : before,
    after: typeof wanted === "string" ? right : after,
  };
}

/** A sensitive value in which nothing is marked is hidden whole. */
function conceal(value: JsonValue): JsonValue {
  if (value === null || listMarks(value).length > 0) return value;
  if (typeof value === "object" && Object.keys(value).length === 0) return value;
  return { $secret: {} };
}

function isLong(value: JsonValue, text: string, width: number): boolean {
  if (typeof value === "string") return value.includes("\n");
  return typeof value === "object" && !isSecretMark(value) && !isRefMark(value) && text.length > width;
}

/**
 * Texts for the secrets of two values that are compared: equal where their fingerprints are, so that no
 * difference is shown where there is none, and different otherwise.
 */
function pairMarks(
  before: JsonValue,
  after: JsonValue,
): { readonly before: MarkText; readonly after: MarkText } {
  const old = secretsByPath(before);
  const wanted = secretsByPath(after);
  const compared = (path: string) =>
    compareFingerprints(old.get(path)?.$secret.fingerprint, wanted.get(path)?.$secret.fingerprint);
  return {
    before: (mark, path) => {
      if (isRefMark(mark)) return plainMarks(mark, path);
      const other = wanted.get(path);
      if (other !== undefined && compared(path) === "same") return secretText(other);
      const { masked } = (mark as SecretMark).$secret;
      return secretText({ $secret: masked === true ? { masked } : {} });
    },
    after: (mark, path) => {
      if (isRefMark(mark) || (mark as SecretMark).$secret.source !== undefined || !old.has(path)) {
        return plainMarks(mark, path);
      }
      const changed = compared(path) === "different" || (path === "" && compared(path) !== "same");
      return changed ? "(sensitive, changed)" : secretText(mark as SecretMark);
    },
  };
}

function secretsByPath(value: JsonValue): ReadonlyMap<string, SecretMark> {
  const found = new Map<string, SecretMark>();
  for (const { path, mark } of listMarks(value)) {
    if (isSecretMark(mark)) found.set(path.map((key) => `/${key}`).join(""), mark);
  }
  return found;
}

function linesOf(value: JsonValue, other: JsonValue, marks: MarkText): string[] {
  if (value === null) return [];
  if (typeof value !== "string") return blockLines(value, marks);
  return value.includes("\n") || typeof other === "string" ? value.split("\n") : [quoted(value)];
}

/** The shortest line diff, with a few equal lines around each difference. */
function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const parts = diffArrays([...before], [...after], { maxEditLength: MAX_EDITS });
  if (parts === undefined) return [...before.map(line("-")), ...after.map(line("+"))];
  return parts.flatMap((part, index) => {
    if (part.removed) return part.value.map(line("-"));
    if (part.added) return part.value.map(line("+"));
    const head = index === 0 ? 0 : CONTEXT;
    const tail = index === parts.length - 1 ? 0 : CONTEXT;
    const hidden = part.value.length - head - tail;
    if (hidden < 2) return part.value.map(line(" "));
    return [
      ...part.value.slice(0, head).map(line(" ")),
      { mark: "…" as const, text: `${hidden} equal lines` },
      ...part.value.slice(head + hidden).map(line(" ")),
    ];
  });
}

function line(mark: DiffLine["mark"]): (text: string) => DiffLine {
  return (text) => ({ mark, text: exactLine(text) });
}

function notesOf(change: Change): string[] {
  const notes: string[] = [];
  if (change.forces_replacement) notes.push("forces replacement");
  if (change.moved === "world") notes.push("drift");
  if (change.moved === "both") notes.push("drift and config");
  const unsure = listMarks(change.before).some(
    ({ mark }) => isSecretMark(mark) && mark.$secret.unverified === true,
  );
  if (unsure) notes.push("changed by somebody else, perhaps its value too");
  return notes;
}
