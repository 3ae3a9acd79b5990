// Look-up tables over the three inputs of a plan, built once: who owns what, what is live where, how far each
// list can be believed.

import type { Address } from "../base/address.ts";
import { mapMarks } from "../base/expression.ts";
import type { JsonValue } from "../base/json.ts";
import { append } from "../base/multimap.ts";
import type { Desired, DesiredResource, Lifecycle, Move } from "../model/desired.ts";
import type { Fields, KindRules, RulesByKind } from "../model/kind-rules.ts";
import type { Intent, Ledger, LedgerEntry } from "../model/ledger.ts";
import { type LiveResource, type LiveState, liveKey, type Reading } from "../model/live.ts";
import { moveEntries, pendingMoves } from "./moves.ts";
import { addressesOfLive } from "./naming.ts";
import { canonicalLive } from "./normalise.ts";

export interface PlanOptions {
  /** ms since 1970 */
  readonly now: number;
  /** Take over live resources of the same identity. */
  readonly adopt: boolean;
  /**
   * Address → id of the live resource to take over, whatever its identity: `gateform adopt ADDRESS=ID`. `null`: the
   * only one that has the declared identity.
   */
  readonly adopt_ids?: Readonly<Record<Address, string | null>>;
  /** Deletes allowed for this run, where `policy.max_deletes` allows fewer. */
  readonly allow_deletes: number;
  /** What the runner lets files grant, by name. Left out: nothing; `all` where nothing is carried out. */
  readonly allow_permissions?: readonly string[] | "all";
  /** Addresses and patterns: their one-time values are replaced by others, their stored secrets written again. */
  readonly rotate?: readonly string[];
  /** Everything in the ledger goes. */
  readonly destroy: boolean;
  /** Addresses and patterns: the plan is about what they select; all of it without. */
  readonly targets?: readonly string[];
}

export interface PlanInput {
  readonly desired: Desired;
  readonly live: LiveState;
  /** `null`: there is none, so nothing can be known to be ours. */
  readonly ledger: Ledger | null;
  readonly rules: RulesByKind;
  readonly options: PlanOptions;
}

export interface Context extends PlanInput {
  /** Moves to be made, by new address: `ledger` and the tables below are as if they were made already. */
  readonly moves: ReadonlyMap<Address, Move>;
  readonly declared: ReadonlyMap<Address, DesiredResource>;
  readonly entries: ReadonlyMap<Address, LedgerEntry>;
  /** By `liveKey`. */
  readonly byKey: ReadonlyMap<string, LiveResource>;
  /** By `identityKey`. */
  readonly byIdentity: ReadonlyMap<string, readonly LiveResource[]>;
  /** By kind and the name that only one of the kind may have: `uniqueKey`. */
  readonly byUniqueName: ReadonlyMap<string, readonly LiveResource[]>;
  /** Children by kind and parent id: `liveKey(kind, parent, "")`. */
  readonly byParent: ReadonlyMap<string, readonly LiveResource[]>;
  /** `liveKey` → address of the entry that owns it. */
  readonly owners: ReadonlyMap<string, Address>;
  /** `liveKey` → address of the entry whose cut-off create made it without doubt. */
  readonly intended: ReadonlyMap<string, Address>;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly absent: ReadonlySet<string>;
  /** Declared address → address of what is deleted in this plan and takes its live object along. */
  readonly taken: ReadonlyMap<Address, Address>;
  /** `liveKey` → address of everything live, owned or not; made when it is first asked for. */
  readonly liveAddresses: () => ReadonlyMap<string, Address>;
}

/**
 * Builds the tables.
 * @param passing moves beside those of the file.
 */
