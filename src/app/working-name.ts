// Names under which things are made whose own names others may have, too. With a mark of that one request in it nothing
// else can be mistaken for what a run that was cut off has made; the own name comes when the ledger has the id.

import { randomBytes } from "node:crypto";
import type { JsonValue } from "../base/json.ts";
import { withSettling } from "../engine/entry.ts";
import type { Fields, KindRules } from "../model/kind-rules.ts";
import type { Step } from "../model/plan.ts";
import { ProviderError } from "../provider/error.ts";
import { bodyOf, type Execution, kindOfStep, liveRef, sessionOfStep } from "./execution.ts";
import { materialise } from "./materialise.ts";

const NAME = "name";

/** The name to send in place of the declared one; `undefined` for a kind that is made under its own. */
export function workingName(rules: KindRules, { name }: Fields): { readonly name: string } | undefined {
  if (rules.made_as === undefined || typeof name !== "string") return undefined;
  return { name: rules.made_as(name, randomBytes(4).toString("hex")) };
}

/** Whether a change waits until the ledger has the id of what it is about. */
export function isGivenLast(rules: KindRules, path: string): boolean {
  return rules.made_as !== undefined && path === NAME;
}

/**
 * Gives what was made its own name. When that fails nothing is lost, so nothing else does: the name that it has shows
 * when it is read back, and the next run gives it its own.
 * @param before the name that it has, which reads may show for a while yet.
 * @returns why it could not be given, for the report: read back, it looks as if the vendor had changed the name.
 */
export async function giveOwnName(
  x: Execution,
  step: Step,
  id: string,
  before: JsonValue,
): Promise<string | undefined> {
  try {
    await kindOfStep(x, step).api.update?.(sessionOfStep(x, step).api, {
      ...liveRef(x, step, id),
      fields: materialise(bodyOf(step).fields, x.ids, x.secrets),
      changed: [NAME],
    });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return `made, but not yet given its own name, which the next apply does: ${error.message}`;
  }
  await x.ledger.updateEntry(step.address, (entry) =>
    entry === undefined ? undefined : withSettling(entry, NAME, before),
  );
  return undefined;
}
