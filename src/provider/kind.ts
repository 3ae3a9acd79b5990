// The kit for kinds: what a descriptor consists of, and `defineKind`, which checks it and derives the rules that
// the engine works with. One descriptor is one file under `providers/<vendor>/kinds/`.

import type { z } from "zod";
import { type Address, KEY_PATTERN } from "../base/address.ts";
import type { JsonValue } from "../base/json.ts";
import type { VendorPage } from "../model/explanation.ts";
import type { FieldPolicy, Fields, Implied, KindRules } from "../model/kind-rules.ts";
import type { LiveChild, LiveResource } from "../model/live.ts";
import type { Secret } from "./secret.ts";

/** JSON in which the secret marks have become values and the references vendor ids. */
export type ResolvedValue =
  | JsonValue
  | Secret
  | readonly ResolvedValue[]
  | { readonly [key: string]: ResolvedValue };
export type ResolvedFields = Readonly<Record<string, ResolvedValue>>;

/** Points at one live resource. */
export interface LiveRef {
  readonly id: string;
  readonly parent_id?: string;
}

/** A live resource and the account or team that it is in. */
export interface LivePlace extends LiveRef {
  readonly account: string;
}

export interface Listing {
  readonly resources: readonly LiveResource[];
  /** False when the answer shows that items are missing; absence then proves nothing. */
  readonly complete: boolean;
  readonly error?: string;
}

export interface CreateInput {
  readonly parent_id?: string;
  /** Declared fields and, where they are left out, the policies' `default`s. */
  readonly fields: ResolvedFields;
}

export interface Created {
  readonly live: LiveResource;
  /** A value the vendor shows only now. */
  readonly once?: Secret;
  /** What somebody has to do now, and learns from this answer alone. Holds no secret. */
  readonly note?: string;
}

export interface UpdateInput extends LiveRef {
  /** All declared fields, not only the changed ones. */
  readonly fields: ResolvedFields;
  /** Dotted paths that differ. */
  readonly changed: readonly string[];
}

/**
 * The thin API functions of a kind over the provider's clients. `R` reads, `W` also writes. All of them throw
 * `ProviderError` and nothing else for what the vendor or the network refuses.
 */
export interface KindApi<R, W extends R> {
  /** Everything of the kind in the account or in one parent, over all pages. */
  readonly list: (api: R, scope: { readonly parent_id?: string }) => Promise<Listing>;
  /** One by id, `null` when the vendor says there is none. Left out where the API has no such call. */
  readonly get?: (api: R, ref: LiveRef) => Promise<LiveResource | null>;
  /**
   * Where keys are names that the vendor alone can tell the ids of: what the key stands for.
   * Asked once for each declared one, before anything is compared.
   */
  readonly find?: (api: R, fields: Fields) => Promise<Found>;
  /** Live things inside it that no kind manages; read only before a delete. */
  readonly children?: (api: R, ref: LiveRef) => Promise<readonly LiveChild[]>;
  /** One request that creates. It never retries an unknown outcome. */
  readonly create: (api: W, input: CreateInput) => Promise<Created>;
  /** Re-entrant. Leaves every undeclared field as it is. Without it the kind is replaced. */
  readonly update?: (api: W, input: UpdateInput) => Promise<LiveResource>;
  /**
   * Gives the same one a new one-time value; the old one is dead from then on. Asked for only where no sink has the
   * old one, and as often as it takes. Without it such a one is deleted, and another is made.
   */
  readonly renewValue?: (api: W, ref: LiveRef) => Promise<Secret>;
  /** Succeeds when it is already gone. Without it the kind is forgotten. */
  readonly delete?: (api: W, ref: LiveRef) => Promise<void>;
}

/** What a key turned out to stand for, as fields in place of those made of it, or why nobody can tell. */
export type Found = { readonly fields: Fields } | { readonly problem: string; readonly hint: string };

/**
 * One of the sections that a kind's section consists of where it holds no resources itself: `budgets.projects`.
 */
