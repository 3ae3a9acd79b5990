// What a ledger's entry keeps of secrets: fingerprints, what the vendor showed, and whether either can be relied on.

import {
  isSecretMark,
  listMarks,
  mapMarks,
  type RefMark,
  type SecretMark,
  withoutDigest,
} from "../base/expression.ts";
import { type JsonValue, record } from "../base/json.ts";
import { type Fields, isAnswered, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { Imprint } from "../model/live.ts";
import { fieldOf, leavesOf } from "./normalise.ts";

/**
 * The entry while secrets that nobody can read are being written. Cut off here, the vendor may have the old or the
 * new ones: they equal no declared value, so that the next run writes what is declared then.
 */
export function doubtedEntry(before: LedgerEntry, paths: readonly string[]): LedgerEntry {
  const applied = record<JsonValue>();
  for (const [path, value] of Object.entries(before.applied)) {
    applied[path] = paths.includes(path)
      ? mapMarks(value, (mark) => {
          const fingerprint = "$secret" in mark ? mark.$secret.fingerprint : undefined;
          return { $secret: fingerprint === undefined ? {} : { fingerprint: doubtOf(fingerprint) } };
        })
      : value;
  }
  return { ...before, applied };
}

/** Equals no value: what is live may be the one or the other. */
export function doubtOf(fingerprint: string): string {
  return withoutDigest(fingerprint, "in-doubt");
}

/** Whether a write of an applied secret was cut off, so that nobody knows which value is live. */
export function isInDoubt(applied: JsonValue): boolean {
  return listMarks(applied).some(
    ({ mark }) => isSecretMark(mark) && mark.$secret.fingerprint?.endsWith(":in-doubt") === true,
  );
}

/**
 * The entry when secrets that nobody can read could not be compared and were left as they are: from now on a change of
 * what is declared, or at the vendor, is noticed all the same.
 * The same entry where a value that has no fingerprint would take the place of one that has: what was known goes on
 * telling of the next value that can be compared.
 * @param fields the secrets' fields, with the fingerprints of what is declared.
 */
export function unverifiedEntry(
  rules: KindRules,
  before: LedgerEntry,
  fields: Fields,
  imprint: Imprint | undefined,
): LedgerEntry {
  const leaves = record<JsonValue>();
  for (const [path, value] of Object.entries(leavesOf(rules, fields))) {
    if (isAnswered(policyOf(rules, fieldOf(path)))) continue;
    leaves[path] = mapMarks(value, (mark) => {
      const fingerprint = isSecretMark(mark) ? mark.$secret.fingerprint : undefined;
      return { $secret: fingerprint === undefined ? {} : { fingerprint, unverified: true } };
    });
    if (losesPrint(before.applied[path] ?? null, leaves[path] ?? null)) return before;
  }
  const entry = { ...before, applied: { ...before.applied, ...leaves } };
  return imprint === undefined ? entry : imprintedEntry(entry, imprint);
}

function losesPrint(known: JsonValue, now: JsonValue): boolean {
  const bare = listMarks(now).flatMap(({ mark, path }) =>
    printOf(mark) === undefined ? [path.join("/")] : [],
  );
  return listMarks(known).some(
    ({ mark, path }) => printOf(mark) !== undefined && bare.includes(path.join("/")),
  );
}

function printOf(mark: SecretMark | RefMark): string | undefined {
  return isSecretMark(mark) ? mark.$secret.fingerprint : undefined;
}

/**
 * The entry with what the vendor shows of its secrets. A piece of one that has no fingerprint, as it could be guessed
 * by it, has none either.
 */
export function imprintedEntry(entry: LedgerEntry, imprint: Imprint): LedgerEntry {
  const marks = listMarks(entry.applied).filter(({ mark }) => isSecretMark(mark));
  const known = marks.every(({ mark }) => isSecretMark(mark) && mark.$secret.fingerprint !== undefined);
  const { preview: _, ...rest } = imprint;
  return { ...entry, imprint: known && marks.length > 0 ? imprint : rest };
}

/**
 * The entry while something beside its secrets is being written, which moves the vendor's time. Cut off here, that time
 * tells of our own write, and what the vendor shows then is what was written last.
 */
export function withoutImprint({ imprint: _, ...entry }: LedgerEntry): LedgerEntry {
  return entry;
}

/** Marks reduced to what a ledger may keep: the fingerprint. */
export function withBareFingerprints(
  fields: Fields,
  fingerprintOf: (mark: JsonValue) => string | undefined,
): Fields {
  return mapMarks(fields, (mark) => {
    if (!("$secret" in mark)) return mark as unknown as JsonValue;
    const fingerprint = fingerprintOf(mark as unknown as JsonValue);
    return { $secret: fingerprint === undefined ? {} : { fingerprint } };
  }) as Fields;
}
