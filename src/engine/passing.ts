// What identifies a resource may pass from one address to another while both stay: a name is swapped, or becomes that
// of something new. Deleted under the one and made again under the other, it would be gone in between. So whatever is
// live keeps what it is, and the ledger's entries change their addresses. What a line of `moved` can say is left to it.

import type { Address } from "../base/address.ts";
import { isSecretMark, listMarks } from "../base/expression.ts";
import { compareText, type JsonValue } from "../base/json.ts";
import type { DesiredResource, Move } from "../model/desired.ts";
import { isAnswered, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { type LiveResource, liveKey } from "../model/live.ts";
import { forbidsRemoval, isProtected } from "./case.ts";
import { compareValues } from "./compare.ts";
import { type Context, identityKey, ownedLive, resolveRefs, rulesOf } from "./context.ts";
import { canonicalFields, canonicalLive, coveredBy, fieldOf, leavesOf } from "./normalise.ts";

/**
 * The moves that bring what is live to the addresses that declare its identity, each after the one that makes room for
 * it. Where an address gives up its object and gets none, it gets what nobody declares any more, to be replaced by it.
 * @param within whether the plan is about an address.
 */
export function passingMoves(context: Context, within: (address: Address) => boolean): readonly Move[] {
  const ids = new Map(
    [...context.entries].flatMap(([address, { id }]) => (id === null ? [] : [[address, id]])),
  );
  const holders = new Map<Address, Address>();
  // Where nobody can tell what one stands for, it may be what another one gives up.
  const unclear = new Set(
    context.desired.resources.flatMap(({ kind, unfound }) => (unfound === undefined ? [] : [kind])),
  );
  for (const resource of context.desired.resources) {
    if (unclear.has(resource.kind) || !within(resource.address)) continue;
    const holder = holderOf(context, resource, ids);
    if (holder !== undefined && within(holder)) holders.set(resource.address, holder);
  }
  return [...pathsOf(holders)].flatMap((path) => movesAlong(context, path));
}

/** The other address that owns what has a declared identity, and that gives it up. */
function holderOf(
  context: Context,
  resource: DesiredResource,
  ids: ReadonlyMap<Address, string>,
): Address | undefined {
  const { address, kind, parent } = resource;
  const rules = rulesOf(context.rules, kind);
  if (!canPass(context, rules) || context.options.adopt_ids?.[address] !== undefined) return undefined;
  const parentId = parent === undefined ? undefined : ids.get(parent);
  if (parent !== undefined && parentId === undefined) return undefined;
  const key = identityOf(context, resource, parentId, ids);
  const [live, another] = context.byIdentity.get(key ?? "") ?? [];
  const holder = live && context.owners.get(liveKey(kind, live.parent_id, live.id));
  if (live === undefined || another !== undefined || holder === undefined || holder === address)
    return undefined;
  // Where the file renames something, it says what becomes of what.
  if (context.moves.has(address) || context.moves.has(holder)) return undefined;
  const [entry, own] = [context.entries.get(holder), context.entries.get(address)];
  if (entry?.id !== live.id || entry.parent !== parent || !isSettled(context, entry)) return undefined;
  if (own !== undefined && (!isSettled(context, own) || keepsIdentity(rules, resource))) return undefined;
  if (weakens(rules, resource, live) || hidesSecret(rules, resource, entry)) return undefined;
  const other = context.declared.get(holder);
  // A plain rename is for the file to say, and what is let go of is let go of.
  if (other === undefined) return own === undefined || forbidsRemoval(entry) ? undefined : holder;
  if (keepsIdentity(rules, other)) return undefined;
  return identityOf(context, other, parentId, ids) === key ? undefined : holder;
}

/** Whether what is live under an address keeps its identity, whatever the file says by now. */
function keepsIdentity({ identity_fields }: KindRules, { lifecycle }: DesiredResource): boolean {
  const ignored = coveredBy(lifecycle.ignore_changes ?? []);
  return identity_fields.some(ignored);
}

/** Whether what nobody can read may be another secret than the declared one, and stay so: no run could tell. */
function hidesSecret(
  rules: KindRules,
  { fields, lifecycle }: DesiredResource,
  { applied }: LedgerEntry,
): boolean {
  const ignored = coveredBy(lifecycle.ignore_changes ?? []);
  return Object.entries(leavesOf(rules, canonicalFields(rules, fields))).some(([path, declared]) => {
    if (isAnswered(policyOf(rules, fieldOf(path)))) return false;
    const written = Object.hasOwn(applied, path) ? applied[path] : undefined;
    if (written === undefined || ignored(path) || !isMarked(written)) return true;
    return isMarked(declared) && compareValues(declared, written) === "not-comparable";
  });
}

/** Whether all secrets in a value can be told from others. */
function isMarked(value: JsonValue): boolean {
  return listMarks(value).every(
    ({ mark }) =>
      !isSecretMark(mark) || (mark.$secret.fingerprint !== undefined && mark.$secret.unverified !== true),
  );
}

/** Whether what is not declared, and so stays as it is, takes a protection away that something new would have. */
function weakens(rules: KindRules, { fields }: DesiredResource, live: LiveResource): boolean {
  const now = canonicalLive(rules, live.fields);
  return Object.entries(rules.fields).some(([name, { risk, canonical, default: sent = null }]) => {
    if (risk === undefined || Object.hasOwn(fields, name)) return false;
    return risk.when(canonical === undefined ? sent : canonical(sent), now[name] ?? null);
  });
}

/** Kinds whose resources are what they are, hold nothing else, and do not have their address as id. */
function canPass(context: Context, rules: KindRules): boolean {
  if (rules.ownership === "shared" || rules.key_is_id || rules.has_children) return false;
  if ([...context.rules.values()].some(({ parent }) => parent === rules.kind)) return false;
  return !rules.can_update || rules.identity_fields.every((name) => policyOf(rules, name).immutable === true);
}

function identityOf(
  context: Context,
  { kind, fields }: DesiredResource,
  parentId: string | undefined,
  ids: ReadonlyMap<Address, string>,
): string | undefined {
  const rules = rulesOf(context.rules, kind);
  const canonical = canonicalFields(rules, resolveRefs(fields, ids));
  return rules.identity(canonical) === null ? undefined : identityKey(rules, parentId, canonical);
}

/** Whether an entry has something live, and no run was cut off over it. */
function isSettled(context: Context, entry: LedgerEntry): boolean {
  return entry.status === "ready" && entry.intent === undefined && ownedLive(context, entry) !== undefined;
}

/** A chain of addresses, each of which gives its object to the next one; the first one gets what the last one has. */
interface Path {
  readonly addresses: readonly Address[];
  readonly round: boolean;
}

/** @param holders address → the one that gives it its object. Nobody gives to two. */
function* pathsOf(holders: ReadonlyMap<Address, Address>): Generator<Path> {
  const giving = new Set(holders.values());
  const seen = new Set<Address>();
  const back = (end: Address): Address[] => {
    const path: Address[] = [];
    for (let at: Address | undefined = end; at !== undefined && !seen.has(at); at = holders.get(at)) {
      seen.add(at);
      path.unshift(at);
    }
    return path;
  };
  const ends = [...holders.keys()].sort(compareText);
  for (const end of ends) if (!giving.has(end)) yield { addresses: back(end), round: false };
  for (const end of ends) if (!seen.has(end)) yield { addresses: back(end), round: true };
}

/** The last one first: it is free, or exchanges what it has with each of the others in turn. */
function movesAlong({ entries, declared }: Context, { addresses, round }: Path): readonly Move[] {
  const end = addresses.at(-1) ?? "";
  const last = entries.get(end);
  // What is left over goes, so it must not be something that may not, under an address that says nothing of it.
  const stays =
    last !== undefined && (forbidsRemoval(last) || isProtected(declared.get(end)?.lifecycle, last));
  if (stays && !round) return [];
  const exchange = last?.id === undefined || last.id === null ? {} : { exchange: last.id };
  return addresses
    .slice(1)
    .map((to, index): Move => {
      const from = addresses[index] ?? to;
      return { from, to, id: entries.get(from)?.id ?? null, ...exchange };
    })
    .reverse();
}
