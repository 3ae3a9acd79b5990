// What the files say of a topic: the values of a resource, each with its place. Secrets stand as the references that
// the files hold; no value of one is ever read here.

import type { Address } from "../../base/address.ts";
import type { Position } from "../../base/diagnostic.ts";
import { isRefMark, isSecretMark, mapMarks } from "../../base/expression.ts";
import type { JsonValue } from "../../base/json.ts";
import type { LoadedConfig } from "../../config/load.ts";
import type { DeclaredFacts } from "../../model/explanation.ts";

/**
 * What the files set of a resource.
 * @param only one field, by its path.
 */
export function declaredFacts(
  { desired, locate }: Pick<LoadedConfig, "desired" | "locate">,
  address: Address,
  only?: string,
): DeclaredFacts | undefined {
  const resource = desired.resources.find((item) => item.address === address && item.implied !== true);
  const place = locate(address)?.position;
  if (resource === undefined || place === undefined) return undefined;
  const { prevent_destroy, ignore_changes, on_remove, silence } = resource.lifecycle;
  const lifecycle = { prevent_destroy, ignore_changes, on_remove, silence };
  const values: readonly (readonly [string, JsonValue | undefined])[] = [
    ...Object.entries(resource.fields),
    ...Object.entries(lifecycle).map(([name, value]) => [`lifecycle.${name}`, value] as const),
    ["deliver", resource.deliver],
  ];
  const fields = values.flatMap(([path, value]) => {
    if (value === undefined || (only !== undefined && !overlaps(path, only))) return [];
    const at = locate(address, path)?.position;
    // What comes from the key has no line of its own.
    return at === undefined || samePlace(at, place) ? [] : [{ path, value: asWritten(value), position: at }];
  });
  return { address, position: place, fields };
}

function overlaps(path: string, only: string): boolean {
  const inside = (outer: string, inner: string) => /^(?:[.[]|$)/.test(inner.slice(outer.length));
  return (only.startsWith(path) && inside(path, only)) || (path.startsWith(only) && inside(only, path));
}

function samePlace(a: Position, b: Position): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column;
}

/** Marks as a file writes them: `{ env: NAME }`, `{ ref: ADDRESS }`. */
function asWritten(value: JsonValue): JsonValue {
  return mapMarks(value, (mark) => {
    if (isRefMark(mark)) return { ref: mark.$ref };
    return isSecretMark(mark) ? { ...mark.$secret.source } : null;
  });
}
