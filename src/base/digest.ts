// Keyed fingerprints of secrets: they tell whether a value changed and reveal nothing without the key.

import { createHash, createHmac } from "node:crypto";

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
