// Puts a one-time value into its sinks, all of them or none. From just before the first one on, the ledger says that
// a sink may have it: a run that is cut off from there leaves something that goes as soon as its successor is there.

import { withRetiring } from "../engine/entry.ts";
import type { Delivery } from "../model/ledger.ts";
import type { Step } from "../model/plan.ts";
import type { Secret } from "../provider/secret.ts";
import { type Execution, StepFailure } from "./execution.ts";

/**
 * Delivers the value of the resource with this id.
 * @param withdraw called when a sink has failed and all are undone, with what could not be: says what becomes of the
 * resource, as the rest of the failure's sentence.
 */
export async function deliverValue(
  x: Execution,
  step: Step,
  { id, once }: { readonly id: string; readonly once: Secret },
  withdraw: (stuck: readonly string[]) => Promise<string>,
): Promise<readonly Delivery[]> {
  const sinks = x.sinks.get(step.id) ?? [];
  await x.ledger.updateEntry(step.address, (before) =>
    before === undefined ? undefined : withRetiring(before, id, new Date(x.now()).toISOString()),
  );
  const done: Delivery[] = [];
  try {
    for (const sink of sinks) done.push(await sink.deliver(once));
    for (const sink of sinks) await sink.confirm?.();
    return done;
  } catch (error) {
    const rest = await withdraw(await undo(x, step, done.length));
    throw new StepFailure("DELIVERY_FAILED", `${step.address}: ${wordsOf(error, "the sink failed")}${rest}`);
  }
}

/** Takes the value out of the sinks again, the one that failed included. @returns what could not be undone. */
async function undo(x: Execution, step: Step, written: number): Promise<readonly string[]> {
  const stuck: string[] = [];
  for (const sink of (x.sinks.get(step.id) ?? []).slice(0, written + 1).reverse()) {
    try {
      await sink.undo();
    } catch (error) {
      stuck.push(wordsOf(error, "a sink could not be undone"));
    }
  }
  return stuck;
}

/** An error's sentence, to be gone on with. */
function wordsOf(error: unknown, otherwise: string): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : otherwise;
}
