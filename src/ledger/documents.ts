// Ledgers as text: printing, and reading what somebody else may have written or damaged. Reads and
// writes no files.

import { randomBytes, randomUUID } from "node:crypto";
import type { Diagnostic } from "../base/diagnostic.ts";
import { compareText, isObject } from "../base/json.ts";
import { LEDGER_FORMAT, type Ledger } from "../model/ledger.ts";
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
  const what = `ledger ${printable(source)}`;
  const unreadable = (reason: string) => ({
    problem: {
      severity: "error",
      code: "LEDGER_UNREADABLE",
      message: `The ${what} cannot be read: ${reason}.`,
      hint: `restore ${printable(source)} from a backup or from version control; if there is none, move it away and rebuild it with "gateform adopt --all"`,
    } satisfies Diagnostic,
  });
  if (text.length > MAX_DOCUMENT_SIZE) return unreadable(`it is larger than ${MAX_DOCUMENT_SIZE} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse quotes the text in its message; a damaged file may hold anything, so that is not repeated.
    return unreadable(text.trim() === "" ? "it is empty" : "it is not JSON, or it is cut short");
  }
  if (!isObject(value)) return unreadable(`it is not a JSON object with a "format"`);
  const format = Object.hasOwn(value, "format") ? value.format : undefined;
  if (typeof format === "number" && Number.isInteger(format) && format > LEDGER_FORMAT) {
    return {
      problem: {
        severity: "error",
        code: "LEDGER_NEWER",
        message: `The ${what} has format ${format}; this gateform reads format ${LEDGER_FORMAT}.`,
        hint: "use the gateform version that wrote it, or a newer one",
      },
    };
  }
  if (deeperThan(value, MAX_DEPTH)) return unreadable(`it is nested deeper than ${MAX_DEPTH} levels`);
  const checked = ledgerSchema.safeParse(value);
  if (checked.success) return { ledger: checked.data };
  const [first] = checked.error.issues;
  const more = checked.error.issues.length - 1;
  const place = first?.path.map((part) => printable(String(part))).join(" → ") ?? "";
  return unreadable(
    `${place === "" ? "" : `at ${place}: `}${printable(first?.message ?? "wrong shape")}${more > 0 ? ` (and ${more} more)` : ""}`,
  );
}

/** Walks without recursion, so that no nesting can exhaust the stack. */
function deeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      for (const inner of Object.values(item)) if (typeof inner === "object") next.push(inner);
    }
    level = next;
  }
  return false;
}

/** Text from a file that may be hostile, fit for a message: no control or direction characters, not too long. */
function printable(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
  return plain.length > 160 ? `${plain.slice(0, 160)}…` : plain;
}
