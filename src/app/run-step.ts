// Runs one step: one function per action, each from a step to an outcome.

import { isLifecycle } from "../engine/drafts.ts";
import {
  adoptedEntry,
  appliedEntry,
  deletedEntry,
  forgottenEntry,
  recordedEntry,
  withoutRetiring,
} from "../engine/entry.ts";
import { doubtedEntry, withoutImprint } from "../engine/entry-secrets.ts";
import { type Held, heldOf } from "../engine/held.ts";
import { moveEntries, movesOfSteps } from "../engine/moves.ts";
import { fieldOf } from "../engine/normalise.ts";
import { type KindRules, policyOf } from "../model/kind-rules.ts";
import type { Delivery } from "../model/ledger.ts";
import type { Imprint, LiveResource } from "../model/live.ts";
import { renewsValue, type Step } from "../model/plan.ts";
import { InternalError, ProviderError } from "../provider/error.ts";
import { checkSecret } from "./check-secret.ts";
import { createResource } from "./create-resource.ts";
import { deliverValue } from "./deliver-value.ts";
import {
  bodyOf,
  type Execution,
  kindOfStep,
  liveRef,
  parentIdOf,
  rulesOfStep,
  StepFailure,
  type StepOutcome,
  sessionOfStep,
} from "./execution.ts";
import { ledgerFields, materialise } from "./materialise.ts";
import { LAG } from "./observe.ts";
import { giveOwnName, isGivenLast } from "./working-name.ts";

/** Carries a step out. Throws `ProviderError` or `StepFailure` when it does not succeed. */
export async function runStep(x: Execution, step: Step): Promise<StepOutcome> {
  switch (step.action) {
    case "create":
      return createResource(x, step);
    case "adopt":
      return adopt(x, step);
    case "update":
      return renewsValue(step) ? renew(x, step) : update(x, step);
    case "check-secret":
      return checkSecret(x, step, update);
    case "delete":
      return remove(x, step);
    case "forget":
      return ledgerOnly(x, step, (before) => forgottenEntry(before, step));
    case "record":
      await x.ledger.update((ledger) => moveEntries(ledger, movesOfSteps([step])));
      return ledgerOnly(x, step, (before) =>
        before === undefined
          ? undefined
          : recordedEntry({
              rules: rulesOfStep(x, step),
              before,
              step,
              parent_id: parentIdOf(x, step),
              fields: ledgerFields(bodyOf(step).fields, x.ids, x.secrets, x.fingerprint),
              now: x.now(),
            }),
      );
  }
  step.action satisfies never;
  throw new InternalError("an unknown action");
}

async function ledgerOnly(
  x: Execution,
  step: Step,
  change: Parameters<Execution["ledger"]["updateEntry"]>[1],
): Promise<StepOutcome> {
  await x.ledger.updateEntry(step.address, change);
  return { outcome: "done", ...(step.vendor_id === null ? {} : { vendor_id: step.vendor_id }) };
}

/** Takes over a live resource: only the ledger changes. */
async function adopt(x: Execution, step: Step): Promise<StepOutcome> {
  const id = step.vendor_id ?? "";
  const mark = step.expects.state === "present" ? step.expects.mark : undefined;
  await x.ledger.updateEntry(step.address, (before) =>
    adoptedEntry({
      rules: rulesOfStep(x, step),
      before,
      step,
      parent_id: parentIdOf(x, step),
      live: { id, ...(mark === undefined ? {} : { mark }) },
      fields: ledgerFields(bodyOf(step).fields, x.ids, x.secrets, x.fingerprint),
      now: x.now(),
    }),
  );
  x.ids.set(step.address, id);
  return { outcome: "done", vendor_id: id };
}

async function update(x: Execution, step: Step): Promise<StepOutcome> {
  const id = step.vendor_id ?? x.ids.get(step.address);
  if (id === undefined) throw new InternalError(`${step.id} cannot be carried out`);
  const answered = await sendUpdate(x, step, id);
  await recordUpdate(x, step, { ...answered, id });
  x.ids.set(step.address, id);
  return { outcome: "done", vendor_id: id };
}

/** What the vendor answers to an update. */
type Answered = Pick<LiveResource, "fields" | "imprint">;

