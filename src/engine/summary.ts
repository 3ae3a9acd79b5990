// Counts of a plan's steps: the one place that says which step counts as what.

import type { PlanSummary, Step } from "../model/plan.ts";
import { countedDeletes } from "./guard.ts";

/** What a summary counts beside steps. */
type StandingCounts = Pick<PlanSummary, "unchanged" | "unmanaged" | "refused">;

/** The summary of steps and of what stands beside them. */
export function summarise(steps: readonly Step[], counts: StandingCounts): PlanSummary {
  const count = (test: (step: Step) => boolean) => steps.filter(test).length;
  return {
    create: count(
      (step) => step.action === "create" && step.reason !== "replaced" && step.retires === undefined,
    ),
    update: count((step) => step.action === "update"),
    replace: count((step) => step.action === "create" && step.reason === "replaced"),
    rotate: count((step) => step.retires !== undefined),
    delete: count((step) => step.action === "delete" && step.reason !== "replaced"),
    adopt: count((step) => step.action === "adopt"),
    forget: count((step) => step.action === "forget"),
    record: count((step) => step.action === "record"),
    check_secret: count((step) => step.action === "check-secret"),
    ...counts,
    counted_deletes: countedDeletes(steps),
  };
}
