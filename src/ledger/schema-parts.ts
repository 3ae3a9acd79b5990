// Building blocks that the ledger's and the plan's schema share: documented fields, addresses, times, any JSON.

import * as z from "zod";
import { ADDRESS_KEY_PATTERN } from "../base/address.ts";
import { DURATION_PATTERN } from "../base/duration.ts";
import type { JsonValue } from "../base/json.ts";

/** What the generated JSON Schema says about a field. */
export function about(title: string, description: string, ...examples: readonly unknown[]) {
  return { title, description, ...(examples.length === 0 ? {} : { examples: [...examples] }) };
}

export function text(title: string, description: string, ...examples: readonly string[]) {
  return z.string().meta(about(title, description, ...examples));
}

const keyText = ADDRESS_KEY_PATTERN.slice(1, -1);

/** An address such as `vercel.rule.opus-to-haiku`, checked for its form only. */
export function address(title: string, description: string, example = "vercel.rule.opus-to-haiku") {
  return z
    .string()
    .regex(new RegExp(`^[a-z]+\\.[a-z_]+\\.${keyText}(?:/${keyText})*$`), "an address such as vercel.rule.a")
    .meta(about(title, description, example));
}

export function addresses(title: string, description: string, ...examples: readonly string[]) {
  return z
    .array(address("Address", "Address of a resource", examples[0]))
    .meta(about(title, description, examples));
}

export function kindName() {
  return z
    .string()
    .regex(/^[a-z]+\.[a-z_]+$/, "a kind such as vercel.rule")
    .meta(about("Kind", "Provider and kind", "cloudflare.gateway"));
}

/** A point in time with its offset, as RFC 3339 writes it. */
export function time(title: string, description: string) {
  return z.iso.datetime({ offset: true }).meta(about(title, description, "2026-10-05T09:30:00.000Z"));
}

/** A span of time, as a file writes it. */
export function span(title: string, description: string, example: string) {
  return z
    .string()
    .regex(DURATION_PATTERN, "a span such as 24h")
    .meta(about(title, description, example));
}

/**
 * Any JSON, kept as it is: it comes out of `JSON.parse` and therefore needs no look inside. Unlike `z.json()` it
 * does not recurse, so its depth costs nothing.
 */
export function anyJson(title: string, description: string, ...examples: readonly JsonValue[]) {
  // The cast says what `JSON.parse` guarantees; zod's own type for this is `unknown`.
  return z.unknown().meta(about(title, description, ...examples)) as unknown as z.ZodType<JsonValue>;
}

/** Field name or dotted path → JSON. */
export function jsonMap(title: string, description: string, ...examples: readonly object[]) {
  return z
    .record(z.string(), anyJson("Value", "Value of the field"))
    .meta(about(title, description, ...examples));
}

export function stackName() {
  return z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "lower-case letters, digits and hyphens")
    .meta(about("Stack", "Name of the stack, as the file's `stack` gives it", "acme-prod"));
}

export function accounts() {
  return z
    .record(z.string(), text("Account", "Cloudflare account id, or Vercel team id after resolving its slug"))
    .meta(
      about("Accounts", "Provider → the account or team that everything lives in", {
        cloudflare: "023e105f4ecef8ad9ca31a8372d0c353",
        vercel: "team_4mX1uG",
      }),
    );
}
