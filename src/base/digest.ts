// Digests: content hashes of JSON, and keyed fingerprints of secrets that reveal nothing without the key.

import { createHash, createHmac } from "node:crypto";
import { canonicalText, type JsonValue } from "./json.ts";

/** `sha256:<hex>` of a JSON value; equal values have equal digests whatever their key order. */
export function digestOf(value: JsonValue): string {
  return `sha256:${createHash("sha256").update(canonicalText(value)).digest("hex")}`;
}

/** Makes the fingerprint of a value, or `undefined` where one would give the value away. */
export type Fingerprint = (value: string) => string | undefined;

/** Values shorter than this could be guessed by whoever holds a ledger and thereby its salt. */
export const MIN_SALTED_LENGTH = 20;

/**
 * A fingerprint function.
 * @param key the operator's secret key (`GATEFORM_LEDGER_KEY`), or `undefined` to use the ledger's salt.
 * @param salt the ledger's random salt; it is stored beside the fingerprints, so short values get none.
 */
export function fingerprintWith(key: string | undefined, salt: string): Fingerprint {
  const secret = key ?? salt;
  const keyId = createHash("sha256").update(`gateform key id\n${secret}`).digest("hex").slice(0, 8);
  return (value) => {
    if (key === undefined && value.length < MIN_SALTED_LENGTH) return undefined;
    return `${keyId}:${createHmac("sha256", secret).update(value).digest("hex")}`;
  };
}

/** Eight hex digits that tell texts apart; no protection for what is secret. */
export function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