/** Has the vendor change what differs. */
async function sendUpdate(x: Execution, step: Step, id: string): Promise<Answered> {
  const { api, rules } = kindOfStep(x, step);
  if (api.update === undefined) throw new InternalError(`${step.id} cannot be carried out`);
  await checkBeforeUpdate(x, step, id);
  const secrets = step.changes.map(({ path }) => path).filter((path) => isWriteOnly(rules, path));
  const keepsSecrets = secrets.length === 0 ? await stillHeld(x, step, id) : undefined;
  if (secrets.length > 0 || keepsSecrets?.held === "written") {
    await x.ledger.updateEntry(step.address, (before) => {
      if (before === undefined) return undefined;
      return secrets.length > 0 ? doubtedEntry(before, secrets) : withoutImprint(before);
    });
  }
  const { fields, imprint } = await api.update(sessionOfStep(x, step).api, {
    ...liveRef(x, step, id),
    fields: materialise(bodyOf(step).fields, x.ids, x.secrets),
    changed: step.changes.map((change) => change.path),
  });
  const shown = keepsSecrets === undefined ? imprint : withoutOurWrite(keepsSecrets, imprint);
  return { fields, ...(shown === undefined ? {} : { imprint: shown }) };
}

/** What a ledger knew of secrets that an update leaves as they are, and what had become of them before it. */
interface StillHeld {
  readonly held: Held;
  readonly known: Imprint;
}

async function stillHeld(x: Execution, step: Step, id: string): Promise<StillHeld | undefined> {
  const { api } = kindOfStep(x, step);
  const entry = x.ledger.entry(step.address);
  if (entry?.imprint === undefined || api.get === undefined) return undefined;
  const live = await api.get(sessionOfStep(x, step).api, liveRef(x, step, id));
  return live === null ? undefined : { held: heldOf(entry, live), known: entry.imprint };
}

/**
 * What the ledger is to know after an update that wrote no secret. Where somebody has written one before it, the
 * vendor's time, which the update has moved, would not tell of that any more; so the time from before stays, and with it
 * what the record says now, as otherwise the next run would take a sure write of the secret for a change of the rest.
 */
function withoutOurWrite({ held, known }: StillHeld, now: Imprint | undefined): Imprint | undefined {
  if (held === "written") return now;
  return held === "touched" || now?.rest === undefined ? undefined : { ...known, rest: now.rest };
}

async function recordUpdate(
  x: Execution,
  step: Step,
  live: { readonly id: string } & Partial<Answered>,
  delivered?: readonly Delivery[],
): Promise<void> {
  await x.ledger.updateEntry(step.address, (before) =>
    appliedEntry({
      rules: rulesOfStep(x, step),
      before,
      step,
      parent_id: parentIdOf(x, step),
      live: { ...live, ...(before?.mark === undefined ? {} : { mark: before.mark }) },
      fields: ledgerFields(bodyOf(step).fields, x.ids, x.secrets, x.fingerprint),
      ...(delivered === undefined ? {} : { delivered }),
      now: x.now(),
    }),
  );
}

/**
 * Gives something whose value reached no sink what the file says and a new value, and delivers that. Cut off before
 * the delivery, or with an answer lost, it is the same again: nobody has any of its values.
 */
async function renew(x: Execution, step: Step): Promise<StepOutcome> {
  const { api, rules } = kindOfStep(x, step);
  const id = step.vendor_id;
  if (api.renewValue === undefined || id === null)
    throw new InternalError(`${step.id} cannot be carried out`);
  // Until the ledger knows that a sink may have its value, it is told by the name that it was made under.
  const rest = { ...step, changes: step.changes.filter(({ path }) => !isGivenLast(rules, path)) };
  const answered = rest.changes.every(isLifecycle) ? undefined : await sendUpdate(x, rest, id);
  const once = await api.renewValue(sessionOfStep(x, step).api, liveRef(x, step, id));
  const delivered = await deliverValue(x, step, { id, once }, async (stuck) => {
    if (stuck.length > 0)
      return `; ${stuck.join("; ")}, so ${id} stays live; the next apply makes another, delivers it everywhere and removes this one`;
    await x.ledger.updateEntry(step.address, (before) =>
      before === undefined ? undefined : withoutRetiring(before, id),
    );
    return `; the value was taken out of the sinks again, and the next apply gives ${id} another`;
  });
  x.ids.set(step.address, id);
  await recordUpdate(x, step, { ...answered, id }, delivered);
  const name = step.changes.find(({ path }) => isGivenLast(rules, path));
  const note = name === undefined ? undefined : await giveOwnName(x, step, id, name.before);
  return { outcome: "done", vendor_id: id, delivered, ...(note === undefined ? {} : { note }) };
}

function isWriteOnly(rules: KindRules, path: string): boolean {
  return policyOf(rules, fieldOf(path)).write_only === true;
}

