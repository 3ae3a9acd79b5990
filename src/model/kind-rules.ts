// What the engine knows of a kind: its field policies, identity and limits, as data and small pure functions.
// Each kind's descriptor provides one; the engine has no other knowledge of any kind.

import type { JsonObject, JsonValue } from "../base/json.ts";

/** Fields of a resource in the file's own vocabulary; secrets and references stand as marks. */
export type Fields = Readonly<Record<string, JsonValue>>;

export interface RiskRule {
  /** Stable and lower case: `authentication-off`. */
  readonly code: string;
  /** What it means for the reader of a plan, one sentence. */
  readonly message: string;
  /** True when going from one canonical value to the other takes a protection away. */
  readonly when: (before: JsonValue, after: JsonValue) => boolean;
}

/** A protection that is missing for as long as nothing stands in the place of something. */
export interface GapRisk {
  readonly code: string;
  /** What it means for the reader of a plan, whatever went; one sentence. */
  readonly message: string;
  /** The same of the one that goes; `undefined` where nothing is missing without it. */
  readonly of: (before: Fields) => string | undefined;
}

export interface FieldPolicy {
  /** Sent once on create when the file leaves the field out, because the API requires it; not owned. */
  readonly default?: JsonValue;
  /** Cannot be changed in place: a difference means replacement. */
  readonly immutable?: true;
  /**
   * Of an immutable one: nor can another resource take the place of this one, which keeps its id and this value even
   * when it is deleted. A difference is refused.
   */
  readonly irreplaceable?: true;
  /** Never returned by the API: compared by fingerprint with what the ledger says was written. */
  readonly write_only?: true;
  /**
   * No secret, and yet never answered: the ledger says what was sent. Where it says nothing, what is declared is
   * taken to be so.
   */
  readonly unanswered?: true;
  /** Of an unanswered one: read when the resource is made and of no effect afterwards, so a difference is no change. */
  readonly inert?: true;
  /** May be left out for one that exists, and not for one that is to be made. */
  readonly needed_to_create?: true;
  /** Holds secrets that the API does return: they exist only as fingerprints outside the provider. */
  readonly sensitive?: true;
  /** The server may fill in a value that nobody sent. */
  readonly server_default?: true;
  /** Reported by the server and never settable: kept out of comparison and preconditions. */
  readonly measured?: true;
  readonly risk?: RiskRule;
  /** What a value grants beyond what files alone may: each needs the runner's leave by name (`--allow-permission`). */
  readonly grants?: {
    readonly beyond: (value: JsonValue) => readonly string[];
    /** What to say of a name that may be mistyped. */
    readonly near?: (name: string) => string | undefined;
  };
  /** True when going from one canonical value to the other takes something from whoever uses it as a credential. */
  readonly cuts?: (before: JsonValue, after: JsonValue) => boolean;
  /** How a list compares: in order, as a set, or by a key of its items. The default is `ordered`. */
  readonly collection?: "ordered" | "set" | { readonly keyed: string };
  /** A nested object whose members are owned one by one, as the API merges them. Others are owned whole. */
  readonly merge?: true;
  /**
   * The one form of a value: equal settings become equal values (0 and null for "off", an absent value and
   * its default). It gets `null` for an absent field.
   */
  readonly canonical?: (value: JsonValue) => JsonValue;
  /** Fills parts that the server assigns and the file leaves out, from the live value. */
  readonly complete?: (declared: JsonValue, live: JsonValue) => JsonValue;
  /**
   * What of a canonical live value a file has to say, the rest being what the server fills in by itself;
   * `undefined` for nothing. By default a value that equals an absent one, or `default`, need not be said.
   */
  readonly shorten?: (value: JsonValue, fields: Fields) => JsonValue | undefined;
}

/** What a declared resource brings into being or needs without saying so. */
export interface Implied {
  /** Fields that the file leaves out and this resource gets. */
  readonly fields?: Fields;
  /** Shared resources that it counts as declaring. */
  readonly resources?: readonly { readonly kind: string; readonly key: string; readonly fields: Fields }[];
}

/** What identifies and describes a live resource, for rules. */
export interface LiveLook {
  readonly id: string;
  readonly parent_id?: string;
  readonly fields: Fields;
}

/** How something that belongs to a resource of another kind is told from one that stands for itself. */
export interface PartRule {
  /** The kind of what it may belong to, which lives in something itself. */
  readonly kind: string;
  /** Whether it may belong to something in this parent; spares reading what lives in the others. */
  readonly within: (live: LiveLook, parentId: string) => boolean;
  readonly is: (live: LiveLook, whole: LiveLook) => boolean;
}

/** How far the vendor is with something that it makes in the background. */
export interface State {
  /** It will not come to what it is meant to be. */
  readonly failed: boolean;
  /** Follows the address in a sentence: `is pending_dcv at Cloudflare`. */
  readonly text: string;
  readonly hint?: string;
}

