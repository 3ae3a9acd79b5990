// Turns a step's body into what a kind sends: references become vendor ids, secret marks become secrets.

import type { Address } from "../base/address.ts";
import type { Fingerprint } from "../base/digest.ts";
import { isRefMark, isSecretMark, listMarks, type SecretSource } from "../base/expression.ts";
import { canonicalText, isObject, type JsonValue } from "../base/json.ts";
import { resolveRefs } from "../engine/context.ts";
import { withBareFingerprints } from "../engine/entry-secrets.ts";
import type { Fields } from "../model/kind-rules.ts";
import { InternalError } from "../provider/error.ts";
import type { ResolvedFields, ResolvedValue } from "../provider/kind.ts";
import type { Secret } from "../provider/secret.ts";
import { StepFailure } from "./execution.ts";

/** Secrets of a run by their source. */
export type ResolvedSecrets = ReadonlyMap<string, Secret>;

/** The key of a source in `ResolvedSecrets`. */
export function sourceKey(source: SecretSource): string {
  return canonicalText(source as unknown as JsonValue);
}

/** All secret sources in some fields. */
export function sourcesIn(fields: Fields): SecretSource[] {
  return listMarks(fields).flatMap(({ mark }) =>
    "$secret" in mark && mark.$secret.source !== undefined ? [mark.$secret.source] : [],
  );
}

/**
 * Fields with values in place of all marks. Every secret must be known by now.
 * @throws StepFailure where a reference leads to nothing.
 */
export function materialise(
  fields: Fields,
  ids: ReadonlyMap<Address, string>,
  secrets: ResolvedSecrets,
): ResolvedFields {
  const visit = (value: JsonValue): ResolvedValue => {
    if (isSecretMark(value)) {
      const source = value.$secret.source;
      const secret = source === undefined ? undefined : secrets.get(sourceKey(source));
      if (secret === undefined) throw new InternalError("a secret was not resolved before its step");
      return secret;
    }
    if (isRefMark(value)) {
      const id = ids.get(value.$ref);
      if (id === undefined) {
        // A plan keeps to its order; the ledger may have changed since it was saved.
        throw new StepFailure(
          "MOVED",
          `it refers to ${value.$ref}, which the ledger does not have, or not any more`,
          "plan again",
        );
      }
      return id;
    }
    if (Array.isArray(value)) return value.map(visit);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
  };
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, visit(value)]));
}

/** The same fields as the ledger may keep them: ids in place of references, bare fingerprints for secrets. */
export function ledgerFields(
  fields: Fields,
  ids: ReadonlyMap<Address, string>,
  secrets: ResolvedSecrets,
  fingerprint: Fingerprint,
): Fields {
  return withBareFingerprints(resolveRefs(fields, ids), (mark) => {
    if (!isSecretMark(mark)) return undefined;
    const { source } = mark.$secret;
    const secret = source === undefined ? undefined : secrets.get(sourceKey(source));
    return secret === undefined ? mark.$secret.fingerprint : fingerprint(secret.reveal());
  });
}
