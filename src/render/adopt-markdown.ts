// An adoption as one pull-request comment.

import { type AdoptionView, adoptionHead, nextSteps, nextSummary } from "./adopt-view.ts";
import { fitMarkdown } from "./markdown-fit.ts";
import { accountsLine, list, refusedSection } from "./markdown-parts.ts";
import { codeSpan, marker, prose } from "./markdown-text.ts";
import { risksSection, stepsSection } from "./plan-markdown.ts";
import { cutMiddle } from "./safe-text.ts";

export function renderAdoptionMarkdown(view: AdoptionView): string {
  const steps = nextSteps(view);
  const head = [
    marker("adopt", view.stack),
    `### gateform adopt: ${codeSpan(cutMiddle(view.stack, 100))}`,
    `**${adoptionHead(view)}.** ${prose(nextSummary(view))}`,
  ].join("\n\n");
  return fitMarkdown(
    head,
    [
      refusedSection(view),
      risksSection({ steps }),
      stepsSection({ steps }, "#### What the next plan changes on it", view.rules),
      list(
        "#### Adopted",
        "resource",
        view.adopted.map(({ address, vendor_id }) => `- ${codeSpan(address)}: ${codeSpan(vendor_id)}`),
      ),
    ],
    accountsLine(view.next),
  );
}
