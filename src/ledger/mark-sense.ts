// What the secrets in plans and ledgers have to be, so that everything after their reading can rely on it.

import { isSecretMark, type SecretSource } from "../base/expression.ts";
import { isObject, type JsonValue } from "../base/json.ts";

/** Whether a secret in a value is none: whoever works with it would look for its parts. The depth is bounded by the reader. */
export function hasBrokenMark(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(hasBrokenMark);
  if (!isObject(value)) return false;
  if (Object.hasOwn(value, "$secret")) return Object.keys(value).length > 1 || !isSound(value.$secret);
  return Object.values(value).some(hasBrokenMark);
}

function isSound(inner: JsonValue | undefined): boolean {
  const mark = { $secret: inner ?? null };
  if (!isSecretMark(mark)) return false;
  const { source, fingerprint, masked, unverified, ...rest } = mark.$secret as Readonly<
    Record<string, unknown>
  >;
  return (
    Object.keys(rest).length === 0 &&
    (source === undefined || isSource(source)) &&
    (fingerprint === undefined || typeof fingerprint === "string") &&
    (masked === undefined || masked === true) &&
    (unverified === undefined || unverified === true)
  );
}

function isSource(value: unknown): value is SecretSource {
  if (!isObject(value) || Object.keys(value).length !== 1) return false;
  const { env, file, command } = value;
  if (typeof env === "string" || typeof file === "string") return true;
  return Array.isArray(command) && command.length > 0 && command.every((item) => typeof item === "string");
}
