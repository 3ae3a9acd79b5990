// How a secret that a vendor returned is shown to the rest of the program: as a mark, never as a value.

import type { Fingerprint } from "../base/digest.ts";
import type { JsonObject } from "../base/json.ts";
import type { Secret } from "./secret.ts";

/** True when a value that a vendor returned is a placeholder for the secret: `sk-***`, `[redacted]`. */
export function looksMasked(secret: Secret): boolean {
  return /\*{3}|\u2022{2}|\u2026|\.{3}|redacted/i.test(secret.reveal());
}

/** A `SecretMark` for a live secret: its fingerprint where one can be made, a flag where the vendor masked it. */
export function markOf(secret: Secret, fingerprint: Fingerprint): JsonObject {
  if (looksMasked(secret)) return { $secret: { masked: true } };
  const print = fingerprint(secret.reveal());
  return { $secret: print === undefined ? {} : { fingerprint: print } };
}
