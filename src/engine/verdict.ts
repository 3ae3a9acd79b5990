// What the truth table says of one address: steps without their order, or why there can be none.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { DesiredResource } from "../model/desired.ts";
import { type Fields, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LiveResource } from "../model/live.ts";
import type { Action, Expects, Reason, Refusal, Step, StepBody } from "../model/plan.ts";
import { canonicalFields, canonicalLive, coveredBy, withoutPaths } from "./normalise.ts";

/** A step before ordering: `needs` is not known yet. */
export type Draft = Omit<Step, "needs">;

export interface Verdict {
  readonly address: Address;
  readonly drafts: readonly Draft[];
  readonly refusal?: Refusal;
  readonly kept?: true;
  readonly settling?: readonly { readonly path: string; readonly until: string }[];
  readonly diagnostics?: readonly Diagnostic[];
  /** Vendor id under which dependants find it now. */
  readonly vendor_id?: string;
  /** Live resources that this verdict speaks for: they are not unmanaged. */
  readonly claims?: readonly LiveResource[];
  /** Identity that a create among the drafts will take, and who holds it now. */
  readonly collides?: readonly LiveResource[];
}

export function refuse(
  address: Address,
  code: string,
  message: string,
  hint?: string,
  extra: Partial<Verdict> = {},
): Verdict {
  return {
    address,
    drafts: [],
    refusal: { address, code, message, ...(hint === undefined ? {} : { hint }) },
    ...extra,
  };
}

interface DraftInit {
  readonly action: Action;
  readonly address: Address;
  readonly kind: string;
  readonly reason: Reason;
  readonly expects: Expects;
  readonly parent?: Address | undefined;
  readonly parent_id?: string | undefined;
  readonly vendor_id?: string | null;
  /** Distinguishes a second step of the same action on the same address. */
  readonly suffix?: string;
}

/** A draft with everything that is not given left empty. */
export function draft(init: DraftInit, extra: Partial<Draft> = {}): Draft {
  return {
    id: `${init.action} ${init.address}${init.suffix === undefined ? "" : `#${init.suffix}`}`,
    action: init.action,
    address: init.address,
    kind: init.kind,
    vendor_id: init.vendor_id ?? null,
    ...(init.parent === undefined ? {} : { parent: init.parent }),
    ...(init.parent_id === undefined ? {} : { parent_id: init.parent_id }),
    changes: [],
    expects: init.expects,
    reason: init.reason,
    risks: [],
    ...extra,
  };
}

/** What must still be live for a step on it to run. */
export function expectPresent(rules: KindRules, live: LiveResource, children?: readonly string[]): Expects {
  return {
    state: "present",
    id: live.id,
    ...(live.mark === undefined ? {} : { mark: live.mark }),
    fields: canonicalLive(rules, live.fields),
    ...(children === undefined ? {} : { children: [...children].sort() }),
  };
}

/** The body of a create: all declared fields, and the values that the API requires beside them. */
export function createBody(rules: KindRules, resource: DesiredResource, fields: Fields): StepBody {
  const declared = canonicalFields(rules, fields);
  const defaults: Record<string, Fields[string]> = {};
  for (const name of Object.keys(rules.fields)) {
    const value = policyOf(rules, name).default;
    if (value !== undefined && !Object.hasOwn(declared, name)) defaults[name] = value;
  }
  return { ...bodyOf(resource), fields: declared, defaults };
}

/**
 * The body of an update: declared fields without what `ignore_changes` covers and without secrets that stay as
 * they are.
 */
export function updateBody(
  rules: KindRules,
  resource: DesiredResource,
  fields: Fields,
  changed: readonly string[],
): StepBody {
  const ignored = coveredBy(resource.lifecycle.ignore_changes ?? []);
  const unchangedSecret = (path: string) => {
    const { write_only, sensitive } = policyOf(rules, path);
    return (write_only === true || sensitive === true) && !changed.includes(path);
  };
  const kept = withoutPaths(
    rules,
    canonicalFields(rules, fields),
    (path) => ignored(path) || unchangedSecret(path),
  );
  return { ...bodyOf(resource), fields: kept, defaults: {} };
}

function bodyOf(resource: DesiredResource): Omit<StepBody, "fields" | "defaults"> {
  return {
    lifecycle: resource.lifecycle,
    ...(resource.deliver === undefined ? {} : { deliver: resource.deliver }),
    needs: resource.needs,
  };
}
