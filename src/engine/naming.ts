// Addresses for live things that neither a file nor the ledger names: for messages, and for the files that export
// writes. The same live things get the same addresses in whatever order they were read.

import { type Address, formatAddress, KEY_PATTERN } from "../base/address.ts";
import { compareText } from "../base/json.ts";
import { append } from "../base/multimap.ts";
import type { KindRules, RulesByKind } from "../model/kind-rules.ts";
import { type LiveResource, liveKey } from "../model/live.ts";

export interface NamingInput {
  readonly live: readonly LiveResource[];
  readonly rules: RulesByKind;
  /** `liveKey` → address of what has one already. */
  readonly known: ReadonlyMap<string, Address>;
  /** Addresses that nothing else may get. */
  readonly taken: ReadonlySet<Address>;
}

/** `liveKey` → address, for everything live. */
export function addressesOfLive({ live, rules, known, taken }: NamingInput): ReadonlyMap<string, Address> {
  const addresses = new Map(known);
  const used = new Set([...taken, ...known.values()]);
  const bySiblings = new Map<string, LiveResource[]>();
  for (const item of live) {
    if (!known.has(keyOf(item))) append(bySiblings, `${item.kind} ${item.parent_id ?? ""}`, item);
  }
  const parents = new Map<string, LiveResource>();
  for (const item of live) parents.set(`${item.kind} ${item.id}`, item);
  const nameSiblings = (siblings: readonly LiveResource[]): void => {
    const [first] = siblings;
    const own = first === undefined ? undefined : rules.get(first.kind);
    if (first === undefined || own === undefined || addresses.has(keyOf(first))) return;
    const prefix = parentKeys(own, first);
    for (const [item, key] of distinctKeys(own, prefix, siblings, used)) {
      addresses.set(keyOf(item), formatAddress(own.kind, [...prefix, key]));
    }
  };
  const parentKeys = (own: KindRules, item: LiveResource): readonly string[] => {
    if (own.parent === undefined) return [];
    const parent = parents.get(`${own.parent} ${item.parent_id ?? ""}`);
    if (parent === undefined) return [safeKey(item.parent_id ?? "")];
    nameSiblings(bySiblings.get(`${parent.kind} ${parent.parent_id ?? ""}`) ?? []);
    return [(addresses.get(keyOf(parent)) ?? "").slice(own.parent.length + 1)];
  };
  for (const siblings of bySiblings.values()) nameSiblings(siblings);
  return addresses;
}

/**
 * A key per sibling, made of its name. Where several would get one key, or something else has it, all of them carry
 * their ids, so that none of them changes when another one goes.
 */
function distinctKeys(
  rules: KindRules,
  prefix: readonly string[],
  siblings: readonly LiveResource[],
  used: Set<Address>,
): (readonly [LiveResource, string])[] {
  const free = (key: string): boolean => !used.has(formatAddress(rules.kind, [...prefix, key]));
  const byKey = new Map<string, LiveResource[]>();
  for (const item of siblings) append(byKey, plainKey(rules, item), item);
  const done: (readonly [LiveResource, string])[] = [];
  const give = (item: LiveResource, key: string): void => {
    used.add(formatAddress(rules.kind, [...prefix, key]));
    done.push([item, key]);
  };
  const crowded: LiveResource[] = [];
  for (const [key, items] of byKey) {
    const [item, ...others] = items;
    if (item !== undefined && others.length === 0 && free(key)) give(item, key);
    else crowded.push(...items);
  }
  crowded.sort((a, b) => compareText(a.id, b.id));
  for (const item of crowded) {
    const plain = keyWithId(rules, item);
    let key = plain;
    for (let count = 2; !free(key); count++) key = `${plain.slice(0, 120)}-${count}`;
    give(item, key);
  }
  return done;
}

function plainKey(rules: KindRules, item: LiveResource): string {
  const text = rules.key_text?.(item.fields) ?? item.name;
  const group = groupOfLive(rules, item);
  if (group === undefined) return fitting(rules, safeKey(text));
  return text === group ? group : `${group}/${safeKey(text.slice(group.length + 1))}`;
}

/** Which of its kind's sections a live one is in, where there are several. */
export function groupOfLive({ groups, key_text }: KindRules, { fields }: LiveResource): string | undefined {
  return groups === undefined ? undefined : key_text?.(fields).split("/")[0];
}

/** The id stays whole: it is what makes the key unique. */
function keyWithId(rules: KindRules, item: LiveResource): string {
  const id = safeKey(item.id).slice(0, 100);
  return fitting(rules, `${plainKey(rules, item).slice(0, 127 - id.length)}-${id}`);
}

/** The key in a form that the kind takes, where the usual replacements are enough for that. */
function fitting(rules: KindRules, key: string): string {
  if (rules.key_fits === undefined || rules.key_is_id || rules.key_fits(key)) return key;
  const plainer = key.replace(/[^A-Za-z0-9_]+/g, "-");
  return rules.key_fits(plainer) ? plainer : key;
}

const pattern = new RegExp(KEY_PATTERN);

function safeKey(name: string): string {
  const text = name
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 128);
  // No file may have a key that is another thing to most programs that read it.
  return pattern.test(text) && text !== "__proto__" ? text : `x${text}`.slice(0, 128);
}

function keyOf(item: LiveResource): string {
  return liveKey(item.kind, item.parent_id, item.id);
}
