// Compares two canonical values in which secrets stand as marks.

import { compareFingerprints, isRefMark, isSecretMark, listMarks, mapMarks } from "../base/expression.ts";
import { isObject, type JsonValue } from "../base/json.ts";

export type Comparison = "same" | "different" | "not-comparable";

/**
 * Compares values deeply; secret marks compare by fingerprint. A difference anywhere is a difference, else a
 * pair of secrets that cannot be compared makes the whole not comparable.
 */
export function compareValues(a: JsonValue, b: JsonValue): Comparison {
  if (isSecretMark(a) && isSecretMark(b)) {
    const match = compareFingerprints(a.$secret.fingerprint, b.$secret.fingerprint);
    const unverified = a.$secret.unverified === true || b.$secret.unverified === true;
    return match === "same" && unverified ? "not-comparable" : match;
  }
  if (isSecretMark(a) || isSecretMark(b) || isRefMark(a) || isRefMark(b)) {
    return isRefMark(a) && isRefMark(b) && a.$ref === b.$ref ? "same" : "different";
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length
      ? worst(a.map((item, index) => compareValues(item, b[index] as JsonValue)))
      : "different";
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length || !keys.every((key) => Object.hasOwn(b, key)))
      return "different";
    return worst(keys.map((key) => compareValues(a[key] as JsonValue, b[key] as JsonValue)));
  }
  return a === b ? "same" : "different";
}

/** What is known of a secret that nobody can read and no ledger has: its shape, which is that of what is declared. */
export function unknownSecret(declared: JsonValue): JsonValue {
  const marks = listMarks({ declared });
  if (!marks.some(({ mark }) => isSecretMark(mark))) return { $secret: {} };
  return mapMarks(declared, (mark) => (isSecretMark(mark) ? { $secret: {} } : { ...mark }));
}

function worst(list: readonly Comparison[]): Comparison {
  if (list.includes("different")) return "different";
  return list.includes("not-comparable") ? "not-comparable" : "same";
}
