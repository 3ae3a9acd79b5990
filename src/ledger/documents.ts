// Ledgers and plans as text: printing, and reading what somebody else may have written or damaged. Reads and
// writes no files. What is printed of a plan is what `--output json` prints.

import { randomBytes, randomUUID } from "node:crypto";
import type { z } from "zod";
import type { Diagnostic } from "../base/diagnostic.ts";
import { compareText, deeperThan, isObject, type JsonValue } from "../base/json.ts";
import { LEDGER_FORMAT, type Ledger } from "../model/ledger.ts";
import { PLAN_FORMAT, type Plan } from "../model/plan.ts";
import { misfitIn } from "./ledger-sense.ts";
import { planSchema } from "./plan-schema.ts";
import { nonsenseIn, oddityIn } from "./plan-sense.ts";
import { ledgerSchema } from "./schema.ts";

/** Characters; a ledger of 100,000 resources is well below. */
export const MAX_DOCUMENT_SIZE = 256 * 1024 * 1024;
/** Levels of nesting; functions that recurse over values are safe far beyond it. */
const MAX_DEPTH = 200;

/** A ledger that owns nothing yet: random lineage and salt, serial 0 because nothing was written. */
export function emptyLedger(stack: string, accounts: Readonly<Record<string, string>>): Ledger {
  return {
    format: LEDGER_FORMAT,
    stack,
    lineage: randomUUID(),
    serial: 0,
    accounts: { ...accounts },
    salt: randomBytes(24).toString("base64url"),
    resources: {},
  };
}

