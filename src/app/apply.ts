// Apply, from lock to proof: read, plan, guard, confirm, resolve, execute, read back. Everything that can stop
// the run stops it before the first write.

import type { Address } from "../base/address.ts";
import { type Diagnostic, hasErrors } from "../base/diagnostic.ts";
import { describeSource } from "../base/expression.ts";
import { settledEntry } from "../engine/entry.ts";
import { blockingRefusals, isBraked } from "../engine/guard.ts";
import { moveEntries, movesOfSteps } from "../engine/moves.ts";
import { restAfterApply, succeeded } from "../engine/verify.ts";
import { emptyLedger } from "../ledger/documents.ts";
import { type LedgerWriter, openLedgerWriter } from "../ledger/ledger-writer.ts";
import type { Ledger } from "../model/ledger.ts";
import type { Plan, Step } from "../model/plan.ts";
import type { ApplyReport, Outcome, StepResult } from "../model/report.ts";
import type { Secret } from "../provider/secret.ts";
import { authorOf } from "./author.ts";
import { executePlan } from "./execute.ts";
import type { ApplyEvent } from "./execution.ts";
import { sourceKey, sourcesIn } from "./materialise.ts";
import { openSinks, type SinkSetting } from "./open-sinks.ts";
import type { SinkDriver } from "./sinks/sink.ts";
import { openStack, type PlanRequest, planStack, type Stack, type StackInput } from "./stack.ts";

