// What an apply did, step by step.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { JsonValue } from "../base/json.ts";
import type { Delivery } from "./ledger.ts";
import type { Action, Refusal, SettlingItem } from "./plan.ts";

export type Outcome =
  | "done"
  | "already" // the wanted state was there
  | "written" // a checked secret differed and was written
  | "unchecked" // a secret's source is not available here
  | "unverified" // a secret cannot be compared with what was written before
  | "failed"
  | "blocked" // a step it needs did not succeed
  | "cancelled"; // not started: the run was interrupted or stopped

/** One field that is not as the plan found it; secrets are told apart, never shown. */
export interface Deviation {
  readonly path: string;
  readonly expected: JsonValue;
  readonly found: JsonValue;
  /** The value is a secret or holds one: both sides are bare marks. */
  readonly sensitive?: true;
}

export interface StepResult {
  readonly step: string;
  readonly action: Action;
  readonly address: Address;
  readonly outcome: Outcome;
  readonly vendor_id?: string;
  /** Why it failed or is blocked; holds no secret. */
  readonly message?: string;
  /** What somebody has to do now that it is done; holds no secret. */
  readonly note?: string;
  /** Stable code of a failure. */
  readonly code?: string;
  readonly hint?: string;
  /** Of a step that was refused because what it works on has changed since the plan: where. */
  readonly deviations?: readonly Deviation[];
  /** The vendor's request id, for support. */
  readonly request_id?: string;
  /** Id of the failed step behind a blocked one. */
  readonly because?: string;
  readonly delivered?: readonly Delivery[];
  /** Milliseconds. */
  readonly duration: number;
}

export interface ApplyReport {
  readonly format: 1;
  readonly stack: string;
  /** As in the plan. */
  readonly partial?: readonly string[];
  readonly results: readonly StepResult[];
  readonly settling: readonly SettlingItem[];
  readonly refused: readonly Refusal[];
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Whether the read-back found nothing left to do, settling values aside. */
  readonly converged: boolean;
  readonly interrupted: boolean;
  readonly diagnostics: readonly Diagnostic[];
}
