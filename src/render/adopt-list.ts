// The numbered list that a person picks adoptions from.

import type { Address } from "../base/address.ts";
import type { Change, Refusal, Risk } from "../model/plan.ts";
import { firstOf } from "./counts.ts";
import { padded } from "./display-width.ts";
import { joinSections, refusedLines, titled } from "./plan-text.ts";
import { safeLine } from "./safe-text.ts";
import type { Style } from "./style.ts";

/** What can be adopted, and what would then change on it. */
export interface AdoptionChoice {
  readonly address: Address;
  readonly vendor_id: string;
  readonly update?: { readonly changes: readonly Change[]; readonly risks: readonly Risk[] };
}

/** Numbered from 1; ends with a line break. */
export function renderAdoptionList(
  choices: readonly AdoptionChoice[],
  refused: readonly Refusal[],
  { style }: { readonly style: Style },
): string {
  const width = String(choices.length).length;
  const addresses = padded(choices.map((choice) => safeLine(choice.address)));
  const ids = padded(choices.map((choice) => safeLine(choice.vendor_id)));
  const lines = choices.map(
    ({ update }, index) =>
      `  ${style.bold(String(index + 1).padStart(width))}  ${addresses[index]}  ${style.dim(ids[index] ?? "")}  ${changesText(update, style)}`,
  );
  return joinSections([
    titled(style.red(style.bold("Cannot be adopted as it is:")), refusedLines(refused, style)),
    titled(style.bold("Live, declared, and not in the ledger:"), lines),
  ]);
}

function changesText(update: AdoptionChoice["update"], style: Style): string {
  if (update === undefined) return style.dim("as declared");
  const paths = update.changes.map((change) => safeLine(change.path));
  const risks = update.risks.map((risk) => safeLine(risk.code));
  return (
    style.yellow(`next plan changes ${firstOf(paths, 5)}`) +
    (risks.length === 0 ? "" : `  ${style.red(`! ${firstOf(risks, 3)}`)}`)
  );
}