export function buildContext(given: PlanInput, passing: readonly Move[] = []): Context {
  // A line of the file that cannot be followed is refused, also where something else makes room for it.
  const pending = [...pendingMoves(given.ledger, given.desired.moved), ...passing];
  const input = {
    ...given,
    ledger: given.ledger === null ? null : moveEntries(given.ledger, pending),
  };
  const byKey = new Map<string, LiveResource>();
  const byIdentity = new Map<string, LiveResource[]>();
  const byUniqueName = new Map<string, LiveResource[]>();
  const byParent = new Map<string, LiveResource[]>();
  for (const live of input.live.resources) {
    byKey.set(liveKey(live.kind, live.parent_id, live.id), live);
    append(byParent, liveKey(live.kind, live.parent_id, ""), live);
    const rules = rulesOf(input.rules, live.kind);
    append(byIdentity, identityKeyOfLive(rules, live), live);
    const name = uniqueKeyOfLive(input.rules, rules, live);
    if (name !== undefined) append(byUniqueName, name, live);
  }
  const entries = new Map(
    Object.entries(input.ledger?.resources ?? {}).map(([address, entry]) => [
      address,
      guarded(entry, input.desired.guards?.get(address)),
    ]),
  );
  const owners = ownersOf(input.desired, entries, byKey);
  const declared = new Map(input.desired.resources.map((resource) => [resource.address, resource]));
  let addresses: ReadonlyMap<string, Address> | undefined;
  const context = {
    ...input,
    moves: new Map(pending.map((move) => [move.to, move])),
    declared,
    entries,
    byKey,
    byIdentity,
    byUniqueName,
    byParent,
    owners,
    readings: new Map(
      input.live.readings.map((reading) => [readingKey(reading.kind, reading.parent_id), reading]),
    ),
    absent: new Set(input.live.absent),
    liveAddresses: () => {
      addresses ??= addressesOfLive({
        live: input.live.resources,
        rules: input.rules,
        known: owners,
        taken: new Set([...declared.keys(), ...entries.keys()]),
      });
      return addresses;
    },
    intended: new Map<string, Address>(),
    taken: new Map<Address, Address>(),
  };
  for (const [address, entry] of entries) {
    const { ours } = leftBehind(context, entry);
    for (const live of ours.length === 1 ? ours : [])
      context.intended.set(liveKey(live.kind, live.parent_id, live.id), address);
  }
  return context;
}

/** An entry as strict as the ledger or the file is. */
function guarded(entry: LedgerEntry, lifecycle: Lifecycle = {}): LedgerEntry {
  return {
    ...entry,
    ...(lifecycle.prevent_destroy === true ? { prevent_destroy: true } : {}),
    ...(lifecycle.on_remove === "retain" ? { on_remove: "retain" } : {}),
  };
}

/**
 * Who owns what. Where two entries name one object, as after a bad merge of two ledgers, it belongs to the one that
 * the file declares: `sharedOwner` tells of the other one.
 */
function ownersOf(
  desired: Desired,
  entries: ReadonlyMap<Address, LedgerEntry>,
  byKey: ReadonlyMap<string, LiveResource>,
): ReadonlyMap<string, Address> {
  const declared = new Set(desired.resources.map(({ address }) => address));
  const sorted = [...entries].sort(([a], [b]) => Number(declared.has(b)) - Number(declared.has(a)));
  const owners = new Map<string, Address>();
  const own = (address: Address, entry: LedgerEntry, id: string) => {
    const key = liveKey(entry.kind, entry.parent_id, id);
    if (!owners.has(key) && !isOtherIncarnation(entry, byKey.get(key))) owners.set(key, address);
  };
  for (const [address, entry] of sorted) if (entry.id !== null) own(address, entry, entry.id);
  for (const [address, entry] of sorted) for (const { id } of entry.retiring ?? []) own(address, entry, id);
  return owners;
}

/** The other address whose entry names the same live resource, and which it belongs to. */
export function sharedOwner(context: Context, address: Address, live: LiveResource): Address | undefined {
  const owner = context.owners.get(liveKey(live.kind, live.parent_id, live.id));
  return owner === address ? undefined : owner;
}

/** The rules of a kind that is known to exist. */
export function rulesOf(rules: RulesByKind, kind: string): KindRules {
  const found = rules.get(kind);
  if (found === undefined) throw new Error(`no rules for kind ${kind}`);
  return found;
}