export interface KindRules {
  /** `cloudflare.gateway` */
  readonly kind: string;
  /** How a sentence names one: `gateway`. */
  readonly noun: string;
  /** The kind that this one lives in. */
  readonly parent?: string;
  /** Where it stands in the file, as `policy.exclusive` names it: `cloudflare.gateways`. `null`: implied only. */
  readonly section: string | null;
  readonly fields: Readonly<Record<string, FieldPolicy>>;
  /** `shared` things are used where they exist, created where they do not, and never owned or destroyed. */
  readonly ownership: "owned" | "shared";
  /** The sections that its section consists of; the first of its own keys says in which one it is. */
  readonly groups?: readonly string[];
  /** What makes it one of a kind within its parent before an id is known; `null` when only the id does. */
  readonly identity: (fields: Fields) => string | null;
  /** A name that no two may have at the same time, whatever they live in; from the fields and the parent's key. */
  readonly unique_name?: (fields: Fields, parentKey: string) => string;
  /** What the map key of a live one is made of; its name if left out. */
  readonly key_text?: (fields: Fields) => string;
  /** Whether the kind takes a text as map key, where it asks for more than `KEY_PATTERN`. */
  readonly key_fits?: (key: string) => boolean;
  /** Fields that go into `identity`, for messages and for `moved`. */
  readonly identity_fields: readonly string[];
  /** True where the map key is the vendor's id, so that a changed key is another resource. */
  readonly key_is_id: boolean;
  /** True where the map key is the vendor's name for it and cannot change, unless the file gives it another name. */
  readonly key_is_name?: true;
  /** It may hold live things that no kind manages; a delete reads and lists them. */
  readonly has_children: boolean;
  readonly can_update: boolean;
  readonly can_delete: boolean;
  /** The create call returns a value once, which must reach a sink. */
  readonly one_time_value: boolean;
  /** The vendor gives the same one another such value, so that one whose value was lost can stay. */
  readonly can_renew: boolean;
  /** The name that one is made under: its own and a mark that nothing else has. It gets its own name once its id is known. */
  readonly made_as?: (name: string, mark: string) => string;
  /** Whether a live name is one that something of a declared name is made under. */
  readonly is_made_as?: (live: string, name: string) => boolean;
  /** Whether `policy.exclusive` may delete what nobody declares. */
  readonly exclusive: "allowed" | "never";
  /** A live one that has nothing to do with what files are about: unless one declares it, nobody needs to hear of it. */
  readonly unrelated?: (live: { readonly fields: Fields }) => boolean;
  /** Live resources that `exclusive` must spare all the same, and the clause that says which these are. */
  readonly spare?: {
    readonly is: (live: { readonly id: string; readonly fields: Fields }) => boolean;
    readonly words: string;
  };
  /** It may belong to something of another kind, which then is the only one to have it. */
  readonly part_of?: PartRule;
  /** Seconds for which a read may still show the value from before a write. */
  readonly settles_within: number;
  /** Of a live one that is not yet, or no more, or will never be, what it is meant to be. `now` in ms since 1970. */
  readonly state?: (fields: Fields, now: number) => State | undefined;
  /** What is so between the delete of one and the create of another in its place. */
  readonly gap_risk?: GapRisk;
  /** What else a delete takes away, said in the plan: "its logs". */
  readonly delete_takes?: string;
  /** What the vendor calls the permission that writing takes: once it is refused, all writes that take it are. */
  readonly write_permission?: string;
}

export type RulesByKind = ReadonlyMap<string, KindRules>;

/** The policy of a field; fields without one have no special rules. */
export function policyOf(rules: KindRules, field: string): FieldPolicy {
  return Object.hasOwn(rules.fields, field) ? (rules.fields[field] as FieldPolicy) : NO_POLICY;
}

/** Whether the API answers a field's value, so that it can be compared with what is live. */
export function isAnswered(policy: FieldPolicy | undefined): boolean {
  return policy?.write_only !== true && policy?.unanswered !== true;
}

/** Every risk that steps on a kind can carry, each with the field that it is told of. */
export function risksOfKind({
  fields,
  gap_risk,
  identity_fields,
}: KindRules): readonly { readonly code: string; readonly field: string; readonly message: string }[] {
  const own = Object.entries(fields).flatMap(([field, { risk }]) =>
    risk === undefined ? [] : [{ code: risk.code, field, message: risk.message }],
  );
  if (gap_risk === undefined) return own;
  return [...own, { code: gap_risk.code, field: gapFieldOf({ identity_fields }), message: gap_risk.message }];
}

/** The field that the risk of a gap is told of. */
export function gapFieldOf({ identity_fields }: Pick<KindRules, "identity_fields">): string {
  return identity_fields[0] ?? "";
}

const NO_POLICY: FieldPolicy = {};

export type { JsonObject, JsonValue };
