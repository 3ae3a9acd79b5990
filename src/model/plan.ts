// The plan: data that a person reviews, a file keeps, apply consumes and every renderer draws.

import type { Address } from "../base/address.ts";
import type { Diagnostic, Position } from "../base/diagnostic.ts";
import type { JsonValue } from "../base/json.ts";
import type { PlanBehaviour } from "./behaviour.ts";
import type { Lifecycle } from "./desired.ts";
import type { Fields } from "./kind-rules.ts";
import type { LiveChild } from "./live.ts";
import type { Sink } from "./sink.ts";

export type Action = "create" | "update" | "delete" | "adopt" | "forget" | "check-secret" | "record";

/** Why a step is there. */
export type Reason =
  | "new" // declared, not live, not in the ledger
  | "vanished" // declared and in the ledger, but gone
  | "interrupted" // an earlier run was cut off half-way
  | "undelivered" // made by an earlier run, and its one-time value lost before any sink got it
  | "changed" // declared fields differ
  | "replaced" // an immutable field differs
  | "removed" // in the ledger, no longer declared
  | "destroyed" // everything that the stack has goes
  | "exclusive" // live and undeclared in an exclusive section
  | "child" // goes because its parent goes
  | "retired" // an earlier id of an address whose time is over
  | "rotate" // somebody asked for another value
  | "rotation-due" // its value is older than the file lets it become
  | "existing" // live, to be taken over
  | "retained" // no longer declared, to be kept
  | "gone" // no longer declared, no longer live
  | "moved" // declared under another address
  | "lifecycle" // only lifecycle settings differ
  | "claimed" // newly declared fields that already have the declared value
  | "released" // fields that are no longer declared
  | "secret"; // whether a secret changed can only be told at apply

/** Which side moved since the last apply. `unknown`: nothing was applied before, or nobody can tell. */
export type Moved = "config" | "world" | "both" | "unknown";

export interface Change {
  /** Dotted path in the file's vocabulary. */
  readonly path: string;
  /** Live value; secrets as marks. `null` also stands for an absent value. */
  readonly before: JsonValue;
  /** Declared value; secrets and unresolved references as marks. */
  readonly after: JsonValue;
  readonly moved: Moved;
  readonly forces_replacement?: true;
  /** The value is a secret or holds one. */
  readonly sensitive?: true;
}

export interface Risk {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  /** It is so only until the step is done. */
  readonly meanwhile?: true;
}

/** What must still be so when the step runs. */
export type Expects =
  | { readonly state: "absent" }
  | {
      readonly state: "present";
      readonly id: string;
      readonly mark?: string;
      readonly fields: Fields;
      /** For deletes: ids of the live children. */
      readonly children?: readonly string[];
      /** The ledger has it under this step's address; `protected`: it also forbids to remove it, which the plan lifts. */
      readonly ledger?: "owned" | "protected";
    }
  /** Ledger-only steps expect nothing of the vendor. */
  | { readonly state: "any" };

/** What a create, update or adopt works towards; all that execution needs beside ids. */
export interface StepBody {
  readonly fields: Fields;
  /** Sent on create only, not owned. */
  readonly defaults: Fields;
  readonly lifecycle: Lifecycle;
  readonly deliver?: readonly Sink[];
  /** Addresses, for the ledger. */
  readonly needs: readonly Address[];
}

export interface Step {
  /** `<action> <address>`; a retired id is added after "#". Unique in the plan. */
  readonly id: string;
  readonly action: Action;
  readonly address: Address;
  readonly kind: string;
  readonly vendor_id: string | null;
  readonly parent?: Address;
  readonly parent_id?: string;
  readonly changes: readonly Change[];
  /** Ids of the steps that must have succeeded before. */
  readonly needs: readonly string[];
  readonly expects: Expects;
  readonly reason: Reason;
  readonly risks: readonly Risk[];
  readonly body?: StepBody;
  /** Half of a replacement; `gap`: the old one goes before the new one is there. */
  readonly replacement?: "create-first" | "gap";
  /** Of a create: the address of what has its identity, or its name, until this plan deletes that. */
  readonly instead_of?: Address;
  /** Of a create that rotates: the id whose place it takes, and how long that stays live beside it: `24h`. */
  readonly retires?: { readonly id: string; readonly grace: string };
  /** What takes its live object along when that is deleted, in this plan too. */
  readonly along?: Address;
  /** Of a `record`: the address that the ledger has it under until then. */
  readonly from?: Address;
  /** Of such a `record`: the id of what the ledger has under the address until then, which gets `from` in exchange. */
  readonly exchange?: string;
  /** Of a delete: what goes with it. */
  readonly children?: readonly LiveChild[];
  /** Of a delete: `removed` names it, so that a reviewer has seen it and the brake does not count it. */
  readonly reviewed?: true;
  /** Live ids of the same name or identity at plan time: a create's intent records them. */
  readonly known_ids?: readonly string[];
  /** Declared paths that are no longer owned after this step. */
  readonly released?: readonly string[];
  /** Declared paths that had the declared value already and are owned after this step. */
  readonly claimed?: readonly string[];
}

export interface UnmanagedItem {
  readonly kind: string;
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
}

export interface Refusal {
  readonly address: Address;
  /** `NOT_OWNED`, `PREVENT_DESTROY`, `READ_INCOMPLETE`, `AMBIGUOUS`, `BLOCKED`, … */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Where the file declares it. */
  readonly position?: Position;
  /** The refused address that this one depends on. */
  readonly because?: Address;
}

export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly rotate: number;
  readonly delete: number;
  readonly adopt: number;
  readonly forget: number;
  readonly record: number;
  readonly check_secret: number;
  readonly unchanged: number;
  readonly unmanaged: number;
  readonly refused: number;
  /** Deletes that the brake counts; see `allowed_deletes`. */
  readonly counted_deletes: number;
}

/** A value that a read may still show in its old form; not a change. */
export interface SettlingItem {
  readonly address: Address;
  readonly path: string;
  readonly until: string;
}

export interface Plan {
  readonly format: 1;
  readonly stack: string;
  /** `null`: made without a ledger; applies only while there is still none. */
  readonly lineage: string | null;
  readonly serial: number | null;
  readonly accounts: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly created_at: string;
  /** `--target`s as given: the plan is about what they select and nothing else. */
  readonly partial?: readonly string[];
  readonly steps: readonly Step[];
  readonly unchanged: readonly Address[];
  readonly kept: readonly Address[];
  readonly settling: readonly SettlingItem[];
  readonly unmanaged: readonly UnmanagedItem[];
  readonly refused: readonly Refusal[];
  readonly allowed_deletes: number;
  /** What requests get before and after; left out where that cannot be told. For the reader: nothing acts on it. */
  readonly behaviour?: PlanBehaviour;
  readonly summary: PlanSummary;
  readonly diagnostics: readonly Diagnostic[];
}

export const PLAN_FORMAT = 1;

/** Whether a step makes the vendor give a new one-time value for what is there, and delivers it. */
export function renewsValue(step: Pick<Step, "action" | "reason">): boolean {
  return step.action === "update" && step.reason === "undelivered";
}

/** Whether a step takes the place of what had to go before: until it is done, nothing has it. */
export function closesGap({ action, replacement, instead_of, risks }: Step): boolean {
  const gap = replacement === "gap" || instead_of !== undefined;
  return action === "create" && (gap || risks.some(({ meanwhile }) => meanwhile === true));
}

/** True when applying the plan would change something, be it only the ledger. Secret checks do not count. */
export function hasChanges(plan: Plan): boolean {
  return plan.steps.some((step) => step.action !== "check-secret");
}