export interface Group {
  /** It is no map but the one resource itself; `{}` says that there is none. */
  readonly single?: true;
  /** What it is for, in a few words: `the budgets of projects`. */
  readonly description: string;
  /** What the keys must look like, instead of `KEY_PATTERN`. */
  readonly key?: { readonly pattern: RegExp; readonly expected: string };
}

/** Everything that the files declare of a kind. */
export type DeclaredOnes = (
  kind: string,
) => readonly { readonly address: Address; readonly fields: Fields }[];

/** Names of the fields in a spec. */
export type FieldName<Spec extends z.ZodObject> = Extract<keyof z.infer<Spec>, string>;

export interface KindDefinition<Spec extends z.ZodObject, Extra extends string, R, W extends R> {
  readonly kind: string;
  readonly noun: string;
  /** One sentence for the reference and the editor. */
  readonly description: string;
  /** Kind this one is nested under in the file. */
  readonly parent?: string;
  /** Key of its map under the provider or the parent; `null` for a kind that is only ever implied. */
  readonly section: string | null;
  /**
   * The sections inside that one, each looked at by its own presence. A resource then has two keys, `projects/web`,
   * or that of the group alone where there is one of it only; all functions of the kind get them joined.
   */
  readonly groups?: Readonly<Record<string, Group>>;
  /** What a user may write; a strict object with title, description and examples on every field. */
  readonly spec: Spec;
  /** What the map's keys must look like beyond `KEY_PATTERN`, with words for the error. */
  readonly key?: { readonly pattern: RegExp; readonly max?: number; readonly expected: string };
  /** What the key of a live one is made of where a file is written for it; its name if left out. */
  readonly keyText?: (fields: Fields) => string;
  /** A whole valid body for schemas, docs and the contract suite. */
  readonly example: z.input<Spec>;
  /** A key for the examples, as a user would choose one. */
  readonly example_key: string;
  /** The vendor's own pages on it; an address only where it is known for certain. */
  readonly docs: readonly VendorPage[];
  readonly fields: { readonly [F in FieldName<Spec> | Extra]?: FieldPolicy };
  /** Fields that come from the map key and the parent: `id`, a defaulted `name`. Declared ones win. */
  readonly fromKey?: (key: string, declared: Fields) => Fields;
  readonly imply?: (
    declared: Fields,
    /** Child section → how many entries the file has there. */
    children: Readonly<Record<string, number>>,
  ) => Implied;
  /**
   * Addresses that plain values name (`vmc/<slug>`), or that have to be there first for what the fields say. Unknown
   * ones are ignored.
   */
  readonly inferNeeds?: (fields: Fields, declared: DeclaredOnes) => readonly Address[];
  readonly identity: (fields: Fields) => string | null;
  readonly identity_fields: readonly (FieldName<Spec> | Extra)[];
  /** A name that must be unique over the whole kind, or over all of one `space`, because the vendor derives it, with words for the error. */
  readonly derivedName?: {
    readonly of: (fields: Fields, parentKey: string) => string;
    readonly noun: string;
    /** Names what several kinds have to be unique in together. */
    readonly space?: string;
    /** The field that refers to another resource of the space, which then has the name for it, and what that replaces. */
    readonly held?: { readonly by: FieldName<Spec>; readonly instead_of: FieldName<Spec> };
  };
  readonly ownership?: "shared";
  readonly key_is_id?: true;
  readonly key_is_name?: true;
  readonly one_time_value?: true;
  /**
   * Where names are shared, neither an id nor a creator tells whose one is, and `update` gives another name: the name
   * that one is made under, with a mark of that one request. Nothing that somebody else made is taken for it then.
   */
  readonly made_as?: KindRules["made_as"];
  /** Together with `made_as`: tells such a name. */
  readonly is_made_as?: KindRules["is_made_as"];
  readonly exclusive?: "never";
  readonly unrelated?: KindRules["unrelated"];
  readonly spare?: KindRules["spare"];
  readonly part_of?: KindRules["part_of"];
  readonly write_permission?: KindRules["write_permission"];
  readonly settles_within: number;
  readonly state?: KindRules["state"];
  readonly gap_risk?: KindRules["gap_risk"];
  readonly delete_takes?: string;
  /** Where what it is for is reached, by what one would call it: `universal`. For people to copy. */
  readonly urls?: (place: LivePlace) => Readonly<Record<string, string>>;
  readonly api: KindApi<R, W>;
}

