// A plan as JSON: the plan itself and nothing else, as `schemas/plan.schema.json` describes it.

import type { Plan } from "../model/plan.ts";
import { jsonText } from "./json-text.ts";

export function renderPlanJson(plan: Plan): string {
  return jsonText(plan);
}
