// Hand-made plans, reports and diagnostics for the golden tests: one of everything that a renderer can meet.

import type { JsonValue } from "../../src/base/json.ts";
import type { Change, Plan, PlanSummary, Step } from "../../src/model/plan.ts";
import type { ApplyReport, Outcome, StepResult } from "../../src/model/report.ts";

const NOTHING: PlanSummary = {
  create: 0,
  update: 0,
  replace: 0,
  rotate: 0,
  delete: 0,
  adopt: 0,
  forget: 0,
  record: 0,
  check_secret: 0,
  unchanged: 0,
  unmanaged: 0,
  refused: 0,
  counted_deletes: 0,
};

/** A plan with what is given; the counts follow from it unless they are given too. */
export function planOf(
  parts: Omit<Partial<Plan>, "summary"> & { readonly summary?: Partial<PlanSummary> },
): Plan {
  const steps = parts.steps ?? [];
  const count = (test: (step: Step) => boolean) => steps.filter(test).length;
  const replaced = (step: Step) => step.replacement !== undefined;
  return {
    format: 1,
    stack: "acme-prod",
    lineage: "0d9c7c52-6f0e-4a57-9d7e-0f6f3c1b2a10",
    serial: 7,
    accounts: { cloudflare: "023e105f4ecef8ad9ca31a8372d0c353", vercel: "team_7Fq2acme" },
    created_at: "2026-11-20T09:30:00.000Z",
    unchanged: [],
    kept: [],
    settling: [],
    unmanaged: [],
    refused: [],
    allowed_deletes: 0,
    diagnostics: [],
    ...parts,
    steps,
    summary: {
      ...NOTHING,
      create: count((step) => step.action === "create" && !replaced(step)),
      update: count((step) => step.action === "update"),
      replace: count((step) => step.action === "create" && replaced(step)),
      delete: count((step) => step.action === "delete" && !replaced(step)),
      adopt: count((step) => step.action === "adopt"),
      forget: count((step) => step.action === "forget"),
      record: count((step) => step.action === "record"),
      check_secret: count((step) => step.action === "check-secret"),
      unchanged: parts.unchanged?.length ?? 0,
      unmanaged: parts.unmanaged?.length ?? 0,
      refused: parts.refused?.length ?? 0,
      ...parts.summary,
    },
  };
}

/** A step; its kind and id follow from action and address. */
export function stepOf(step: Pick<Step, "action" | "address" | "reason"> & Partial<Step>): Step {
  return {
    id: `${step.action} ${step.address}`,
    kind: step.address.split(".").slice(0, 2).join("."),
    vendor_id: null,
    changes: [],
    needs: [],
    expects: { state: "any" },
    risks: [],
    ...step,
  };
}

export function changeOf(
  path: string,
  before: JsonValue,
  after: JsonValue,
  rest: Partial<Change> = {},
): Change {
  return { path, before, after, moved: "config", ...rest };
}

export function resultOf(
  result: Pick<StepResult, "action" | "address" | "outcome"> & Partial<StepResult>,
): StepResult {
  return { step: `${result.action} ${result.address}`, duration: 120, ...result };
}

export function reportOf(parts: Partial<ApplyReport>): ApplyReport {
  const results = parts.results ?? [];
  const count = (outcome: Outcome) => results.filter((result) => result.outcome === outcome).length;
  return {
    format: 1,
    stack: "acme-prod",
    settling: [],
    refused: [],
    converged: true,
    interrupted: false,
    diagnostics: [],
    counts: {
      done: count("done"),
      already: count("already"),
      written: count("written"),
      unchecked: count("unchecked"),
      unverified: count("unverified"),
      failed: count("failed"),
      blocked: count("blocked"),
      cancelled: count("cancelled"),
    },
    ...parts,
    results,
  };
}
