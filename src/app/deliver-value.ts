// Puts a one-time value into its sinks. From just before the first one on, the ledger says that a sink may have it: a
// run that is cut off from there leaves something that goes as soon as another value is in all sinks. Where a sink
// fails, a first value is taken out of the others again; one that takes the place of another stays where it is, as
// whoever reads the sink may use it by now.

import { withDelivery } from "../engine/entry.ts";
import type { Delivery } from "../model/ledger.ts";
import type { Step } from "../model/plan.ts";
import type { Secret } from "../provider/secret.ts";
import { type Execution, StepFailure } from "./execution.ts";
import type { SinkDriver } from "./sinks/sink.ts";

/**
 * Delivers the value of the resource with this id.
 * @param withdraw called when a sink has failed, with what says which sinks have the value or may have it: says what
 * becomes of the resource, as the rest of the failure's sentence.
 */
export async function deliverValue(
  x: Execution,
  step: Step,
  { id, once }: { readonly id: string; readonly once: Secret },
  withdraw: (held: readonly string[]) => Promise<string>,
): Promise<readonly Delivery[]> {
  const sinks = x.sinks.get(step.id) ?? [];
  await x.ledger.updateEntry(step.address, (before) =>
    before === undefined ? undefined : withDelivery(before, id, new Date(x.now()).toISOString()),
  );
  const done = new Map<SinkDriver, Delivery>();
  let trying: SinkDriver | undefined;
  try {
    for (const group of inGroups(sinks)) {
      for (const sink of group) {
        trying = sink;
        done.set(sink, await sink.deliver(once));
        trying = undefined;
      }
      for (const sink of group) await sink.confirm?.();
    }
    return sinks.flatMap((sink) => done.get(sink) ?? []);
  } catch (error) {
    const words = wordsOf(error, "the sink failed");
    const failed = trying === undefined ? [] : [trying];
    const held =
      step.replacement === "create-first"
        ? await leave([...done.values()], failed)
        : await undo([...done.keys(), ...failed]);
    const rest = await withdraw(held);
    throw new StepFailure("DELIVERY_FAILED", `${step.address}: ${words}${rest}`);
  }
}

/** Those that cannot be undone come last, when nothing but they can fail any more. */
function inGroups(sinks: readonly SinkDriver[]): readonly (readonly SinkDriver[])[] {
  const lasting = sinks.filter((sink) => sink.keeps?.() === true);
  return [sinks.filter((sink) => !lasting.includes(sink)), lasting];
}

/**
 * Leaves a value that takes the place of another in the sinks that have it. The one that failed gets back what it had,
 * where it can tell what that was: the value from before has to stay there, not only to go on working.
 * @returns which of them have the value, or may have it.
 */
async function leave(done: readonly Delivery[], failed: readonly SinkDriver[]): Promise<readonly string[]> {
  const has = done.map(({ sink, target }) => `${sink} ${target} has its value`);
  if (failed.every((sink) => sink.restores === true)) return [...has, ...(await undo(failed))];
  return [...has, "the sink that failed may have its value"];
}

/** Takes the value out of sinks again, the last one first. @returns what could not be undone. */
async function undo(sinks: readonly SinkDriver[]): Promise<readonly string[]> {
  const stuck: string[] = [];
  for (const sink of sinks.toReversed()) {
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
