// The step that checks a stored secret at apply, where the plan had not its value or could not compare it.

import { fingerprintWith } from "../base/digest.ts";
import { compareFingerprints, isSecretMark, listMarks, type SecretMark } from "../base/expression.ts";
import type { Comparison } from "../engine/compare.ts";
import { unverifiedEntry } from "../engine/entry-secrets.ts";
import { withoutPaths } from "../engine/normalise.ts";
import type { Step } from "../model/plan.ts";
import type { Secret } from "../provider/secret.ts";
import {
  bodyOf,
  type Execution,
  kindOfStep,
  liveRef,
  rulesOfStep,
  type StepOutcome,
  sessionOfStep,
} from "./execution.ts";
import { ledgerFields, sourceKey } from "./materialise.ts";

/**
 * Decides with the value at hand what the plan could not: whether a secret differs from the one last written.
 * @param update carries the step out where it does.
 */
export async function checkSecret(
  x: Execution,
  step: Step,
  update: (x: Execution, step: Step) => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const found = new Map<string, Comparison>();
  for (const change of step.changes) {
    const before = listMarks({ value: change.before });
    for (const { mark, path } of listMarks({ value: change.after })) {
      if (!isSecretMark(mark) || mark.$secret.source === undefined) continue;
      const secret = x.secrets.get(sourceKey(mark.$secret.source));
      if (secret === undefined) return { outcome: "unchecked" };
      const old = before.find((item) => item.path.join("/") === path.join("/"))?.mark;
      const known = old !== undefined && isSecretMark(old) ? old.$secret : {};
      found.set(change.path, worse(found.get(change.path), compareSecret(x, secret, known)));
    }
  }
  const all = [...found.values()];
  if (all.includes("different")) {
    const done = await update(
      x,
      onlyOf(x, step, (path) => found.get(path) === "different"),
    );
    return { ...done, outcome: "written" };
  }
  if (all.includes("not-comparable")) return leaveUnverified(x, step);
  return { outcome: "already", ...(step.vendor_id === null ? {} : { vendor_id: step.vendor_id }) };
}

/** As a plan takes it that has all values: a field with a secret that differs is written, whatever else is in it. */
function worse(before: Comparison | undefined, now: Comparison): Comparison {
  if (before === "different" || now === "different") return "different";
  return before === "not-comparable" ? before : now;
}

/** The step for some of its fields alone: what could not be compared is neither written nor taken for known. */
function onlyOf(x: Execution, step: Step, wanted: (path: string) => boolean): Step {
  const body = bodyOf(step);
  const others = step.changes.map(({ path }) => path).filter((path) => !wanted(path));
  const fields = withoutPaths(rulesOfStep(x, step), body.fields, (path) => others.includes(path));
  return { ...step, changes: step.changes.filter(({ path }) => wanted(path)), body: { ...body, fields } };
}

/** Compares a value at hand with what the ledger knows of the one that is live. */
function compareSecret(
  x: Execution,
  secret: Secret,
  { fingerprint: known, unverified }: SecretMark["$secret"],
): Comparison {
  const match = compareFingerprints(x.fingerprint(secret.reveal()), known);
  if (match !== "not-comparable") return match === "same" && unverified === true ? "not-comparable" : match;
  // Written before GATEFORM_LEDGER_KEY was set: the ledger's salt, which it was keyed by, is still there.
  const salted = fingerprintWith(undefined, x.ledger.current().salt);
  const older = compareFingerprints(salted(secret.reveal()), known);
  return older === "same" && unverified === true ? "not-comparable" : older;
}

/** Leaves stored secrets as they are, and remembers what was declared and what the vendor showed then. */
async function leaveUnverified(x: Execution, step: Step): Promise<StepOutcome> {
  const { api, rules } = kindOfStep(x, step);
  const id = step.vendor_id;
  const live = id === null ? null : await api.get?.(sessionOfStep(x, step).api, liveRef(x, step, id));
  const fields = ledgerFields(bodyOf(step).fields, x.ids, x.secrets, x.fingerprint);
  await x.ledger.updateEntry(step.address, (before) =>
    before === undefined ? undefined : unverifiedEntry(rules, before, fields, live?.imprint),
  );
  return { outcome: "unverified" };
}
