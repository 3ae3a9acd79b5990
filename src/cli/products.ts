// Plans, drift and reports as products: the renderers of one thing side by side.

import type { RulesByKind } from "../model/kind-rules.ts";
import type { Plan } from "../model/plan.ts";
import { renderDriftJson } from "../render/drift-json.ts";
import { renderDriftMarkdown } from "../render/drift-markdown.ts";
import { renderDriftText } from "../render/drift-text.ts";
import { renderPlanJson } from "../render/plan-json.ts";
import { renderPlanMarkdown } from "../render/plan-markdown.ts";
import { renderPlanText } from "../render/plan-text.ts";
import type { SavedPlan } from "../render/saved-plan.ts";
import type { Product } from "./output.ts";

export interface PlanView {
  readonly rules: RulesByKind;
  readonly verbose: boolean;
  /** Where the plan was saved. */
  readonly saved?: SavedPlan;
}

export function planProduct(plan: Plan, { rules, verbose, saved }: PlanView): Product {
  return {
    text: (style) => renderPlanText(plan, { style, rules, verbose }),
    json: () => renderPlanJson(plan),
    markdown: () => renderPlanMarkdown(plan, { rules, ...(saved === undefined ? {} : { saved }) }),
  };
}

export function driftProduct(plan: Plan, { rules, verbose }: PlanView): Product {
  return {
    text: (style) => renderDriftText(plan, { style, rules, verbose }),
    json: () => renderDriftJson(plan),
    markdown: () => renderDriftMarkdown(plan),
  };
}
