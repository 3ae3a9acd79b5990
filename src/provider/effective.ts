// What a declared resource will be like after an apply, as far as that can be known: what the file says, over what
// is live, over what a new one gets. For checks, which must not complain of what a live value settles.

import type { Address } from "../base/address.ts";
import { type JsonValue, record } from "../base/json.ts";
import { canonicalLive, canonicalValue, coveredBy } from "../engine/normalise.ts";
import type { Desired, DesiredResource } from "../model/desired.ts";
import { type Fields, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LiveResource, LiveState } from "../model/live.ts";
import type { BehaviourGraph, GraphResource } from "./behaviour.ts";

export interface Effective {
  readonly resource: DesiredResource;
  /** The canonical value of a field; `undefined` where nobody can tell. */
  readonly value: (field: string) => JsonValue | undefined;
  readonly declares: (field: string) => boolean;
  /** The live one of its identity, where there is one. */
  readonly live?: LiveResource;
}

/**
 * All declared resources of a kind that lives in no other one.
 * @param live left out: nothing is known of fields that the files leave out.
 */
export function effectiveOf(rules: KindRules, desired: Desired, live: LiveState | undefined): Effective[] {
  const complete = readWhole([rules], live).has(rules.kind);
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

/**
 * Everything of some kinds, none of which lives in another, as it will be after an apply: what is declared, and what
 * is live and nobody declares.
 * @param live left out: the files alone, and nothing is known of what they leave out.
 */
export function graphOf(
  kinds: readonly KindRules[],
  desired: Desired,
  live: LiveState | undefined,
): BehaviourGraph {
  return {
    resources: kinds.flatMap((rules) => {
      const declared = effectiveOf(rules, desired, live);
      const taken = new Set(declared.map(({ resource }) => rules.identity(resource.fields)));
      const others = (live?.resources ?? [])
        .filter(({ kind }) => kind === rules.kind)
        .map((item) => ({ item, fields: canonicalLive(rules, item.fields) }))
        .filter(({ fields }) => !taken.has(rules.identity(fields)));
      return [
        ...declared.map(declaredNode),
        ...others.map(({ item, fields }) => liveNode(rules, item, fields, undefined)),
      ];
    }),
    known: readWhole(kinds, live),
  };
}

/** A live resource in a graph. @param address of whoever owns it. */
export function liveNode(
  rules: KindRules,
  { id }: LiveResource,
  fields: Fields,
  address: Address | undefined,
): GraphResource {
  const node = { kind: rules.kind, id, fields };
  return address === undefined
    ? { ...node, title: `live ${rules.noun} ${id}` }
    : { ...node, title: address, address };
}

/** The kinds whose lists were read to their end. */
export function readWhole(kinds: readonly KindRules[], live: LiveState | undefined): ReadonlySet<string> {
  const whole = kinds.filter(({ kind }) => {
    const readings = (live?.readings ?? []).filter((reading) => reading.kind === kind);
    return readings.length > 0 && readings.every(({ complete }) => complete);
  });
  return new Set(whole.map(({ kind }) => kind));
}

function declaredNode({ resource, value, live }: Effective): GraphResource {
  const { kind, address } = resource;
  const fields: Record<string, JsonValue> = record();
  for (const name of Object.keys({ ...live?.fields, ...resource.fields })) {
    const found = value(name);
    if (found !== undefined) fields[name] = found;
  }
  return { kind, title: address, address, ...(live === undefined ? {} : { id: live.id }), fields };
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
    ...(live === undefined ? {} : { live }),
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
