// One declared resource on its way through the truth table, and the small questions that all rows ask.

import { type Address, parseAddress } from "../base/address.ts";
import type { DesiredResource, Lifecycle } from "../model/desired.ts";
import type { Fields, KindRules } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import {
  type Context,
  identityKey,
  isReadCompletely,
  readingProblem,
  rulesOf,
  uniqueKey,
} from "./context.ts";
import { canonicalFields, canonicalLive } from "./normalise.ts";
import { refuse, type Verdict } from "./verdict.ts";

/** Where the parent of a resource stands, as decided before it. */
export interface ParentState {
  /** Its vendor id while it is live, else `undefined`: then no child of it can be live. */
  readonly id: string | undefined;
}

/** One declared resource as the functions below pass it on. */
export interface Case {
  readonly context: Context;
  readonly rules: KindRules;
  readonly resource: DesiredResource;
  readonly entry: LedgerEntry | undefined;
  readonly parent: ParentState | undefined;
  /** Declared, references resolved as far as they can be. */
  readonly fields: Fields;
}

export function candidatesOf(it: Case): readonly LiveResource[] {
  if (it.parent !== undefined && it.parent.id === undefined) return [];
  const key = identityKey(it.rules, it.parent?.id, canonicalFields(it.rules, it.fields));
  return [...(it.context.byIdentity.get(key) ?? []), ...unrenamed(it)];
}

/** What a run has made under a name of its own and could not rename: without its ledger only that name tells of it. */
function unrenamed({ context, rules, parent, fields }: Case): readonly LiveResource[] {
  const { is_made_as } = rules;
  if (is_made_as === undefined) return [];
  const place = context.byParent.get(liveKey(rules.kind, parent?.id, "")) ?? [];
  return place.filter((live) => is_made_as(live.name, String(fields.name ?? "")));
}

/** What lives elsewhere, or under another identity, and has the name that no two may have. */
export function holdersElsewhere(it: Case): readonly LiveResource[] {
  const { context, rules, resource } = it;
  const parentKey = resource.parent === undefined ? "" : (parseAddress(resource.parent)?.keys.at(-1) ?? "");
  const name = uniqueKey(rules, canonicalFields(rules, it.fields), parentKey);
  const here = candidatesOf(it);
  return (context.byUniqueName.get(name ?? "") ?? []).filter((live) => !here.includes(live));
}

export function parentGone(it: Case): boolean {
  return it.parent !== undefined && it.parent.id === undefined;
}

export function common(it: Case) {
  return {
    address: it.resource.address,
    kind: it.resource.kind,
    parent: it.resource.parent,
    parent_id: it.parent?.id,
  };
}

export function incomplete(it: Case): string {
  if (parentGone(it) || isReadCompletely(it.context, it.resource.kind, it.parent?.id)) return "";
  return ` (${readingProblem(it.context, it.resource.kind, it.parent?.id)})`;
}

export function childIds(live: LiveResource): string[] {
  return (live.children ?? []).map((child) => child.id);
}

export function describeLive(rules: KindRules, live: LiveResource): string {
  return rules.key_is_id || live.name === live.id ? `"${live.id}"` : `"${live.name}" (id ${live.id})`;
}

export function listLive(rules: KindRules, list: readonly LiveResource[]): string {
  return list.map((live) => describeLive(rules, live)).join(", ");
}

export function unreadable(it: Case): Verdict {
  return refuse(
    it.resource.address,
    "READ_INCOMPLETE",
    `the list that ${it.resource.address} belongs to could not be read completely: ${readingProblem(it.context, it.resource.kind, it.parent?.id)}`,
    "nothing under that parent is created, replaced, deleted or, without its id, adopted in this run",
  );
}

export function ambiguous(it: Case, foreign: readonly LiveResource[]): Verdict {
  return refuse(
    it.resource.address,
    "AMBIGUOUS",
    `several live ${it.rules.noun}s could be ${it.resource.address}: ${listLive(it.rules, foreign)}`,
    `run the one of these that names the right one: ${foreign.map(({ id }) => `\`gateform adopt ${it.resource.address}=${id}\``).join(", ")}`,
    { claims: foreign },
  );
}

/** Two entries of the ledger name one object: what is done to it for the one would be done to the other. */
export function ownedTwice(rules: KindRules, address: Address, live: LiveResource, owner: Address): Verdict {
  return refuse(
    address,
    "OWNED_ELSEWHERE",
    `the ledger has the ${rules.noun} ${describeLive(rules, live)} under ${address} and under ${owner}`,
    `let go of the one that is wrong with \`gateform ledger forget ${address}\` or \`gateform ledger forget ${owner}\``,
    { vendor_id: live.id },
  );
}