/** A descriptor as the rest of the program handles it: its types erased, its rules derived. */
export interface Kind<R = never, W extends R = never> {
  readonly definition: Omit<KindDefinition<z.ZodObject, string, R, W>, "example"> & {
    readonly example: unknown;
  };
  readonly rules: KindRules;
  readonly api: KindApi<R, W>;
}

/** Checks a descriptor at compile time and derives its rules. */
export function defineKind<Spec extends z.ZodObject, Extra extends string, R, W extends R>(
  definition: KindDefinition<Spec, Extra, R, W>,
): Kind<R, W> {
  const provider = definition.kind.split(".")[0] ?? "";
  const { key, groups } = definition;
  const rules: KindRules = {
    kind: definition.kind,
    noun: definition.noun,
    ...(definition.parent === undefined ? {} : { parent: definition.parent }),
    section: definition.section === null ? null : `${provider}.${definition.section}`,
    fields: definition.fields as Readonly<Record<string, FieldPolicy>>,
    ownership: definition.ownership ?? "owned",
    identity: definition.identity,
    identity_fields: definition.identity_fields,
    ...(definition.derivedName === undefined ? {} : { unique_name: definition.derivedName.of }),
    ...(definition.keyText === undefined ? {} : { key_text: definition.keyText }),
    ...(groups === undefined
      ? {}
      : { groups: Object.keys(groups), key_fits: (text: string) => fitsGroup(groups, text) }),
    ...(key === undefined
      ? {}
      : { key_fits: (text: string) => key.pattern.test(text) && text.length <= (key.max ?? text.length) }),
    key_is_id: definition.key_is_id ?? false,
    ...(definition.key_is_name === undefined ? {} : { key_is_name: definition.key_is_name }),
    has_children: definition.api.children !== undefined,
    can_update: definition.api.update !== undefined,
    can_delete: definition.api.delete !== undefined,
    one_time_value: definition.one_time_value ?? false,
    can_renew: definition.api.renewValue !== undefined,
    ...(definition.made_as === undefined ? {} : { made_as: definition.made_as }),
    ...(definition.is_made_as === undefined ? {} : { is_made_as: definition.is_made_as }),
    exclusive: definition.exclusive ?? "allowed",
    ...(definition.unrelated === undefined ? {} : { unrelated: definition.unrelated }),
    ...(definition.spare === undefined ? {} : { spare: definition.spare }),
    ...(definition.part_of === undefined ? {} : { part_of: definition.part_of }),
    settles_within: definition.settles_within,
    ...(definition.state === undefined ? {} : { state: definition.state }),
    ...(definition.gap_risk === undefined ? {} : { gap_risk: definition.gap_risk }),
    ...(definition.delete_takes === undefined ? {} : { delete_takes: definition.delete_takes }),
    ...(definition.write_permission === undefined ? {} : { write_permission: definition.write_permission }),
  };
  // The erased view: callers treat `spec` and `example` as data and never rely on their precise type.
  return { definition: definition as unknown as Kind<R, W>["definition"], rules, api: definition.api };
}

/** Whether keys, joined, are those of a resource in one of the groups. */
function fitsGroup(groups: Readonly<Record<string, Group>>, text: string): boolean {
  const [name = "", ...keys] = text.split("/");
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (group?.single === true) return keys.length === 0;
  const [key = ""] = keys;
  return group !== undefined && keys.length === 1 && (group.key?.pattern ?? anyKey).test(key);
}

const anyKey = new RegExp(KEY_PATTERN);