export interface ApplyInput {
  readonly stack: StackInput;
  readonly request: PlanRequest;
  /** Run what can be run although parts of the plan are refused. */
  readonly keep_going: boolean;
  /** Start a new ledger where there is none, even under CI. */
  readonly new_ledger: boolean;
  /** Milliseconds to wait for another run's lock. */
  readonly lock_timeout: number;
  readonly sinks: SinkSetting;
  /** Asked once, after all guards, before the first write. */
  readonly confirm: (plan: Plan) => Promise<boolean>;
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
    const missing = stored === null ? missingLedger(input) : undefined;
    if (missing !== undefined) return { state: "stopped", diagnostics: [...notes, missing] };
    const ledger = stored ?? emptyLedger(input.stack.config.desired.stack, {});
    const { stack, diagnostics } = await openStack(input.stack, ledger, "apply");
    if (stack === undefined) return { state: "stopped", diagnostics: [...notes, ...diagnostics] };
    try {
      return withNotes(await applyOpen(input, stack, withAccounts(ledger, stack)), [
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

async function applyOpen(input: ApplyInput, stack: Stack, ledger: Ledger): Promise<ApplyResult> {
  const { plan } = await planStack(stack, ledger, input.request);
  const guarded = guard(plan, input.keep_going);
  if (guarded.length > 0) return { state: "stopped", plan, diagnostics: guarded };
  if (plan.steps.length > 0 && !(await input.confirm(plan)))
    return { state: "declined", plan, diagnostics: [] };
  const prepared = await prepare(input, stack, plan);
  if (hasErrors(prepared.diagnostics)) return { state: "stopped", plan, diagnostics: prepared.diagnostics };
  const writer = openLedgerWriter(stack.backend, ledger);
  if (ledger.serial === 0) await writer.update((current) => ({ ...current }));
  const results = await executePlan({
    plan,
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
    run: { command: input.request.destroy ? "destroy" : "apply", ...authorOf(stack.env) },
    pause: (ms) => pause(ms, stack.signal),
    ids: knownIds(ledger, plan),
  });
  await writer.flush();
  return {
    state: "applied",
    plan,
    report: await prove(input, stack, writer, plan, results),
    diagnostics: prepared.diagnostics,
  };
}

/** What forbids to start. The brake holds whatever else is allowed. */
function guard(plan: Plan, keepGoing: boolean): Diagnostic[] {
  const found: Diagnostic[] = plan.diagnostics.filter((item) => item.severity === "error" && !keepGoing);
  const cycle = plan.diagnostics.filter((item) => item.code === "DEPENDENCY_CYCLE" && keepGoing);
  const refusals = keepGoing ? [] : blockingRefusals(plan);
  if (refusals.length > 0) {
    found.push({
      severity: "error",
      code: "PLAN_REFUSED",
      message: `${refusals.length} address${refusals.length === 1 ? " is" : "es are"} refused, so nothing was started: ${refusals
        .slice(0, 5)
        .map((item) => item.address)
        .join(", ")}${refusals.length > 5 ? ", …" : ""}`,
      hint: "settle them, or run the rest with `--keep-going`",
    });
  }
  if (isBraked(plan)) {
    const { counted_deletes } = plan.summary;
    found.push({
      severity: "error",
      code: "DELETES_BRAKED",
      message: `the plan deletes ${counted_deletes}, and ${plan.allowed_deletes} ${plan.allowed_deletes === 1 ? "is" : "are"} allowed, so nothing was started`,
      hint: `allow it for this run with \`--allow-deletes ${counted_deletes}\`, or name the addresses under \`removed:\``,
    });
  }
  return [...found, ...cycle];
}

interface Prepared {
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly sinks: ReadonlyMap<string, readonly SinkDriver[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Everything that can fail without a write: secrets, sinks, the vendor's limits. */
async function prepare(input: ApplyInput, stack: Stack, plan: Plan): Promise<Prepared> {
  const secrets = new Map<string, Secret>();
  const sinks = new Map<string, readonly SinkDriver[]>();
  const diagnostics: Diagnostic[] = [];
  for (const step of plan.steps) {
    if (step.body === undefined || step.action === "adopt" || step.action === "record") continue;
    for (const source of sourcesIn(step.body.fields)) {
      const resolved = await stack.resolver.resolve(source);
      if ("secret" in resolved) secrets.set(sourceKey(source), resolved.secret);
      else if (step.action !== "check-secret")
        diagnostics.push(missingSecret(stack, step, describeSource(source), resolved.problem));
    }
    if (step.action === "create" && step.body.deliver !== undefined) {
      const opened = await openSinks(step.address, step.body.deliver, input.sinks);
      sinks.set(step.id, opened.sinks);
      diagnostics.push(...opened.problems.map((problem) => ({ ...problem, ...at(stack, step.address) })));
    }
  }
  for (const provider of stack.providers) {
    const session = stack.sessions.get(provider.name);
    if (session !== undefined && provider.preflight !== undefined && !hasErrors(diagnostics)) {
      diagnostics.push(...(await provider.preflight(session.api as never, plan)));
    }
  }
  return { secrets, sinks, diagnostics };
}

function missingSecret(stack: Stack, step: Step, source: string, problem: Diagnostic): Diagnostic {
  return {
    ...problem,
    code: "MISSING_SECRET",
    address: step.address,
    message: `${step.address} cannot be ${step.action === "create" ? "created" : "updated"} without its secret (${source}). ${problem.message}`,
    ...at(stack, step.address),
  };
}

function at(stack: Stack, address: Address): Pick<Diagnostic, "position"> {
  const position = stack.config.locate(address)?.position;
  return position === undefined ? {} : { position };
}

/** Reads everything back and plans again: what is left on the addresses that were applied is an error. */
async function prove(
  input: ApplyInput,
  stack: Stack,
  writer: LedgerWriter,
  plan: Plan,
  results: readonly StepResult[],
): Promise<ApplyReport> {
  const wrote = results.some((result) => ["done", "already", "written"].includes(result.outcome));
  const again = wrote
    ? await planStack(stack, writer.current(), { ...input.request, adopt: false })
    : undefined;
  const rest = again === undefined ? [] : restAfterApply(results, again.plan);
  if (again !== undefined) await writer.update((ledger) => settle(ledger, again.plan));
  const unread = again?.plan.diagnostics.filter((item) => item.code === "READ_INCOMPLETE") ?? [];
  return {
    format: 1,
    stack: plan.stack,
    ...(plan.partial === undefined ? {} : { partial: plan.partial }),
    results,
    settling: again?.plan.settling ?? plan.settling,
    refused: plan.refused,
    counts: countOutcomes(results),
    converged: rest.length === 0 && unread.length === 0 && results.every(succeeded),
    interrupted: input.stop?.aborted === true && results.some((result) => result.outcome === "cancelled"),
    diagnostics: [...rest, ...unread],
  };
}

/** Ends the wait for values that the read-back has shown. */
function settle(ledger: Ledger, seen: Plan): Ledger {
  const waiting = new Set([...seen.settling, ...seen.refused, ...seen.steps].map((item) => item.address));
  const settled = Object.entries(ledger.resources).filter(
    ([address, entry]) => entry.settling !== undefined && !waiting.has(address),
  );
  if (settled.length === 0) return ledger;
  const entries = settled.map(([address, entry]) => [address, settledEntry(entry)] as const);
  return { ...ledger, resources: { ...ledger.resources, ...Object.fromEntries(entries) } };
}

function countOutcomes(results: readonly StepResult[]): Readonly<Record<Outcome, number>> {
  const counts: Record<Outcome, number> = {
    done: 0,
    already: 0,
    written: 0,
    unchecked: 0,
    unverified: 0,
    failed: 0,
    blocked: 0,
    cancelled: 0,
  };
  for (const result of results) counts[result.outcome] += 1;
  return counts;
}

function knownIds(ledger: Ledger, plan: Plan): Map<Address, string> {
  const ids = new Map<Address, string>();
  const { resources } = moveEntries(ledger, movesOfSteps(plan.steps));
  for (const [address, entry] of Object.entries(resources)) if (entry.id !== null) ids.set(address, entry.id);
  // A resource that is about to be made anew must not be found under its old id.
  for (const step of plan.steps) if (step.action === "create") ids.delete(step.address);
  return ids;
}

function missingLedger(input: ApplyInput): Diagnostic | undefined {
  const place = input.stack.backend.describe();
  if (input.request.destroy) {
    return {
      severity: "error",
      code: "LEDGER_MISSING",
      message: `there is no ledger at ${place}, so nothing is known to belong to this stack`,
      hint: "run in the directory where it was applied, or name the ledger in the file",
    };
  }
  if (input.new_ledger || (input.stack.env.CI ?? "") === "") return undefined;
  return {
    severity: "error",
    code: "LEDGER_MISSING",
    message: `there is no ledger at ${place}, and under CI none is started without being told to`,
    hint: "restore the ledger of the last run; for the very first run pass `--new-ledger`",
  };
}

function withAccounts(ledger: Ledger, stack: Stack): Ledger {
  const found = Object.fromEntries([...stack.sessions].map(([name, session]) => [name, session.account]));
  return { ...ledger, accounts: { ...ledger.accounts, ...found } };
}

function withNotes(result: ApplyResult, notes: readonly Diagnostic[]): ApplyResult {
  return { ...result, diagnostics: [...notes, ...result.diagnostics] };
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(finish, ms);
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      done();
    }
    signal?.addEventListener("abort", finish, { once: true });
  });
}