/**
 * What could be mistaken for a resource: its identity within its parent, or its name where only the id
 * identifies it.
 */
export function identityKey(rules: KindRules, parentId: string | undefined, fields: Fields): string {
  const identity = rules.identity(fields);
  const text = identity === null ? `name ${String(fields.name ?? "")}` : `identity ${identity}`;
  return `${rules.kind} ${parentId ?? ""}/${text}`;
}

/** `identityKey` of a live resource, by its name where only the id identifies it. */
export function identityKeyOfLive(rules: KindRules, live: LiveResource): string {
  const fields = canonicalLive(rules, live.fields);
  return rules.identity(fields) === null
    ? `${rules.kind} ${live.parent_id ?? ""}/name ${live.name}`
    : identityKey(rules, live.parent_id, fields);
}

/** Names what only one of a kind may have, whatever it lives in; `undefined` where nothing is so. */
export function uniqueKey(rules: KindRules, fields: Fields, parentKey: string): string | undefined {
  const { unique_name } = rules;
  return unique_name === undefined ? undefined : `${rules.kind} ${unique_name(fields, parentKey)}`;
}

/** `uniqueKey` of a live resource, as far as the key of its parent can be told without a file: where that is its id. */
function uniqueKeyOfLive(all: RulesByKind, rules: KindRules, live: LiveResource): string | undefined {
  const parent = rules.parent === undefined ? undefined : rulesOf(all, rules.parent);
  if (parent?.key_is_id === false) return undefined;
  return uniqueKey(rules, canonicalLive(rules, live.fields), live.parent_id ?? "");
}

/** Whether the list of a kind in a parent was read to its end. */
export function isReadCompletely(context: Context, kind: string, parentId: string | undefined): boolean {
  return context.readings.get(readingKey(kind, parentId))?.complete === true;
}

/** Whether a live resource that nobody declares is no business of a stack: this run's own credential is none, either. */
export function isBeside(rules: KindRules, live: LiveResource): boolean {
  return live.in_use === true || rules.unrelated?.(live) === true;
}

/** Why a list is not complete, for a message. */
export function readingProblem(context: Context, kind: string, parentId: string | undefined): string {
  return context.readings.get(readingKey(kind, parentId))?.error ?? "it was not read";
}

function readingKey(kind: string, parentId: string | undefined): string {
  return `${kind} ${parentId ?? ""}`;
}

/** Replaces references by vendor ids where these are known; the others stay marks: known after apply. */
export function resolveRefs(fields: Fields, ids: ReadonlyMap<Address, string>): Fields {
  return mapMarks(fields, (mark) =>
    "$ref" in mark ? (ids.get(mark.$ref) ?? (mark as unknown as JsonValue)) : (mark as unknown as JsonValue),
  ) as Fields;
}

/** The live resource that an entry owns, in the incarnation that it owns. */
export function ownedLive(context: Context, entry: LedgerEntry): LiveResource | undefined {
  if (entry.id === null) return undefined;
  const live = context.byKey.get(liveKey(entry.kind, entry.parent_id, entry.id));
  if (live === undefined) return undefined;
  return isOtherIncarnation(entry, live) ? undefined : live;
}

/** Whether somebody deleted what an entry owns and made another one under the same id. */
function isOtherIncarnation(entry: LedgerEntry, live: LiveResource | undefined): boolean {
  return entry.mark !== undefined && live?.mark !== undefined && entry.mark !== live.mark;
}

/** True when an entry's object is known to be gone, rather than only missing from a list. */
export function isKnownGone(context: Context, entry: LedgerEntry, parentGone: boolean): boolean {
  if (entry.id === null || parentGone || isParentAbsent(context, entry)) return true;
  const key = liveKey(entry.kind, entry.parent_id, entry.id);
  return context.absent.has(key) || context.byKey.has(key); // still listed, then, as another incarnation
}

/**
 * True when what an entry lived in is known to be gone, and so is everything in it. Its address may lead to another one
 * by then, which was made in its place.
 */
