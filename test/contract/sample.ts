// What the contract suite needs to know of a kind. Types only; one file per kind under `samples/` fills them in.

import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import type { Switches } from "../../src/reference-server/index.ts";
import type { State } from "../../src/reference-server/state.ts";
import type { Vendors } from "./stage.ts";

/** What a file says about one resource. */
export type Body = Readonly<Record<string, JsonValue>>;

/** Map key → body. */
export type Entries = Readonly<Record<string, Body>>;

/** Why a case does not apply to a kind: a sentence for the footnote. */
export interface NotApplicable {
  readonly na: string;
}

/** One thing that is live, as the server keeps it. */
export interface Live {
  readonly id: string;
  readonly record: JsonObject;
}

/** A value that the server must hold: a dotted path in its record. */
export type Held = readonly [path: string, value: JsonValue];

/** One field, or one member of an object that is owned member by member, set from one value to another. */
export interface FieldChange {
  /** Dotted path as a plan shows it. */
  readonly path: string;
  readonly from: JsonValue;
  readonly to: JsonValue;
  /** What else the body needs for this to be valid. */
  readonly beside?: Body;
  /** What has to change along with it, for the body to stay valid. */
  readonly along?: Body;
  /** What the server holds afterwards; by default `to` at the same path. */
  readonly held?: Held;
  /** For fields that cannot be changed in place. */
  readonly replace?: "create-first" | "gap";
}

export interface Sample {
  readonly kind: string;
  /** Map key of the resource that the cases work on. */
  readonly key: string;
  readonly address: string;
  /** The file's blocks that declare these entries, with what must stand around them; `{}` declares none. */
  readonly block: (entries: Entries) => JsonObject;
  readonly minimal: Body;
  readonly full: Body;
  /** Fields that exclude others of `full`, so that they are missing there, with the reason. */
  readonly apart?: Readonly<Record<string, string>>;
  /** Three of different identities, `key` among them. */
  readonly several: Entries;
  /** Values of the secrets that the bodies name. */
  readonly env: Readonly<Record<string, string>>;
  readonly changes: readonly FieldChange[];
  /** Paths of the spec that no change can cover, with the reason. */
  readonly unvaried: Readonly<Record<string, string>>;
  /** Bodies that mean the same to the vendor. */
  readonly forms: readonly (readonly Body[])[] | NotApplicable;
  readonly release:
    | { readonly before: Body; readonly after: Body; readonly path: string; readonly held: Held }
    | NotApplicable;
  readonly secret:
    | {
        readonly path: string;
        /** A body that takes its secret from this source. */
        readonly body: (source: JsonObject) => Body;
        /** The secret as the server holds it. */
        readonly stored: (state: State, live: Live) => string | undefined;
      }
    | NotApplicable;
  /** Everything of the kind that is live. */
  readonly live: (state: State) => readonly Live[];
  /** Path of the list and of the create call, as a regular expression. */
  readonly path: string;
  /** Positions of switches for all cases; `lag` has its own. For kinds whose reads lag in a profile. */
  readonly switches?: Partial<Switches>;
  /** Makes one of the same identity (or name) as `minimal` under `key`, with its values. */
  readonly twin:
    | {
        readonly make: (vendors: Vendors) => Promise<string>;
        /** Differs from the twin in one field, which can be changed in place. */
        readonly differing: Body | NotApplicable;
        /** Requests that this change takes; one if left out. */
        readonly writes?: number;
      }
    | NotApplicable;
  readonly remove: ((vendors: Vendors, live: Live) => Promise<unknown>) | NotApplicable;
  /** Changes an owned field of `full` to another value. */
  readonly drift:
    | {
        readonly path: string;
        readonly change: (vendors: Vendors, live: Live) => Promise<unknown>;
        readonly held: Held;
      }
    | NotApplicable;
  /** Sets a field that `before` and `after` leave out; the step between the two must not touch it. */
  readonly undeclared:
    | {
        readonly before: Body;
        readonly after: Body;
        readonly set: (vendors: Vendors, live: Live) => Promise<unknown>;
        readonly held: readonly Held[];
      }
    | NotApplicable;
  /** What remains of a removed one and should not: ids of things that only it used. */
  readonly remains?: (state: State, old: Live) => readonly string[];
  /** What lives in one. */
  readonly inside:
    | {
        /** The file with one managed thing in it, and with the whole section empty. */
        readonly block: JsonObject;
        readonly address: string;
        /** Puts something into it that no kind manages. */
        readonly put: (vendors: Vendors) => Promise<unknown>;
        /** What is left of the managed thing. */
        readonly left: (state: State) => readonly unknown[];
      }
    | NotApplicable;
  /** How reads of this kind can lag behind writes: switches of the server, and a step that meets the lag. */
  readonly lag:
    | {
        readonly switches: Partial<Switches>;
        readonly before: Body;
        readonly after: Body;
        /** Whether the old value is still read after the apply; else the apply itself waits for the lag. */
        readonly settling: boolean;
      }
    | NotApplicable;
  /** The file that holds a delivered value, seen from the working directory, and the value that is live. */
  readonly delivered?: {
    readonly file: string;
    readonly value: (live: Live) => string;
    /** The vendor gives one whose value was lost another one. */
    readonly renewed?: true;
  };
  /** Why whole cases do not apply, by their id. */
  readonly not?: Readonly<Record<string, string>>;
}

export function isNotApplicable(part: object): part is NotApplicable {
  return "na" in part;
}
