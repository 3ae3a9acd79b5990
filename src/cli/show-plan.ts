// `gateform show PLAN`: a saved plan, drawn as `plan` draws it. No files, no network, no ledger.

import { renderPlanMarkdown } from "../render/plan-markdown.ts";
import { renderPlanText } from "../render/plan-text.ts";
import { renderSavedJson, renderSavedText } from "../render/saved-plan.ts";
import { allRules } from "./all-rules.ts";
import type { Io } from "./io.ts";
import type { Options } from "./options.ts";
import { emit } from "./output.ts";
import { readPlan, savedPlan } from "./plan-file.ts";
import { outputsOf } from "./run.ts";

/** Shows a plan that `plan --out` has saved. @returns the exit code; what cannot be read is thrown. */
export async function showPlan(
  io: Io,
  file: string,
  options: Pick<Options, "output" | "verbose">,
): Promise<number> {
  const outputs = outputsOf(io, options);
  const plan = await readPlan(io, file);
  const saved = savedPlan(plan, file);
  const verbose = options.verbose === true;
  emit(io, outputs, {
    text: (style) =>
      `${renderPlanText(plan, { style, rules: allRules, verbose })}\n${renderSavedText(saved, style)}`,
    json: () => renderSavedJson(plan, saved),
    markdown: () => renderPlanMarkdown(plan, { rules: allRules, saved }),
  });
  return 0;
}
