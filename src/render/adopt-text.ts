// An adoption for terminals.

import { type AdoptionView, adoptionHead, nextSteps, nextSummary } from "./adopt-view.ts";
import { padded } from "./display-width.ts";
import { joinSections, refusedLines, stepSections, titled } from "./plan-text.ts";
import { safeLine } from "./safe-text.ts";
import type { Style } from "./style.ts";

/** Ends with a line break. */
export function renderAdoptionText(view: AdoptionView, { style }: { readonly style: Style }): string {
  const steps = nextSteps(view);
  const addresses = padded(view.adopted.map((item) => safeLine(item.address)));
  const adopted = view.adopted.map(
    ({ vendor_id }, index) => `  ${style.green("<")} ${addresses[index]}  ${style.dim(safeLine(vendor_id))}`,
  );
  const head = adoptionHead(view);
  return joinSections([
    adopted.length === 0 ? [style.bold(`${head}.`)] : [style.bold(`${head}:`), ...adopted],
    titled(
      style.red(style.bold("Could not be adopted:")),
      view.asked ? [] : refusedLines(view.refused, style),
    ),
    ...(steps.length === 0
      ? []
      : [
          ["What the next plan changes on what was adopted:"],
          ...stepSections({ steps }, { style, rules: view.rules }),
        ]),
    [style.bold(nextSummary(view))],
  ]);
}
