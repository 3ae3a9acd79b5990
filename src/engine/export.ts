// Live → what a file would say: every live resource that is selected, named, under its parent, with the fields and
// secret sources that a file needs. Pure; whether the specs take it, and the text, come after.

import { type Address, kindOf } from "../base/address.ts";
import { compareText } from "../base/json.ts";
import { append } from "../base/multimap.ts";
import type { Desired } from "../model/desired.ts";
import type { Claim, ExportedResource, ExportedSection, LeftOut } from "../model/exported.ts";
import type { Fields, KindRules } from "../model/kind-rules.ts";
import type { Ledger } from "../model/ledger.ts";
import { type LiveResource, type LiveState, liveKey } from "../model/live.ts";
import { identityKey, identityKeyOfLive, isBeside } from "./context.ts";
import { type ExportKind, writtenFields } from "./export-fields.ts";
import { withSources } from "./export-secrets.ts";
import { isInFile, isSelected, type Selection } from "./export-select.ts";
import { addressesOfLive } from "./naming.ts";
import { canonicalFields } from "./normalise.ts";

export interface ExportInput {
  /** Of the connected providers, parents before children. */
  readonly kinds: readonly ExportKind[];
  readonly live: LiveState;
  readonly ledger: Ledger | null;
  /** What the files at hand declare: their addresses and secret sources are kept. */
  readonly declared: Desired["resources"];
  readonly selection: Selection;
  readonly with_defaults: boolean;
  /** Variables that hold something else. */
  readonly reserved_env: ReadonlySet<string>;
}

/** The top sections of the file, in the order of the kinds. */
export function exportLive(input: ExportInput): readonly ExportedSection[] {
  const found = new Finder(input);
  const sections = found.sections(undefined, []);
  const sources = withSources({
    uses: sections.flatMap(listExported),
    declared: new Map(input.declared.map(({ address, fields }) => [address, fields])),
    reserved: input.reserved_env,
  });
  const complete = (section: ExportedSection): ExportedSection => ({
    ...section,
    resources: section.resources.map((resource) => ({
      ...resource,
      ...sources.get(resource.address),
      sections: resource.sections.map(complete),
    })),
  });
  return sections.map(complete);
}

/** All resources of a section, parents before what lives in them. */
export function listExported(section: ExportedSection): readonly ExportedResource[] {
  return section.resources.flatMap((resource) => [resource, ...resource.sections.flatMap(listExported)]);
}

/** Everything of a section that is left out, what lives in its resources included. */
export function listLeftOut(section: ExportedSection): readonly LeftOut[] {
  return [
    ...section.left_out,
    ...section.resources.flatMap((resource) => resource.sections.flatMap(listLeftOut)),
  ];
}

class Finder {
  readonly #input: ExportInput;
  readonly #addresses: ReadonlyMap<string, Address>;
  /** `liveKey`s of what a ledger has. */
  readonly #owned: ReadonlySet<string>;
  readonly #siblings = new Map<string, LiveResource[]>();
  /** What cannot be told apart → all live resources of which that is true, those of the ledger excepted. */
  readonly #twins = new Map<string, LiveResource[]>();

