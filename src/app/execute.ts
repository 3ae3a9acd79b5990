// Runs a plan's steps: each starts when what it needs has succeeded, dependants of a failure are blocked, the
// rest goes on. Where a check has said so, a step is refused, or needs nothing but its record. Nothing is retried here; that is the business of the connection and of the single steps.

import { append } from "../base/multimap.ts";
import { changesOf, withRun } from "../engine/history.ts";
import { succeeded } from "../engine/verify.ts";
import { LedgerError } from "../ledger/backend.ts";
import { closesGap, type Step } from "../model/plan.ts";
import type { Outcome, StepResult } from "../model/report.ts";
import { ProviderError } from "../provider/error.ts";
import { recordAlready } from "./already.ts";
import type { Execution } from "./execution.ts";
import { describeFailure, runStep } from "./run-step.ts";

/**
 * Runs all steps, remembers in the ledger what they did, and gives one result for each, in plan order. Throws when the
 * ledger cannot be written.
 */
export async function executePlan(x: Execution): Promise<readonly StepResult[]> {
  const { steps } = x.plan;
  const results = new Map<string, StepResult>();
  const waiting = new Map(steps.map((step) => [step.id, step.needs.length]));
  const dependants = new Map<string, Step[]>();
  for (const step of steps) for (const id of step.needs) append(dependants, id, step);
  const ready = steps.filter((step) => step.needs.length === 0);
  /** Kind and permission → the refusal of a step: others that take the same would only be refused, too. */
  const forbidden = new Map<string, StepResult>();
  /** Kinds and permissions that a step has shown to be writable: a refusal is about something else then. */
  const granted = new Set<string>();
  /** Ids of steps that had no effect anywhere, though they have ended: the ledger need not remember them. */
  const untouched = new Set<string>();

  /** Where in `ready` the steps begin that have not been started. */
  let upcoming = 0;

  const settle = (step: Step, result: StepResult): void => {
    results.set(step.id, result);
    x.on({ type: "end", step, result });
    for (const next of dependants.get(step.id) ?? []) {
      if (!succeeded(result)) {
        const root = result.because ?? step.id;
        if (!results.has(next.id))
          settle(
            next,
            without(next, "blocked", { because: root, message: `needs \`${root}\`, which did not succeed` }),
          );
        continue;
      }
      const left = (waiting.get(next.id) ?? 0) - 1;
      waiting.set(next.id, left);
      if (left > 0 || results.has(next.id)) continue;
      // Nothing else comes between a delete and what takes its place.
      if (closesGap(next)) ready.splice(upcoming, 0, next);
      else ready.push(next);
    }
  };

  const runOne = async (step: Step): Promise<void> => {
    const standing = x.standings?.get(step.id);
    const permission = permissionOf(x, step);
    const refusal = [step.kind, permission]
      .filter((what) => !granted.has(what))
      .map((what) => forbidden.get(what))
      .find((found) => found !== undefined);
    if (refusal !== undefined && writesToVendor(step) && standing?.state !== "already") {
      settle(
        step,
        without(step, "blocked", {
          because: refusal.step,
          message: forbidden.has(step.kind)
            ? `the credential may not write ${step.kind}`
            : `the credential may not write ${step.kind}: "${permission}" was refused it`,
        }),
      );
      return;
    }
    x.on({ type: "start", step });
    const started = performance.now();
    const duration = () => Math.round(performance.now() - started);
    try {
      const before = x.ledger.entry(step.address);
      const already = standing?.state === "already";
      const found = already ? await recordAlready(x, step, standing) : await runStep(x, step);
      if (already && x.ledger.entry(step.address) === before) untouched.add(step.id);
      if (WRITTEN.includes(found.outcome) && writesToVendor(step)) granted.add(step.kind).add(permission);
      settle(step, { ...named(step), ...found, duration: duration() });
    } catch (error) {
      const result: StepResult = {
        ...named(step),
        outcome: "failed",
        ...describeFailure(error),
        duration: duration(),
      };
      if (error instanceof ProviderError && error.refused === "permission")
        forbidden.set(step.kind, result).set(permission, result);
      settle(step, result);
    }
  };

  // What cannot be done is known before anything is.
  for (const step of steps) {
    const standing = x.standings?.get(step.id);
    if (standing?.state !== "refused" || results.has(step.id)) continue;
    const { state: _, ...why } = standing;
    untouched.add(step.id);
    settle(step, without(step, "failed", why));
  }
  for (const step of steps) {
    const standing = x.standings?.get(step.id);
    if (standing?.state !== "blocked" || results.has(step.id)) continue;
    const because = results.get(standing.because)?.because ?? standing.because;
    settle(step, without(step, "blocked", { because, message: standing.message }));
  }
  let failure: { readonly error: unknown } | undefined;
  let running = 0;
  await new Promise<void>((done) => {
    const pump = (): void => {
      while (failure === undefined && x.stop?.aborted !== true) {
        const step = ready[upcoming];
        // What touches only the ledger costs no request, so the bound does not hold it back.
        if (step !== undefined && results.has(step.id)) {
          upcoming += 1;
          continue;
        }
        if (step === undefined || (running >= x.parallelism && writesToVendor(step))) break;
        upcoming += 1;
        running += 1;
        runOne(step)
          .catch((error: unknown) => {
            failure ??= { error };
          })
          .finally(() => {
            running -= 1;
            pump();
          });
      }
      if (running === 0) done();
    };
    pump();
  });
  if (failure !== undefined) throw cutOff(failure.error, steps, results);
  const all = steps.map((step) => results.get(step.id) ?? without(step, "cancelled"));
  const changes = changesOf(all.filter((result) => !untouched.has(result.step)));
  const run = { ...x.run, at: new Date(x.now()).toISOString() };
  await x.ledger
    .update((ledger) => withRun(ledger, run, changes))
    .catch((error: unknown) => {
      throw cutOff(error, steps, results);
    });
  return all;
}

/** A ledger that cannot be written ends the run without a report, so that the error says how far it came. */
function cutOff(error: unknown, steps: readonly Step[], results: ReadonlyMap<string, StepResult>): unknown {
  if (!(error instanceof LedgerError)) return error;
  const done = steps.filter(({ id }) => {
    const result = results.get(id);
    return result !== undefined && succeeded(result);
  });
  const ours = "what was done and is not in it is found by the next run";
  return new LedgerError(
    error.code,
    `${error.message} The run stopped there: ${done.length} of ${steps.length} steps were done.`,
    // After a conflict another ledger counts, which knows of no intent of this run.
    error.code === "LEDGER_CONFLICT"
      ? error.hint
      : [error.hint, ours].filter((part) => part !== undefined).join("; "),
  );
}

/** What a step's writes need; where the kind has no name for it, the kind stands for it. */
function permissionOf({ kinds }: Execution, { kind }: Step): string {
  return kinds.get(kind)?.rules.write_permission ?? kind;
}

/** Outcomes of steps that a vendor has carried out. */
const WRITTEN: readonly Outcome[] = ["done", "written"];

function writesToVendor(step: Step): boolean {
  return (
    step.action === "create" ||
    step.action === "update" ||
    step.action === "delete" ||
    step.action === "check-secret"
  );
}

function named(step: Step): Pick<StepResult, "step" | "action" | "address"> {
  return { step: step.id, action: step.action, address: step.address };
}

function without(step: Step, outcome: Outcome, more: Partial<StepResult> = {}): StepResult {
  return { ...named(step), outcome, duration: 0, ...more };
}
