// Apply, from lock to proof: read, plan (or take the saved plan), guard, confirm, check again, prepare, execute, read
// back. Everything that can stop the run stops it before the first write.

import type { Address } from "../base/address.ts";
import { type Diagnostic, hasErrors } from "../base/diagnostic.ts";
import { moveEntries, movesOfSteps } from "../engine/moves.ts";
import { emptyLedger } from "../ledger/documents.ts";
import { openLedgerWriter } from "../ledger/ledger-writer.ts";
import type { Ledger } from "../model/ledger.ts";
import type { Plan } from "../model/plan.ts";
import type { ApplyReport } from "../model/report.ts";
import type { Checked } from "../model/standing.ts";
import { guardPlan, missingLedger } from "./apply-guard.ts";
import { authorOf } from "./author.ts";
import { executePlan } from "./execute.ts";
import type { ApplyEvent } from "./execution.ts";
import type { SinkSetting } from "./open-sinks.ts";
import { prepare } from "./prepare.ts";
import { prove, type ReadBack } from "./prove.ts";
import { misfitPlan, misfitStack, planScopeAgain, recheck } from "./saved-plan.ts";
import { openStack, type PlanRequest, planStack, type Stack, type StackInput, withKey } from "./stack.ts";

/** A plan that was made and saved before: it is carried out, whatever the files say by now. */
export interface SavedRequest {
  readonly plan: Plan;
}

/** `approved`: beforehand, so that nobody was waited for; `answered`: by somebody who took their time. */
export type Answer = "declined" | "approved" | "answered";

export interface ApplyInput {
  readonly stack: StackInput;
  readonly request: PlanRequest | SavedRequest;
  /** Run what can be run although parts of the plan are refused. */
  readonly keep_going: boolean;
  /** Start a new ledger where there is none, even under CI. */
  readonly new_ledger: boolean;
  /** Milliseconds to wait for another run's lock. */
  readonly lock_timeout: number;
  readonly sinks: SinkSetting;
  /** Asked once, after all guards, before the first write. */
  readonly confirm: (plan: Plan) => Promise<Answer>;
  readonly on: (event: ApplyEvent) => void;
  /** Aborted: start nothing more, end what runs. */
  readonly stop?: AbortSignal;
}

export type ApplyResult =
  /** Nothing was done, and why. */
  | { readonly state: "stopped"; readonly plan?: Plan; readonly diagnostics: readonly Diagnostic[] }
  | { readonly state: "declined"; readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly state: "applied";
      readonly plan: Plan;
      readonly report: ApplyReport;
      readonly diagnostics: readonly Diagnostic[];
    };

/** Applies a stack's file. Throws `LedgerError` when the ledger cannot be read, locked or written. */
export async function applyStack(input: ApplyInput): Promise<ApplyResult> {
  const { backend } = input.stack;
  const lock = await backend.lock(input.lock_timeout);
  try {
    const notes: Diagnostic[] =
      lock.note === undefined ? [] : [{ severity: "note", code: "LOCK_TAKEN_OVER", message: lock.note }];
    const stored = await backend.read();
    const misfit = misfitLedger(input, stored);
    if (misfit !== undefined) return { state: "stopped", diagnostics: [...notes, misfit] };
    const ledger = stored ?? emptyLedger(input.stack.config.desired.stack, {});
    const { stack, diagnostics } = await openStack(input.stack, ledger, "apply");
    if (stack === undefined) return { state: "stopped", diagnostics: [...notes, ...diagnostics] };
    try {
      const misfits = "plan" in input.request ? misfitStack(input.request.plan, stack) : [];
      if (misfits.length > 0) return { state: "stopped", diagnostics: [...notes, ...misfits] };
      const known = await withKey(stack, ledger);
      const fresh = known !== ledger;
      return withNotes(await applyOpen(input, stack, withAccounts(known, stack), fresh), [
        ...notes,
        ...diagnostics,
      ]);
    } finally {
      await stack.close();
    }
  } finally {
    await lock.release();
  }
}

function misfitLedger(
  { stack, request, new_ledger }: ApplyInput,
  stored: Ledger | null,
): Diagnostic | undefined {
  const place = stack.backend.describe();
  if ("plan" in request) {
    const other = misfitPlan(request.plan, stack.config.desired.stack, { ledger: stored, place });
    if (other !== undefined) return other;
  }
  const destroy = "destroy" in request && request.destroy;
  return stored === null ? missingLedger({ place, destroy, new_ledger, env: stack.env }) : undefined;
}