/** The text of a ledger: fixed member order, resources sorted by address, one line each; runs likewise. */
export function printLedger(ledger: Ledger): string {
  const { resources, history, ...head } = ledger;
  const lines = Object.keys(resources)
    .sort(compareText)
    .map((address) => `${JSON.stringify(address)}: ${JSON.stringify(resources[address])}`);
  const runs = history?.map((run) => JSON.stringify(run));
  const members = [
    `"resources": ${block("{", lines, "}")}`,
    ...(runs === undefined ? [] : [`"history": ${block("[", runs, "]")}`]),
  ];
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  ${members.join(",\n  ")}\n}\n`;
}

function block(open: string, lines: readonly string[], close: string): string {
  return lines.length === 0 ? open + close : `${open}\n    ${lines.join(",\n    ")}\n  ${close}`;
}

/**
 * Reads a stored ledger.
 * @param source where the text comes from, for messages.
 * @returns the ledger, or the problem: `LEDGER_NEWER` or `LEDGER_UNREADABLE`.
 */
export function parseLedger(
  text: string,
  source: string,
): { readonly ledger: Ledger } | { readonly problem: Diagnostic } {
  const reading = {
    source,
    noun: "ledger",
    codes: { newer: "LEDGER_NEWER", unreadable: "LEDGER_UNREADABLE" },
    format: LEDGER_FORMAT,
    schema: ledgerSchema,
    hint: `restore ${printable(source)} from a backup or from version control; if there is none, move it away and rebuild it with "gateform adopt --all"`,
    conflict_hint: `take one side as a whole, the one with the higher serial: git checkout --ours or --theirs ${printable(source)}; then plan, and "gateform adopt" takes over what only the other side knows`,
  };
  const read = parseDocument(text, reading);
  if ("problem" in read) return read;
  const misfit = misfitIn(read.value);
  return misfit === undefined
    ? { ledger: read.value }
    : { problem: unreadable(reading, `it contradicts itself: ${printable(misfit)}`) };
}

/**
 * Reads a saved plan. Whoever can write the file decides what apply does, so nothing in it is taken on trust: not
 * its form, not that its parts fit each other.
 * @param source where the text comes from, for messages.
 * @returns the plan, or the problem: `PLAN_NEWER` or `PLAN_UNREADABLE`.
 */
export function parsePlan(
  text: string,
  source: string,
): { readonly plan: Plan } | { readonly problem: Diagnostic } {
  const reading = {
    source,
    noun: "plan",
    codes: { newer: "PLAN_NEWER", unreadable: "PLAN_UNREADABLE" },
    format: PLAN_FORMAT,
    schema: planSchema,
    oddity: oddityIn,
    hint: `make it again with "gateform plan --out ${printable(source)}"`,
  };
  const read = parseDocument(text, reading);
  if ("problem" in read) return read;
  const nonsense = nonsenseIn(read.value);
  return nonsense === undefined
    ? { plan: read.value }
    : { problem: unreadable(reading, `it contradicts itself: ${printable(nonsense)}`) };
}

interface Reading<T> {
  readonly source: string;
  readonly noun: string;
  readonly codes: { readonly newer: string; readonly unreadable: string };
  readonly format: number;
  readonly schema: z.ZodType<T>;
  readonly hint: string;
  /** In its place where two versions were merged and differ. */
  readonly conflict_hint?: string;
  /** What beside its shape is wrong with a document, as a clause. */
  readonly oddity?: (value: JsonValue) => string | undefined;
}

/** A mark that git leaves, at the beginning of a line. */
const MERGE_CONFLICT = /^(?:<{7}|>{7})(?: |$)/m;

function unreadable(reading: Omit<Reading<unknown>, "schema">, reason: string): Diagnostic {
  return {
    severity: "error",
    code: reading.codes.unreadable,
    message: `The ${reading.noun} ${printable(reading.source)} cannot be read: ${reason}.`,
    hint: reading.hint,
  };
}

function parseDocument<T>(
  text: string,
  reading: Reading<T>,
): { readonly value: T } | { readonly problem: Diagnostic } {
  const fail = (reason: string, hint = reading.hint) => ({
    problem: unreadable({ ...reading, hint }, reason),
  });
  if (text.length > MAX_DOCUMENT_SIZE) return fail(`it is larger than ${MAX_DOCUMENT_SIZE} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse quotes the text in its message; a damaged file may hold anything, so that is not repeated.
    if (MERGE_CONFLICT.test(text)) return fail("it holds a merge conflict", reading.conflict_hint);
    return fail(text.trim() === "" ? "it is empty" : "it is not JSON, or it is cut short");
  }
  if (!isObject(value)) return fail(`it is not a JSON object with a "format"`);
  const format = Object.hasOwn(value, "format") ? value.format : undefined;
  if (typeof format === "number" && Number.isInteger(format) && format > reading.format) {
    return {
      problem: {
        severity: "error",
        code: reading.codes.newer,
        message: `The ${reading.noun} ${printable(reading.source)} has format ${format}; this gateform reads format ${reading.format}.`,
        hint: "use the gateform version that wrote it, or a newer one",
      },
    };
  }
  if (format !== reading.format) {
    const found = typeof format === "number" ? `it has format ${format}` : `it has no "format"`;
    return fail(`${found}, and this gateform reads format ${reading.format}`);
  }
  if (deeperThan(value, MAX_DEPTH)) return fail(`it is nested deeper than ${MAX_DEPTH} levels`);
  const oddity = reading.oddity?.(value);
  if (oddity !== undefined) return fail(oddity);
  const checked = reading.schema.safeParse(value);
  if (checked.success) return { value: checked.data };
  const [first] = checked.error.issues;
  const more = checked.error.issues.length - 1;
  const place = first?.path.map((part) => printable(String(part))).join(" → ") ?? "";
  return fail(
    `${place === "" ? "" : `at ${place}: `}${printable(first?.message ?? "wrong shape")}${more > 0 ? ` (and ${more} more)` : ""}`,
  );
}

/** Text from a file that may be hostile, fit for a message: no control or direction characters, not too long. */
function printable(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
  return plain.length > 160 ? `${plain.slice(0, 160)}…` : plain;
}