export function isParentAbsent(context: Context, { kind, parent_id }: LedgerEntry): boolean {
  const parentKind = rulesOf(context.rules, kind).parent;
  if (parent_id === undefined || parentKind === undefined) return false;
  return context.absent.has(liveKey(parentKind, undefined, parent_id));
}

interface LeftBehind {
  readonly ours: readonly LiveResource[];
  readonly others: readonly LiveResource[];
}

/**
 * What a create that was cut off may have left: those that its intent recognises as ours, and the rest. Neither
 * contains what was there before, nor what some entry owns. Where several creates of one name were cut off, and there
 * is no more than one for each, each has one: nobody can tell which, and nothing but their lost values tells them apart.
 */
export function leftBehind(context: Context, entry: LedgerEntry | undefined): LeftBehind {
  const intent = entry?.intent;
  if (entry === undefined || intent === undefined) return { ours: [], others: [] };
  const { ours, others } = recognised(context, entry, intent);
  if (ours.length === 0) return { ours, others };
  const rivals = [...context.entries.values()].filter(
    (other) => other.kind === entry.kind && other.intent?.identity === intent.identity,
  );
  const theirs = rivals.map((other) => recognised(context, other, other.intent ?? intent).ours);
  const shared = theirs.every((other) => ours.every((live) => other.includes(live)));
  const place = rivals.indexOf(entry);
  if (place < 0 || rivals.length < 2 || ours.length > rivals.length || !shared) return { ours, others };
  return { ours: ours.slice(place, place + 1), others };
}

function recognised(context: Context, entry: LedgerEntry, intent: Intent): LeftBehind {
  const fresh = (context.byIdentity.get(intent.identity) ?? []).filter(
    (live) =>
      !context.owners.has(liveKey(live.kind, live.parent_id, live.id)) &&
      !wasThere(rulesOf(context.rules, live.kind), intent, live) &&
      (live.mark === undefined || live.mark !== entry.mark),
  );
  const ours = fresh.filter((live) => isIntended(intent, live));
  return { ours, others: fresh.filter((live) => !ours.includes(live)) };
}

/** Whether the cut-off create of another address may have made something as well: two may have one name. */
export function mayBeAnothers(context: Context, address: Address, live: LiveResource): boolean {
  return [...context.entries].some(
    ([other, entry]) => other !== address && leftBehind(context, entry).ours.includes(live),
  );
}

/** Whether an intent's id tells that a live resource is older. Where the key is the id, a successor has the same. */
export function wasThere(rules: KindRules, intent: Intent, live: LiveResource): boolean {
  return !rules.key_is_id && intent.known_ids.includes(live.id);
}

/** Whether a live resource was made in an intent's window by the intent's user, as far as the vendor tells. */
export function isIntended(intent: Intent, live: LiveResource): boolean {
  const { created_at, created_by } = live;
  if (intent.own_name === true) return true;
  const inWindow =
    created_at === undefined || (created_at >= intent.not_before && created_at <= intent.not_after);
  return inWindow && (intent.creator === null || created_by === undefined || created_by === intent.creator);
}

/** The address whose entry owns a live resource, by its id or by the intent that made it. */
export function ownerOf(context: Context, live: LiveResource): Address | undefined {
  const key = liveKey(live.kind, live.parent_id, live.id);
  return context.owners.get(key) ?? context.intended.get(key);
}

/** An address to show for a live resource that no entry and no file names. */
export function addressForLive(context: Context, live: LiveResource): Address {
  return (
    context.liveAddresses().get(liveKey(live.kind, live.parent_id, live.id)) ?? `${live.kind}.${live.id}`
  );
}

/** Address → what it needed when it was last applied, what it lives in included. */
export function ledgerNeeds(ledger: Ledger | null): ReadonlyMap<Address, readonly Address[]> {
  return new Map(
    Object.entries(ledger?.resources ?? {}).map(([address, { needs, parent }]) => [
      address,
      [...new Set([...needs, ...(parent === undefined ? [] : [parent])])],
    ]),
  );
}