/** @param fresh the ledger differs from the stored one, and is to be written whatever else is. */
async function applyOpen(
  input: ApplyInput,
  stack: Stack,
  ledger: Ledger,
  fresh: boolean,
): Promise<ApplyResult> {
  const { request } = input;
  const saved = "plan" in request;
  const { plan, live } =
    "plan" in request ? { plan: request.plan, live: undefined } : await planStack(stack, ledger, request);
  const guarded = guardPlan(plan, input.keep_going, saved);
  if (guarded.length > 0) return { state: "stopped", plan, diagnostics: guarded };
  const answer = plan.steps.length === 0 ? "approved" : await input.confirm(plan);
  if (answer === "declined") return { state: "declined", plan, diagnostics: [] };
  // Between a look and its steps time has gone by: whatever moved meanwhile is not to be written over.
  const checked = saved || answer === "answered" ? await recheck(stack, ledger, plan) : undefined;
  const left = leftOf(plan, checked);
  const prepared = await prepare(stack, input.sinks, left);
  if (hasErrors(prepared.diagnostics)) return { state: "stopped", plan, diagnostics: prepared.diagnostics };
  const writer = openLedgerWriter(stack.backend, ledger);
  if (fresh || ledger.serial === 0) await writer.update((current) => ({ ...current }));
  const results = await executePlan({
    plan: checked === undefined ? plan : { ...plan, steps: checked.steps },
    ...(checked === undefined ? {} : { standings: checked.standings }),
    kinds: new Map(stack.kinds.map((kind) => [kind.rules.kind, kind])),
    sessions: stack.sessions,
    ledger: writer,
    secrets: prepared.secrets,
    fingerprint: stack.fingerprint,
    sinks: prepared.sinks,
    parallelism: stack.parallelism,
    ...(input.stop === undefined ? {} : { stop: input.stop }),
    on: input.on,
    now: stack.now,
    run: { command: commandOf(request), ...authorOf(stack.env) },
    pause: stack.pause,
    ids: knownIds(ledger, plan),
  });
  await writer.flush();
  const report = await prove({
    plan,
    results,
    writer,
    before: ledger,
    ...(live === undefined ? {} : { looked: live }),
    again: (now) => (saved ? planScopeAgain(stack, now, plan) : planAllAgain(stack, now, request)),
    stopped: input.stop?.aborted === true,
  });
  return { state: "applied", plan, report, diagnostics: prepared.diagnostics };
}

/** What the ledger's history calls the run. */
function commandOf(request: PlanRequest | SavedRequest): string {
  if ("plan" in request) return "apply";
  return request.destroy ? "destroy" : request.rotate === undefined ? "apply" : "rotate";
}

/** The plan with the steps that are still to be carried out: only they need secrets, sinks and room. */
function leftOf(plan: Plan, checked: Checked | undefined): Plan {
  if (checked === undefined) return plan;
  return { ...plan, steps: checked.steps.filter(({ id }) => checked.standings.get(id)?.state === "ready") };
}

async function planAllAgain(stack: Stack, ledger: Ledger, request: PlanRequest): Promise<ReadBack> {
  const { rotate: _, ...rest } = request;
  const { plan, live } = await planStack(stack, ledger, { ...rest, adopt: false });
  const seen = new Set(plan.unchanged);
  return { plan, live, covers: (address) => plan.partial === undefined || seen.has(address) };
}

function knownIds(ledger: Ledger, plan: Plan): Map<Address, string> {
  const ids = new Map<Address, string>();
  const { resources } = moveEntries(ledger, movesOfSteps(plan.steps));
  for (const [address, entry] of Object.entries(resources)) if (entry.id !== null) ids.set(address, entry.id);
  // A resource that is about to be made anew must not be found under its old id.
  for (const step of plan.steps) if (step.action === "create") ids.delete(step.address);
  return ids;
}

function withAccounts(ledger: Ledger, stack: Stack): Ledger {
  const found = Object.fromEntries([...stack.sessions].map(([name, session]) => [name, session.account]));
  return { ...ledger, accounts: { ...ledger.accounts, ...found } };
}

function withNotes(result: ApplyResult, notes: readonly Diagnostic[]): ApplyResult {
  return { ...result, diagnostics: [...notes, ...result.diagnostics] };
}
