// Rotation: which declared resources get another value, and why. Of a value that the vendor shows once another one is
// made (`replace.ts` says how); a secret that the vendor was given is written again in place.

import type { Address } from "../base/address.ts";
import { addressMatcher, isAddressPattern } from "../base/address-pattern.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { durationOf } from "../base/duration.ts";
import { suggest } from "../base/suggest.ts";
import { DEFAULT_GRACE, type DesiredResource } from "../model/desired.ts";
import { type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";
import type { Reason } from "../model/plan.ts";
import type { Case } from "./case.ts";
import { type Context, rulesOf } from "./context.ts";
import { deliverDigest } from "./entry.ts";
import { fieldOf, leavesOf } from "./normalise.ts";

export interface Rotation {
  readonly reason: Extract<Reason, "rotate" | "rotation-due" | "interrupted">;
  /** How long the one that is there stays live. */
  readonly grace: string;
}

/**
 * Why a live resource of ours is to be followed by another one with another value; `undefined` where it is not.
 * @param replaced it is replaced anyway, which also ends the delivery that an earlier replacement began.
 */
export function rotationOf(it: Case, live: LiveResource, replaced: boolean): Rotation | undefined {
  const { context, rules, resource, entry } = it;
  if (!isReplaceable(rules)) return undefined;
  const grace = resource.rotation?.grace ?? DEFAULT_GRACE;
  if (replaced ? entry?.rotating === true : isRotationBegun(entry)) return { reason: "interrupted", grace };
  if (isAsked(context, resource.address)) return { reason: "rotate", grace };
  return isDue(it, live) ? { reason: "rotation-due", grace } : undefined;
}

/** Whether an earlier run began to give the address another value, and some sinks may have it and others not. */
export function isRotationBegun(entry: LedgerEntry | undefined): boolean {
  if (entry?.status !== "ready") return false;
  return entry.rotating === true || (entry.retiring ?? []).some((item) => item.delivering === true);
}

/** Whether the secrets that a resource declares and the vendor never shows are to be written whatever they were. */
export function rewritesSecrets({ context, rules, resource }: Case): boolean {
  return !rules.one_time_value && isAsked(context, resource.address);
}

/** A note where the sinks that the file names are not those that the value went to: only a rotation puts one there. */
export function needsRotation({ rules, resource, entry }: Case): readonly Diagnostic[] {
  const { address, deliver = [] } = resource;
  if (!isReplaceable(rules) || deliver.length === 0 || entry?.status !== "ready") return [];
  const known = entry.delivered ?? [];
  if (known.length > 0 && (entry.deliver_digest ?? deliverDigest(deliver)) === deliverDigest(deliver))
    return [];
  const why =
    known.length > 0
      ? "`deliver` has changed since its value was delivered, and the vendor does not show the value again"
      : "`deliver` names sinks for its value, and nothing tells that they have it: it was adopted";
  return [
    {
      severity: "note",
      code: "NEEDS_ROTATE",
      address,
      message: `${address}: ${why}`,
      hint: `\`gateform rotate ${address}\` makes another value and delivers it; nothing does so by itself`,
    },
  ];
}

/** What was asked to be rotated and cannot be. */
export function unrotatable(context: Context): readonly Diagnostic[] {
  const addresses = [...context.declared.keys()];
  return (context.options.rotate ?? []).flatMap((asked): Diagnostic[] => {
    const matches = addressMatcher(asked);
    const found = addresses.filter(matches);
    // Where it is the target, too, that says so.
    const told =
      context.options.targets?.includes(asked) === true && ![...context.entries.keys()].some(matches);
    if (found.length === 0) return told ? [] : [unmatched(asked, addresses)];
    if (found.some((address) => hasValue(context, context.declared.get(address)))) return [];
    return [
      {
        severity: "error",
        code: "NOTHING_TO_ROTATE",
        ...(isAddressPattern(asked) ? {} : { address: asked }),
        message: `${asked} has neither a value that the vendor shows once nor a secret that the files declare`,
        hint: "rotate keys, tokens, and what declares a secret",
      },
    ];
  });
}

function unmatched(asked: string, addresses: readonly Address[]): Diagnostic {
  const near = suggest(asked, addresses);
  return {
    severity: "error",
    code: "TARGET_UNMATCHED",
    message: `${asked} is nothing that the files declare`,
    hint:
      near === undefined ? "write an address, or a pattern such as vercel.key.*" : `did you mean ${near}?`,
  };
}

function hasValue(context: Context, resource: DesiredResource | undefined): boolean {
  if (resource === undefined) return false;
  const rules = rulesOf(context.rules, resource.kind);
  if (isReplaceable(rules)) return true;
  return Object.keys(leavesOf(rules, resource.fields)).some((path) => isStored(rules, path));
}

/** Whether a path is a secret that the vendor was given, or holds one. */
export function isStored(rules: KindRules, path: string): boolean {
  const { write_only, sensitive } = policyOf(rules, fieldOf(path));
  return write_only === true || sensitive === true;
}

/** Whether two of a kind can be live side by side, each with a value of its own. */
function isReplaceable(rules: KindRules): boolean {
  return rules.one_time_value && rules.can_delete;
}

function isAsked({ options }: Context, address: Address): boolean {
  return (options.rotate ?? []).some((pattern) => addressMatcher(pattern)(address));
}

function isDue({ context, resource, entry }: Case, live: LiveResource): boolean {
  const span = durationOf(resource.rotation?.after ?? "");
  const since = bornAt(entry, live);
  return span !== undefined && since !== undefined && since + span <= context.options.now;
}

/** When the value came to be, ms since 1970: its delivery, or of an adopted one its making. */
function bornAt(entry: LedgerEntry | undefined, live: LiveResource): number | undefined {
  const delivered = (entry?.delivered ?? []).map(({ at }) => Date.parse(at));
  return delivered.length > 0 ? Math.max(...delivered) : live.created_at;
}
