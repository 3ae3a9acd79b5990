// What every step of an apply works with, and the events it reports.

import type { Address } from "../base/address.ts";
import type { Fingerprint } from "../base/digest.ts";
import type { RunFacts } from "../engine/history.ts";
import type { LedgerWriter } from "../ledger/ledger-writer.ts";
import type { KindRules } from "../model/kind-rules.ts";
import type { Plan, Step, StepBody } from "../model/plan.ts";
import type { Outcome, StepResult } from "../model/report.ts";
import type { Standing } from "../model/standing.ts";
import { InternalError } from "../provider/error.ts";
import type { AnyKind, Session } from "../provider/provider.ts";
import type { ResolvedSecrets } from "./materialise.ts";
import type { SinkDriver } from "./sinks/sink.ts";

export type ApplyEvent =
  | { readonly type: "start"; readonly step: Step }
  | { readonly type: "end"; readonly step: Step; readonly result: StepResult };

export interface Execution {
  readonly plan: Pick<Plan, "steps">;
  /** Step id → where it stands; without them every step is ready. */
  readonly standings?: ReadonlyMap<string, Standing>;
  readonly kinds: ReadonlyMap<string, AnyKind>;
  readonly sessions: ReadonlyMap<string, Session<unknown>>;
  readonly ledger: LedgerWriter;
  /** Resolved before the first step. A source that is missing belongs to `check-secret` steps only. */
  readonly secrets: ResolvedSecrets;
  readonly fingerprint: Fingerprint;
  /** Step id → opened and tried sinks. */
  readonly sinks: ReadonlyMap<string, readonly SinkDriver[]>;
  readonly parallelism: number;
  /** Aborted: no further step starts; those under way end. */
  readonly stop?: AbortSignal;
  readonly on: (event: ApplyEvent) => void;
  /** ms since 1970, this machine's clock. */
  readonly now: () => number;
  /** Who runs what, for the ledger's history. */
  readonly run: Omit<RunFacts, "at">;
  /** Waits between tries, in ms. */
  readonly pause: (ms: number) => Promise<void>;
  /** Vendor ids of everything that is live: from the ledger, then from the steps as they end. */
  readonly ids: Map<Address, string>;
}

/** What a step's runner found; times and names are added around it. */
export type StepOutcome = Pick<
  StepResult,
  "vendor_id" | "message" | "note" | "code" | "hint" | "delivered"
> & {
  readonly outcome: Outcome;
};

/** A step that cannot succeed, with words for the report. */
export class StepFailure extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.name = "StepFailure";
    this.code = code;
    this.hint = hint;
  }
}

export function kindOfStep(x: Execution, step: Step): AnyKind {
  const kind = x.kinds.get(step.kind);
  if (kind === undefined) throw new InternalError(`no kind ${step.kind}`);
  return kind;
}

/** What a create, update or adopt works towards. */
export function bodyOf(step: Step): StepBody {
  if (step.body === undefined) throw new InternalError(`${step.id} has no body`);
  return step.body;
}

export function rulesOfStep(x: Execution, step: Step): KindRules {
  return kindOfStep(x, step).rules;
}

export function sessionOfStep(x: Execution, step: Step): Session<never> {
  const session = x.sessions.get(step.kind.split(".")[0] ?? "");
  if (session === undefined) throw new InternalError(`no session for ${step.kind}`);
  return session as Session<never>; // a provider's session only ever meets the provider's own kinds
}

/** Vendor id of a step's parent, which may have been made by an earlier step. */
export function parentIdOf(x: Execution, step: Step): string | undefined {
  return step.parent_id ?? (step.parent === undefined ? undefined : x.ids.get(step.parent));
}

export function liveRef(
  x: Execution,
  step: Step,
  id: string,
): { readonly id: string; readonly parent_id?: string } {
  const parentId = parentIdOf(x, step);
  return parentId === undefined ? { id } : { id, parent_id: parentId };
}
