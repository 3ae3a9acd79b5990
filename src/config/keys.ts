// The keys of resources: in a file one stands under its section, or under a group in that; an address joins it to
// those of what the resource lives in.

import { KEY_PATTERN } from "../base/address.ts";
import type { JsonObject } from "../base/json.ts";
import type { AnyKind } from "../provider/provider.ts";

/** Whether the keys of an address are as many, and in such groups, as those of the kind. */
export function takesKeys(
  { kind, depth }: { readonly kind: AnyKind; readonly depth: number },
  keys: readonly string[],
): boolean {
  const own = keys.slice(depth - 1);
  return kind.definition.groups === undefined
    ? own.length === 1
    : keys.length >= depth && kind.rules.key_fits?.(own.join("/")) === true;
}

/** What a body stands in, by its joined keys: `projects/web` is a map in a map. */
export function underKey(key: string, body: JsonObject): JsonObject {
  const [first = "", ...rest] = key.split("/");
  return { [first]: rest.length === 0 ? body : underKey(rest.join("/"), body) };
}

/** What stands in the file: the last of joined keys. */
export function ownKey(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}

/** What a key should look like, if it does not; behind a group joined to its name. */
export function keyProblem({ definition, rules }: AnyKind, key: string): string | undefined {
  const { groups } = definition;
  if (groups !== undefined) {
    const [group = ""] = key.split("/");
    return rules.key_fits?.(key) === true ? undefined : (groups[group]?.key?.expected ?? ANY_KEY);
  }
  if (definition.key !== undefined && rules.key_fits?.(key) === false) return definition.key.expected;
  return keyPattern.test(key) ? undefined : ANY_KEY;
}

const keyPattern = new RegExp(KEY_PATTERN);
const ANY_KEY = "1 to 128 letters, digits, _, . and -, beginning with a letter, a digit or _";
