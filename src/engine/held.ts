// What a vendor holds of a secret that nobody can read: what was last written, as far as the vendor's word goes. A
// vendor shows when a record was written, some also a piece of the secret; both are compared with what they were after
// our own last write. Only the vendor's clock is looked at, so that it may differ from ours.

import { compareFingerprints, isSecretMark, mapMarks, withoutDigest } from "../base/expression.ts";
import type { JsonValue } from "../base/json.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { Imprint } from "../model/live.ts";
import { isInDoubt } from "./entry-secrets.ts";

/**
 * `written`: what was last written, as far as anybody can tell. `overwritten`: somebody else has written it since.
 * `touched`: somebody else has changed the record, which may have been about something else in it.
 */
export type Held = "written" | "overwritten" | "touched";

/** What became of the secrets in a resource since we last wrote it. */
export function heldOf(
  entry: Pick<LedgerEntry, "imprint"> | undefined,
  live: { readonly imprint?: Imprint },
): Held {
  const [known, now] = [entry?.imprint, live.imprint];
  // An earlier time is that of a read that lags behind.
  if (known === undefined || now === undefined || now.at < known.at) return "written";
  if (compareFingerprints(known.preview, now.preview) === "different") return "overwritten";
  if (now.at === known.at) return "written";
  return known.rest === now.rest ? "overwritten" : "touched";
}

/**
 * A secret in the ledger as it has to be compared: one that somebody else has overwritten equals none, and with
 * `unverified` nobody can tell whether it is still the one that the fingerprint is of.
 */
export function heldSecret(known: JsonValue, held: Held): JsonValue {
  // Cut off in a write of our own, whose answer was lost: it was we who moved the vendor's time.
  const cutOff = isInDoubt(known);
  return mapMarks(known, (mark) => {
    const whole = mark as unknown as JsonValue; // marks are JSON objects
    if (!isSecretMark(mark)) return whole;
    const { fingerprint, unverified } = mark.$secret;
    if (fingerprint === undefined || cutOff)
      return { $secret: fingerprint === undefined ? {} : { fingerprint } };
    if (held === "written") return { $secret: { fingerprint } };
    if (held === "touched" || unverified === true) return { $secret: { fingerprint, unverified: true } };
    return { $secret: { fingerprint: withoutDigest(fingerprint, "overwritten") } };
  });
}