async function remove(x: Execution, step: Step): Promise<StepOutcome> {
  const { api } = kindOfStep(x, step);
  const id = step.vendor_id;
  if (api.delete === undefined || id === null) throw new InternalError(`${step.id} cannot be carried out`);
  const { api: client } = sessionOfStep(x, step);
  const gone = await checkBeforeDelete(x, step, id);
  if (!gone) await api.delete(client, liveRef(x, step, id));
  await x.ledger.updateEntry(step.address, (before) =>
    deletedEntry(before, step, new Date(x.now()).toISOString()),
  );
  // Another id of the address may be the one that its dependants are to find.
  if (x.ids.get(step.address) === id) x.ids.delete(step.address);
  return { outcome: gone ? "already" : "done", vendor_id: id };
}

/**
 * Looks once more before something goes: another incarnation of the id, or something that came to live in it
 * since the plan was made, stops the step.
 * @returns whether it is gone already.
 */
async function checkBeforeDelete(x: Execution, step: Step, id: string): Promise<boolean> {
  const { api, rules } = kindOfStep(x, step);
  const session = sessionOfStep(x, step);
  const { expects } = step;
  if (expects.state !== "present" || api.get === undefined) return false;
  const ref = liveRef(x, step, id);
  let live = await api.get(session.api, ref);
  if (live === null) {
    // The plan has seen it, so a single read that shows nothing may lag behind.
    await x.pause(LAG);
    live = await api.get(session.api, ref);
  }
  if (live === null) return true;
  refuseOther(step, live);
  if (rules.has_children && api.children !== undefined) {
    const children = await api.children(session.api, ref);
    const fresh = [
      ...children.filter((child) => !(expects.children ?? []).includes(child.id)),
      ...(await managedLeft(x, step, id)),
    ];
    if (fresh.length > 0) {
      throw new StepFailure(
        "MOVED",
        `${step.address} holds ${fresh.map((child) => `${child.noun} "${child.name}"`).join(", ")}, which was not there when the plan was made`,
        "plan again",
      );
    }
  }
  return false;
}

/** An id that the user chose may by now be that of another object. */
async function checkBeforeUpdate(x: Execution, step: Step, id: string): Promise<void> {
  const { api } = kindOfStep(x, step);
  if (step.expects.state !== "present" || step.expects.mark === undefined || api.get === undefined) return;
  const live = await api.get(sessionOfStep(x, step).api, liveRef(x, step, id));
  if (live !== null) refuseOther(step, live);
}

function refuseOther({ address, expects }: Step, live: LiveResource): void {
  const mark = expects.state === "present" ? expects.mark : undefined;
  if (mark === undefined || live.mark === undefined || live.mark === mark) return;
  throw new StepFailure(
    "MOVED",
    `${address} was deleted and made again by somebody else since the plan was made`,
    "plan again",
  );
}

/** What of our own kinds lives in something beside what this plan deletes there. */
async function managedLeft(
  x: Execution,
  step: Step,
  id: string,
): Promise<readonly { readonly noun: string; readonly name: string }[]> {
  const session = sessionOfStep(x, step);
  // A list may still show what was deleted just before.
  const gone = new Set(
    x.plan.steps.filter((other) => other.action === "delete").map((other) => other.vendor_id),
  );
  const left: { readonly noun: string; readonly name: string }[] = [];
  for (const { api, rules } of x.kinds.values()) {
    if (rules.parent !== step.kind) continue;
    const listing = await api.list(session.api, { parent_id: id });
    if (!listing.complete) {
      throw new StepFailure(
        "READ_INCOMPLETE",
        `the list of ${rules.noun}s in ${step.address} could not be read completely: ${listing.error ?? "unknown"}`,
        "nobody can tell what its delete would take away; run again when the vendor answers completely",
      );
    }
    for (const { id: child, name } of listing.resources)
      if (!gone.has(child)) left.push({ noun: rules.noun, name });
  }
  return left;
}

/** What a failure is called in the report. */
export function describeFailure(error: unknown): {
  readonly message: string;
  readonly code: string;
  readonly hint?: string;
  readonly request_id?: string;
} {
  if (error instanceof StepFailure) {
    return {
      message: error.message,
      code: error.code,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  if (error instanceof ProviderError) {
    return {
      message: error.message,
      code: error.refused.toUpperCase().replaceAll("-", "_"),
      ...(error.outcome === "unknown"
        ? { hint: "whether it was carried out is not known; the next apply looks it up first" }
        : {}),
      ...(error.request_id === undefined ? {} : { request_id: error.request_id }),
    };
  }
  throw error;
}
