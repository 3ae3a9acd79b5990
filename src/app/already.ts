// What is left to do where the wanted state is there already: at most the ledger is told.

import { confirmedEntry, deletedEntry } from "../engine/entry.ts";
import { expectPresent } from "../engine/verdict.ts";
import type { LiveResource } from "../model/live.ts";
import type { Step } from "../model/plan.ts";
import type { Standing } from "../model/standing.ts";
import { bodyOf, type Execution, rulesOfStep, type StepOutcome } from "./execution.ts";
import { ledgerFields } from "./materialise.ts";
import { runStep } from "./run-step.ts";

/** Brings the ledger up to date for a step that has nothing to do. Writes nothing at a vendor. */
export async function recordAlready(
  x: Execution,
  step: Step,
  { live, drop }: Extract<Standing, { state: "already" }>,
): Promise<StepOutcome> {
  const { address, action } = step;
  const id = live?.id ?? step.vendor_id ?? x.ledger.entry(address)?.id ?? undefined;
  if (action === "create" || action === "adopt") {
    if (id !== undefined) x.ids.set(address, id);
    if (live !== undefined && action === "create") await recordMade(x, step, live);
  }
  if (action === "update" && live !== undefined) await confirm(x, step, live);
  if (action === "delete" && drop === true) {
    await x.ledger.updateEntry(address, (before) =>
      deletedEntry(before, step, new Date(x.now()).toISOString()),
    );
  }
  if (action === "delete" && x.ids.get(address) === step.vendor_id) x.ids.delete(address);
  return { outcome: "already", ...(id === undefined ? {} : { vendor_id: id }) };
}

/** Something that an earlier run made: in the ledger, or made by a run that was cut off before it could say so. */
async function recordMade(x: Execution, step: Step, live: LiveResource): Promise<void> {
  const rules = rulesOfStep(x, step);
  if (rules.ownership === "shared") return;
  const entry = x.ledger.entry(step.address);
  if (entry?.status === "ready" && entry.id === live.id) return confirm(x, step, live);
  await runStep(x, {
    ...step,
    action: "adopt",
    vendor_id: live.id,
    expects: expectPresent(rules, live),
    body: { ...bodyOf(step), defaults: {} },
  });
}

async function confirm(x: Execution, step: Step, live: LiveResource): Promise<void> {
  const rules = rulesOfStep(x, step);
  // Without the values that are at hand: whether they are the ones that are live, nobody has looked.
  const fields = ledgerFields(bodyOf(step).fields, x.ids, new Map(), x.fingerprint);
  await x.ledger.updateEntry(step.address, (before) =>
    before === undefined ? undefined : confirmedEntry({ rules, before, step, live, fields, now: x.now() }),
  );
}
