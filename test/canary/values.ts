// The secrets that tests make up: random-looking, so that no piece of one turns up by chance, and known to the search
// that follows a run of the whole suite.

import { createHash } from "node:crypto";
import { keepSecret } from "./kept.ts";

/**
 * A secret of letters and digits, for ever the same for one name and another one for every other.
 * @param prefix as a vendor's keys begin: `sk-`.
 */
export function canary(name: string, prefix = ""): string {
  const value = prefix + randomLooking(name, 30);
  keepSecret(`canary ${name}`, value);
  return value;
}

/** One that URLs and JSON have to escape. */
export function awkwardCanary(name: string): string {
  const parts = randomLooking(name, 30).match(/.{5}/g) ?? [];
  const value = parts.map((part, index) => part + ('"/+%&'[index] ?? "")).join("");
  keepSecret(`canary ${name}`, value);
  return value;
}

function randomLooking(name: string, length: number): string {
  return createHash("sha512")
    .update(`gateform ${name}`)
    .digest("base64")
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .slice(0, length);
}