  constructor(input: ExportInput) {
    this.#input = input;
    const entries = Object.entries(input.ledger?.resources ?? {});
    const retiring = new Set(
      entries.flatMap(([, entry]) =>
        (entry.retiring ?? []).map(({ id }) => liveKey(entry.kind, entry.parent_id, id)),
      ),
    );
    const known = new Map<string, Address>();
    for (const [address, { kind, parent_id, id }] of entries) {
      if (id !== null) known.set(liveKey(kind, parent_id, id), address);
    }
    this.#owned = new Set(known.keys());
    // Earlier ids of an address go by themselves, and what belongs to something else goes with that: they are
    // nothing to declare.
    const live = input.live.resources.filter(
      (item) => !retiring.has(keyOf(item)) && (item.part_of === undefined || this.#owned.has(keyOf(item))),
    );
    for (const item of live) {
      append(this.#siblings, `${item.kind} ${item.parent_id ?? ""}`, item);
      if (!this.#owned.has(keyOf(item))) append(this.#twins, this.#identityOf(item), item);
    }
    this.#addresses = addressesOfLive({
      live,
      rules: new Map(input.kinds.map(({ rules }) => [rules.kind, rules])),
      known: new Map([...this.#declaredOnes(live), ...known]),
      taken: new Set([
        ...entries.map(([address]) => address),
        ...input.declared.map(({ address }) => address),
      ]),
    });
  }

  /** The sections that stand in a parent, or at the top. */
  sections(parent: LiveResource | undefined, path: readonly Address[]): readonly ExportedSection[] {
    const { kinds, selection } = this.#input;
    const here = kinds.filter(
      ({ rules }) => rules.parent === parent?.kind && isInFile(selection, rules.kind),
    );
    return here.flatMap((kind) => {
      const section = this.#section(kind, parent, path);
      const { rules } = kind;
      // In a parent that is there only for something else in it, a section stands for what it holds.
      const whole = parent === undefined || isSelected(selection, rules.kind, path);
      return whole || section.resources.length > 0 || section.left_out.length > 0 ? [section] : [];
    });
  }

  #section(kind: ExportKind, parent: LiveResource | undefined, path: readonly Address[]): ExportedSection {
    const { rules } = kind;
    const resources: ExportedResource[] = [];
    const left_out: LeftOut[] = [];
    for (const live of this.#inOrder(rules, parent)) {
      if (isBeside(rules, live) && !this.#owned.has(keyOf(live))) continue;
      const address = this.#addressOf(live);
      const inside = [...path, address];
      const sections = this.sections(live, inside);
      const filled = sections.some((section) => section.resources.length + section.left_out.length > 0);
      if (!isSelected(this.#input.selection, rules.kind, inside) && !filled) continue;
      const problem = keyProblem(rules, live, ownKeyOf(rules, address));
      if (problem === undefined) resources.push(this.#resource(kind, live, parent, sections));
      else {
        const reason = filled ? `${problem}; nor is what lives in it` : problem;
        left_out.push({ address, noun: rules.noun, id: live.id, name: live.name, reason });
      }
    }
    return { kind: rules.kind, resources, left_out };
  }

  #resource(
    kind: ExportKind,
    live: LiveResource,
    parent: LiveResource | undefined,
    sections: readonly ExportedSection[],
  ): ExportedResource {
    const address = this.#addressOf(live);
    const key = ownKeyOf(kind.rules, address);
    const { fields, fixed } = writtenFields({
      kind,
      live,
      key,
      children: Object.fromEntries(
        sections.map(({ kind: name, resources }) => [
          this.#kindOf(name)?.definition.section ?? "",
          resources.length,
        ]),
      ),
      with_defaults: this.#input.with_defaults,
      idOf: (name) => this.#siblings.get(`${name} `)?.[0]?.id,
    });
    const held = this.#withHolder(kind, live, fields);
    return {
      address,
      kind: live.kind,
      key,
      id: live.id,
      ...(live.parent_id === undefined ? {} : { parent_id: live.parent_id }),
      name: live.name,
      fields: held,
      fixed,
      claims: this.#claimsOf(kind, live, parent, held === fields),
      twins: this.#twinsOf(kind.rules, live),
      new_env: [],
      sections,
    };
  }

  /** What is written by itself and has the name for another one is referred to, in place of a value. */
  #withHolder({ definition }: ExportKind, live: LiveResource, fields: Fields): Fields {
    const { held } = definition.derivedName ?? {};
    if (held === undefined) return fields;
    const holder = this.#input.live.resources.find(
      (other) => other.part_of?.key === keyOf(live) && this.#owned.has(keyOf(other)),
    );
    if (holder === undefined) return fields;
    const address = this.#addressOf(holder);
    if (!isSelected(this.#input.selection, holder.kind, [address])) return fields;
    const { [held.instead_of]: _, ...rest } = fields;
    return { ...rest, [held.by]: { $ref: address } };
  }

  /** What makes it one of a kind in its parent, and a name that the vendor derives, unless another one has that for it. */
  #claimsOf(
    { rules, definition }: ExportKind,
    live: LiveResource,
    parent: LiveResource | undefined,
    named: boolean,
  ): Claim[] {
    const { derivedName } = definition;
    const parentKey = parent === undefined ? "" : lastKey(this.#addressOf(parent));
    const claims: Claim[] = [];
    if (rules.identity(live.fields) !== null) {
      claims.push({ of: this.#identityOf(live), noun: rules.identity_fields.join(" and ") });
    }
    if (derivedName !== undefined && named) {
      claims.push({
        of: `${derivedName.space ?? rules.kind} derived ${derivedName.of(live.fields, parentKey)}`,
        noun: derivedName.noun,
      });
    }
    return claims;
  }

  /** What is owned first, then by age: of two that stand for one thing the file gets the earlier one. */
  #inOrder(rules: KindRules, parent: LiveResource | undefined): readonly LiveResource[] {
    const unowned = (live: LiveResource): number => (this.#owned.has(keyOf(live)) ? 0 : 1);
    return [...(this.#siblings.get(`${rules.kind} ${parent?.id ?? ""}`) ?? [])].sort(
      (a, b) =>
        unowned(a) - unowned(b) || (a.created_at ?? 0) - (b.created_at ?? 0) || compareText(a.id, b.id),
    );
  }

  #twinsOf(rules: KindRules, live: LiveResource): readonly string[] {
    if (rules.identity(live.fields) !== null || this.#owned.has(keyOf(live))) return [];
    const others = (this.#twins.get(this.#identityOf(live)) ?? []).filter((other) => other.id !== live.id);
    return others.map(({ id }) => id).sort(compareText);
  }

  /** Live things that the files at hand declare, by what makes them one of a kind. */
  #declaredOnes(live: readonly LiveResource[]): ReadonlyMap<string, Address> {
    const byIdentity = new Map<string, LiveResource[]>();
    for (const item of live) append(byIdentity, this.#identityOf(item), item);
    const declared = new Map(this.#input.declared.map((resource) => [resource.address, resource]));
    const place = (address: Address | undefined): LiveResource | undefined => {
      const resource = address === undefined ? undefined : declared.get(address);
      const rules = resource === undefined ? undefined : this.#kindOf(resource.kind)?.rules;
      if (resource === undefined || rules === undefined) return undefined;
      const parent = place(resource.parent);
      if (resource.parent !== undefined && parent === undefined) return undefined;
      const same = byIdentity.get(identityKey(rules, parent?.id, canonicalFields(rules, resource.fields)));
      return same?.length === 1 ? same[0] : undefined;
    };
    const known = new Map<string, Address>();
    for (const { address } of this.#input.declared) {
      const item = place(address);
      if (item !== undefined) known.set(keyOf(item), address);
    }
    return known;
  }

  #identityOf(live: LiveResource): string {
    const kind = this.#kindOf(live.kind);
    return kind === undefined ? keyOf(live) : identityKeyOfLive(kind.rules, live);
  }

  #addressOf(live: LiveResource): Address {
    return this.#addresses.get(keyOf(live)) ?? `${live.kind}.${live.id}`;
  }

  #kindOf(name: string): ExportKind | undefined {
    return this.#input.kinds.find(({ rules }) => rules.kind === name);
  }
}

function keyProblem(rules: KindRules, live: LiveResource, key: string): string | undefined {
  const fits = rules.key_fits?.(key) !== false;
  if (rules.key_is_id) return key === live.id && fits ? undefined : "its id cannot be a key of the file";
  return fits ? undefined : "nothing of its name can be a key of the file";
}

/** Its key in its section, joined to its group's. */
function ownKeyOf({ groups }: KindRules, address: Address): string {
  return groups === undefined ? lastKey(address) : address.slice(kindOf(address).length + 1);
}

function lastKey(address: Address): string {
  const keys = address.slice(kindOf(address).length + 1);
  return keys.slice(keys.lastIndexOf("/") + 1);
}

function keyOf(live: LiveResource): string {
  return liveKey(live.kind, live.parent_id, live.id);
}
