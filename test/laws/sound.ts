// What every plan must be, whatever it was made from. Thrown by hand: a matcher per step would cost more than the
// plans do.

import type { Plan } from "../../src/model/plan.ts";
import type { World } from "./world.ts";

/** Steps come after what they need, ids name one step each, and no secret is in the plan. */
export function expectSound(plan: Plan, world: World): void {
  const seen = new Set<string>();
  const all = new Set(plan.steps.map((step) => step.id));
  if (all.size !== plan.steps.length) throw new Error("two steps have the same id");
  for (const step of plan.steps) {
    for (const id of step.needs) {
      if (!all.has(id)) throw new Error(`${step.id} needs ${id}, which is no step of the plan`);
      if (!seen.has(id)) throw new Error(`${step.id} comes before ${id}, which it needs`);
    }
    seen.add(step.id);
  }
  const text = JSON.stringify(plan);
  for (const value of [...Object.values(world.secrets), "canary-", "once-value"])
    if (text.includes(value)) throw new Error(`the plan holds ${value}`);
  const refused = new Set(plan.refused.map((item) => item.address));
  for (const step of plan.steps) {
    if (step.reason !== "retired" && refused.has(step.address))
      throw new Error(`${step.id} is planned, and its address refused`);
  }
}