/** The address of what a live resource belongs to, where that is ours. */
export function wholeOf({ owners, intended }: Context, { part_of }: LiveResource): Address | undefined {
  return part_of === undefined ? undefined : (owners.get(part_of.key) ?? intended.get(part_of.key));
}

/**
 * Refuses to take or remove what belongs to something else that stays: that has it to itself, and needs it.
 */
export function partOfAnother(
  context: Context,
  address: Address,
  rules: KindRules,
  live: LiveResource,
): Verdict | undefined {
  const whole = live.part_of;
  if (whole === undefined) return undefined;
  const owner = wholeOf(context, live);
  const needed = owner === undefined ? undefined : context.declared.get(owner)?.needs;
  // What is removed along with it, made for it or taken over with it is in nobody's way.
  if (owner === undefined ? isDeclaredFor(context, whole.key, address) : (needed?.includes(address) ?? true))
    return undefined;
  return refuse(
    address,
    "PART_OF",
    `the ${rules.noun} ${describeLive(rules, live)} belongs to ${whole.title}, which uses it by its name and deletes it when it goes`,
    `leave it to that, and take ${address} out of the file; if it is in the ledger, \`gateform ledger forget ${address}\``,
    { claims: [live] },
  );
}

/** Whether something live that is not ours is declared, by what identifies it, and declared to need an address. */
function isDeclaredFor(context: Context, key: string, address: Address): boolean {
  const live = context.byKey.get(key);
  if (live === undefined) return false;
  const rules = rulesOf(context.rules, live.kind);
  const identity = rules.identity(canonicalLive(rules, live.fields));
  return context.desired.resources.some(
    ({ kind, needs, fields }) =>
      kind === live.kind &&
      needs.includes(address) &&
      rules.identity(canonicalFields(rules, fields)) === identity,
  );
}

/** A declared one of a kind of which nobody can tell what it stands for. */
export function unfoundOf({ desired }: Context, kind: string) {
  const resource = desired.resources.find((other) => other.kind === kind && other.unfound !== undefined);
  return resource?.unfound === undefined ? undefined : { address: resource.address, ...resource.unfound };
}

/** The file decides where it says something; where it says nothing, the ledger's protection holds. */
export function isProtected(lifecycle: Lifecycle | undefined, entry: LedgerEntry | undefined): boolean {
  return lifecycle?.prevent_destroy ?? entry?.prevent_destroy ?? false;
}

/** Whether the ledger wants what an entry names to stay: protected, or kept when its block is gone. */
export function forbidsRemoval(entry: LedgerEntry): boolean {
  return entry.prevent_destroy === true || entry.on_remove === "retain";
}

/** Why one cannot be made of what is declared; nothing where it can. */
export function notMakeable(rules: KindRules, resource: DesiredResource): Partial<Verdict> {
  const missing = Object.keys(rules.fields).filter(
    (name) => rules.fields[name]?.needed_to_create === true && !Object.hasOwn(resource.fields, name),
  );
  if (missing.length === 0) return nothingDelivered(rules, resource);
  return {
    drafts: [],
    refusal: {
      address: resource.address,
      code: "NEEDED_TO_CREATE",
      message: `${resource.address} is to be made, and ${missing.join(" and ")} may be left out only where it exists`,
      hint: `add ${missing.map((name) => `\`${name}\``).join(" and ")}`,
    },
  };
}

function nothingDelivered(rules: KindRules, resource: DesiredResource): Partial<Verdict> {
  if (!rules.one_time_value || (resource.deliver ?? []).length > 0) return {};
  return {
    drafts: [],
    refusal: {
      address: resource.address,
      code: "NO_SINK",
      message: `${resource.address} has a value that is shown once, on creation, and no sink to put it in`,
      hint: "add `deliver: [{ file: { path: out/NAME } }]`",
    },
  };
}

/** How a protection is taken away on purpose. */
export const PROTECTED_HINT =
  "write `lifecycle: { prevent_destroy: false }` and apply that first; leaving the line out keeps the protection";
