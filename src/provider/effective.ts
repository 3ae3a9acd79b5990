// What a declared resource will be like after an apply, as far as that can be known: what the file says, over what
// is live, over what a new one gets. For checks, which must not complain of what a live value settles.

import type { JsonValue } from "../base/json.ts";
import { canonicalLive, canonicalValue, coveredBy } from "../engine/normalise.ts";
import type { Desired, DesiredResource } from "../model/desired.ts";
import { type Fields, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LiveResource, LiveState } from "../model/live.ts";

export interface Effective {
  readonly resource: DesiredResource;
  /** The canonical value of a field; `undefined` where nobody can tell. */
  readonly value: (field: string) => JsonValue | undefined;
  readonly declares: (field: string) => boolean;
}

/**
 * All declared resources of a kind that lives in no other one.
 * @param live left out: nothing is known of fields that the files leave out.
 */
export function effectiveOf(rules: KindRules, desired: Desired, live: LiveState | undefined): Effective[] {
  const readings = live?.readings.filter(({ kind }) => kind === rules.kind) ?? [];
  const complete = readings.length > 0 && readings.every((reading) => reading.complete);
  const byIdentity = new Map<string | null, LiveResource>();
  for (const item of live?.resources ?? []) {
    if (item.kind === rules.kind) byIdentity.set(rules.identity(canonicalLive(rules, item.fields)), item);
  }
  return desired.resources
    .filter((resource) => resource.kind === rules.kind)
    .map((resource) => {
      const identity = rules.identity(resource.fields);
      const found = identity === null ? undefined : byIdentity.get(identity);
      return effective(rules, resource, found, identity !== null && complete);
    });
}

/** @param absent when there is no live one, whether that is known. */
function effective(
  rules: KindRules,
  resource: DesiredResource,
  live: LiveResource | undefined,
  absent: boolean,
): Effective {
  const before: Fields | undefined = live === undefined ? undefined : canonicalLive(rules, live.fields);
  const ignored = coveredBy(resource.lifecycle.ignore_changes ?? []);
  const declares = (field: string): boolean => Object.hasOwn(resource.fields, field);
  return {
    resource,
    declares,
    value: (field) => {
      const policy = policyOf(rules, field);
      if (declares(field) && !(before !== undefined && ignored(field)))
        return canonicalValue(policy, resource.fields[field] as JsonValue);
      if (before !== undefined) return Object.hasOwn(before, field) ? before[field] : undefined;
      if (!absent) return undefined;
      if (policy.default !== undefined) return canonicalValue(policy, policy.default);
      // Without a canonical form nobody has said what a server fills in.
      const filledIn = policy.server_default === true && policy.canonical === undefined;
      return filledIn ? undefined : canonicalValue(policy, null);
    },
  };
}
