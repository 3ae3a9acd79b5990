// The digest of a plan: ties an approval to exactly this plan.

import { digestOf } from "../base/digest.ts";
import type { JsonValue } from "../base/json.ts";
import type { Plan } from "../model/plan.ts";

/** What a digest looks like: `sha256:` and 64 hexadecimal digits. */
export const DIGEST_PATTERN = /^sha256:[0-9a-f]{64}$/;

/** `sha256:<hex>` over everything in a plan: the same after saving and reading it, another after any change. */
export function planDigest(plan: Plan): string {
  return digestOf(plan as unknown as JsonValue); // a plan is JSON; its type only has no index signature
}
