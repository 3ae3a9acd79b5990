/**
 * Ids and secrets that look random, never repeat within one state, and are the same in every run that makes
 * the same calls, so that scripts against the server are repeatable. Not for anything that must be secret.
 */
import { createHash } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** 32 hex characters, the form of Cloudflare's account-level ids. */
export function hexId(kind: string, sequence: number): string {
  return digest(kind, sequence, 0).toString("hex").slice(0, 32);
}

/** A version 4 UUID. */
export function uuid(kind: string, sequence: number): string {
  const hex = hexId(kind, sequence);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** `length` characters of [A-Za-z0-9]. */
export function alphanumeric(kind: string, sequence: number, length: number): string {
  let text = "";
  for (let block = 0; text.length < length; block++) {
    for (const byte of digest(kind, sequence, block)) text += ALPHABET[byte % ALPHABET.length] ?? "";
  }
  return text.slice(0, length);
}

/** A number from 0 to below 1. */
export function fraction(kind: string, sequence: number): number {
  return digest(kind, sequence, 0).readUInt32BE(0) / 2 ** 32;
}

function digest(kind: string, sequence: number, block: number): Buffer {
  return createHash("sha256").update(`reference-server/${kind}/${sequence}/${block}`).digest();
}
