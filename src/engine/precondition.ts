// Looks at a plan's steps again when their time has come: is what each of them works on still as the plan found
// it? Pure: it gets what was read by now. What moved is refused step by step; everything else goes on.
//
//   as expected                                  ready
//   differs, and only in what the step wants     what is left of it; nothing left: already
//   differs otherwise, or belongs to another     refused, with the differences
//   gone, of a delete                            already

import type { Address } from "../base/address.ts";
import { liveKey } from "../model/live.ts";
import type { Plan, Step } from "../model/plan.ts";
import type { Checked, Standing } from "../model/standing.ts";
import { type Check, standingId } from "./check.ts";
import { candidatesFor, checkCreate } from "./check-create.ts";
import { checkDelete } from "./check-delete.ts";
import { checkLedgerStep } from "./check-ledger.ts";
import { checkPresent } from "./check-present.ts";
import { buildContext, ownedLive, type PlanInput, rulesOf } from "./context.ts";
import { cutsOwnCredential } from "./forbidden.ts";

/** What a look at a plan's scope has found. `options.now` is the time of this look. */
export interface CheckInput extends PlanInput {
  readonly plan: Plan;
}

/** Says of every step where it stands now, and what of it is left to do. */
export function checkPreconditions(input: CheckInput): Checked {
  const { plan } = input;
  const check = openCheck(input);
  const standings = new Map<string, Standing>();
  const steps: Step[] = [];
  for (const step of plan.steps) {
    const found = checkStep(check, step);
    standings.set(step.id, found.standing);
    for (const first of found.before ?? []) {
      standings.set(first.id, READY);
      steps.push(first);
    }
    const waits = (found.before ?? []).map(({ id }) => id);
    const now = found.step ?? step;
    steps.push(waits.length === 0 ? now : { ...now, needs: [...now.needs, ...waits] });
    for (const last of found.after ?? []) {
      standings.set(last.id, READY);
      steps.push(last);
    }
  }
  for (const step of plan.steps) {
    if (standings.get(step.id)?.state !== "ready") continue;
    const other = refusedPartner(plan, step, standings);
    if (other !== undefined)
      standings.set(step.id, {
        state: "blocked",
        because: other.id,
        message: `goes together with \`${other.id}\`, which cannot be carried out`,
      });
  }
  return { steps, standings };
}

const READY: Standing = { state: "ready" };

interface Found {
  readonly standing: Standing;
  /** The step as far as it is left to do; as planned unless given. */
  readonly step?: Step;
  /** Deletes of what an earlier run of the plan left behind, before the step and after it. */
  readonly before?: readonly Step[];
  readonly after?: readonly Step[];
}

/** The credential may be another one than the plan was made with. */
function checkStep(check: Check, step: Step): Found {
  const found = checkAction(check, step);
  if (found.standing.state !== "ready") return found;
  const stop = cutsOwnCredential(check.context, found.step ?? step);
  return stop === undefined ? found : { standing: { state: "refused", ...stop } };
}

function checkAction(check: Check, step: Step): Found {
  switch (step.action) {
    case "create":
      return checkCreate(check, step);
    case "update":
    case "adopt":
    case "check-secret":
      return checkPresent(check, step);
    case "delete":
      return { standing: checkDelete(check, step) };
    case "forget":
    case "record":
      return { standing: checkLedgerStep(check, step) };
  }
}

/**
 * The refused step without which another makes no sense: what goes because its parent goes stays with it, a successor
 * is not made for something that may not go, and what goes along with something else may not be lost by that.
 */
function refusedPartner(plan: Plan, step: Step, standings: ReadonlyMap<string, Standing>): Step | undefined {
  const partner = plan.steps.find(
    (other) =>
      other.action === "delete" &&
      other !== step &&
      ((step.along !== undefined && step.along === other.address) ||
        (step.action === "delete" && step.address === other.along) ||
        (step.reason === "child"
          ? other.kind !== step.kind && other.vendor_id === step.parent_id && other.address === step.parent
          : step.replacement !== undefined && other.address === step.address && other.reason === "replaced")),
  );
  return partner !== undefined && standings.get(partner.id)?.state === "refused" ? partner : undefined;
}

function openCheck(input: CheckInput): Check {
  const context = buildContext(input);
  const { plan } = input;
  const doomed = new Set<string>();
  const byAddress = new Map<Address, Step[]>();
  for (const step of plan.steps) {
    if (step.action === "delete" && step.vendor_id !== null)
      doomed.add(liveKey(step.kind, step.parent_id, step.vendor_id));
    if (step.retires !== undefined) doomed.add(liveKey(step.kind, step.parent_id, step.retires.id));
    byAddress.set(step.address, [...(byAddress.get(step.address) ?? []), step]);
  }
  const ids = new Map<Address, string>();
  for (const [address, entry] of context.entries) {
    const id = standingId(entry, doomed);
    // What is to be made anew must not be found under an id that is gone.
    const made = (byAddress.get(address) ?? []).some(({ action }) => action === "create");
    const there = !made || ownedLive(context, entry) !== undefined || entry.settling?.created === true;
    if (id !== undefined && there) ids.set(address, id);
  }
  // What is shared is in no ledger: an earlier run of the plan may have made it.
  for (const step of plan.steps) {
    const rules = rulesOf(context.rules, step.kind);
    if (step.action !== "create" || rules.ownership !== "shared") continue;
    const [live] = candidatesFor(context, step, step.parent_id, step.body?.fields ?? {});
    if (live !== undefined) ids.set(step.address, live.id);
  }
  return { context, plan, doomed, ids, stepsAt: (address) => byAddress.get(address) ?? [] };
}
