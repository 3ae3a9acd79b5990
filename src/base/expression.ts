// What may stand in place of a plain value: a reference to another resource, or a secret that is named but not
// held. Both are JSON objects with one "$" key, so that fields stay JSON from the file to the plan.

import type { Address } from "./address.ts";
import { isObject, type JsonValue } from "./json.ts";

/** Where a secret's value comes from. Only `env` and `file` are ever read at plan time. */
export type SecretSource =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] };

/** A secret as plans, ledgers and live state know it: a source to read it from, a fingerprint, never a value. */
export interface SecretMark {
  readonly $secret: {
    readonly source?: SecretSource;
    /** `<key id>:<hex HMAC-SHA-256>`; left out where no fingerprint may or can be made. */
    readonly fingerprint?: string;
    /** The vendor returned a masked value, which must never be written back. */
    readonly masked?: true;
    /** The fingerprint is of a declared value, and nobody can tell whether that is the one that the vendor has. */
    readonly unverified?: true;
  };
}

/** The vendor id of another managed resource. */
export interface RefMark {
  readonly $ref: Address;
}

export function isSecretMark(value: unknown): value is SecretMark & { readonly [key: string]: JsonValue } {
  return isObject(value) && isObject(value.$secret);
}

export function isRefMark(value: unknown): value is RefMark & { readonly [key: string]: JsonValue } {
  return isObject(value) && typeof value.$ref === "string";
}

/** Says where a secret comes from, as a person writes it: `env OPENAI_API_KEY`. Never shows a value. */
export function describeSource(source: SecretSource): string {
  if ("env" in source) return `env ${source.env}`;
  if ("file" in source) return `file ${source.file}`;
  return `command ${source.command[0] ?? ""}`;
}

export type FingerprintMatch = "same" | "different" | "not-comparable";

/**
 * In place of a digest: a write of ours was cut off, or somebody else has written since. What is live is then not what
 * was fingerprinted, or nobody knows, so it equals no value, whichever key fingerprints that.
 */
const NO_DIGESTS = ["in-doubt", "overwritten"] as const;

/** A fingerprint with that in place of its digest. It keeps the key's id, so that a changed key is still told of. */
export function withoutDigest(fingerprint: string, why: (typeof NO_DIGESTS)[number]): string {
  return `${fingerprint.split(":")[0] ?? ""}:${why}`;
}

/** Compares two fingerprints; those made with different keys, or missing ones, say nothing about the values. */
export function compareFingerprints(a: string | undefined, b: string | undefined): FingerprintMatch {
  if (a === undefined || b === undefined) return "not-comparable";
  if (a === b) return "same";
  if (NO_DIGESTS.some((why) => a.endsWith(`:${why}`) || b.endsWith(`:${why}`))) return "different";
  return a.split(":")[0] === b.split(":")[0] ? "different" : "not-comparable";
}

/** Replaces every mark in a value by what `replace` gives for it; other values are copied as they are. */
export function mapMarks(
  value: JsonValue,
  replace: (mark: SecretMark | RefMark, path: readonly (string | number)[]) => JsonValue,
  path: readonly (string | number)[] = [],
): JsonValue {
  if (isSecretMark(value) || isRefMark(value)) return replace(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapMarks(item, replace, [...path, index]));
  if (!isObject(value)) return value;
  const out: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) out[key] = mapMarks(item, replace, [...path, key]);
  return out;
}

/** All marks of a value with their paths, in document order. */
export function listMarks(
  value: JsonValue,
): { readonly path: readonly (string | number)[]; readonly mark: SecretMark | RefMark }[] {
  const found: { path: readonly (string | number)[]; mark: SecretMark | RefMark }[] = [];
  mapMarks(value, (mark, path) => {
    found.push({ path, mark });
    return null;
  });
  return found;
}
