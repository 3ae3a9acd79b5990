// Puts a one-time value into its sinks. From just before the first one on, the ledger says that a sink may have it: a
// run that is cut off from there leaves something that goes as soon as another value is in all sinks. Where a sink
// fails, a first value is taken out of the others again; one that takes the place of another stays where it is, as
// whoever reads the sink may use it by now.

import { deliverDigest, graceOf, withDelivery } from "../engine/entry.ts";
import { aheadOf, isSuccessor, withHolders } from "../engine/holders.ts";
import { endedIntent } from "../engine/intent.ts";
import type { Delivery } from "../model/ledger.ts";
import { renewsValue, type Step } from "../model/plan.ts";
import type { Secret } from "../provider/secret.ts";
import { type Execution, StepFailure, sessionOfStep } from "./execution.ts";
import { type SinkDriver, SinkError } from "./sinks/sink.ts";

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
  sessionOfStep(x, step).hide(once);
  const sinks = x.sinks.get(step.id) ?? [];
  const names = namesOf(step, sinks);
  const entry = x.ledger.entry(step.address);
  const follows = isSuccessor(step, entry, id);
  const ahead = follows ? aheadOf(entry) : [];
  await x.ledger.updateEntry(step.address, (before) => {
    if (before === undefined) return undefined;
    // Something that gets another value is found by the name that it was made under, until a sink has that value.
    const known = renewsValue(step) ? before : endedIntent(before);
    return withDelivery(known, id, new Date(x.now()).toISOString());
  });
  const done = new Map<SinkDriver, Delivery>();
  const sure = new Set<SinkDriver>();
  let trying: SinkDriver | undefined;
  try {
    for (const group of inGroups(sinks, (sink) => ahead.includes(names.get(sink) ?? ""))) {
      for (const sink of group) {
        trying = sink;
        done.set(sink, await sink.deliver(once));
        trying = undefined;
      }
      for (const sink of group) await sink.confirm?.();
      for (const sink of group) sure.add(sink);
    }
    return sinks.flatMap((sink) => done.get(sink) ?? []);
  } catch (error) {
    const words = wordsOf(error, "the sink failed");
    const failed = trying === undefined ? [] : [trying];
    let held: readonly string[];
    if (follows) {
      const left = await leave(done, failed);
      held = left.words;
      for (const sink of done.keys()) if (!sure.has(sink) && (await isThere(sink))) sure.add(sink);
      const idsOf = (some: Iterable<SinkDriver>) => [...some].flatMap((sink) => names.get(sink) ?? []);
      if (names.size > 0)
        await x.ledger.updateEntry(step.address, (before) =>
          before === undefined
            ? undefined
            : withHolders(before, {
                id,
                may: idsOf(left.sinks),
                surely: idsOf(sure),
                due: new Date(x.now() + graceOf(step)).toISOString(),
              }),
        );
    } else held = await undo([...done.keys(), ...failed]);
    const rest = await withdraw(held);
    throw new StepFailure("DELIVERY_FAILED", `${step.address}: ${words}${rest}`);
  }
}

/**
 * Sinks that have a value already which others lack come after these: where one of them fails again, the others stay as
 * they are. Then come those that cannot be undone, when nothing but they can fail any more.
 */
function inGroups(
  sinks: readonly SinkDriver[],
  isAhead: (sink: SinkDriver) => boolean,
): readonly (readonly SinkDriver[])[] {
  return [false, true].flatMap((ahead) => {
    const some = sinks.filter((sink) => isAhead(sink) === ahead);
    const lasting = some.filter((sink) => sink.keeps?.() === true);
    return [some.filter((sink) => !lasting.includes(sink)), lasting];
  });
}

/** What the ledger calls the sinks; empty where the step does not say what they are. */
function namesOf({ body }: Step, sinks: readonly SinkDriver[]): ReadonlyMap<SinkDriver, string> {
  const deliver = body?.deliver ?? [];
  return new Map(
    sinks.flatMap((driver, index) => {
      const sink = deliver[index];
      return sink === undefined ? [] : [[driver, deliverDigest([sink])] as const];
    }),
  );
}

interface Left {
  readonly sinks: readonly SinkDriver[];
  /** What says of each that it has the value, or may have it. */
  readonly words: readonly string[];
}

/**
 * Leaves a value that takes the place of another in the sinks that have it. The one that failed gets back what it had,
 * where it can tell what that was: the value from before has to stay there, not only to go on working.
 */
async function leave(done: ReadonlyMap<SinkDriver, Delivery>, failed: readonly SinkDriver[]): Promise<Left> {
  const has = [...done.values()].map(({ sink, target }) => `${sink} ${target} has its value`);
  const stuck = failed.every((sink) => sink.restores === true)
    ? await undo(failed)
    : ["the sink that failed may have its value"];
  return {
    sinks: [...done.keys(), ...(stuck.length === 0 ? [] : failed)],
    words: [...has, ...stuck],
  };
}

/** Whether a sink is known to have the value: what it had before is nowhere else then. */
async function isThere(sink: SinkDriver): Promise<boolean> {
  try {
    await sink.confirm?.();
    return true;
  } catch (error) {
    if (error instanceof SinkError) return false;
    throw error;
  }
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
